package dev.imago.masking;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// IP addresses. Those of the public internet may lead to somebody; those of private networks are
/// told apart; those of loopback, documentation, benchmarks and multicast stay, see [IpSpace].
///
/// What looks like an address and is a version, a section or an object identifier stays: a part of
/// a longer dotted number; a number right after a word such as `version` or `JLS`; four numbers
/// below 32, as versions and sections have them and one address in 4,096 (BigCode's PII tools spare
/// four single digits); a first number below 20 before a second one below 20, as versions of four
/// parts have and one address in 160, unless a word such as `IP` stands right before; the arcs 1.2,
/// 1.3 and 2.5, under which object identifiers lie.
final class IpDetector implements Detector {
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

  private static final int CONTEXT_CHARACTERS = 16;
  private static final int PART_BELOW = 20;
  private static final int VERSION_BELOW = 32;
  private static final int LONGEST_V6 = 45;

  @Override
  public boolean anchors(char c) {
    return Sight.digit(c) || c == 'f' || c == 'F';
  }

  @Override
  public boolean atWordStart() {
    return false;
  }

  @Override
  public boolean follows(char first, char second) {
    return Sight.digit(first)
        ? Sight.digit(second) || second == '.' || Character.digit(second, 16) >= 0
        : second >= 'c' && second <= 'e' || second >= 'C' && second <= 'E';
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    char c = text.at(at);
    if (Sight.digit(c) && !Sight.digit(text.before(at))) {
      Detection four = ipv4(text, at);
      if (four != null || text.open()) {
        return four;
      }
    }
    return c == '2' || c == '3' || c == 'f' || c == 'F' ? ipv6(text, at) : null;
  }

  private static @Nullable Detection ipv4(Sight text, int start) {
    if (start > 0 && partOfNumber(text.before(start))) {
      return null;
    }
    int dot = start + 1;
    while (dot < start + 3 && Sight.digit(text.at(dot))) {
      dot++;
    }
    if (text.at(dot) != '.') {
      return null;
    }
    int[] octets = new int[4];
    int largest = 0;
    int i = start;
    for (int o = 0; o < 4; o++) {
      int from = i;
      while (i < from + 4 && Sight.digit(text.at(i))) {
        octets[o] = octets[o] * 10 + text.at(i++) - '0';
      }
      int digits = i - from;
      boolean padded = digits > 1 && text.at(from) == '0';
      if (digits < 1 || digits > 3 || padded || octets[o] > 255) {
        return null;
      }
      largest = Math.max(largest, octets[o]);
      if (o < 3 && text.at(i++) != '.') {
        return null;
      }
    }
    String before = wordBefore(text, start);
    boolean addressed = ADDRESSED.contains(before);
    if (start > 0 && glued(text.before(start)) && !addressed) {
      return null;
    }
    char next = text.at(i);
    boolean goesOn =
        Sight.alphanumeric(next) || next == '_' || next == '.' && Sight.digit(text.at(i + 1));
    int arcs = octets[0] << 8 | octets[1];
    boolean identifier = arcs == (1 << 8 | 2) || arcs == (1 << 8 | 3) || arcs == (2 << 8 | 5);
    boolean here = IpSpace.privateV4(octets);
    boolean versionLike =
        largest < VERSION_BELOW && !(here && addressed)
            || !addressed && octets[0] < PART_BELOW && octets[1] < PART_BELOW;
    if (goesOn
        || versionLike
        || identifier
        || NUMBERED.contains(before)
        || before.equals("release") && colonBefore(text, start)) {
      return null;
    }
    return told(IpSpace.personalV4(octets), here, start, i);
  }

  private static @Nullable Detection told(boolean personal, boolean here, int start, int end) {
    if (personal) {
      return new Detection(PersonalKind.IP_ADDRESS, start, end);
    }
    return here ? new Detection(PersonalKind.PRIVATE_IP, start, end) : null;
  }

  /// @param start the first of the four digits that every address which is told begins with: those
  ///   of 2000::/3, fc00::/7 and fe80::/10
  private static @Nullable Detection ipv6(Sight text, int start) {
    char before = text.before(start);
    if (start > 0
        && (Sight.alphanumeric(before)
            || before == '.'
            || before == '_'
            || before == '-'
            || before == '§')) {
      return null;
    }
    for (int i = start + 1; i < start + 4; i++) {
      if (Character.digit(text.at(i), 16) < 0) {
        return null;
      }
    }
    if (text.at(start + 4) != ':') {
      return null;
    }
    int end = start + 5;
    while (end - start <= LONGEST_V6) {
      char c = text.at(end);
      if (c != ':' && (c >= 0x80 || Character.digit(c, 16) < 0)) {
        break;
      }
      end++;
    }
    if (text.before(end) == ':' && text.before(end - 1) != ':') {
      end--; // A colon of the sentence, not of the address.
    }
    char next = text.at(end);
    if (Sight.alphanumeric(next) || next == '_') {
      return null;
    }
    int[] groups = IpSpace.groups(text.text(start, end));
    return groups.length == 8
        ? told(IpSpace.personalV6(groups), IpSpace.privateV6(groups), start, end)
        : null;
  }

  /// Whether the character before makes a dotted number a part of a longer one.
  private static boolean partOfNumber(char c) {
    return Sight.digit(c) || c == '.' || c == '§';
  }

  /// Whether a letter stands right before, with nothing in between.
  private static boolean glued(char c) {
    return c < 0x80
        ? Sight.alphanumeric(c) || c == '-' || c == '_'
        : Character.isLetter(c) && !EmailDetector.ideograph(c);
  }

  /// «Release: 4.5.6.7» names a version, «the release 93.184.216.34 by DHCP» does not.
  private static boolean colonBefore(Sight text, int start) {
    int least = Math.max(0, start - Sight.LEFT + CONTEXT_CHARACTERS);
    int at = start;
    while (at > least && text.before(at) == ' ') {
      at--;
    }
    return text.before(at) == ':';
  }

  /// The word that stands before, with at most blanks, quotes, colons, equal signs and a full stop
  /// in between, in lower case; empty where there is none.
  private static String wordBefore(Sight text, int start) {
    int end = start;
    int least = Math.max(0, start - CONTEXT_CHARACTERS);
    while (end > least && " \t\"'`:=.-_(".indexOf(text.before(end)) >= 0) {
      end--;
    }
    int begin = end;
    while (begin > least && (text.before(begin) == '§' || Character.isLetter(text.before(begin)))) {
      begin--;
    }
    String word = text.text(begin, end).toLowerCase(java.util.Locale.ROOT);
    // What is written without spaces has no word's beginning: its last two characters tell.
    boolean chinese = !word.isEmpty() && EmailDetector.ideograph(word.charAt(word.length() - 1));
    return chinese && word.length() > 2 ? word.substring(word.length() - 2) : word;
  }
}
