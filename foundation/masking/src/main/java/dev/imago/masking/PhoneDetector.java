package dev.imago.masking;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Telephone numbers that a country's plan has, by libphonenumber's tables: with `+` or `00` and
/// the country's code, of all countries; without, of some regions, and then only where they are
/// grouped as that region groups them, stand behind a word such as `tel` or `电话`, or are a Chinese
/// mobile number. So account numbers, dates and identifiers stay.
final class PhoneDetector implements Detector {
  private static final int MOST_DIGITS = 15;
  private static final int LEAST_DIGITS = 7;
  private static final int GROUPS = 8;
  private static final int SEPARATORS = 2;
  private static final int CONTEXT = 16;

  private static final List<String> WORDS =
      List.of(
          "tel",
          "phone",
          "mobile",
          "cell",
          "call",
          "fax",
          "whatsapp",
          "telefon",
          "电话",
          "手机",
          "致电",
          "联系",
          "传真",
          "热线",
          "座机");

  private final List<String> regions;

  PhoneDetector(List<String> regions) {
    this.regions = List.copyOf(regions);
  }

  /// Groups of digits as they were read.
  private static final class Groups {
    final StringBuilder digits = new StringBuilder(MOST_DIGITS + 2);
    final int[] ends = new int[GROUPS];
    final int[] counts = new int[GROUPS];
    int count;

    /// The digits of the first groups, one after the other.
    String[] split(int groups) {
      String[] split = new String[groups];
      for (int g = 0; g < groups; g++) {
        split[g] = digits.substring(g == 0 ? 0 : counts[g - 1], counts[g]);
      }
      return split;
    }
  }

  @Override
  public boolean anchors(char c) {
    return Sight.digit(c) || c == '+' || c == '(';
  }

  @Override
  public boolean follows(char first, char second) {
    return Sight.digit(second) || first != '+' && separates(second);
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    char first = text.at(at);
    if (Sight.digit(first) && !plausible(text, at)
        || text.fraction(at)
        || text.before(at) == '/'
        || international(text, at)) {
      return null;
    }
    boolean plus = first == '+';
    int from = plus ? at + 1 : at;
    if (plus && !(text.at(from) >= '1' && text.at(from) <= '9')
        || first == '(' && !Sight.digit(text.at(at + 1))) {
      return null;
    }
    Groups groups = read(text, from);
    for (int g = groups.count - 1; g >= 0 && groups.counts[g] >= LEAST_DIGITS; g--) {
      int end = groups.ends[g];
      if (text.endsNumber(end) && right(text, at, plus, groups, g + 1)) {
        return new Detection(PersonalKind.PHONE, at, end);
      }
      if (text.open()) {
        return null;
      }
    }
    return null;
  }

  /// Whether the first group of digits may begin a number: it is long, or another one follows.
  private static boolean plausible(Sight text, int at) {
    int i = at;
    while (i - at < LEAST_DIGITS && Sight.digit(text.at(i))) {
      i++;
    }
    int next = i;
    while (next - i < SEPARATORS && separates(text.at(next))) {
      next++;
    }
    return i - at == LEAST_DIGITS || next > i && Sight.digit(text.at(next));
  }

  /// Whether a place lies within what a `+` began: a number that no plan has is not looked for
  /// again in its middle.
  private static boolean international(Sight text, int at) {
    int least = Math.max(0, at - 2 * MOST_DIGITS);
    int i = at;
    while (i > least && (Sight.digit(text.before(i)) || separates(text.before(i)))) {
      i--;
    }
    return text.before(i) == '+';
  }

  private static Groups read(Sight text, int from) {
    var groups = new Groups();
    int i = from;
    int group = 0;
    while (true) {
      char c = text.at(i);
      if (Sight.digit(c)) {
        if (groups.digits.length() == MOST_DIGITS + 2) {
          return groups; // longer than any number
        }
        groups.digits.append(c);
        group++;
        i++;
        continue;
      }
      if (group > 0) {
        groups.ends[groups.count] = i;
        groups.counts[groups.count++] = groups.digits.length();
        if (groups.count == GROUPS) {
          return groups;
        }
      }
      int next = i;
      while (next - i < SEPARATORS && separates(c)) {
        c = text.at(++next);
      }
      if (next == i || !Sight.digit(c)) {
        return groups;
      }
      group = 0;
      i = next;
    }
  }

  private static boolean separates(char c) {
    return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '\u00a0' || c == '‑';
  }

  private boolean right(Sight text, int at, boolean plus, Groups groups, int count) {
    String digits = groups.digits.substring(0, groups.counts[count - 1]);
    // A group that follows belongs to it, as long as it is not too long with it.
    boolean whole = count == groups.count || groups.digits.length() > MOST_DIGITS;
    if (plus) {
      return whole && valid("+" + digits);
    }
    if (digits.startsWith("00") && digits.length() > 9 && digits.charAt(2) != '0') {
      return whole && valid("+" + digits.substring(2));
    }
    if (digits.length() > 12) {
      return false;
    }
    boolean mobile = digits.length() == 11 && digits.charAt(0) == '1' && digits.charAt(1) >= '3';
    boolean bare = count == 1;
    boolean named = (!bare || !mobile) && named(text, at);
    if (bare && !mobile && !named) {
      return false;
    }
    for (String region : regions) {
      PhoneNumber number = parsed(digits, region);
      if (number != null
          && PhoneNumberUtil.getInstance().isValidNumberForRegion(number, region)
          && (named || bare && region.equals("CN") || !bare && grouped(number, groups, count))) {
        return true;
      }
    }
    return false;
  }

  private static boolean named(Sight text, int at) {
    String left = text.left(at, CONTEXT);
    for (String word : WORDS) {
      int found = left.lastIndexOf(word);
      if (found >= 0
          && (word.charAt(0) > '~' || found == 0 || !Character.isLetter(left.charAt(found - 1)))) {
        return true;
      }
    }
    return false;
  }

  /// Whether digits stand together as the region writes them: all groups alike, or the first alike
  /// and the rest in one.
  private static boolean grouped(PhoneNumber number, Groups groups, int count) {
    String national = PhoneNumberUtil.getInstance().format(number, PhoneNumberFormat.NATIONAL);
    String[] wanted = national.replaceAll("\\D+", " ").strip().split(" ");
    String[] split = groups.split(count);
    // A trunk prefix or a country's 1 may stand before the rest.
    int skip = split[0].equals("1") && !wanted[0].equals("1") ? 1 : 0;
    String[] written = Arrays.copyOfRange(split, skip, split.length);
    return Arrays.equals(written, wanted)
        || written.length == 2
            && written[0].equals(wanted[0])
            && written[1].equals(String.join("", Arrays.copyOfRange(wanted, 1, wanted.length)));
  }

  private static boolean valid(String international) {
    PhoneNumber number = parsed(international, null);
    return number != null && PhoneNumberUtil.getInstance().isValidNumber(number);
  }

  private static @Nullable PhoneNumber parsed(String digits, @Nullable String region) {
    try {
      return PhoneNumberUtil.getInstance().parse(digits, region);
    } catch (NumberParseException e) {
      return null;
    }
  }
}
