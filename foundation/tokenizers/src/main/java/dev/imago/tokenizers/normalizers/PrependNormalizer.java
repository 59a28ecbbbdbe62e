package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import tools.jackson.core.JsonGenerator;

/// Puts something before a text that has anything in it; it comes from where the text's first
/// character does.
public record PrependNormalizer(String prepend) implements Normalizer {
  @Override
  public AlignedText apply(AlignedText text) {
    if (text.isEmpty()) {
      return text;
    }
    if (prepend.isEmpty()) {
      // The library puts the first character in again, and after nothing.
      int first = text.text().codePointAt(0);
      return text.rewrite()
          .put(first, AlignedText.START)
          .keep(Character.charCount(first), text.length())
          .done();
    }
    return text.rewrite().put(prepend, 0).keep(0, text.length()).done();
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Prepend");
    out.writeStringProperty("prepend", prepend);
    out.writeEndObject();
  }
}
