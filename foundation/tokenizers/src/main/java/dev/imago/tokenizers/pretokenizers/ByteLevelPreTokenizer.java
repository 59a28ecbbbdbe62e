package dev.imago.tokenizers.pretokenizers;

import dev.imago.regex.OnigRegex;
import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// `ByteLevel`: writes a visible character for each byte of UTF-8, after cutting by GPT-2's
/// pattern. Radford et al. 2019.
///
/// @param addPrefixSpace whether a blank is put before a piece that has none there
/// @param trimOffsets of no effect here; the post-processor of the same name asks for it
/// @param useRegex whether the text is cut
public record ByteLevelPreTokenizer(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex)
    implements PreTokenizer {
  private static final String BYTES = bytes();

  /// Cuts by each regex in turn, its matches and what lies between them, then spells bytes.
  ///
  /// @throws IllegalArgumentException where one is no regular expression in Oniguruma's syntax
  public static PreTokenizer after(List<String> regexes) {
    var steps = new ArrayList<PreTokenizer>();
    for (String regex : regexes) {
      steps.add(
          new SplitPreTokenizer(
              new SplitPreTokenizer.Pattern.Regex(OnigRegex.compile(regex)),
              Behavior.ISOLATED,
              false));
    }
    steps.add(new ByteLevelPreTokenizer(false, false, false));
    return PreTokenizer.inSequence(steps);
  }

  static ByteLevelPreTokenizer read(Part part) {
    return new ByteLevelPreTokenizer(
        SplitPreTokenizer.required(part, "add_prefix_space"),
        SplitPreTokenizer.required(part, "trim_offsets"),
        part.bool("use_regex", true));
  }

  @Override
  public void split(AlignedText text, Consumer<AlignedText> pieces) {
    if (text.isEmpty()) {
      return;
    }
    AlignedText spaced =
        addPrefixSpace && text.text().charAt(0) != ' '
            ? text.rewrite().put(" ", 0).keep(0, text.length()).done()
            : text;
    if (!useRegex) {
      pieces.accept(spelled(spaced));
      return;
    }
    String all = spaced.text();
    for (int start = 0; start < all.length(); ) {
      int end = Gpt2Words.end(all, start);
      pieces.accept(spelled(spaced.slice(start, end)));
      start = end;
    }
  }

  /// A visible character for each byte; all bytes of a character come from where it does.
  private static AlignedText spelled(AlignedText piece) {
    String text = piece.text();
    int plain = plain(text, 0);
    if (plain == text.length()) {
      return piece;
    }
    AlignedText.Rewriting rewriting = piece.rewrite();
    var bytes = new StringBuilder(4);
    int kept = 0;
    while (plain < text.length()) {
      rewriting.keep(kept, plain);
      int c = text.codePointAt(plain);
      bytes.setLength(0);
      append(c, bytes);
      rewriting.put(bytes, plain);
      kept = plain + Character.charCount(c);
      plain = plain(text, kept);
    }
    return rewriting.keep(kept, text.length()).done();
  }

  /// The first place from one on whose character is not spelled as itself.
  private static int plain(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) > ' ' && text.charAt(at) < 127) {
      at++;
    }
    return at;
  }

  private static void append(int c, StringBuilder out) {
    if (c < 0x80) {
      out.append(BYTES.charAt(c));
      return;
    }
    if (c < 0x800) {
      out.append(BYTES.charAt(0xc0 | c >> 6));
    } else {
      if (c < 0x10000) {
        out.append(BYTES.charAt(0xe0 | c >> 12));
      } else {
        out.append(BYTES.charAt(0xf0 | c >> 18)).append(BYTES.charAt(0x80 | c >> 12 & 0x3f));
      }
      out.append(BYTES.charAt(0x80 | c >> 6 & 0x3f));
    }
    out.append(BYTES.charAt(0x80 | c & 0x3f));
  }

  /// The visible characters of the bytes 0 … 255: printable Latin-1 is itself, the rest follows
  /// U+0100 in order.
  private static String bytes() {
    var bytes = new StringBuilder();
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean visible = b > ' ' && b < 0x7f || b > 0xa0 && b != 0xad;
      bytes.append((char) (visible ? b : next++));
    }
    return bytes.toString();
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
}
