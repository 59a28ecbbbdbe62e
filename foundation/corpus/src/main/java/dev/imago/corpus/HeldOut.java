package dev.imago.corpus;

import dev.imago.data.Split;
import java.util.Collection;

/// Which of the documents that stay are held out.
///
/// A document is held out by its id's hash alone, so that others coming or going do not move it.
/// Where that would hold out too few to measure by (two, of ten and more) or all, the border moves.
public final class HeldOut {
  /// With so many documents a second one held out costs little, and gives an interval.
  private static final int ENOUGH = 10;

  private final long seed;
  private final double below;

  private HeldOut(long seed, double below) {
    this.seed = seed;
    this.below = below;
  }

  /// @param kept the ids of all documents that stay, in any order
  public static HeldOut of(CorpusRules rules, Collection<String> kept) {
    long seed = rules.heldoutSeed();
    double[] places = kept.stream().mapToDouble(id -> place(id, seed)).sorted().toArray();
    double below = rules.heldoutFraction();
    if (places.length >= 2) {
      int least = places.length >= ENOUGH ? 2 : 1;
      below = Math.max(below, places[least]);
      // All documents but the last; `least` is fewer.
      below = Math.min(below, places[places.length - 1]);
    }
    return new HeldOut(seed, below);
  }

  public Split side(String id) {
    return place(id, seed) < below ? Split.HELDOUT : Split.TRAIN;
  }

  /// Where an id's hash lies in 0 … 1.
  private static double place(String id, long seed) {
    return (Hash.of(id, seed) >>> 11) * 0x1p-53;
  }
}
