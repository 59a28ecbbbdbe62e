package dev.imago.prepare;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Puts `<EMAIL>` and `<IP_ADDRESS>` in the place of addresses that may lead to a person: the form
/// of StarCoder's placeholders (Li et al. 2023, arXiv:2305.06161 §4).
///
/// E-mail: a local part of at most 64 characters, labels of 1 to 63 without a hyphen at either end,
/// a top-level domain of letters, 253 in all (RFC 5321, RFC 1035). The domains that RFC 2606 keeps
/// for examples stay. IP: see [IpRange]; only addresses that belong to somebody on the public
/// internet go, as in datatrove. What looks like one and is a version, a section or an object
/// identifier stays: a part of a longer dotted number; a number after a word such as `version` or
/// `JLS`; four numbers below 32, as versions and sections have them and one address in 4,096
/// (BigCode's PII tools spare four single digits); the arcs 1.2, 1.3 and 2.5, under which object
/// identifiers lie and one address in 20,000.
final class Masks {
  static final String EMAIL = "<EMAIL>";
  static final String IP = "<IP_ADDRESS>";

  /// What may stand before a dotted number that is no address, in lower case.
  private static final List<String> NUMBERED =
      List.of(
          "version",
          "release",
          "ver.",
          "jls",
          "jvms",
          "section",
          "sec.",
          "§",
          "chapter",
          "clause",
          "paragraph",
          "appendix",
          "rfc",
          "oid");

  private static final int CONTEXT_CHARACTERS = 24;
  private static final int VERSION_BELOW = 32;

  private final boolean emails;
  private final boolean addresses;

  /// A text with its placeholders, and how many there are.
  record Masked(String text, int emails, int addresses) {}

  /// A stretch to be replaced.
  private record Span(int start, int end) {}

  Masks(boolean emails, boolean addresses) {
    this.emails = emails;
    this.addresses = addresses;
  }

  Masked mask(String text) {
    int foundEmails = 0;
    int foundAddresses = 0;
    StringBuilder out = new StringBuilder();
    int copied = 0;
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > '@') {
        continue;
      }
      Span span = null;
      if (c == '@' && emails) {
        span = email(text, i);
      } else if (c == '.' && addresses && digit(text.charAt(i - 1))) {
        span = ipv4(text, i);
      } else if (c == ':' && addresses && i >= 4) {
        span = ipv6(text, i);
      }
      if (span != null && span.start >= copied) {
        out.append(text, copied, span.start).append(c == '@' ? EMAIL : IP);
        foundEmails += c == '@' ? 1 : 0;
        foundAddresses += c == '@' ? 0 : 1;
        copied = span.end;
        i = span.end - 1;
      }
    }
    return copied == 0
        ? new Masked(text, 0, 0)
        : new Masked(
            out.append(text, copied, text.length()).toString(), foundEmails, foundAddresses);
  }

  private static @Nullable Span email(String text, int at) {
    int start = at;
    while (start > 0 && at - start <= 65 && local(text.charAt(start - 1))) {
      start--;
    }
    while (start < at && text.charAt(start) == '.') {
      start++;
    }
    int end = at + 1;
    while (end < text.length() && end - at <= 254 && host(text.charAt(end))) {
      end++;
    }
    while (end > at + 1 && (text.charAt(end - 1) == '.' || text.charAt(end - 1) == '-')) {
      end--;
    }
    int localLength = at - start;
    if (localLength < 1 || localLength > 64 || text.charAt(at - 1) == '.' || end - at - 1 > 253) {
      return null;
    }
    String domain = text.substring(at + 1, end).toLowerCase(Locale.ROOT);
    return domain(domain) && !reserved(domain) ? new Span(start, end) : null;
  }

  private static boolean domain(String domain) {
    String[] labels = domain.split("\\.", -1);
    for (String label : labels) {
      if (label.isEmpty() || label.length() > 63 || label.startsWith("-") || label.endsWith("-")) {
        return false;
      }
    }
    String top = labels[labels.length - 1];
    return labels.length >= 2
        && top.length() >= 2
        && top.chars().allMatch(c -> c >= 'a' && c <= 'z');
  }

  private static boolean reserved(String domain) {
    return ("." + domain).matches(".*\\.(example(\\.(com|net|org))?|test|invalid|localhost)");
  }

  private static boolean local(char c) {
    return alphanumeric(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
  }

  private static boolean host(char c) {
    return alphanumeric(c) || c == '.' || c == '-';
  }

  /// @param dot the first dot of a dotted quad
  private static @Nullable Span ipv4(String text, int dot) {
    int start = dot - 1;
    while (start > 0 && digit(text.charAt(start - 1))) {
      start--;
    }
    if (start > 0 && joins(text.charAt(start - 1))) {
      return null;
    }
    int[] octets = new int[4];
    int largest = 0;
    int i = start;
    for (int o = 0; o < 4; o++) {
      int from = i;
      while (i < text.length() && i < from + 4 && digit(text.charAt(i))) {
        octets[o] = octets[o] * 10 + text.charAt(i++) - '0';
      }
      int digits = i - from;
      boolean padded = digits > 1 && text.charAt(from) == '0';
      if (digits < 1 || digits > 3 || padded || octets[o] > 255) {
        return null;
      }
      largest = Math.max(largest, octets[o]);
      if (o < 3 && (i == text.length() || text.charAt(i++) != '.')) {
        return null;
      }
    }
    boolean goesOn =
        i < text.length()
            && (alphanumeric(text.charAt(i))
                || text.charAt(i) == '_'
                || text.charAt(i) == '.' && i + 1 < text.length() && digit(text.charAt(i + 1)));
    int arcs = octets[0] << 8 | octets[1];
    boolean identifier = arcs == (1 << 8 | 2) || arcs == (1 << 8 | 3) || arcs == (2 << 8 | 5);
    if (goesOn
        || largest < VERSION_BELOW
        || identifier
        || numbered(text, start)
        || !IpRange.personal(octets)) {
      return null;
    }
    return new Span(start, i);
  }

  /// What makes a dotted number a part of something longer.
  private static boolean joins(char before) {
    return alphanumeric(before) || before == '.' || before == '_' || before == '-' || before == '§';
  }

  private static boolean numbered(String text, int start) {
    String before =
        text.substring(Math.max(0, start - CONTEXT_CHARACTERS), start).toLowerCase(Locale.ROOT);
    return NUMBERED.stream().anyMatch(before::contains);
  }

  /// @param colon the first colon, after the four digits that every global unicast address begins
  ///   with (2000::/3)
  private static @Nullable Span ipv6(String text, int colon) {
    int start = colon - 4;
    char first = text.charAt(start);
    if (first != '2' && first != '3' || start > 0 && joins(text.charAt(start - 1))) {
      return null;
    }
    int end = start;
    while (end < text.length() && end - start <= 45) {
      char c = text.charAt(end);
      if (c != ':' && Character.digit(c, 16) < 0) {
        break;
      }
      end++;
    }
    if (text.charAt(end - 1) == ':' && text.charAt(end - 2) != ':') {
      end--; // A colon of the sentence, not of the address.
    }
    boolean goesOn =
        end < text.length() && (alphanumeric(text.charAt(end)) || text.charAt(end) == '_');
    if (goesOn) {
      return null;
    }
    int[] groups = IpRange.groups(text.substring(start, end));
    return groups.length == 8 && IpRange.personalV6(groups) ? new Span(start, end) : null;
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean alphanumeric(char c) {
    return digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }
}
