package dev.imago.masking;

import org.jspecify.annotations.Nullable;

/// Unified social credit codes, GB 32100-2015: the department that registers (1 … 9, A, N, Y), the
/// kind of organisation, a region of six digits, nine characters, a check character modulo 31.
final class CreditCodeDetector implements Detector {
  private static final int LENGTH = 18;

  @Override
  public boolean anchors(char c) {
    return c >= '1' && c <= '9' || c == 'A' || c == 'N' || c == 'Y';
  }

  @Override
  public boolean follows(char first, char second) {
    return second >= '1' && second <= '9';
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    char type = text.at(at + 1);
    if (type < '1' || type > '9') {
      return null;
    }
    for (int i = 2; i < LENGTH; i++) {
      char c = text.at(at + i);
      if (i < 8 ? !Sight.digit(c) : CheckDigits.CREDIT_CHARACTERS.indexOf(c) < 0) {
        return null;
      }
    }
    if (!text.ends(at + LENGTH)) {
      return null;
    }
    String code = text.text(at, at + LENGTH);
    boolean region = Regions.province(code, 2) || code.startsWith("10", 2);
    return region && CheckDigits.credit(code) == code.charAt(LENGTH - 1)
        ? new Detection(PersonalKind.CREDIT_CODE, at, at + LENGTH)
        : null;
  }
}
