package dev.imago.fetch;

import java.net.IDN;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The URL Standard's host parser (3.5): every spelling of one machine's number is one text
/// afterwards. Names of other scripts become Punycode by IDNA 2003, which is what the JDK has.
final class WebHost {
  private static final String FORBIDDEN = " #%/:<>?@[\\]^|";

  private WebHost() {}

  /// The host in one spelling; null where it is none.
  static @Nullable String of(String written) {
    if (written.startsWith("[")) {
      return written.endsWith("]") ? ipv6(written.substring(1, written.length() - 1)) : null;
    }
    String name = unescaped(written);
    if (name == null || name.isEmpty()) {
      return null;
    }
    String ascii = ascii(name);
    if (ascii == null || ascii.isEmpty() || ascii.length() > 254) {
      return null;
    }
    for (int i = 0; i < ascii.length(); i++) {
      char c = ascii.charAt(i);
      if (c < ' ' || c >= 0x7f || FORBIDDEN.indexOf(c) >= 0) {
        return null;
      }
    }
    return endsInNumber(ascii) ? ipv4(ascii) : ascii;
  }

  private static @Nullable String unescaped(String text) {
    byte[] given = text.getBytes(StandardCharsets.UTF_8);
    var out = ByteBuffer.allocate(given.length);
    for (int i = 0; i < given.length; i++) {
      int high = i + 2 < given.length ? Character.digit(given[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(given[i + 2], 16);
      boolean escape = given[i] == '%' && low >= 0;
      out.put(escape ? (byte) (high * 16 + low) : given[i]);
      i += escape ? 2 : 0;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static @Nullable String ascii(String name) {
    boolean plain = name.chars().allMatch(c -> c < 0x80);
    if (plain && !name.toLowerCase(Locale.ROOT).matches("(.*\\.)?xn--.*")) {
      return name.toLowerCase(Locale.ROOT);
    }
    String mapped =
        Normalizer.normalize(name, Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[\u00ad\u200b\u2060\ufeff]", "")
            .replace('。', '.');
    if (mapped.indexOf('\ufffd') >= 0) {
      return null;
    }
    try {
      String ascii = IDN.toASCII(mapped, 0).toLowerCase(Locale.ROOT);
      // A label in Punycode that says nothing, or says it in another way than it is written.
      for (String label : ascii.split("\\.", -1)) {
        if (label.startsWith("xn--")) {
          String meant = IDN.toUnicode(label, 0);
          if (meant.equals(label) || !IDN.toASCII(meant, 0).equalsIgnoreCase(label)) {
            return null;
          }
        }
      }
      return ascii;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean endsInNumber(String name) {
    String[] parts = name.split("\\.", -1);
    int last = parts.length - 1;
    if (parts[last].isEmpty() && last > 0) {
      last--;
    }
    return parts[last].matches("[0-9]+|0x[0-9a-f]*");
  }

  /// Decimal, octal or hexadecimal, of one to four parts, the last of which fills the rest.
  private static @Nullable String ipv4(String name) {
    var parts = new ArrayList<>(List.of(name.split("\\.", -1)));
    if (parts.getLast().isEmpty() && parts.size() > 1) {
      parts.removeLast();
    }
    if (parts.size() > 4) {
      return null;
    }
    long address = 0;
    for (int i = 0; i < parts.size(); i++) {
      long number = number(parts.get(i));
      boolean last = i == parts.size() - 1;
      long most = last ? 1L << 8 * (5 - parts.size()) : 256;
      if (number < 0 || number >= most) {
        return null;
      }
      address += last ? number : number << 8 * (3 - i);
    }
    return "%d.%d.%d.%d"
        .formatted(address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
  }

  /// −1 for what is none, or too large for an address.
  private static long number(String part) {
    boolean hexadecimal = part.startsWith("0x");
    boolean octal = !hexadecimal && part.length() > 1 && part.startsWith("0");
    String digits = hexadecimal ? part.substring(2) : octal ? part.substring(1) : part;
    if (part.isEmpty()
        || !digits.matches(hexadecimal ? "[0-9a-f]*" : octal ? "[0-7]*" : "[0-9]*")) {
      return -1;
    }
    String significant = digits.replaceFirst("^0+", "");
    if (significant.isEmpty()) {
      return 0;
    }
    return significant.length() > 12
        ? -1
        : Long.parseLong(significant, hexadecimal ? 16 : octal ? 8 : 10);
  }

  /// RFC 4291, 2.2, written as RFC 5952 says.
  private static @Nullable String ipv6(String text) {
    if (text.indexOf("::") != text.lastIndexOf("::") || text.contains(":::")) {
      return null;
    }
    int gap = text.indexOf("::");
    List<Integer> head = pieces(gap < 0 ? text : text.substring(0, gap), gap < 0);
    List<Integer> tail = gap < 0 ? List.of() : pieces(text.substring(gap + 2), true);
    if (head == null || tail == null) {
      return null;
    }
    int given = head.size() + tail.size();
    if (gap < 0 ? given != 8 : given > 7) {
      return null;
    }
    int[] pieces = new int[8];
    for (int i = 0; i < head.size(); i++) {
      pieces[i] = head.get(i);
    }
    for (int i = 0; i < tail.size(); i++) {
      pieces[8 - tail.size() + i] = tail.get(i);
    }
    return "[" + compressed(pieces) + "]";
  }

  /// @param ends whether it ends the address, and may end in an IPv4 address
  private static @Nullable List<Integer> pieces(String text, boolean ends) {
    var pieces = new ArrayList<Integer>();
    if (text.isEmpty()) {
      return pieces;
    }
    String[] parts = text.split(":", -1);
    for (int i = 0; i < parts.length; i++) {
      if (ends && i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
        if (!parts[i].matches("((0|[1-9][0-9]{0,2})(\\.(?!$)|$)){4}")) {
          return null;
        }
        String[] bytes = parts[i].split("\\.");
        for (int b = 0; b < 4; b += 2) {
          int high = Integer.parseInt(bytes[b]);
          int low = Integer.parseInt(bytes[b + 1]);
          if (high > 255 || low > 255) {
            return null;
          }
          pieces.add(high << 8 | low);
        }
      } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
        pieces.add(Integer.parseInt(parts[i], 16));
      } else {
        return null;
      }
    }
    return pieces;
  }

  private static String compressed(int[] pieces) {
    int from = -1;
    int longest = 1;
    for (int i = 0; i < 8; i++) {
      int to = i;
      while (to < 8 && pieces[to] == 0) {
        to++;
      }
      if (to - i > longest) {
        longest = to - i;
        from = i;
      }
    }
    var out = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == from) {
        out.append(i == 0 ? "::" : ":");
        i += longest - 1;
      } else {
        out.append(Integer.toHexString(pieces[i])).append(i < 7 ? ":" : "");
      }
    }
    return out.toString();
  }
}
