package dev.imago.metrics;

/// How often something was there, was told, and was told rightly.
public final class Counts {
  private long support;
  private long predicted;
  private long correct;

  /// Counts one that is there.
  ///
  /// @param told whether it was told, too
  public void gold(boolean told) {
    support++;
    correct += told ? 1 : 0;
  }

  /// Counts one that was told, rightly or not.
  public void told() {
    predicted++;
  }

  /// How often it was there.
  public long support() {
    return support;
  }

  /// How often it was told.
  public long predicted() {
    return predicted;
  }

  /// How often it was told rightly.
  public long correct() {
    return correct;
  }

  /// Rightly told of those told; 0 where none was.
  public double precision() {
    return predicted == 0 ? 0 : (double) correct / predicted;
  }

  /// Rightly told of those that are there; 0 where none is.
  public double recall() {
    return support == 0 ? 0 : (double) correct / support;
  }

  /// The harmonic mean of the two; 0 where nothing was told rightly.
  public double f1() {
    return correct == 0 ? 0 : 2.0 * correct / (support + predicted);
  }

  /// Adds another's counts.
  public void add(Counts other) {
    support += other.support;
    predicted += other.predicted;
    correct += other.correct;
  }
}
