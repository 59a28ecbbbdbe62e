package dev.imago.metrics;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The numbers of a text, by their values: `1,250`, `1250.0` and `１２５０` are one, and so are `3.5万`
/// and `35,000`, 三百二十 and 320. A percentage stays apart from the number without the sign.
///
/// Numbers in English words are not read, nor single Chinese digits, which are words too (一些, 三明治);
/// what a date is made of are numbers each by itself.
public final class StatedNumbers {
  private static final String DIGITS = "〇零一二三四五六七八九";
  private static final String UNITS = "十百千万亿";

  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<!\\d)(?<!\\d[.,])(\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)([万亿]*)\\s?(%|percent\\b)?"
              + "|(百分之)?(["
              + DIGITS
              + "两"
              + UNITS
              + "]{2,})");

  private StatedNumbers() {}

  /// Each once, in the order in which they stand, as plain decimals, `%` behind where it is one of
  /// a hundred.
  public static Set<String> of(String text) {
    var numbers = new LinkedHashSet<String>();
    Matcher found = NUMBER.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC));
    while (found.find()) {
      if (found.group(1) != null) {
        BigDecimal value = new BigDecimal(found.group(1).replace(",", ""));
        for (char unit : found.group(2).toCharArray()) {
          value = value.multiply(BigDecimal.valueOf(unit == '万' ? 10_000 : 100_000_000));
        }
        numbers.add(plain(value) + (found.group(3) == null ? "" : "%"));
      } else {
        String percent = found.group(4) == null ? "" : "%";
        chinese(found.group(5)).ifPresent(n -> numbers.add(plain(BigDecimal.valueOf(n)) + percent));
      }
    }
    return numbers;
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  /// Digits one by one (二〇二四), or with units (三百二十, 两千万); empty for what is no number, such as 千万
  /// in «by all means», which has units alone, and what would not fit a long.
  private static Optional<Long> chinese(String text) {
    boolean digitsOnly = text.chars().noneMatch(c -> UNITS.indexOf(c) >= 0);
    if (digitsOnly) {
      return text.length() > 18 || text.indexOf('两') >= 0
          ? Optional.empty()
          : Optional.of(
              text.chars().mapToLong(StatedNumbers::digit).reduce(0, (n, d) -> 10 * n + d));
    }
    if (text.length() > 24 || text.charAt(0) != '十' && UNITS.indexOf(text.charAt(0)) >= 0) {
      return Optional.empty();
    }
    long all = 0;
    long section = 0; // below 万
    long digit = -1;
    for (char c : text.toCharArray()) {
      int unit = UNITS.indexOf(c);
      if (unit < 0) {
        if (digit > 0) {
          return Optional.empty(); // two digits in a row beside units
        }
        digit = digit(c);
      } else if (unit < 3) {
        section += (digit < 0 ? 1 : digit) * (long) Math.pow(10, unit + 1.0);
        digit = -1;
      } else {
        long value = section + Math.max(digit, 0);
        long by = unit == 3 ? 10_000L : 100_000_000L;
        if (all + value > Long.MAX_VALUE / by) {
          return Optional.empty();
        }
        all = unit == 3 || all == 0 ? all + value * by : (all + value) * by;
        section = 0;
        digit = -1;
      }
    }
    return Optional.of(all + section + Math.max(digit, 0));
  }

  private static long digit(int c) {
    return c == '两' ? 2 : Math.max(0, DIGITS.indexOf(c) - 1L);
  }
}
