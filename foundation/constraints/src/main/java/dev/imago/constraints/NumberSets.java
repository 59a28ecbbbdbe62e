package dev.imago.constraints;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Sets of numbers by value, as the plain decimals that write them (no exponent): 1, 1.0 and 1.00
/// are in such a set together or not at all.
final class NumberSets {
  private static final String CHARACTERS = "-.0123456789";

  /// Every plain decimal.
  static final TextDfa ALL = decimals("-?(0|[1-9][0-9]*)(\\.[0-9]+)?");

  /// Whole numbers.
  static final TextDfa WHOLE = decimals("-?(0|[1-9][0-9]*)(\\.0+)?");

  /// Whole numbers as they are usually written: without a point, and nought without a sign.
  static final TextDfa PLAIN = decimals("0|-?[1-9][0-9]*");

  private static final int MOST_DIGITS = 2000;

  private NumberSets() {}

  private static TextDfa decimals(String regex) {
    var own = new Work("a set of numbers");
    return TextNfa.dfa(RegexReader.read(regex, own), false, own);
  }

  /// Where a number that is being read stands beside the absolute value of a bound.
  ///
  /// @param digits before the point; of the fraction once `fraction`
  /// @param compared of what was read with as much of the bound
  private record Compared(boolean negative, boolean fraction, int digits, int compared) {}

  /// The numbers whose comparison with a bound is right.
  ///
  /// @param right of −1, 0, 1 as the number is less, equal, more
  static TextDfa compared(BigDecimal bound, IntPredicate right, Work work) {
    String[] parts = digits(bound);
    String whole = parts[0];
    String fraction = parts[1];
    TextDfa machine =
        TextDfa.explored(
            new Compared(false, false, 0, 0),
            CHARACTERS,
            (s, c) -> next(s, c, whole, fraction),
            s -> s.digits > 0 && right.test(outcome(s, whole, fraction, bound.signum())),
            work);
    return machine.and(ALL, work);
  }

  private static String[] digits(BigDecimal bound) {
    if (Math.abs((long) bound.scale()) + bound.precision() > MOST_DIGITS) {
      throw new ConstraintException(
          "the number %s has more than %,d digits".formatted(bound, MOST_DIGITS));
    }
    String plain = bound.abs().stripTrailingZeros().toPlainString();
    int point = plain.indexOf('.');
    return point < 0
        ? new String[] {plain, ""}
        : new String[] {plain.substring(0, point), plain.substring(point + 1)};
  }

  private static @Nullable Compared next(Compared s, int c, String whole, String fraction) {
    if (c == '-') {
      return s.digits == 0 && !s.negative && !s.fraction ? new Compared(true, false, 0, 0) : null;
    }
    if (c == '.') {
      if (s.fraction || s.digits == 0) {
        return null;
      }
      int compared = s.digits < whole.length() ? -1 : s.compared;
      // One digit is counted, so that a lone point is no number.
      return new Compared(s.negative, true, 1, compared);
    }
    if (!s.fraction) {
      if (s.digits >= whole.length()) {
        return new Compared(s.negative, false, whole.length() + 1, 1);
      }
      int compared = s.compared != 0 ? s.compared : Integer.signum(c - whole.charAt(s.digits));
      return new Compared(s.negative, false, s.digits + 1, compared);
    }
    if (s.compared != 0) {
      return s;
    }
    int at = s.digits - 1;
    int due = at < fraction.length() ? fraction.charAt(at) : '0';
    return new Compared(
        s.negative, true, Math.min(s.digits + 1, fraction.length() + 1), Integer.signum(c - due));
  }

  private static int outcome(Compared s, String whole, String fraction, int sign) {
    int size = s.compared;
    if (!s.fraction && s.digits < whole.length()) {
      size = -1;
    } else if (size == 0 && (s.fraction ? s.digits - 1 : 0) < fraction.length()) {
      size = -1;
    }
    if (s.negative) {
      return sign < 0 ? -size : sign == 0 && size == 0 ? 0 : -1;
    }
    return sign < 0 ? 1 : size;
  }

  /// @param remainder of what was read, scaled
  /// @param fraction digits behind the point so far; −1 before it
  private record Divided(int remainder, int fraction) {}

  /// The multiples of a number above nought.
  static TextDfa multiples(BigDecimal of, Work work) {
    BigDecimal step = of.stripTrailingZeros();
    int scale = Math.max(0, step.scale());
    BigInteger unscaled = step.setScale(scale).unscaledValue();
    if (scale > 400
        || unscaled.bitLength() > 30
        || unscaled.longValueExact() * (scale + 2L) > TextDfa.MOST_STATES) {
      throw new ConstraintException(
          "multipleOf = %s takes more than %,d states; give one of fewer digits"
              .formatted(of, TextDfa.MOST_STATES));
    }
    int divisor = unscaled.intValueExact();
    int[] tens = new int[scale + 1]; // 10 to the power of i, modulo
    tens[0] = 1 % divisor;
    for (int i = 1; i <= scale; i++) {
      tens[i] = (int) (tens[i - 1] * 10L % divisor);
    }
    TextDfa machine =
        TextDfa.explored(
            new Divided(0, -1),
            CHARACTERS,
            (s, c) -> {
              if (c == '-') {
                return s;
              }
              if (c == '.') {
                return s.fraction < 0 ? new Divided(s.remainder, 0) : null;
              }
              if (s.fraction == scale) {
                return c == '0' ? s : null;
              }
              int remainder = (int) ((s.remainder * 10L + c - '0') % divisor);
              return new Divided(remainder, s.fraction < 0 ? -1 : s.fraction + 1);
            },
            s -> s.remainder * (long) tens[scale - Math.max(0, s.fraction)] % divisor == 0,
            work);
    return machine.and(ALL, work);
  }
}
