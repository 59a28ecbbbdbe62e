package dev.imago.metrics;

import java.util.List;

/// Word and character error rates: the insertions, deletions and substitutions that make the
/// reference of the hypothesis, by the reference's length; of a corpus, by all references' length.
/// The values are those of torchmetrics and jiwer.
///
/// @param unit what is edited
public record ErrorRate(Unit unit) implements TextMetric {
  /// What is edited.
  public enum Unit {
    /// What stands between white space.
    WORDS,
    /// Code points, white space among them.
    CHARACTERS
  }

  @Override
  public String name() {
    return unit == Unit.WORDS ? "WER" : "CER";
  }

  @Override
  public boolean lowerIsBetter() {
    return true;
  }

  @Override
  public String signature(int references) {
    return "nrefs:%d|case:mixed|tok:%s|agg:sum"
        .formatted(references, unit == Unit.WORDS ? "spaced" : "characters");
  }

  /// The edits, and the reference's length.
  ///
  /// @throws IllegalArgumentException of several references: none is the one to divide by
  @Override
  public double[] counts(String hypothesis, List<String> references) {
    if (references.size() != 1) {
      throw new IllegalArgumentException(
          "%s is of one reference a text, not %d; score each by itself"
              .formatted(name(), references.size()));
    }
    List<String> said = units(hypothesis);
    List<String> wanted = units(references.getFirst());
    return new double[] {edits(said, wanted), wanted.size()};
  }

  /// 0 and more; of references without any word, infinite, or NaN where the hypotheses have none
  /// either.
  @Override
  public double score(double[] counts) {
    return counts[0] / counts[1];
  }

  private List<String> units(String text) {
    return unit == Unit.WORDS
        ? WhiteSpace.split(text)
        : text.codePoints().mapToObj(Character::toString).toList();
  }

  private static int edits(List<String> said, List<String> wanted) {
    int[] row = new int[wanted.size() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= said.size(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (said.get(i - 1).equals(wanted.get(j - 1)) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[wanted.size()];
  }
}
