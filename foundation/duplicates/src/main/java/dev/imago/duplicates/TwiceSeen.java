package dev.imago.duplicates;

/// Which of many hashes came twice, in a bounded memory: some others too, where it is full.
final class TwiceSeen {
  private static final long LEAST_BYTES = 1 << 12;

  /// Two bits a slot: never, once, more often.
  private final long[] slots;

  private final long mask;

  TwiceSeen(long memoryBytes) {
    long bytes = Long.highestOneBit(Math.clamp(memoryBytes, LEAST_BYTES, 1L << 33));
    slots = new long[(int) (bytes / Long.BYTES)];
    mask = slots.length * 32L - 1;
  }

  void add(long hash) {
    long slot = hash & mask;
    int word = (int) (slot >>> 5);
    int shift = (int) (slot & 31) << 1;
    long count = slots[word] >>> shift & 3;
    if (count < 2) {
      slots[word] += 1L << shift;
    }
  }

  boolean twice(long hash) {
    long slot = hash & mask;
    return (slots[(int) (slot >>> 5)] >>> ((int) (slot & 31) << 1) & 3) == 2;
  }
}
