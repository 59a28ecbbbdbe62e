package dev.imago.sources;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a page says of its own encoding, as the web reads it: the prescan of HTML (WHATWG, «HTML»,
/// 13.2.3.2) and the labels of encodings (WHATWG, «Encoding», 4.2), where `gb2312` means GB18030
/// and `iso-8859-1` windows-1252.
public final class PageEncoding {
  /// How far a declaration is looked for: browsers look at 1024 bytes first, and turn back where
  /// one comes later.
  public static final int HEAD_BYTES = 1 << 15;

  private static final Map<String, String> LABELS = labels();

  private final byte[] head;
  private int at;
  private @Nullable String name;
  private String value = "";

  private PageEncoding(byte[] head) {
    this.head = head;
  }

  /// The encoding that a label names on the web; null for what none is, or what Java lacks.
  public static @Nullable Charset of(String label) {
    String known = LABELS.get(label.strip().toLowerCase(Locale.ROOT));
    try {
      return known == null || !Charset.isSupported(known) ? null : Charset.forName(known);
    } catch (IllegalCharsetNameException e) {
      return null;
    }
  }

  /// The encoding that a page's first bytes declare, by `meta` or by an XML declaration; null where
  /// they do not. A declaration of UTF-16, in bytes that could be read, is one of UTF-8.
  public static @Nullable Charset declared(byte[] head) {
    Charset found = new PageEncoding(head).scan();
    return found == null ? null : readable(found);
  }

  private static Charset readable(Charset found) {
    return found.name().startsWith("UTF-16") ? StandardCharsets.UTF_8 : found;
  }

  private @Nullable Charset scan() {
    Charset xml = xml();
    if (xml != null) {
      return xml;
    }
    while (at < head.length) {
      if (starts("<!--")) {
        comment();
      } else if (starts("<meta")
          && at + 5 < head.length
          && (space(head[at + 5]) || head[at + 5] == '/')) {
        at += 5;
        Charset found = meta();
        if (found != null) {
          return found;
        }
      } else if (tag()) {
        at += head[at + 1] == '/' ? 2 : 1;
        while (at < head.length && !space(head[at]) && head[at] != '>') {
          at++;
        }
        while (attribute()) {
          // Whatever stands in other tags is no declaration.
        }
      } else if (starts("<!") || starts("</") || starts("<?")) {
        while (at < head.length && head[at] != '>') {
          at++;
        }
      }
      at++;
    }
    return null;
  }

  /// The declaration of XML, which browsers heed where it is the first thing.
  private @Nullable Charset xml() {
    if (!starts("<?xml")) {
      return null;
    }
    String text = new String(head, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('>');
    int from = text.indexOf("encoding");
    if (end < 0 || from < 0 || from > end) {
      return null;
    }
    String rest = text.substring(from + "encoding".length(), end).strip();
    if (!rest.startsWith("=")) {
      return null;
    }
    rest = rest.substring(1).strip();
    int close = rest.isEmpty() ? -1 : rest.indexOf(rest.charAt(0), 1);
    boolean quoted = close > 0 && (rest.charAt(0) == '"' || rest.charAt(0) == '\'');
    return quoted ? of(rest.substring(1, close)) : null;
  }

  private void comment() {
    // The two hyphens may be those that it begins with: <!-->
    int from = at + 2;
    while (from + 2 < head.length
        && !(head[from] == '-' && head[from + 1] == '-' && head[from + 2] == '>')) {
      from++;
    }
    at = from + 2 < head.length ? from + 2 : head.length;
  }

  private @Nullable Charset meta() {
    Set<String> seen = new HashSet<>();
    boolean pragma = false;
    Boolean needsPragma = null;
    Charset charset = null;
    while (attribute()) {
      String attribute = name == null ? "" : name;
      if (!seen.add(attribute)) {
        continue;
      }
      switch (attribute) {
        case "http-equiv" -> pragma |= value.equals("content-type");
        case "content" -> {
          Charset found = charset == null ? content(value) : null;
          if (found != null) {
            charset = found;
            needsPragma = true;
          }
        }
        case "charset" -> {
          charset = of(value);
          needsPragma = false;
        }
        default -> {}
      }
    }
    boolean counts = needsPragma != null && (!needsPragma || pragma);
    if (!counts || charset == null) {
      return null;
    }
    return charset.name().equals("x-user-defined") ? Charset.forName("windows-1252") : charset;
  }

  /// The encoding in a `Content-Type` as `meta` has it.
  private static @Nullable Charset content(String text) {
    int from = 0;
    while (true) {
      int found = text.indexOf("charset", from);
      if (found < 0) {
        return null;
      }
      from = found + "charset".length();
      String rest = text.substring(from).stripLeading();
      if (!rest.startsWith("=")) {
        continue;
      }
      rest = rest.substring(1).stripLeading();
      if (rest.isEmpty()) {
        return null;
      }
      char quote = rest.charAt(0);
      if (quote == '"' || quote == '\'') {
        int end = rest.indexOf(quote, 1);
        return end < 0 ? null : of(rest.substring(1, end));
      }
      return of(rest.replaceFirst("(?s)[\\s;].*", ""));
    }
  }

  /// Reads the next attribute of a tag into name and value; false at its end.
  private boolean attribute() {
    while (at < head.length && (space(head[at]) || head[at] == '/')) {
      at++;
    }
    if (at >= head.length || head[at] == '>') {
      return false;
    }
    var letters = new StringBuilder();
    value = "";
    while (at < head.length) {
      byte b = head[at];
      if (b == '=' && !letters.isEmpty()) {
        break;
      }
      if (space(b) || b == '/' || b == '>') {
        break;
      }
      letters.append(lower(b));
      at++;
    }
    name = letters.toString();
    while (at < head.length && space(head[at])) {
      at++;
    }
    if (at >= head.length || head[at] != '=') {
      return at < head.length;
    }
    at++;
    while (at < head.length && space(head[at])) {
      at++;
    }
    if (at >= head.length) {
      return false;
    }
    var text = new StringBuilder();
    byte quote = head[at];
    if (quote == '"' || quote == '\'') {
      at++;
      while (at < head.length && head[at] != quote) {
        text.append(lower(head[at++]));
      }
      if (at++ >= head.length) {
        return false;
      }
    } else {
      while (at < head.length && !space(head[at]) && head[at] != '>') {
        text.append(lower(head[at++]));
      }
      if (at >= head.length) {
        return false;
      }
    }
    value = text.toString();
    return true;
  }

  private boolean tag() {
    if (head[at] != '<') {
      return false;
    }
    int letter = at + 1 < head.length && head[at + 1] == '/' ? at + 2 : at + 1;
    return letter < head.length && (head[letter] | 0x20) >= 'a' && (head[letter] | 0x20) <= 'z';
  }

  private boolean starts(String text) {
    if (at + text.length() > head.length) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (lower(head[at + i]) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static char lower(byte b) {
    return (char) (b >= 'A' && b <= 'Z' ? b + 32 : b & 0xff);
  }

  private static boolean space(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f';
  }

  /// The standard's table: Java's name, then the labels.
  private static Map<String, String> labels() {
    var labels = new HashMap<String, String>();
    String table =
        """
        UTF-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8
        IBM866 866 cp866 csibm866 ibm866
        ISO-8859-2 csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
        ISO-8859-3 csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
        ISO-8859-4 csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
        ISO-8859-5 csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988
        ISO-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
        ISO-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek
        ISO-8859-8 csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical
        ISO-8859-10 csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6
        ISO-8859-13 iso-8859-13 iso8859-13 iso885913
        ISO-8859-14 iso-8859-14 iso8859-14 iso885914
        ISO-8859-15 csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9
        ISO-8859-16 iso-8859-16
        KOI8-R cskoi8r koi koi8 koi8-r koi8_r
        KOI8-U koi8-ru koi8-u
        x-MacRoman csmacintosh mac macintosh x-mac-roman
        x-windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874
        windows-1250 cp1250 windows-1250 x-cp1250
        windows-1251 cp1251 windows-1251 x-cp1251
        windows-1252 ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252
        windows-1253 cp1253 windows-1253 x-cp1253
        windows-1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254
        windows-1255 cp1255 windows-1255 x-cp1255
        windows-1256 cp1256 windows-1256 x-cp1256
        windows-1257 cp1257 windows-1257 x-cp1257
        windows-1258 cp1258 windows-1258 x-cp1258
        x-MacCyrillic x-mac-cyrillic x-mac-ukrainian
        GB18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030
        Big5-HKSCS big5 big5-hkscs cn-big5 csbig5 x-x-big5
        EUC-JP cseucpkdfmtjapanese euc-jp x-euc-jp
        ISO-2022-JP csiso2022jp iso-2022-jp
        windows-31j csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis
        x-windows-949 cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949
        UTF-16BE unicodefffe utf-16be
        UTF-16LE csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le
        """;
    for (String line : table.strip().split("\n")) {
      String[] words = line.strip().split(" ");
      for (int i = 1; i < words.length; i++) {
        labels.put(words[i], words[0]);
      }
    }
    return Map.copyOf(labels);
  }
}
