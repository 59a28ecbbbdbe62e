package dev.imago.corpus;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts `<EMAIL>` and `<IP_ADDRESS>` in the place of addresses that may lead to a person: the form
/// of StarCoder's placeholders (Li et al. 2023, arXiv:2305.06161 §4).
///
/// E-mail: a local part of at most 64 characters, labels of 1 to 63 without a hyphen at either end,
/// a top-level domain of letters, 253 in all (RFC 5321, RFC 1035), in letters of any script (RFC
/// 6531). The domains that RFC 2606 keeps for examples stay, and so do file names (`icon@2x.png`)
/// and remotes of version control (`git@host:path`). IP: see [IpRange]; only addresses that belong
/// to somebody on the public internet go, as in datatrove. What looks like one and is a version, a
/// section or an object identifier stays: a part of a longer dotted number; a number right after a
/// word such as `version` or `JLS`; four numbers below 32, as versions and sections have them and
/// one address in 4,096 (BigCode's PII tools spare four single digits); a first number below 20
/// before a second one below 20, as versions of four parts have and one address in 160, unless a
/// word such as `IP` stands right before; the arcs 1.2, 1.3 and 2.5, under which object identifiers
/// lie.
final class Masks {
  static final String EMAIL = "<EMAIL>";
  static final String IP = "<IP_ADDRESS>";

  /// Words right before a dotted number that is no address, in lower case.
  private static final Set<String> NUMBERED =
      Set.of(
          "version",
          "versions",
          "ver",
          "v",
          "jls",
          "jvms",
          "section",
          "§",
          "chapter",
          "clause",
          "paragraph",
          "appendix",
          "rfc",
          "oid",
          "版本",
          "版");

  /// Words right before an address, whatever it looks like.
  private static final Set<String> ADDRESSED =
      Set.of("ip", "ipv4", "addr", "address", "host", "inet", "地址");

  /// What looks like a top-level domain and ends the name of a file.
  private static final Set<String> FILE_ENDINGS =
      Set.of(
          "png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "bmp", "tiff", "avif", "css", "scss",
          "less", "js", "mjs", "cjs", "jsx", "ts", "tsx", "json", "html", "htm", "xml", "yaml",
          "yml", "toml", "ini", "txt", "csv", "java", "class", "jar", "war", "kt", "cpp", "hpp",
          "exe", "dll", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "gz", "tar",
          "mp3", "mp4", "wav", "sql", "lock", "log", "conf", "tmpl");

  /// Accounts of servers of version control, no person's.
  private static final Set<String> REMOTE_USERS = Set.of("git", "hg", "svn");

  private static final int CONTEXT_CHARACTERS = 16;
  private static final int PART_BELOW = 20;
  private static final int VERSION_BELOW = 32;

  private final boolean emails;
  private final boolean addresses;

  /// A text with its placeholders, and how many there are.
  record Masked(String text, int emails, int addresses) {
    Masked withText(String changed) {
      return new Masked(changed, emails, addresses);
    }
  }

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
    int start = localStart(text, at);
    int end = hostEnd(text, at + 1);
    int localLength = at - start;
    if (localLength < 1 || localLength > 64 || text.charAt(at - 1) == '.' || end - at - 1 > 253) {
      return null;
    }
    String local = text.substring(start, at);
    String domain = text.substring(at + 1, end).toLowerCase(Locale.ROOT);
    boolean personal =
        domain(domain)
            && !reserved(domain)
            && !FILE_ENDINGS.contains(domain.substring(domain.lastIndexOf('.') + 1))
            && !remote(text, local, end);
    return personal ? new Span(start, end) : null;
  }

  /// Where a local part begins: letters, digits, marks and `._%+-`, apostrophes between letters.
  /// Ideographs, which are written without spaces, belong to it only where it ends in one.
  private static int localStart(String text, int at) {
    boolean ideographs = Words.ideograph(text.charAt(at - 1));
    int start = at;
    while (start > 0 && at - start <= 65) {
      char c = text.charAt(start - 1);
      boolean apostrophe =
          (c == '\'' || c == '’')
              && start < at
              && start > 1
              && Character.isLetter(text.charAt(start))
              && Character.isLetter(text.charAt(start - 2));
      boolean fits = local(c) && (ideographs || c < 0x80 || !Words.ideograph(c));
      if (!fits && !apostrophe) {
        break;
      }
      start--;
    }
    while (start < at && text.charAt(start) == '.') {
      start++;
    }
    return start;
  }

  /// Where a host ends; ideographs behind one that begins without are the sentence going on.
  private static int hostEnd(String text, int from) {
    boolean ideographs = from < text.length() && Words.ideograph(text.charAt(from));
    int end = from;
    while (end < text.length() && end - from <= 254) {
      char c = text.charAt(end);
      if (!host(c) || !ideographs && c >= 0x80 && Words.ideograph(c)) {
        break;
      }
      end++;
    }
    while (end > from && (text.charAt(end - 1) == '.' || text.charAt(end - 1) == '-')) {
      end--;
    }
    return end;
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
        && top.codePointCount(0, top.length()) >= 2
        && (top.startsWith("xn--") || top.codePoints().allMatch(Masks::letter));
  }

  private static boolean letter(int c) {
    return Character.isLetter(c) || mark(c);
  }

  private static boolean mark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }

  private static boolean reserved(String domain) {
    return ("." + domain).matches(".*\\.(example\\.(com|net|org)|test|invalid|localhost)");
  }

  /// `git@host:path` and `git@host/path`; of other accounts `user@host:path.git`.
  private static boolean remote(String text, String local, int end) {
    if (end + 1 >= text.length()) {
      return false;
    }
    char next = text.charAt(end);
    if (next != ':' && next != '/') {
      return false;
    }
    int stop = end + 1;
    while (stop < text.length() && !Character.isWhitespace(text.charAt(stop)) && stop - end < 200) {
      stop++;
    }
    boolean path = stop > end + 1;
    return path
        && (REMOTE_USERS.contains(local)
            || next == ':' && text.substring(end + 1, stop).contains(".git"));
  }

  private static boolean local(char c) {
    return alphanumeric(c)
        || c == '.'
        || c == '_'
        || c == '%'
        || c == '+'
        || c == '-'
        || c >= 0x80 && (Character.isLetterOrDigit(c) || Character.isSurrogate(c) || mark(c));
  }

  private static boolean host(char c) {
    return alphanumeric(c)
        || c == '.'
        || c == '-'
        || c >= 0x80 && (Character.isLetterOrDigit(c) || Character.isSurrogate(c) || mark(c));
  }

  /// @param dot the first dot of a dotted quad
  private static @Nullable Span ipv4(String text, int dot) {
    int start = dot - 1;
    while (start > 0 && digit(text.charAt(start - 1))) {
      start--;
    }
    String before = wordBefore(text, start);
    boolean addressed = ADDRESSED.contains(before);
    if (start > 0 && (partOfNumber(text, start - 1) || glued(text, start) && !addressed)) {
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
    boolean versionLike =
        largest < VERSION_BELOW || !addressed && octets[0] < PART_BELOW && octets[1] < PART_BELOW;
    if (goesOn
        || versionLike
        || identifier
        || NUMBERED.contains(before)
        || before.equals("release") && colonBefore(text, start)
        || !IpRange.personal(octets)) {
      return null;
    }
    return new Span(start, i);
  }

  /// What makes a dotted number a part of something longer.
  private static boolean joins(char before) {
    return alphanumeric(before) || before == '.' || before == '_' || before == '-' || before == '§';
  }

  /// Whether the character before makes a dotted number a part of a longer one.
  private static boolean partOfNumber(String text, int before) {
    char c = text.charAt(before);
    return digit(c) || c == '.' || c == '§';
  }

  /// Whether a letter stands right before, with nothing in between.
  private static boolean glued(String text, int start) {
    char c = text.charAt(start - 1);
    return c < 0x80
        ? alphanumeric(c) || c == '-' || c == '_'
        : Character.isLetter(c) && !Words.ideograph(c);
  }

  /// «Release: 4.5.6.7» names a version, «the release 93.184.216.34 by DHCP» does not.
  private static boolean colonBefore(String text, int start) {
    int at = start - 1;
    while (at > 0 && text.charAt(at) == ' ') {
      at--;
    }
    return at >= 0 && text.charAt(at) == ':';
  }

  /// The word that stands before, with at most blanks, quotes, colons, equal signs and a full stop
  /// in between, in lower case; empty where there is none.
  private static String wordBefore(String text, int start) {
    int end = start;
    int least = Math.max(0, start - CONTEXT_CHARACTERS);
    while (end > least && " \t\"'`:=.-_(".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    int begin = end;
    while (begin > least
        && (text.charAt(begin - 1) == '§' || Character.isLetter(text.charAt(begin - 1)))) {
      begin--;
    }
    String word = text.substring(begin, end).toLowerCase(Locale.ROOT);
    // What is written without spaces has no word's beginning: its last two characters tell.
    boolean chinese = !word.isEmpty() && Words.ideograph(word.charAt(word.length() - 1));
    return chinese && word.length() > 2 ? word.substring(word.length() - 2) : word;
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
