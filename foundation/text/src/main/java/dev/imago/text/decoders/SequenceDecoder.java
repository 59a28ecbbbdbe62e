package dev.imago.text.decoders;

import java.util.List;
import tools.jackson.core.JsonGenerator;

/// One after the other.
record SequenceDecoder(List<Decoder> decoders) implements Decoder {
  SequenceDecoder {
    decoders = List.copyOf(decoders);
  }

  @Override
  public Pipe open(Pipe next) {
    for (Decoder decoder : decoders.reversed()) {
      next = decoder.open(next);
    }
    return next;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Sequence");
    out.writeArrayPropertyStart("decoders");
    decoders.forEach(d -> d.write(out));
    out.writeEndArray();
    out.writeEndObject();
  }
}
