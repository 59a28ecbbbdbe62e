package dev.imago.tasks;

/// An encoded example, or a part of one: what the model reads, and what should come out.
///
/// @param ids [T], at least one
/// @param targets [T], for each id the token or tag that belongs to it; or [1], the class of the
///   whole; [#IGNORED] where nothing is to be told
public record Sequence(int[] ids, int[] targets) {
  /// No target: nothing is learned here.
  public static final int IGNORED = -1;

  public Sequence {
    if (ids.length == 0 || (targets.length != ids.length && targets.length != 1)) {
      throw new IllegalArgumentException(
          "%d targets of %d ids".formatted(targets.length, ids.length));
    }
  }

  /// How many ids there are.
  public int length() {
    return ids.length;
  }
}
