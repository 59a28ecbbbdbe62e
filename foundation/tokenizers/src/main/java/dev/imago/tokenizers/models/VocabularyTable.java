package dev.imago.tokenizers.models;

import dev.imago.tokenizers.json.Part;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// The tokens of a vocabulary by their ids, and the ids by their tokens. Ids may have gaps.
/// Immutable.
final class VocabularyTable {
  private final Map<String, Integer> ids;
  private final @Nullable String[] tokens;

  /// @param ids in the order of the file, each id once
  /// @throws IllegalArgumentException naming the token whose id is negative, far too large or taken
  VocabularyTable(Map<String, Integer> ids) {
    this(ids, ids.size());
  }

  /// @param size how many tokens there are or were, which bounds the ids
  private VocabularyTable(Map<String, Integer> ids, int size) {
    // A linked map is slow to walk by key; a plain one beside it is worth its size.
    this.ids = Collections.unmodifiableMap(new LinkedHashMap<>(ids));
    int largest = -1;
    // Bounds the arrays that are made by id.
    int bound = bound(size);
    for (var entry : ids.entrySet()) {
      int id = entry.getValue();
      if (id < 0 || id >= bound) {
        throw new IllegalArgumentException(
            "«%s» has the id %d, which is not in 0 … %d".formatted(entry.getKey(), id, bound - 1));
      }
      largest = Math.max(largest, id);
    }
    tokens = new String[largest + 1];
    for (var entry : ids.entrySet()) {
      int id = entry.getValue();
      if (tokens[id] != null) {
        throw new IllegalArgumentException(
            "«%s» and «%s» have the same id %d".formatted(tokens[id], entry.getKey(), id));
      }
      tokens[id] = entry.getKey();
    }
  }

  private static int bound(int size) {
    return (int) Math.min(Integer.MAX_VALUE, 2L * size + 65_536);
  }

  /// Reads the object `vocab`.
  static VocabularyTable read(Part model) {
    JsonNode vocab = model.part("vocab").node();
    var ids = LinkedHashMap.<String, Integer>newLinkedHashMap(vocab.size());
    int bound = bound(vocab.size());
    for (var entry : vocab.properties()) {
      JsonNode id = entry.getValue();
      if (!id.isIntegralNumber()
          || !id.canConvertToInt()
          || id.intValue() < 0
          || id.intValue() >= bound) {
        throw model.complaint(
            "model.vocab gives «%s» the id %s, which is no whole number in 0 … %d"
                .formatted(entry.getKey(), id, bound - 1));
      }
      ids.put(entry.getKey(), id.intValue());
    }
    try {
      return new VocabularyTable(ids);
    } catch (IllegalArgumentException e) {
      throw model.complaint("model.vocab: " + e.getMessage());
    }
  }

  /// Writes the object `vocab`, by id.
  void write(JsonGenerator out) {
    out.writeObjectPropertyStart("vocab");
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id] != null) {
        out.writeNumberProperty(tokens[id], id);
      }
    }
    out.writeEndObject();
  }

  /// The same, without certain tokens.
  VocabularyTable without(IntPredicate forbidden) {
    var kept = new LinkedHashMap<>(ids);
    kept.values().removeIf(forbidden::test);
    return kept.size() == ids.size() ? this : new VocabularyTable(kept, tokens.length);
  }

  /// A token's id, or −1.
  int find(String token) {
    return ids.getOrDefault(token, -1);
  }

  /// Whether an id is that of a token, which may be none.
  boolean isToken(int id, @Nullable String token) {
    return token != null && find(token) == id;
  }

  OptionalInt id(String token) {
    int id = find(token);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Nullable String token(int id) {
    return id < 0 || id >= tokens.length ? null : tokens[id];
  }

  int size() {
    return ids.size();
  }

  int bound() {
    return tokens.length;
  }

  Map<String, Integer> ids() {
    return ids;
  }

  /// The ids of `<0x00>` … `<0xFF>`, −1 where there is none.
  int[] byteIds() {
    int[] byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = find("<0x%02X>".formatted(b));
    }
    return byteIds;
  }

  /// The tokens in the order of a list, each with its place as its id, but one that comes again
  /// with its last.
  static Map<String, Integer> numbered(Iterable<String> tokens) {
    var ids = new LinkedHashMap<String, Integer>();
    int id = 0;
    for (String token : tokens) {
      ids.put(token, id++);
    }
    return ids;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VocabularyTable table && Arrays.equals(tokens, table.tokens);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(tokens);
  }
}
