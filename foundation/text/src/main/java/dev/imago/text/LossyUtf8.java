package dev.imago.text;

/// Bytes to text with U+FFFD for what is no UTF-8, by the standard's rule (one for each maximal
/// subpart), which Rust follows and the JDK does but for surrogates: of `ED A0 80` it makes one
/// U+FFFD, not three.
final class LossyUtf8 {
  private static final byte LEADS_SURROGATE = (byte) 0xed;

  private LossyUtf8() {}

  /// Makes the JDK's decoder follow the rule: the lead byte of an encoded surrogate becomes one
  /// that leads nothing.
  static void breakSurrogates(byte[] bytes, int from, int to) {
    for (int i = from; i + 1 < to; i++) {
      if (bytes[i] == LEADS_SURROGATE && (bytes[i + 1] & 0xff) >= 0xa0) {
        bytes[i] = (byte) 0xff;
      }
    }
  }
}
