package dev.imago.torch;

/// Where the random numbers of a batch come from, such as those of dropout: each is a function of
/// the seed, the step, the row among all of the step, and its place in the pass. So neither threads
/// nor micro-batches nor a kill change them.
///
/// @param step from 1
/// @param row of the step that the batch's first sequence is
public record Draw(long seed, long step, long row) {
  /// For the sequences from this one on.
  Draw from(int sequence) {
    return new Draw(seed, step, row + sequence);
  }

  /// 64 bits for one sequence of the batch and one place of the pass.
  long key(int sequence, int place) {
    return mix(mix(mix(mix(seed) + step) + row + sequence) + place);
  }

  /// The finaliser of SplitMix64. Steele, Lea & Flood 2014.
  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
