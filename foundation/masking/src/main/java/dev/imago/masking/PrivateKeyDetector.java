package dev.imago.masking;

import org.jspecify.annotations.Nullable;

/// Private keys in PEM's armour (RFC 7468), to their last line, or as far as they go where that is
/// missing.
final class PrivateKeyDetector implements Detector {
  /// Longer than an RSA key of 16,384 bits.
  static final int LONGEST = 16 << 10;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final int LABEL = 40;
  private static final int LEAST = 32;

  @Override
  public boolean anchors(char c) {
    return c == '-';
  }

  @Override
  public boolean atWordStart() {
    return false;
  }

  @Override
  public boolean follows(char first, char second) {
    return second == '-';
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    if (text.before(at) == '-' || !text.has(at, BEGIN)) {
      return null;
    }
    int label = label(text, at + BEGIN.length());
    if (!text.text(at, label).contains("PRIVATE KEY") || !text.has(label, DASHES)) {
      return null;
    }
    int i = label + DASHES.length();
    int body = i;
    while (i - at < LONGEST && armoured(text.at(i))) {
      i++;
    }
    if (i - body < LEAST) {
      return null;
    }
    if (text.at(i) == '-' && text.has(i, END)) {
      int last = label(text, i + END.length());
      if (text.has(last, DASHES)) {
        return new Detection(PersonalKind.SECRET, at, last + DASHES.length());
      }
    }
    while (i > body && text.before(i) <= ' ') {
      i--;
    }
    return new Detection(PersonalKind.SECRET, at, i);
  }

  private static int label(Sight text, int from) {
    int i = from;
    while (i - from < LABEL && (Sight.upper(text.at(i)) || text.at(i) == ' ')) {
      i++;
    }
    return i;
  }

  /// Base64, line ends (`\n` spelled out too), and the headers of older armour.
  private static boolean armoured(char c) {
    return Sight.alphanumeric(c) || "+/= \r\n\t\\:,".indexOf(c) >= 0;
  }
}
