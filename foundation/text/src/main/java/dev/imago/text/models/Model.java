package dev.imago.text.models;

import dev.imago.text.json.Part;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Turns a piece of text into tokens: the `model` of a `tokenizer.json`. Immutable but for caches,
/// and thread-safe.
public interface Model {
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

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out);

  /// Reads one.
  ///
  /// @throws IllegalArgumentException naming file, place, value and what is known
  static Model read(Part part) {
    throw part.unknownType(List.of());
  }
}
