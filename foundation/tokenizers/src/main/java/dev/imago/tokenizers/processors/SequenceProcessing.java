package dev.imago.tokenizers.processors;

import dev.imago.tokenizers.Encoding;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// One after the other.
public record SequenceProcessing(List<PostProcessor> processors) implements PostProcessor {
  public SequenceProcessing {
    processors = List.copyOf(processors);
  }

  @Override
  public int added(boolean pair) {
    return processors.stream().mapToInt(p -> p.added(pair)).sum();
  }

  @Override
  public List<Encoding> each(List<Encoding> encodings, boolean special) {
    for (PostProcessor processor : processors) {
      encodings = processor.each(encodings, special);
    }
    return encodings;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Sequence");
    out.writeArrayPropertyStart("processors");
    processors.forEach(p -> p.write(out));
    out.writeEndArray();
    out.writeEndObject();
  }
}
