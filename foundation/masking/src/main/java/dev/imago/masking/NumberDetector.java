package dev.imago.masking;

import org.jspecify.annotations.Nullable;

/// Cards and Chinese resident identity numbers: 12 to 19 digits, together or in groups of at least
/// three with one kind of blank or hyphen between, that check themselves.
///
/// A resident identity number (GB 11643): a province of GB/T 2260, a date from 1900 to 2049, a
/// sequence, ISO 7064's check character. The older one of 15 digits, which has none, only after
/// words that name it. What has the province and the date of one and not its check is none, and no
/// card either.
final class NumberDetector implements Detector {
  private static final int SHORTEST = 12;
  private static final int LONGEST = 19;
  private static final int GROUP = 3;
  private static final int CONTEXT = 24;

  /// The digits that were read, and where each group of them ends.
  private static final class Run {
    final StringBuilder digits = new StringBuilder(LONGEST);
    final int[] ends = new int[LONGEST / GROUP + 1];
    final int[] counts = new int[LONGEST / GROUP + 1];
    int groups;

    void close(int end) {
      ends[groups] = end;
      counts[groups++] = digits.length();
    }
  }

  @Override
  public boolean anchors(char c) {
    return Sight.digit(c);
  }

  @Override
  public boolean follows(char first, char second) {
    return Sight.digit(second);
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    if (!plausible(text, at) || text.fraction(at)) {
      return null;
    }
    Run run = read(text, at);
    for (int g = run.groups - 1; g >= 0 && run.counts[g] >= SHORTEST; g--) {
      String digits = run.digits.substring(0, run.counts[g]);
      Detection found = told(text, at, run.ends[g], digits);
      if (found != null || text.open()) {
        return found;
      }
    }
    return null;
  }

  /// Whether the first group may begin a number: it is long, or another one follows.
  private static boolean plausible(Sight text, int at) {
    int i = at;
    while (i - at < SHORTEST && Sight.digit(text.at(i))) {
      i++;
    }
    char c = text.at(i);
    boolean another = (c == ' ' || c == '-') && i - at >= GROUP && Sight.digit(text.at(i + 1));
    return i - at == SHORTEST || another;
  }

  private static Run read(Sight text, int at) {
    var run = new Run();
    int i = at;
    int group = 0;
    char separator = 0;
    while (true) {
      char c = text.at(i);
      if (Sight.digit(c)) {
        if (run.digits.length() == LONGEST) {
          return run; // the group is longer than any number: it ends none
        }
        run.digits.append(c);
        group++;
        i++;
        continue;
      }
      if (group < GROUP) {
        return run;
      }
      run.close(i);
      boolean another = (c == ' ' || c == '-') && (separator == 0 || separator == c);
      if (!another || run.digits.length() == LONGEST || !Sight.digit(text.at(i + 1))) {
        return run;
      }
      separator = c;
      group = 0;
      i++;
    }
  }

  private static @Nullable Detection told(Sight text, int start, int end, String digits) {
    int length = digits.length();
    char next = text.at(end);
    if (length == 17 && (next == 'X' || next == 'x')) {
      boolean right = resident(digits) && CheckDigits.resident(digits) == 'X' && text.ends(end + 1);
      return right ? new Detection(PersonalKind.RESIDENT_ID, start, end + 1) : null;
    }
    if (!text.endsNumber(end)) {
      return null;
    }
    if (length == 18 && resident(digits)) {
      boolean right = CheckDigits.resident(digits) == digits.charAt(17);
      return right ? new Detection(PersonalKind.RESIDENT_ID, start, end) : null;
    }
    if (length == 15 && oldResident(digits) && named(text, start)) {
      return new Detection(PersonalKind.RESIDENT_ID, start, end);
    }
    if (CheckDigits.luhn(digits) != 0) {
      return null;
    }
    if (CardRanges.unionPay(digits)) {
      return new Detection(PersonalKind.BANK_CARD, start, end);
    }
    return CardRanges.international(digits) ? new Detection(PersonalKind.CARD, start, end) : null;
  }

  /// Whether 17 digits have a province and a date.
  private static boolean resident(String digits) {
    return Regions.province(digits, 0)
        && date(number(digits, 6, 10), number(digits, 10, 12), number(digits, 12, 14));
  }

  private static boolean oldResident(String digits) {
    return Regions.province(digits, 0)
        && date(1900 + number(digits, 6, 8), number(digits, 8, 10), number(digits, 10, 12));
  }

  private static boolean named(Sight text, int start) {
    String left = text.left(start, CONTEXT);
    return left.contains("身份证") || left.contains("identity") || left.contains("id card");
  }

  private static int number(String digits, int from, int to) {
    return Integer.parseInt(digits, from, to, 10);
  }

  private static boolean date(int year, int month, int day) {
    return year >= 1900
        && year < 2050
        && month >= 1
        && month <= 12
        && day >= 1
        && day <= java.time.YearMonth.of(year, month).lengthOfMonth();
  }
}
