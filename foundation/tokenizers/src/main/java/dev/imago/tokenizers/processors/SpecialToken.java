package dev.imago.tokenizers.processors;

import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.json.Part;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// A special token with its id, which files write as `["[SEP]", 102]`.
public record SpecialToken(String token, int id) {
  /// Puts the token in.
  void add(Encoding.Builder out, int typeId) {
    out.add(id, token, 0, 0, Encoding.NONE, typeId, true);
  }

  void write(JsonGenerator out, String name) {
    out.writeArrayPropertyStart(name);
    out.writeString(token);
    out.writeNumber(id);
    out.writeEndArray();
  }

  static SpecialToken read(Part part, String name) {
    JsonNode pair = part.node().path(name);
    if (!pair.isArray()
        || pair.size() != 2
        || !pair.get(0).isString()
        || !pair.get(1).isIntegralNumber()
        || !pair.get(1).canConvertToInt()
        || pair.get(1).intValue() < 0) {
      throw part.wrong(name, pair, "a list of a token and its id, such as [\"[SEP]\", 102],");
    }
    return new SpecialToken(pair.get(0).stringValue(), pair.get(1).intValue());
  }

  /// One before a text, if any, the text's tokens as plain ones of a sequence, and one after.
  static Encoding around(
      @Nullable SpecialToken before, Encoding text, SpecialToken after, int sequence, int typeId) {
    Encoding.Builder out = Encoding.builder();
    if (before != null) {
      before.add(out, typeId);
    }
    out.addAll(plain(text).withSequence(sequence));
    after.add(out, typeId);
    return out.build();
  }

  /// The tokens as if all were of text: what these kinds make of what other kinds put in.
  private static Encoding plain(Encoding text) {
    Encoding.Builder out = Encoding.builder();
    for (int i = 0; i < text.size(); i++) {
      out.add(
          text.id(i),
          text.token(i),
          text.start(i),
          text.end(i),
          text.word(i),
          text.typeId(i),
          false);
    }
    return out.build();
  }
}
