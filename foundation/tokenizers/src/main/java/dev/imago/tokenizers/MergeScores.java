package dev.imago.tokenizers;

import dev.imago.tokenizers.models.BpeModel;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;

/// Scores of tokens that merge as a list of merges does: llama.cpp merges any two tokens that
/// together are one, that of the highest score first.
final class MergeScores {
  private record Pair(int left, int right) {}

  private MergeScores() {}

  /// @param counts whether a token may be merged to
  /// @param cannot makes the complaint about merges that no scores give
  /// @throws IllegalArgumentException when a merge is missing that scores would make, or the merges
  ///   to one token do not stand together
  static float[] of(
      BpeModel model,
      int bound,
      IntPredicate counts,
      Function<String, IllegalArgumentException> cannot) {
    float[] scores = new float[bound];
    boolean[] merged = new boolean[bound];
    Set<Pair> pairs = HashSet.newHashSet(model.merges().size());
    int last = -1;
    int rank = 0;
    for (BpeModel.Merge merge : model.merges()) {
      int id = merge.merged();
      if (id != last) {
        if (merged[id]) {
          throw cannot.apply(
              "merges to «%s» that stand apart in the list".formatted(model.token(id)));
        }
        merged[id] = true;
        scores[id] = -rank++;
        last = id;
      }
      pairs.add(new Pair(merge.left(), merge.right()));
    }
    for (Map.Entry<String, Integer> entry : model.vocabulary().entrySet()) {
      String token = entry.getKey();
      int id = entry.getValue();
      if (!counts.test(id)) {
        continue;
      }
      if (!merged[id]) {
        scores[id] = -rank;
      }
      for (int at = token.offsetByCodePoints(0, token.isEmpty() ? 0 : 1);
          at < token.length();
          at = token.offsetByCodePoints(at, 1)) {
        var left = model.id(token.substring(0, at));
        var right = model.id(token.substring(at));
        if (left.isPresent()
            && right.isPresent()
            && !pairs.contains(new Pair(left.getAsInt(), right.getAsInt()))) {
          throw cannot.apply(
              "BPE that does not merge «%s» and «%s», though «%s» is a token"
                  .formatted(token.substring(0, at), token.substring(at), token));
        }
      }
    }
    return scores;
  }
}
