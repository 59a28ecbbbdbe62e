package dev.imago.masking;

import dev.imago.core.ConfigException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Values that are nobody's in the place of real ones, drawn by HMAC-SHA-256 from a key, a scope
/// and the value: the same wherever those are the same, and nothing that leads back without the
/// key.
///
/// Their form is kept where that is sensible, and their check digits are wrong on purpose: an
/// address at `example.com`, an IP address kept for benchmarks or documentation, a card, an IBAN,
/// an identity number of the same shape that no detector takes for one.
public final class Pseudonyms {
  private static final int LEAST_KEY_BYTES = 16;
  private static final int ATTEMPTS = 64;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
  private static final String STEMS = "甲乙丙丁戊己庚辛壬癸";
  private static final String BRANCHES = "子丑寅卯辰巳午未申酉戌亥";

  private final byte[] key;
  private final String scope;

  /// What tells whether a pseudonym could be somebody's.
  private final Masker all;

  /// @param key at least 16 bytes, kept secret
  public Pseudonyms(byte[] key) {
    this(
        key.clone(),
        "",
        new Masker(MaskRules.of(Set.copyOf(PersonalKind.detected()), MaskAction.NOTE)));
    if (key.length < LEAST_KEY_BYTES) {
      throw new ConfigException(
          "the key of pseudonyms has %d bytes; give at least %d"
              .formatted(key.length, LEAST_KEY_BYTES));
    }
  }

  private Pseudonyms(byte[] key, String scope, Masker all) {
    this.key = key;
    this.scope = scope;
    this.all = all;
  }

  /// Those of a document or of a tenant: another one, other pseudonyms.
  public Pseudonyms within(String newScope) {
    return new Pseudonyms(key, newScope, all);
  }

  /// @param attempt another one, another pseudonym
  String of(PersonalKind kind, String value, int attempt) {
    for (int i = 0; i < ATTEMPTS; i++) {
      String made = made(kind, value, hash(kind, value, attempt * ATTEMPTS + i));
      if (!made.equals(value) && all.find(made).isEmpty()) {
        return made;
      }
    }
    throw new IllegalStateException("no pseudonym of " + kind.spelled() + " is nobody's");
  }

  private byte[] hash(PersonalKind kind, String value, int attempt) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      String text = scope + '\0' + kind.spelled() + '\0' + attempt + '\0' + value;
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String made(PersonalKind kind, String value, byte[] hash) {
    return switch (kind) {
      case EMAIL -> letters(hash, 10) + "@example.com";
      case IP_ADDRESS, PRIVATE_IP -> value.indexOf(':') < 0 ? four(hash) : six(hash);
      case PHONE -> shape(value, value.charAt(0) == '+' ? 3 : 0, hash);
      case CARD, BANK_CARD, RESIDENT_ID, CREDIT_CODE, PASSPORT -> shape(value, 0, hash);
      case IBAN -> shape(value, 2, hash);
      case PLATE -> value.substring(0, 2) + "I" + shape(value.substring(3), 0, hash);
      case SECRET -> "secret-" + letters(hash, 16);
      case NAME ->
          EmailDetector.ideograph(value.charAt(0))
              ? "某" + of(STEMS, hash[0]) + of(BRANCHES, hash[1]) + of(STEMS, hash[2])
              : "Person-" + letters(hash, 5);
    };
  }

  private static char of(String alphabet, byte b) {
    return alphabet.charAt((b & 0xff) % alphabet.length());
  }

  private static String letters(byte[] hash, int count) {
    var letters = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      letters.append(of(LETTERS, hash[i]));
    }
    return letters.toString();
  }

  /// Of 198.18.0.0/15, RFC 2544.
  private static String four(byte[] hash) {
    return "198.%d.%d.%d".formatted(18 + (hash[0] & 1), hash[1] & 0xff, hash[2] & 0xff);
  }

  /// Of 2001:db8::/32, RFC 3849.
  private static String six(byte[] hash) {
    return "2001:db8:%x:%x::%x"
        .formatted(
            (hash[0] & 0xff) << 8 | hash[1] & 0xff,
            (hash[2] & 0xff) << 8 | hash[3] & 0xff,
            (hash[4] & 0xff) << 8 | hash[5] & 0xff);
  }

  /// Digits for digits and letters for letters.
  ///
  /// @param keep so many characters from the beginning stay
  private static String shape(String value, int keep, byte[] hash) {
    var shaped = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      byte b = hash[i % hash.length];
      if (i < keep) {
        shaped.append(c);
      } else if (Sight.digit(c)) {
        shaped.append(of("0123456789", b));
      } else if (Sight.upper(c)) {
        shaped.append((char) ('A' + (b & 0xff) % 26));
      } else if (Sight.alphanumeric(c)) {
        shaped.append(of(LETTERS, b));
      } else {
        shaped.append(c);
      }
    }
    return shaped.toString();
  }
}
