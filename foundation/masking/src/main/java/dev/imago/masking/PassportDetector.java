package dev.imago.masking;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Passports: the two lines of a machine-readable zone (ICAO 9303-4, the second one by its check
/// digits), and, since their numbers have none, up to two letters and six to eight digits near a
/// word that names one.
final class PassportDetector implements Detector {
  private static final int LINE = 44;
  private static final int CONTEXT = 24;

  private static final List<String> WORDS =
      List.of("passport", "护照", "通行证", "reisepass", "passeport", "pasaporte");

  @Override
  public boolean anchors(char c) {
    return Sight.digit(c) || Sight.upper(c);
  }

  @Override
  public boolean follows(char first, char second) {
    return zoned(second);
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    if (text.at(at) == 'P' && (text.at(at + 1) == '<' || Sight.upper(text.at(at + 1)))) {
      int end = line(text, at);
      if (end > 0 && text.text(at + 5, end).contains("<<")) {
        return new Detection(PersonalKind.PASSPORT, at, end);
      }
      if (text.open()) {
        return null;
      }
    }
    Detection number = number(text, at);
    return number != null || text.open() ? number : zone(text, at);
  }

  private static @Nullable Detection number(Sight text, int at) {
    int i = at;
    while (i - at < 2 && Sight.upper(text.at(i))) {
      i++;
    }
    int from = i;
    while (i - from < 9 && Sight.digit(text.at(i))) {
      i++;
    }
    int digits = i - from;
    boolean right = digits >= 6 && digits <= 8 || digits == 9 && from == at;
    return right && text.endsNumber(i) && named(text, at)
        ? new Detection(PersonalKind.PASSPORT, at, i)
        : null;
  }

  private static boolean named(Sight text, int at) {
    String left = text.left(at, CONTEXT);
    return WORDS.stream().anyMatch(left::contains);
  }

  /// The second line: number, its digit, nationality, birth, its digit, sex, expiry, its digit …
  private static @Nullable Detection zone(Sight text, int at) {
    if (!checked(text, at, 9)) {
      return null;
    }
    int end = line(text, at);
    return end > 0 && checked(text, at + 13, 6) && checked(text, at + 21, 6)
        ? new Detection(PersonalKind.PASSPORT, at, end)
        : null;
  }

  private static boolean checked(Sight text, int from, int length) {
    for (int i = from; i <= from + length; i++) {
      if (!zoned(text.at(i))) {
        return false;
      }
    }
    return CheckDigits.zone(text.text(from, from + length)) == text.at(from + length);
  }

  /// Where a line of the zone ends; 0 where there is none.
  private static int line(Sight text, int at) {
    for (int i = at; i < at + LINE; i++) {
      if (!zoned(text.at(i))) {
        return 0;
      }
    }
    return zoned(text.at(at + LINE)) ? 0 : at + LINE;
  }

  private static boolean zoned(char c) {
    return Sight.digit(c) || Sight.upper(c) || c == '<';
  }
}
