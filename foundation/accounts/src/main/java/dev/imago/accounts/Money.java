package dev.imago.accounts;

import dev.imago.core.ConfigException;
import java.math.BigDecimal;

/// Money as whole millionths of a currency's unit: never a float.
final class Money {
  static final long UNIT = 1_000_000;

  /// A million millions: sums of many of them are whole numbers of 64 bits still.
  private static final long MOST = 1_000_000_000_000L * UNIT;

  private Money() {}

  /// `12.5` is 12,500,000 millionths.
  ///
  /// @param name of the setting, for messages
  /// @throws ConfigException for what is no amount, is negative, or has parts of a millionth
  static long parse(String name, String text) {
    try {
      BigDecimal amount = text.length() > 40 ? null : new BigDecimal(text.strip());
      if (amount != null && amount.signum() >= 0 && Math.abs(amount.scale()) <= 40) {
        long millionths = amount.movePointRight(6).longValueExact();
        if (millionths <= MOST) {
          return millionths;
        }
      }
    } catch (NumberFormatException e) {
      throw refusal(name, text);
    } catch (ArithmeticException e) {
      throw refusal(name, text);
    }
    throw refusal(name, text);
  }

  private static ConfigException refusal(String name, String text) {
    return new ConfigException(
        "%s = «%s» is no amount of money; give one like 12.50, of 0 … 1,000,000,000,000 and with at most six digits after the point"
            .formatted(name, text.length() <= 40 ? text : text.substring(0, 40) + "…"));
  }

  /// At least two digits after the point, and as many as there are.
  static String text(long millionths) {
    BigDecimal exact = BigDecimal.valueOf(millionths, 6).stripTrailingZeros();
    return (exact.scale() < 2 ? exact.setScale(2) : exact).toPlainString();
  }
}
