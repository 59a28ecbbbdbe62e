package dev.imago.tasks;

/// An encoded example, or a part of one: what the model reads, and what should come out.
///
/// @param ids [T], at least one
/// @param targets [T], for each id the token or tag that belongs to it; or [1], the class of the
///   whole; [#IGNORED] where nothing is to be told
/// @param segments [T], for each id the text that it is of, 0 or 1; empty where all are 0
/// @param values [L], the number that belongs to each score of the whole, in the place of a class;
///   empty where targets are classes
/// @param vote of an answer: 1 where it was found good, −1 where bad, 0 where nobody said
public record Sequence(int[] ids, int[] targets, int[] segments, float[] values, int vote) {
  /// No target: nothing is learned here.
  public static final int IGNORED = -1;

  private static final int[] ONE_TEXT = {};
  private static final float[] NO_NUMBERS = {};

  public Sequence {
    if (ids.length == 0 || (targets.length != ids.length && targets.length != 1)) {
      throw new IllegalArgumentException(
          "%d targets of %d ids".formatted(targets.length, ids.length));
    }
    if (segments.length != 0 && segments.length != ids.length) {
      throw new IllegalArgumentException(
          "%d segments of %d ids".formatted(segments.length, ids.length));
    }
  }

  /// Of one text, with classes as targets.
  public Sequence(int[] ids, int[] targets) {
    this(ids, targets, ONE_TEXT, NO_NUMBERS, 0);
  }

  /// With classes as targets.
  public Sequence(int[] ids, int[] targets, int[] segments) {
    this(ids, targets, segments, NO_NUMBERS, 0);
  }

  /// With a number for each score of the whole.
  public static Sequence ofNumbers(int[] ids, int[] segments, float[] values) {
    return new Sequence(ids, new int[] {0}, segments, values, 0);
  }

  /// The same, as people found it.
  public Sequence judged(boolean good) {
    return new Sequence(ids, targets, segments, values, good ? 1 : -1);
  }

  /// How many ids there are.
  public int length() {
    return ids.length;
  }
}
