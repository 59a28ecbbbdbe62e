package dev.imago.tokenizers;

import dev.imago.tokenizers.json.Part;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// To which length encodings are filled up: the `padding` of a `tokenizer.json`.
///
/// @param length the tokens of each; none for as many as the longest has
/// @param direction where tokens are put in
/// @param multipleOf lengths are rounded up to a multiple of this; 0 for any length
/// @param id the padding token
/// @param typeId its type
/// @param token its spelling
public record Padding(
    OptionalInt length, Side direction, int multipleOf, int id, int typeId, String token) {
  /// The greatest length that is padded to: more than any context, and it still fits into memory.
  public static final int MOST = 1 << 24;

  public Padding {
    if (length.isPresent() && (length.getAsInt() < 0 || length.getAsInt() > MOST)
        || multipleOf < 0
        || multipleOf > MOST) {
      throw new IllegalArgumentException(
          "padding to a length of %s and a multiple of %d, where both may be 0 … %d"
              .formatted(length.isPresent() ? length.getAsInt() : "the longest", multipleOf, MOST));
    }
  }

  /// To the longest, on the right.
  public static Padding toLongest(int id, String token) {
    return new Padding(OptionalInt.empty(), Side.RIGHT, 0, id, 0, token);
  }

  /// To a length, on the right.
  public static Padding to(int length, int id, String token) {
    return new Padding(OptionalInt.of(length), Side.RIGHT, 0, id, 0, token);
  }

  /// Fills up the encodings of a batch, and what overflows of each, to one length. What is longer
  /// stays as it is.
  ///
  /// @throws IllegalArgumentException when that length is over [#MOST]
  public List<Encoding> apply(List<Encoding> batch) {
    long target =
        length.isPresent()
            ? length.getAsInt()
            : batch.stream().mapToInt(Encoding::size).max().orElse(0);
    if (multipleOf > 0) {
      target = (target + multipleOf - 1) / multipleOf * multipleOf;
    }
    if (target > MOST) {
      throw new IllegalArgumentException(
          "a batch would be padded to %d tokens each, where at most %d are; truncate the texts"
              .formatted(target, MOST));
    }
    int to = (int) target;
    return batch.stream().map(e -> e.padded(to, direction, id, typeId, token)).toList();
  }

  /// Reads one.
  static Padding read(Part part) {
    return new Padding(
        strategy(part),
        Truncation.side(part, "direction", ""),
        part.whole("pad_to_multiple_of", 0, MOST, 0),
        part.whole("pad_id", 0, Integer.MAX_VALUE),
        part.whole("pad_type_id", 0, Integer.MAX_VALUE),
        part.string("pad_token"));
  }

  private static OptionalInt strategy(Part part) {
    JsonNode strategy = part.node().path("strategy");
    if (strategy.isString() && strategy.stringValue().equals("BatchLongest")) {
      return OptionalInt.empty();
    }
    if (strategy.isObject()) {
      return OptionalInt.of(part.part("strategy").whole("Fixed", 0, MOST));
    }
    throw part.wrong("strategy", strategy, "BatchLongest or {\"Fixed\": a length}");
  }

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out) {
    out.writeStartObject();
    if (length.isPresent()) {
      out.writeObjectPropertyStart("strategy");
      out.writeNumberProperty("Fixed", length.getAsInt());
      out.writeEndObject();
    } else {
      out.writeStringProperty("strategy", "BatchLongest");
    }
    out.writeStringProperty("direction", Truncation.word(direction));
    if (multipleOf == 0) {
      out.writeNullProperty("pad_to_multiple_of");
    } else {
      out.writeNumberProperty("pad_to_multiple_of", multipleOf);
    }
    out.writeNumberProperty("pad_id", id);
    out.writeNumberProperty("pad_type_id", typeId);
    out.writeStringProperty("pad_token", token);
    out.writeEndObject();
  }
}
