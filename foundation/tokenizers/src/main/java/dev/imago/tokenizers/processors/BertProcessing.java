package dev.imago.tokenizers.processors;

import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// `[CLS] text [SEP]`, and of a pair `[CLS] text [SEP] pair [SEP]`.
public record BertProcessing(SpecialToken sep, SpecialToken cls) implements PostProcessor {
  @Override
  public int added(boolean pair) {
    return pair ? 3 : 2;
  }

  @Override
  public List<Encoding> each(List<Encoding> encodings, boolean special) {
    if (!special) {
      return encodings;
    }
    var out = new ArrayList<Encoding>();
    for (Encoding encoding : encodings) {
      int sequence = out.isEmpty() ? 0 : 1;
      @Nullable SpecialToken before = out.isEmpty() ? cls : null;
      out.add(
          SpecialToken.around(before, encoding, sep, sequence, sequence)
              .withOverflowing(
                  encoding.overflowing().stream()
                      .map(o -> SpecialToken.around(before, o, sep, sequence, sequence))
                      .toList()));
    }
    return out;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "BertProcessing");
    sep.write(out, "sep");
    cls.write(out, "cls");
    out.writeEndObject();
  }

  static BertProcessing read(Part part) {
    return new BertProcessing(SpecialToken.read(part, "sep"), SpecialToken.read(part, "cls"));
  }
}
