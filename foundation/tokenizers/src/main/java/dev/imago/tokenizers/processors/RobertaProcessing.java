package dev.imago.tokenizers.processors;

import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// `<s> text </s>`, and of a pair `<s> text </s></s> pair </s>`, all of type 0; blanks are trimmed
/// as [ByteLevelProcessing] does.
public record RobertaProcessing(
    SpecialToken sep, SpecialToken cls, boolean trimOffsets, boolean addPrefixSpace)
    implements PostProcessor {
  @Override
  public int added(boolean pair) {
    return pair ? 4 : 2;
  }

  @Override
  public List<Encoding> each(List<Encoding> encodings, boolean special) {
    var out = new ArrayList<Encoding>();
    for (Encoding encoding : encodings) {
      int sequence = out.isEmpty() ? 0 : 1;
      SpecialToken before = out.isEmpty() ? cls : sep;
      Encoding done =
          (trimOffsets ? ByteLevelProcessing.trim(encoding, addPrefixSpace) : encoding)
              .withTypeId(0);
      out.add(
          special
              ? around(before, done, sequence)
                  .withOverflowing(
                      done.overflowing().stream()
                          .map(o -> around(before, o.withTypeId(0), sequence))
                          .toList())
              : done);
    }
    return out;
  }

  private Encoding around(SpecialToken before, Encoding text, int sequence) {
    return SpecialToken.around(before, text, sep, sequence, 0);
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "RobertaProcessing");
    sep.write(out, "sep");
    cls.write(out, "cls");
    out.writeBooleanProperty("trim_offsets", trimOffsets);
    out.writeBooleanProperty("add_prefix_space", addPrefixSpace);
    out.writeEndObject();
  }

  static RobertaProcessing read(Part part) {
    return new RobertaProcessing(
        SpecialToken.read(part, "sep"),
        SpecialToken.read(part, "cls"),
        part.bool("trim_offsets", true),
        part.bool("add_prefix_space", true));
  }
}
