package dev.imago.tokenizers.models;

import dev.imago.tokenizers.json.Part;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Turns a piece of text into tokens: the `model` of a `tokenizer.json`. Immutable but for caches,
/// and thread-safe.
public sealed interface TokenModel
    permits BpeModel, UnigramModel, WordLevelModel, WordPieceModel, WordsModel {
  /// Takes the tokens of a piece, from left to right.
  interface Tokens {
    /// @param id the token
    /// @param from where it starts in the piece, in UTF-16 units
    /// @param to one past where it ends
    /// @param spelling what stands in the place of the token's own spelling, or null: the unknown
    ///   text itself, for the models that show it
    void add(int id, int from, int to, @Nullable String spelling);
  }

  /// Gives the tokens of a piece that is not empty.
  ///
  /// @throws IllegalArgumentException when the piece holds what the vocabulary does not, and it has
  ///   no token for the unknown
  void tokenize(String piece, Tokens tokens);

  /// The id of a token by its spelling in the file.
  OptionalInt id(String token);

  /// The spelling of a token, or null where there is no such id.
  @Nullable String token(int id);

  /// How many tokens there are.
  int size();

  /// One more than the largest id; ids may have gaps.
  int bound();

  /// The spellings with their ids, in the order of the file.
  Map<String, Integer> vocabulary();

  /// The same model, which never gives certain tokens, but for the token of the unknown.
  ///
  /// @param forbidden by id, the tokens that text may not become
  TokenModel without(IntPredicate forbidden);

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out);

  /// Reads one. Old files leave the type out; what they hold tells it.
  ///
  /// @throws IllegalArgumentException naming file, place, value and what is known
  static TokenModel read(Part part) {
    String type = part.has("type") ? part.type() : untold(part);
    return switch (type) {
      case "BPE" -> BpeReader.read(part);
      case "Unigram" -> UnigramModel.read(part);
      case "WordLevel" -> WordLevelModel.read(part);
      case "WordPiece" -> WordPieceModel.read(part);
      default -> throw part.unknownType(List.of("BPE", "Unigram", "WordLevel", "WordPiece"));
    };
  }

  private static String untold(Part part) {
    return part.has("merges")
        ? "BPE"
        : part.has("max_input_chars_per_word")
            ? "WordPiece"
            : part.node().path("vocab").isArray() ? "Unigram" : "WordLevel";
  }

  /// The complaint that a piece is not in the vocabulary and the token of the unknown neither.
  static IllegalArgumentException unknown(String piece, String unkToken) {
    String shown = piece.length() > 40 ? piece.substring(0, 40) + "…" : piece;
    return new IllegalArgumentException(
        "«%s» is not in the vocabulary, and its unk_token «%s» is not either; add that token to it"
            .formatted(shown, unkToken));
  }
}
