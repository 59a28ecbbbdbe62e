package dev.imago.corpus;

import dev.imago.core.ConfigException;
import dev.imago.duplicates.DuplicateRules;
import dev.imago.duplicates.PartRules;
import java.io.Serializable;

/// What counts as a repetition, beside the usual.
///
/// @param addresses whether of several documents of one address one stays
/// @param bands in how many ways two documents may meet, to be compared as near duplicates
/// @param rows how many equal rows of their signatures make two documents meet
/// @param lines that stand in more than so many of the documents that stay are cut from prose; 0
///   cuts none
/// @param paragraphs that stand in more than so many of them are cut; 0 cuts none
/// @param substrings of at least so many characters that stand elsewhere are cut; 0 cuts none
/// @param keep how many copies of a substring stay
public record RepeatRules(
    boolean addresses,
    int bands,
    int rows,
    long lines,
    long paragraphs,
    int substrings,
    PartRules.Copies keep)
    implements Serializable {
  public RepeatRules {
    new DuplicateRules(true, addresses, true, 1, bands, rows);
    new PartRules(lines, paragraphs, substrings, keep);
  }

  public static RepeatRules defaults() {
    DuplicateRules usual = DuplicateRules.defaults();
    return new RepeatRules(
        usual.addresses(), usual.bands(), usual.rows(), 0, 0, 0, PartRules.Copies.ONE);
  }

  /// What is cut out of the documents that stay.
  public PartRules parts() {
    return new PartRules(lines, paragraphs, substrings, keep);
  }

  /// Refuses to cut, for whom sees a part of the documents alone.
  ///
  /// @throws ConfigException where anything is to be cut
  public void refuseParts() {
    if (parts().cut()) {
      String setting =
          lines > 0
              ? "lines = " + lines
              : paragraphs > 0 ? "paragraphs = " + paragraphs : "substrings = " + substrings;
      throw new ConfigException(
          "prepare.repeats.%s: what repeats within documents is cut on one machine, not on Spark; leave out the setting or the engine"
              .formatted(setting));
    }
  }
}
