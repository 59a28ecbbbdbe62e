package dev.imago.metrics;

import java.util.List;

/// Translation edit rate: insertions, deletions, substitutions and shifts of words that make the
/// reference of the hypothesis, by the reference's words; at sacreBLEU's values, which are Tercom's
/// but for its limits. Snover et al. 2006, AMTA.
///
/// Of several references the one that needs the fewest edits counts, by their mean length.
///
/// @param normalized whether punctuation is parted and XML's signs are read
/// @param withoutPunctuation whether punctuation is left out
/// @param asian whether the two above also treat signs and characters of Chinese and Japanese
/// @param caseSensitive whether case counts; not so as a rule
public record Ter(
    boolean normalized, boolean withoutPunctuation, boolean asian, boolean caseSensitive)
    implements TextMetric {
  /// sacreBLEU's defaults: `case:lc|tok:tercom|norm:no|punct:yes|asian:no`.
  public static Ter standard() {
    return new Ter(false, false, false, false);
  }

  @Override
  public String name() {
    return "TER";
  }

  @Override
  public boolean lowerIsBetter() {
    return true;
  }

  @Override
  public String signature(int references) {
    return SacreBleu.signature(
        references,
        "case:%s|tok:tercom|norm:%s|punct:%s|asian:%s"
            .formatted(
                caseSensitive ? "mixed" : "lc",
                SacreBleu.yes(normalized),
                SacreBleu.yes(!withoutPunctuation),
                SacreBleu.yes(asian)));
  }

  /// The edits, and the references' mean length.
  @Override
  public double[] counts(String hypothesis, List<String> references) {
    String[] said = TercomTokenizer.words(hypothesis, this).toArray(String[]::new);
    double length = 0;
    int fewest = Integer.MAX_VALUE;
    for (String reference : references) {
      // sacreBLEU parts a reference twice, a hypothesis once: «it's» before a tab differs.
      String once = String.join(" ", TercomTokenizer.words(reference, this));
      String[] wanted = TercomTokenizer.words(once, this).toArray(String[]::new);
      length += wanted.length;
      fewest = Math.min(fewest, new ShiftedEdits(wanted).of(said));
    }
    return new double[] {fewest, length / references.size()};
  }

  /// Edits for a hundred words; more than 100 where the hypothesis is much longer.
  @Override
  public double score(double[] counts) {
    return 100 * (counts[1] > 0 ? counts[0] / counts[1] : counts[0] > 0 ? 1 : 0);
  }
}
