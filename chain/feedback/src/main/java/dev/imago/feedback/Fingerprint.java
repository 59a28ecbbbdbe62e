package dev.imago.feedback;

import dev.imago.data.Example;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// A conversation's hash, the same on every machine: 16 hexadecimal digits.
final class Fingerprint {
  private static final int BYTES = 8;

  private Fingerprint() {}

  static String of(List<Example.Message> messages) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Example.Message message : messages) {
        for (String part : List.of(message.role(), message.content())) {
          digest.update(part.getBytes(StandardCharsets.UTF_8));
          digest.update((byte) 0xff); // no UTF-8 holds it: what is two parts is not one
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// Where it lies among all fingerprints: 0 … 1.
  static double share(String fingerprint) {
    return Long.parseLong(fingerprint.substring(0, 8), 16) / 0x1p32;
  }
}
