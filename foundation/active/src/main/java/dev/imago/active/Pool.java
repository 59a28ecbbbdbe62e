package dev.imago.active;

import java.util.List;

/// Items by number, and what is known of them. C classes.
///
/// @param unlabelled items to choose from
/// @param labelled items whose labels are known
/// @param probability what the model says of each item, labelled or not: [items × C]; a row may be
///   empty where an item is labelled
/// @param committee what several models say, each as `probability`; empty where there is one
/// @param likeness of two items
public record Pool(
    int[] unlabelled,
    int[] labelled,
    double[][] probability,
    List<double[][]> committee,
    Likeness likeness) {
  /// The inner product of two items' vectors. An item with itself gives its squared length.
  @FunctionalInterface
  public interface Likeness {
    double of(int a, int b);

    /// The squared distance of their vectors.
    default double apart(int a, int b) {
      return Math.max(0, of(a, a) + of(b, b) - 2 * of(a, b));
    }
  }

  public Pool {
    committee = List.copyOf(committee);
  }

  /// The same with fewer to choose from.
  Pool among(int[] left) {
    return new Pool(left, labelled, probability, committee, likeness);
  }
}
