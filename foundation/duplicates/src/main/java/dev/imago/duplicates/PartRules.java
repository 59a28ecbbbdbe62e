package dev.imago.duplicates;

import dev.imago.core.Bounds;
import java.io.Serializable;

/// Which parts are cut out of texts because they stand in others, too.
///
/// @param lines that stand in more than so many texts go; 0 cuts none
/// @param paragraphs that stand in more than so many texts go; 0 cuts none
/// @param substrings of at least so many characters that stand elsewhere go; 0 cuts none
/// @param keep how many copies of a substring stay
public record PartRules(long lines, long paragraphs, int substrings, Copies keep)
    implements Serializable {
  private static final int LONGEST = 1 << 16;

  /// How many copies of a substring stay.
  public enum Copies {
    ONE,
    NONE
  }

  public PartRules {
    Bounds.whole("lines", lines, 0, Long.MAX_VALUE, "0 cuts none");
    Bounds.whole("paragraphs", paragraphs, 0, Long.MAX_VALUE, "0 cuts none");
    if (substrings != 0) {
      Bounds.whole("substrings", substrings, 2, LONGEST, "200 is usual, 0 cuts none");
    }
  }

  /// Whether anything is cut.
  public boolean cut() {
    return lines > 0 || paragraphs > 0 || substrings > 0;
  }
}
