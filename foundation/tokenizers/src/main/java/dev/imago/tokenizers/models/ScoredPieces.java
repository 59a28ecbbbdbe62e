package dev.imago.tokenizers.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// The pieces of a SentencePiece model, from which its models are made, with exactly its ids.
///
/// @param pieces by id
/// @param scores of each
/// @param kinds of each
/// @param unkId the piece of the unknown
/// @param byteFallback whether an unknown character becomes its bytes
public record ScoredPieces(
    List<String> pieces, List<Float> scores, List<Kind> kinds, int unkId, boolean byteFallback) {
  /// What a piece is, as the file numbers it from 1.
  public enum Kind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  /// @throws IllegalArgumentException naming the piece that is empty, there twice, or has no score,
  ///   or what of the unknown and the bytes is missing
  public ScoredPieces {
    pieces = List.copyOf(pieces);
    scores = List.copyOf(scores);
    kinds = List.copyOf(kinds);
    if (pieces.size() != scores.size() || pieces.size() != kinds.size()) {
      throw new IllegalArgumentException(
          "%d pieces have %d scores and %d kinds"
              .formatted(pieces.size(), scores.size(), kinds.size()));
    }
    if (unkId < 0 || unkId >= pieces.size()) {
      throw new IllegalArgumentException(
          "unk_id = %d is none of the %d pieces".formatted(unkId, pieces.size()));
    }
    var places = new HashMap<String, Integer>();
    for (int id = 0; id < pieces.size(); id++) {
      String piece = pieces.get(id);
      Integer other = places.putIfAbsent(piece, id);
      if (piece.isEmpty() || other != null || !Float.isFinite(scores.get(id))) {
        throw new IllegalArgumentException(
            "piece %d, «%s», %s"
                .formatted(
                    id,
                    piece,
                    piece.isEmpty()
                        ? "is empty"
                        : other != null
                            ? "is piece " + other + " too"
                            : "has the score " + scores.get(id)));
      }
    }
    for (int b = 0; byteFallback && b < 256; b++) {
      if (!places.containsKey("<0x%02X>".formatted(b))) {
        throw new IllegalArgumentException(
            "byte_fallback is set, but there is no piece <0x%02X>".formatted(b));
      }
    }
  }

  /// The pieces of some kinds with their ids.
  private Map<String, Integer> of(Set<Kind> some) {
    var ids = new LinkedHashMap<String, Integer>();
    for (int id = 0; id < pieces.size(); id++) {
      if (some.contains(kinds.get(id))) {
        ids.put(pieces.get(id), id);
      }
    }
    return ids;
  }

  private BpeModel.Options options() {
    return new BpeModel.Options(0, pieces.get(unkId), null, null, true, byteFallback, false);
  }

  private CharTrie userDefined() {
    var builder = new CharTrie.Builder();
    of(Set.of(Kind.USER_DEFINED)).forEach(builder::add);
    return builder.build();
  }

  private boolean[] unused() {
    var unused = new boolean[pieces.size()];
    for (int id = 0; id < unused.length; id++) {
      unused[id] = kinds.get(id) == Kind.UNUSED;
    }
    return unused;
  }

  /// Merges any two pieces whose letters together are a piece, the one of the highest score first.
  public BpeModel bpe() {
    var table = new VocabularyTable(VocabularyTable.numbered(pieces));
    Map<String, Integer> mergeable = of(Set.of(Kind.NORMAL, Kind.UNUSED));
    var splits = new Splits(mergeable, pieces.size());
    float[] sorted = new float[pieces.size()];
    for (int id = 0; id < sorted.length; id++) {
      sorted[id] = -scores.get(id) + 0f;
    }
    float[] byId = sorted.clone();
    Arrays.sort(sorted);
    var merges = new ArrayList<BpeModel.Merge>();
    mergeable.forEach((piece, id) -> splits.add(piece, id, rank(sorted, byId[id]), merges));
    var known = new BpeSymbols.Pieces(userDefined(), unused(), splits.strays());
    return new BpeModel(
        table, merges, options(), new Random(0), new BpeSymbols(table, options(), known));
  }

  /// The place of a score's first among all.
  private static int rank(float[] sorted, float score) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = low + high >>> 1;
      if (sorted[middle] < score) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Takes characters as they are, and nothing longer but the user's symbols.
  public BpeModel characters() {
    var table = new VocabularyTable(VocabularyTable.numbered(pieces));
    var known = new BpeSymbols.Pieces(userDefined(), new boolean[0], Map.of());
    return new BpeModel(
        table, List.of(), options(), new Random(0), new BpeSymbols(table, options(), known));
  }

  /// Takes words as they are.
  ///
  /// @param suffix whether `▁` ends a word instead of starting it
  public TokenModel words(boolean suffix) {
    return new WordsModel(pieces, unkId, byteFallback, suffix);
  }

  /// Finds the path of the highest score; one of the user's symbols is always taken.
  public UnigramModel unigram() {
    float least = Float.MAX_VALUE;
    float most = Float.MIN_NORMAL;
    var scored = new ArrayList<UnigramModel.Scored>();
    for (int id = 0; id < pieces.size(); id++) {
      scored.add(new UnigramModel.Scored(pieces.get(id), scores.get(id)));
      if (kinds.get(id) == Kind.NORMAL) {
        least = Math.min(least, scores.get(id));
        most = Math.max(most, scores.get(id));
      }
    }
    double[] counted = new double[pieces.size()];
    for (int id = 0; id < counted.length; id++) {
      counted[id] =
          kinds.get(id) == Kind.USER_DEFINED
              ? BpeModel.utf8(pieces.get(id)).length * most - 0.1
              : scores.get(id);
    }
    return new UnigramModel(
        scored,
        unkId,
        byteFallback,
        least - 10f,
        counted,
        of(Set.of(Kind.NORMAL, Kind.USER_DEFINED)),
        UnigramModel.Manner.SENTENCE_PIECE);
  }

  /// The same as llama.cpp finds it: sums in `double`, the user's symbols at no cost, and what
  /// SentencePiece leaves out as unused too.
  public UnigramModel unigramOfLlamaCpp() {
    var scored = new ArrayList<UnigramModel.Scored>();
    float least = Float.MAX_VALUE;
    double[] counted = new double[pieces.size()];
    for (int id = 0; id < pieces.size(); id++) {
      scored.add(new UnigramModel.Scored(pieces.get(id), scores.get(id)));
      counted[id] = kinds.get(id) == Kind.USER_DEFINED ? 0 : scores.get(id);
      least = kinds.get(id) == Kind.NORMAL ? Math.min(least, scores.get(id)) : least;
    }
    return new UnigramModel(
        scored,
        unkId,
        byteFallback,
        least - 10f,
        counted,
        of(Set.of(Kind.NORMAL, Kind.USER_DEFINED, Kind.UNUSED)),
        UnigramModel.Manner.LLAMA_CPP);
  }
}
