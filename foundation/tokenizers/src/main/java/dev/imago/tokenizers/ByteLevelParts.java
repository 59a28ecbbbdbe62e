package dev.imago.tokenizers;

import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.decoders.ByteLevelDecoder;
import dev.imago.tokenizers.models.BpeModel;
import dev.imago.tokenizers.models.TokenModel;
import dev.imago.tokenizers.normalizers.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The parts of a byte-level BPE tokenizer: what we train, and what comes as lists.
final class ByteLevelParts {
  private ByteLevelParts() {}

  /// @param vocabulary tokens in byte-level spelling with their ids
  /// @param merges by rank
  static TokenizerParts of(
      SplitPattern pattern,
      Map<String, Integer> vocabulary,
      List<BpeModel.Merge> merges,
      List<AddedToken> added) {
    return of(pattern, new BpeModel(vocabulary, merges, BpeModel.Options.NONE), added);
  }

  /// @param model byte-level BPE
  static TokenizerParts of(SplitPattern pattern, TokenModel model, List<AddedToken> added) {
    return new TokenizerParts(
        Normalizer.NONE,
        KnownSplits.preTokenizer(pattern),
        model,
        null,
        new ByteLevelDecoder(false, false, true),
        TokenizerParts.given(added, model, Normalizer.NONE),
        null,
        null);
  }

  /// See [Tokenizer#fromVocabulary].
  static TokenizerParts of(
      SplitPattern pattern, List<String> tokens, List<String> merges, Set<Integer> special) {
    var ids = LinkedHashMap.<String, Integer>newLinkedHashMap(tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      ids.putIfAbsent(tokens.get(id), id);
    }
    var parsed = new ArrayList<BpeModel.Merge>(merges.size());
    for (String merge : merges) {
      int space = merge.indexOf(' ', 1); // a token is never empty, but may begin with anything
      String left = merge.substring(0, Math.max(0, space));
      String right = merge.substring(space + 1);
      Integer leftId = ids.get(left);
      Integer rightId = ids.get(right);
      Integer merged = ids.get(left + right);
      if (leftId == null || rightId == null || merged == null) {
        throw new IllegalArgumentException(
            "merge %d, «%s», is no pair of tokens whose merge is a token"
                .formatted(parsed.size(), merge));
      }
      parsed.add(new BpeModel.Merge(leftId, rightId, merged, parsed.size()));
    }
    var added = new ArrayList<AddedToken>();
    for (int id : special.stream().sorted().toList()) {
      if (id < 0 || id >= tokens.size() || tokens.get(id).isEmpty()) {
        throw new IllegalArgumentException(
            "the special id %d is none of the %d tokens".formatted(id, tokens.size()));
      }
      added.add(AddedToken.control(id, tokens.get(id)));
    }
    return of(pattern, ids, parsed, added);
  }
}
