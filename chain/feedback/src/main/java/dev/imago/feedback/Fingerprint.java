package dev.imago.feedback;

import dev.imago.core.Hashing;
import dev.imago.data.Example;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/// A conversation's hash, the same on every machine: 16 hexadecimal digits.
final class Fingerprint {
  private static final int DIGITS = 16;

  private Fingerprint() {}

  static String of(List<Example.Message> messages) {
    MessageDigest digest = Hashing.sha256();
    for (Example.Message message : messages) {
      for (String part : List.of(message.role(), message.content())) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0xff); // no UTF-8 holds it: what is two parts is not one
      }
    }
    return Hashing.hex(digest).substring(0, DIGITS);
  }

  /// Where it lies among all fingerprints: 0 … 1.
  static double share(String fingerprint) {
    return Long.parseLong(fingerprint.substring(0, 8), 16) / 0x1p32;
  }
}
