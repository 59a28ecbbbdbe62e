package dev.imago.tokenizers.aligned;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A text that knows, for each of its characters, where in an original text it came from.
///
/// Positions are in UTF-16 units, in the text and in the original, as in [String]. Immutable. What
/// comes from [#ofUntracked] keeps no account of where, which costs nothing: its origins are not to
/// be asked for.
///
/// A character that a rewriting puts in aligns with a whole character of the original, so a token
/// that holds only a part of a character's bytes spans all of that character.
public final class AlignedText {
  /// Aligns with nothing before it: what is put in at the start of a text.
  public static final int START = -1;

  private final String text;

  /// Where in the original this text starts: the place of a piece that was cut out.
  private final int origin;

  private final boolean tracked;

  /// Of the unit `i`, the origin is `starts[shift + i]` to `ends[shift + i]`; null where the text
  /// is the original's own, from `origin` on.
  private final int @Nullable [] starts;

  private final int @Nullable [] ends;
  private final int shift;

  private AlignedText(
      String text,
      int origin,
      boolean tracked,
      int @Nullable [] starts,
      int @Nullable [] ends,
      int shift) {
    this.text = text;
    this.origin = origin;
    this.tracked = tracked;
    this.starts = starts;
    this.ends = ends;
    this.shift = shift;
  }

  /// An original text.
  public static AlignedText of(String original) {
    return new AlignedText(original, 0, true, null, null, 0);
  }

  /// A text whose origins nobody will ask for.
  public static AlignedText ofUntracked(String text) {
    return new AlignedText(text, 0, false, null, null, 0);
  }

  /// The text as it is now.
  public String text() {
    return text;
  }

  /// How many UTF-16 units the text has.
  public int length() {
    return text.length();
  }

  public boolean isEmpty() {
    return text.isEmpty();
  }

  /// Where in the original this text, or the piece that it was cut from, starts.
  public int origin() {
    return origin;
  }

  /// Whether the text keeps account of its origins.
  public boolean isTracked() {
    return tracked;
  }

  /// Where in the original the unit `at` comes from, its first unit.
  public int originStart(int at) {
    return starts == null ? origin + at : starts[shift + at];
  }

  /// Where in the original the unit `at` comes from, one past its last unit.
  public int originEnd(int at) {
    return ends == null ? origin + at + 1 : ends[shift + at];
  }

  /// The text from a position to another; both lie between characters.
  public AlignedText slice(int from, int to) {
    int start = from < to && tracked ? originStart(from) : origin + from;
    if (from == 0 && to == text.length() && start == origin) {
      return this;
    }
    return new AlignedText(text.substring(from, to), start, tracked, starts, ends, shift + from);
  }

  /// The same origins under another spelling of the same length in units.
  public AlignedText respelled(String spelling) {
    if (spelling.length() != text.length()) {
      throw new IllegalArgumentException(
          "«%s» has not the %d units of «%s»".formatted(spelling, text.length(), text));
    }
    return new AlignedText(spelling, origin, tracked, starts, ends, shift);
  }

  /// Another text in the place of this one, origins unaccounted for.
  public AlignedText untracked(String other) {
    return new AlignedText(other, origin, false, null, null, 0);
  }

  /// Starts a new text made from this one.
  public Rewriting rewrite() {
    return new Rewriting();
  }

  @Override
  public String toString() {
    return text;
  }

  /// A text in the making from the characters of another: what is kept, replaced, put in and left
  /// out, from left to right.
  public final class Rewriting {
    private final StringBuilder out = new StringBuilder(text.length() + 16);
    private int[] outStarts = tracked ? new int[text.length() + 16] : new int[0];
    private int[] outEnds = outStarts.length == 0 ? outStarts : new int[outStarts.length];
    private boolean same = true;

    private Rewriting() {}

    /// Keeps the units of the old text from one position to another.
    public Rewriting keep(int from, int to) {
      if (tracked) {
        int at = out.length();
        room(to - from);
        for (int i = from; i < to; i++, at++) {
          outStarts[at] = originStart(i);
          outEnds[at] = originEnd(i);
        }
        // The two halves of a character come from all of it.
        if (starts == null) {
          for (int i = from; i + 1 < to; i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                && Character.isLowSurrogate(text.charAt(i + 1))) {
              outEnds[out.length() + i - from] = originEnd(i + 1);
              outStarts[out.length() + i + 1 - from] = originStart(i);
            }
          }
        }
      }
      same &= from == out.length();
      out.append(text, from, to);
      return this;
    }

    /// Appends characters that come from where the character at `at` of the old text does, or
    /// [#START] for what nothing stands before.
    public Rewriting put(CharSequence characters, int at) {
      same = false;
      if (tracked) {
        int start = at < 0 ? origin : originStart(first(at));
        int end = at < 0 ? origin : originEnd(last(at));
        room(characters.length());
        Arrays.fill(outStarts, out.length(), out.length() + characters.length(), start);
        Arrays.fill(outEnds, out.length(), out.length() + characters.length(), end);
      }
      out.append(characters);
      return this;
    }

    /// Appends a code point that comes from where the character at `at` of the old text does.
    public Rewriting put(int codePoint, int at) {
      return put(Character.toString(codePoint), at);
    }

    /// How many units the new text has so far.
    public int length() {
      return out.length();
    }

    /// The new text.
    public AlignedText done() {
      if (same && out.length() == text.length()) {
        return AlignedText.this;
      }
      return tracked
          ? new AlignedText(out.toString(), origin, true, outStarts, outEnds, 0)
          : untracked(out.toString());
    }

    private int first(int at) {
      return at > 0
              && Character.isLowSurrogate(text.charAt(at))
              && Character.isHighSurrogate(text.charAt(at - 1))
          ? at - 1
          : at;
    }

    private int last(int at) {
      return at + 1 < text.length()
              && Character.isHighSurrogate(text.charAt(at))
              && Character.isLowSurrogate(text.charAt(at + 1))
          ? at + 1
          : at;
    }

    private void room(int more) {
      int needed = out.length() + more;
      if (needed > outStarts.length) {
        outStarts = Arrays.copyOf(outStarts, Math.max(needed, 2 * outStarts.length));
        outEnds = Arrays.copyOf(outEnds, outStarts.length);
      }
    }
  }
}
