package dev.imago.fetch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An address of http or https, read as browsers read it: the URL Standard's parser
/// (<https://url.spec.whatwg.org>, 4.4) for these two schemes, whose host is told in one spelling.
/// What it refuses, no browser opens.
///
/// @param scheme `http` or `https`
/// @param user what stands before `@`, as it was written; empty for none
/// @param host a name in ASCII, an IPv4 address in dotted decimal, or an IPv6 address in brackets
/// @param port 1 … 65535; the scheme's own where none is written
/// @param path begins with `/`; escaped
/// @param query without its `?`, escaped; null where there is none. No fragment: no server is sent
///   one.
public record WebAddress(
    String scheme, String user, String host, int port, String path, @Nullable String query) {
  /// Beyond this no server reads on; most stop at 8,192.
  private static final int LONGEST = 1 << 16;

  private static final String QUERY_SET = " \"#<>'";
  private static final String PATH_SET = " \"#<>?^`{}";

  /// The address; null where it is none of http and https.
  ///
  /// @param base what a relative one stands in
  public static @Nullable WebAddress of(String written, @Nullable WebAddress base) {
    if (written.length() > LONGEST) {
      return null;
    }
    String text = stripped(written);
    int hash = text.indexOf('#');
    text = hash < 0 ? text : text.substring(0, hash);
    int colon = schemeEnd(text);
    if (colon < 0) {
      return base == null ? null : relative(text, base);
    }
    String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return null;
    }
    String rest = text.substring(colon + 1);
    boolean slashes = rest.startsWith("//");
    if (!slashes && base != null && base.scheme.equals(scheme)) {
      return relative(rest, base); // «http:page» is a page beside the base
    }
    int at = 0;
    while (at < rest.length() && isSlash(rest.charAt(at))) {
      at++;
    }
    return absolute(scheme, rest.substring(at));
  }

  /// The address that stands alone; null where it is none.
  public static @Nullable WebAddress of(String written) {
    return of(written, null);
  }

  private static String stripped(String written) {
    int from = 0;
    int to = written.length();
    while (from < to && written.charAt(from) <= ' ') {
      from++;
    }
    while (to > from && written.charAt(to - 1) <= ' ') {
      to--;
    }
    var text = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      char c = written.charAt(i);
      if (c != '\t' && c != '\n' && c != '\r') {
        text.append(c);
      }
    }
    return text.toString();
  }

  /// Where the colon after a scheme stands; −1 where there is no scheme.
  private static int schemeEnd(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ':') {
        return i == 0 ? -1 : i;
      }
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      boolean more = c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.';
      if (!letter && (i == 0 || !more)) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isSlash(char c) {
    return c == '/' || c == '\\';
  }

  private static @Nullable WebAddress absolute(String scheme, String rest) {
    int end = 0;
    while (end < rest.length() && !isSlash(rest.charAt(end)) && rest.charAt(end) != '?') {
      end++;
    }
    String authority = rest.substring(0, end);
    int atSign = authority.lastIndexOf('@');
    String where = authority.substring(atSign + 1);
    int colon = portColon(where);
    String host = WebHost.of(colon < 0 ? where : where.substring(0, colon));
    int port = port(scheme, colon < 0 ? "" : where.substring(colon + 1));
    if (host == null || port < 0) {
      return null;
    }
    String user = atSign <= 0 ? "" : authority.substring(0, atSign);
    return with(scheme, user.equals(":") ? "" : user, host, port, rest.substring(end), List.of());
  }

  private static int portColon(String where) {
    boolean bracket = false;
    for (int i = 0; i < where.length(); i++) {
      char c = where.charAt(i);
      bracket = c == '[' || bracket && c != ']';
      if (c == ':' && !bracket) {
        return i;
      }
    }
    return -1;
  }

  /// −1 for what is none.
  private static int port(String scheme, String digits) {
    if (digits.isEmpty()) {
      return scheme.equals("http") ? 80 : 443;
    }
    String plain = digits.replaceFirst("^0+(?=[0-9])", "");
    if (!plain.matches("[0-9]{1,5}") || Integer.parseInt(plain) > 65535) {
      return -1;
    }
    return Integer.parseInt(plain);
  }

  private static @Nullable WebAddress relative(String text, WebAddress base) {
    if (text.length() > 1 && isSlash(text.charAt(0)) && isSlash(text.charAt(1))) {
      int at = 0;
      while (at < text.length() && isSlash(text.charAt(at))) {
        at++;
      }
      return absolute(base.scheme, text.substring(at));
    }
    if (text.isEmpty()) {
      return base;
    }
    if (text.charAt(0) == '?') {
      return new WebAddress(
          base.scheme, base.user, base.host, base.port, base.path, escape(text.substring(1), true));
    }
    List<String> before = List.of();
    if (!isSlash(text.charAt(0))) {
      List<String> parts = List.of(base.path.substring(1).split("/", -1));
      before = parts.subList(0, parts.size() - 1);
    }
    return with(base.scheme, base.user, base.host, base.port, text, before);
  }

  /// @param rest path and query, as written
  /// @param before the segments that it follows
  private static WebAddress with(
      String scheme, String user, String host, int port, String rest, List<String> before) {
    int mark = rest.indexOf('?');
    String path = path(mark < 0 ? rest : rest.substring(0, mark), before);
    String query = mark < 0 ? null : escape(rest.substring(mark + 1), true);
    return new WebAddress(scheme, user, host, port, path, query);
  }

  private static String path(String written, List<String> before) {
    var parts = new ArrayList<String>(before);
    String text = written.replace('\\', '/');
    String[] given = (text.startsWith("/") ? text.substring(1) : text).split("/", -1);
    for (int i = 0; i < given.length; i++) {
      boolean last = i == given.length - 1;
      String dots = given[i].replaceAll("(?i)%2e", ".");
      if (dots.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
        if (last) {
          parts.add("");
        }
      } else if (dots.equals(".")) {
        if (last) {
          parts.add("");
        }
      } else {
        parts.add(escape(given[i], false));
      }
    }
    return "/" + String.join("/", parts);
  }

  /// Escapes what must not stand in a path or a query; what is escaped already stays as it is.
  private static String escape(String text, boolean query) {
    String set = query ? QUERY_SET : PATH_SET;
    var out = new StringBuilder(text.length());
    // Half a pair of surrogates is no character: U+FFFD is sent for it, as browsers do.
    for (byte each : scalars(text).getBytes(StandardCharsets.UTF_8)) {
      int c = each & 0xff;
      if (c < 0x20 || c > 0x7e || set.indexOf(c) >= 0) {
        out.append('%')
            .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
            .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      } else {
        out.append((char) c);
      }
    }
    return out.toString();
  }

  private static String scalars(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(c >= 0xd800 && c <= 0xdfff ? 0xfffd : c));
    return out.toString();
  }

  /// Host and port, the port left out where it is the scheme's own.
  public String authority() {
    return usualPort() ? host : host + ":" + port;
  }

  private boolean usualPort() {
    return port == (scheme.equals("http") ? 80 : 443);
  }

  /// Scheme, host and port, such as `https://example.org`.
  public String origin() {
    return scheme + "://" + authority();
  }

  /// Path and query: what a request asks a server for.
  public String target() {
    return query == null ? path : path + "?" + query;
  }

  /// The same without a user.
  public WebAddress anonymous() {
    return user.isEmpty() ? this : new WebAddress(scheme, "", host, port, path, query);
  }

  /// The address, without its user.
  @Override
  public String toString() {
    return origin() + target();
  }
}
