package dev.imago.masking;

/// Tells drawn characters from written ones.
final class Randomness {
  /// Shannon's entropy of the characters of a value, in bits each, from which on it looks drawn.
  /// Twenty hexadecimal digits have 3.4 on average, twenty of base64 4.1, English words 3.0 … 3.5
  /// and no digits.
  private static final double BITS = 3.0;

  private Randomness() {}

  /// Whether a value looks drawn: letters and at least two digits, in no order, of many kinds.
  static boolean drawn(String value) {
    int digits = 0;
    int letters = 0;
    int changes = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      digits += Sight.digit(c) ? 1 : 0;
      letters += Sight.alphanumeric(c) && !Sight.digit(c) ? 1 : 0;
      changes += i > 0 && kind(c) != kind(value.charAt(i - 1)) ? 1 : 0;
    }
    return digits >= 2 && letters >= 2 && changes >= 4 && entropy(value) >= BITS;
  }

  private static int kind(char c) {
    return Sight.digit(c) ? 0 : Sight.upper(c) ? 1 : Sight.alphanumeric(c) ? 2 : 3;
  }

  /// Shannon's entropy of the characters, in bits each.
  static double entropy(String value) {
    int[] counts = new int[128];
    for (int i = 0; i < value.length(); i++) {
      counts[value.charAt(i) & 127]++;
    }
    double bits = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = (double) count / value.length();
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return bits;
  }
}
