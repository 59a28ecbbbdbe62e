package dev.imago.tokenizers.decoders;

/// Bytes to text as they come, U+FFFD for what is no UTF-8: one for each maximal subpart (Unicode
/// 17, section 3.9, table 3-8), as Rust does.
final class Utf8Reader {
  private static final char WRONG = '\ufffd';

  private int codePoint;

  /// How many bytes the open character still needs.
  private int missing;

  /// Between which bounds its next byte must be.
  private int least;

  private int most;
  private boolean isBroken;

  /// Takes a byte; appends what it makes certain.
  void add(int b, StringBuilder out) {
    if (missing > 0) {
      if (b >= least && b <= most) {
        codePoint = codePoint << 6 | b & 0x3f;
        least = 0x80;
        most = 0xbf;
        if (--missing == 0) {
          out.appendCodePoint(codePoint);
        }
        return;
      }
      wrong(out);
    }
    if (b < 0x80) {
      out.append((char) b);
    } else if (b < 0xc2 || b > 0xf4) {
      wrong(out);
    } else {
      open(b);
    }
  }

  private void open(int lead) {
    missing = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    codePoint = lead & 0x3f >> missing;
    // No character has two spellings, none is a surrogate, and none is past U+10FFFF.
    least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  }

  private void wrong(StringBuilder out) {
    missing = 0;
    isBroken = true;
    out.append(WRONG);
  }

  /// Ends the text; appends what is left of an unfinished character.
  void end(StringBuilder out) {
    if (missing > 0) {
      wrong(out);
    }
  }

  /// Whether anything was no UTF-8.
  boolean isBroken() {
    return isBroken;
  }

  /// Whether a character waits for more bytes.
  boolean isOpen() {
    return missing > 0;
  }

  /// Starts anew.
  void reset() {
    missing = 0;
    isBroken = false;
  }
}
