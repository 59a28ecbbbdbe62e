package dev.imago.masking;

/// The ranges of card numbers by network (ISO/IEC 7812 issuer identification numbers, as the
/// networks publish them), with their lengths.
final class CardRanges {
  private CardRanges() {}

  /// UnionPay's 62 and 81, and the ranges of Chinese banks before it: 9558, 955880 … 955889.
  static boolean unionPay(String digits) {
    int length = digits.length();
    return length >= 16
        && (digits.startsWith("62") || digits.startsWith("81") || digits.startsWith("9558"));
  }

  /// Visa, Mastercard, American Express, Discover, Diners Club, JCB, Maestro, Mir.
  static boolean international(String digits) {
    int length = digits.length();
    int four = Integer.parseInt(digits, 0, 4, 10);
    int two = four / 100;
    int three = four / 10;
    boolean sixteen = length == 16;
    boolean long16 = length >= 16;
    return digits.charAt(0) == '4' && (length == 13 || sixteen || length == 19)
        || sixteen && (two >= 51 && two <= 55 || four >= 2221 && four <= 2720)
        || length == 15 && (two == 34 || two == 37)
        || long16 && (four == 6011 || three >= 644 && three <= 649 || two == 65)
        || length >= 14 && (three >= 300 && three <= 305 || four == 3095 || two == 36)
        || long16 && (two == 38 || two == 39)
        || long16 && four >= 3528 && four <= 3589
        || long16 && four >= 2200 && four <= 2204
        || length >= 13
            && (four == 5018
                || four == 5020
                || four == 5038
                || four == 5893
                || four == 6304
                || four == 6759
                || four >= 6761 && four <= 6763);
  }
}
