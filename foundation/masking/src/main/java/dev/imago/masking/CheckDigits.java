package dev.imago.masking;

/// The sums by which numbers check themselves.
final class CheckDigits {
  private static final int[] RESIDENT_WEIGHTS = {
    7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2
  };
  private static final String RESIDENT_CHECKS = "10X98765432";
  private static final int[] CREDIT_WEIGHTS = {
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28
  };

  /// The characters of a credit code, by their values.
  static final String CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY";

  private CheckDigits() {}

  /// Luhn's sum of digits, ISO/IEC 7812-1 annex B: 0 for a number that is right.
  static int luhn(CharSequence digits) {
    int sum = 0;
    boolean twice = false;
    for (int i = digits.length() - 1; i >= 0; i--) {
      int d = digits.charAt(i) - '0';
      if (twice) {
        d = d > 4 ? 2 * d - 9 : 2 * d;
      }
      sum += d;
      twice = !twice;
    }
    return sum % 10;
  }

  /// An IBAN modulo 97, ISO 13616: 1 for one that is right.
  ///
  /// @param iban capitals and digits, no blanks
  static int mod97(CharSequence iban) {
    int rest = 0;
    int length = iban.length();
    for (int i = 0; i < length; i++) {
      int value = Character.digit(iban.charAt((i + 4) % length), 36);
      rest = (value < 10 ? rest * 10 + value : rest * 100 + value) % 97;
    }
    return rest;
  }

  /// The last character of a resident identity number, ISO 7064 MOD 11-2.
  ///
  /// @param number its first 17 digits, or more
  static char resident(CharSequence number) {
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      sum += (number.charAt(i) - '0') * RESIDENT_WEIGHTS[i];
    }
    return RESIDENT_CHECKS.charAt(sum % 11);
  }

  /// The last character of a unified social credit code, GB 32100-2015.
  ///
  /// @param code its first 17 characters, or more
  static char credit(CharSequence code) {
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      sum += CREDIT_CHARACTERS.indexOf(code.charAt(i)) * CREDIT_WEIGHTS[i];
    }
    return CREDIT_CHARACTERS.charAt((31 - sum % 31) % 31);
  }

  /// The check digit of a field in a machine-readable zone, ICAO 9303-3 §4.9.
  static char zone(CharSequence field) {
    int[] weights = {7, 3, 1};
    int sum = 0;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      sum += (c == '<' ? 0 : Character.digit(c, 36)) * weights[i % 3];
    }
    return (char) ('0' + sum % 10);
  }
}
