package dev.imago.torch;

/// Sequences of one length, with what each position should predict.
///
/// @param sequences B
/// @param length T
/// @param ids [B·T], row by row
/// @param targets [B·T]; [#IGNORED] where nothing is to be predicted
public record Batch(int sequences, int length, int[] ids, int[] targets) {
  /// No target: the position counts in no loss.
  public static final int IGNORED = -1;

  public Batch {
    if (ids.length != sequences * length || targets.length != ids.length) {
      throw new IllegalArgumentException(
          "%d ids and %d targets for %d × %d"
              .formatted(ids.length, targets.length, sequences, length));
    }
  }

  /// Positions that count.
  public int counted() {
    int n = 0;
    for (int target : targets) {
      if (target != IGNORED) {
        n++;
      }
    }
    return n;
  }

  /// The sequences from … to − 1.
  Batch part(int from, int to) {
    return new Batch(
        to - from,
        length,
        java.util.Arrays.copyOfRange(ids, from * length, to * length),
        java.util.Arrays.copyOfRange(targets, from * length, to * length));
  }
}
