package dev.imago.duplicates;

import java.util.Arrays;

/// The keys by which texts meet: two are compared where they share one. What shares none cannot
/// repeat the other, so that a set may be taken apart where no key holds it together
/// ([StarContraction]), and each part be decided by a [Deduplication] of its own: what comes of
/// each text is what comes of it in the whole.
public final class MeetingKeys {
  /// What the texts of a key share, in its lowest two bits.
  static final int BAND = 0;

  static final int TEXT = 1;
  static final int ADDRESS = 2;

  private MeetingKeys() {}

  /// A text's keys; none where nothing is compared.
  public static long[] of(Traits traits, DuplicateRules rules) {
    long[] keys = new long[2 + traits.bands().length];
    int count = 0;
    if (rules.exact()) {
      keys[count++] = text(traits);
    }
    if (rules.addresses() && traits.address() != 0) {
      keys[count++] = key(traits.address(), ADDRESS);
    }
    if (rules.near()) {
      for (long band : traits.bands()) {
        keys[count++] = key(band, BAND);
      }
    }
    return Arrays.copyOf(keys, count);
  }

  /// The keys that hold a set together: also that of the same text where that is no reason to go,
  /// since which of several ids comes first is told among all texts that are the same.
  public static long[] holding(Traits traits, DuplicateRules rules) {
    long[] keys = of(traits, rules);
    if (!rules.exact() && keys.length > 0) {
      keys = Arrays.copyOf(keys, keys.length + 1);
      keys[keys.length - 1] = text(traits);
    }
    return keys;
  }

  private static long text(Traits traits) {
    return key(Mixing.mix(traits.high() ^ Mixing.mix(traits.low())), TEXT);
  }

  private static long key(long number, int kind) {
    return number & ~3L | kind;
  }
}
