package dev.imago.tokenizers.decoders;

import dev.imago.tokenizers.json.Part;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// One after the other.
public record SequenceDecoder(List<Decoder> decoders) implements Decoder {
  /// Replacements one after the other grow exponentially; no honest file needs more.
  private static final int MOST_GROWTH = 1_000_000;

  public SequenceDecoder {
    decoders = List.copyOf(decoders);
  }

  @Override
  public Pipe open(Pipe next) {
    for (Decoder decoder : decoders.reversed()) {
      next = decoder.open(next);
    }
    return next;
  }

  /// How many times as long a decoder can make a text, about.
  private static double growth(Decoder decoder) {
    return switch (decoder) {
      case SequenceDecoder sequence ->
          sequence.decoders.stream()
              .mapToDouble(SequenceDecoder::growth)
              .reduce(1, (a, b) -> a * b);
      case ReplaceDecoder replace ->
          replace.regex() == null && !replace.pattern().isEmpty()
              ? Math.max(1, (double) replace.content().length() / replace.pattern().length())
              : 1 + replace.content().length();
      case BpeDecoder bpe -> bpe.suffix().isEmpty() ? 2 : 1;
      case CtcDecoder ctc -> ctc.wordDelimiterToken().isEmpty() ? 2 : 1;
      case ByteFallbackDecoder _,
          ByteLevelDecoder _,
          FuseDecoder _,
          JoinDecoder _,
          MetaspaceDecoder _,
          SentencePieceDecoder _,
          StripDecoder _,
          WordPieceDecoder _ ->
          1;
    };
  }

  static SequenceDecoder read(Part part) {
    if (!part.has("decoders")) {
      throw part.wrong("decoders", part.node().path("decoders"), "a list");
    }
    var sequence = new SequenceDecoder(part.parts("decoders").stream().map(Decoder::read).toList());
    double growth = growth(sequence);
    if (growth > MOST_GROWTH) {
      throw part.complaint(
          "%s could make a text %.3g times as long, where %,d times is the most"
              .formatted(part.path(), growth, MOST_GROWTH));
    }
    return sequence;
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
