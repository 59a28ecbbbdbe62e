package dev.imago.tokenizers.processors;

import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// `[CLS] text [SEP]`, and of a pair `[CLS] text [SEP] pair [SEP]`.
record BertProcessing(Special sep, Special cls) implements PostProcessor {
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
      @Nullable Special before = out.isEmpty() ? cls : null;
      out.add(
          Special.around(before, encoding, sep, sequence, sequence)
              .withOverflowing(
                  encoding.overflowing().stream()
                      .map(o -> Special.around(before, o, sep, sequence, sequence))
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
    return new BertProcessing(Special.read(part, "sep"), Special.read(part, "cls"));
  }
}
