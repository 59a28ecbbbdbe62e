package dev.imago.accounts;

import dev.imago.core.ConfigException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// What is kept of a password: Argon2id (RFC 9106) with a salt of its own, in the form of its
/// reference implementation, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
///
/// @param memoryKib of which each hash takes so much
/// @param passes over it
record PasswordHash(int memoryKib, int passes) {
  /// The least that OWASP's Password Storage Cheat Sheet names for Argon2id.
  static final PasswordHash STRONG = new PasswordHash(19_456, 2);

  static final int SHORTEST = 12;
  static final int LONGEST = 200;

  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,3})\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  /// So many are worked out at a time: a flood of guesses takes no more memory than that.
  static final Semaphore AT_A_TIME = new Semaphore(2);

  /// @throws ConfigException for a password that is short, endless or no secret
  static void check(String name, String password) {
    int length = password.codePointCount(0, password.length());
    if (length < SHORTEST || length > LONGEST) {
      throw new ConfigException(
          "a password has %d … %d characters, and this one has %d: a sentence does well"
              .formatted(SHORTEST, LONGEST, length));
    }
    if (password.codePoints().distinct().count() < 5
        || password.equalsIgnoreCase(name.repeat(Math.max(1, length / name.length())))) {
      throw new ConfigException(
          "this password is the name, or a few characters again and again: take another");
    }
  }

  String of(String password, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] hash = hash(password, salt, memoryKib, passes, LANES, HASH_BYTES);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            memoryKib, passes, LANES, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  /// Whether a password is the one that was kept. Without a kept one it takes as long, and is not.
  boolean matches(String password, String kept) {
    Matcher form = FORM.matcher(kept);
    if (!form.matches()) {
      byte[] unused = hash(password, new byte[SALT_BYTES], memoryKib, passes, LANES, HASH_BYTES);
      return unused.length == 0;
    }
    byte[] expected = Base64.getDecoder().decode(form.group(5));
    byte[] found =
        hash(
            password,
            Base64.getDecoder().decode(form.group(4)),
            Integer.parseInt(form.group(1)),
            Integer.parseInt(form.group(2)),
            Integer.parseInt(form.group(3)),
            expected.length);
    return MessageDigest.isEqual(expected, found);
  }

  /// One text in several forms of Unicode is one password.
  private static byte[] hash(
      String password, byte[] salt, int memory, int passes, int lanes, int length) {
    byte[] hash = new byte[length];
    AT_A_TIME.acquireUninterruptibly();
    try {
      var generator = new Argon2BytesGenerator();
      generator.init( // takes the memory
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(memory)
              .withIterations(passes)
              .withParallelism(lanes)
              .withSalt(salt)
              .build());
      generator.generateBytes(
          Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8),
          hash);
    } finally {
      AT_A_TIME.release();
    }
    return hash;
  }
}
