package dev.imago.tokenizers.pretokenizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// One after the other: each cuts the pieces of the one before it.
record SequencePreTokenizer(List<PreTokenizer> pretokenizers) implements PreTokenizer {
  SequencePreTokenizer {
    pretokenizers = List.copyOf(pretokenizers);
  }

  @Override
  public void split(AlignedText text, Consumer<AlignedText> pieces) {
    from(0, text, pieces);
  }

  private void from(int index, AlignedText text, Consumer<AlignedText> pieces) {
    if (index < pretokenizers.size()) {
      pretokenizers.get(index).split(text, piece -> from(index + 1, piece, pieces));
    } else if (!text.isEmpty()) {
      pieces.accept(text);
    }
  }

  @Override
  public PreTokenizer last() {
    return pretokenizers.isEmpty() ? this : pretokenizers.getLast().last();
  }

  @Override
  public List<PreTokenizer> steps() {
    return pretokenizers.stream().flatMap(p -> p.steps().stream()).toList();
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Sequence");
    out.writeArrayPropertyStart("pretokenizers");
    pretokenizers.forEach(p -> p.write(out));
    out.writeEndArray();
    out.writeEndObject();
  }
}
