package dev.imago.corpus;

import dev.imago.duplicates.DuplicateRules;
import java.io.Serializable;

/// What counts as a repetition, beside the usual.
///
/// @param addresses whether of several documents of one address one stays
/// @param bands in how many ways two documents may meet, to be compared as near duplicates
/// @param rows how many equal rows of their signatures make two documents meet
public record RepeatRules(boolean addresses, int bands, int rows) implements Serializable {
  public RepeatRules {
    new DuplicateRules(true, addresses, true, 1, bands, rows);
  }

  public static RepeatRules defaults() {
    DuplicateRules usual = DuplicateRules.defaults();
    return new RepeatRules(usual.addresses(), usual.bands(), usual.rows());
  }
}
