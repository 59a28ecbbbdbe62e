package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// One after the other.
record SequenceNormalizer(List<Normalizer> normalizers) implements Normalizer {
  SequenceNormalizer {
    normalizers = List.copyOf(normalizers);
  }

  @Override
  public AlignedText apply(AlignedText text) {
    for (Normalizer normalizer : normalizers) {
      text = normalizer.apply(text);
    }
    return text;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Sequence");
    out.writeArrayPropertyStart("normalizers");
    normalizers.forEach(n -> n.write(out));
    out.writeEndArray();
    out.writeEndObject();
  }
}
