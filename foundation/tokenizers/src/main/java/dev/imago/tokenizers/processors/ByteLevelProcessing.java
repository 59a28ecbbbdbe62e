package dev.imago.tokenizers.processors;

import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Takes the blanks at the ends of byte-level tokens out of where the tokens are said to be.
///
/// @param addPrefixSpace whether the blank at the start of a text was put in, and is in no text
/// @param trimOffsets whether anything is done
/// @param useRegex nothing here: the file writes it, the pre-tokenizer of the same name has it
public record ByteLevelProcessing(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex)
    implements PostProcessor {
  private static final char BLANK = 'Ġ';

  @Override
  public int added(boolean pair) {
    return 0;
  }

  @Override
  public List<Encoding> each(List<Encoding> encodings, boolean special) {
    var out = new ArrayList<Encoding>();
    for (Encoding encoding : encodings) {
      Encoding done = trimOffsets ? trim(encoding, addPrefixSpace) : encoding;
      out.add(done.withSequence(out.size()));
    }
    return out;
  }

  /// Trims, what overflows too.
  static Encoding trim(Encoding encoding, boolean addPrefixSpace) {
    int[] starts = encoding.starts();
    int[] ends = encoding.ends();
    for (int i = 0; i < starts.length; i++) {
      String token = encoding.token(i);
      int leading = leading(token);
      int trailing = trailing(token);
      // A single blank at the start of a text may be the one that was put in.
      boolean isPutIn = addPrefixSpace && leading == 1 && (i == 0 || starts[i] == 0);
      if (leading > 0 && !isPutIn) {
        starts[i] = Math.min(starts[i] + leading, ends[i]);
      }
      if (trailing > 0 && ends[i] >= trailing) {
        ends[i] = Math.max(ends[i] - trailing, starts[i]);
      }
    }
    return PostProcessor.withOverflowing(
        encoding.withOffsets(starts, ends), o -> trim(o, addPrefixSpace));
  }

  private static int leading(String token) {
    int count = 0;
    while (count < token.length() && isBlank(token.charAt(count))) {
      count++;
    }
    return count;
  }

  private static int trailing(String token) {
    int count = 0;
    while (count < token.length() && isBlank(token.charAt(token.length() - 1 - count))) {
      count++;
    }
    return count;
  }

  /// Unicode's White_Space, and how the byte of a blank is spelt.
  private static boolean isBlank(char c) {
    return c == BLANK
        || c == ' '
        || c >= '\t' && c <= '\r'
        || c == 0x85
        || c == 0xa0
        || c == 0x1680
        || c >= 0x2000 && c <= 0x200a
        || c == 0x2028
        || c == 0x2029
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "ByteLevel");
    out.writeBooleanProperty("add_prefix_space", addPrefixSpace);
    out.writeBooleanProperty("trim_offsets", trimOffsets);
    out.writeBooleanProperty("use_regex", useRegex);
    out.writeEndObject();
  }

  static ByteLevelProcessing read(Part part) {
    return new ByteLevelProcessing(
        part.bool("add_prefix_space", true),
        part.bool("trim_offsets", true),
        part.bool("use_regex", true));
  }
}
