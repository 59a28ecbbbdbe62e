package dev.imago.duplicates;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One form of addresses that lead to one page: scheme and host in small letters (of other scripts
/// in Punycode), no default port, no user, no fragment, no parameters that only say where a reader
/// came from, no `.` and `..`, escapes where they are needed and in capitals, parameters as they
/// stand. After the URL Standard (<https://url.spec.whatwg.org>); of http and https alone.
public final class CanonicalAddress {
  /// What newsletters, advertisements and networks add.
  private static final Set<String> TRACKING =
      Set.of(
          "gclid",
          "gclsrc",
          "dclid",
          "gbraid",
          "wbraid",
          "fbclid",
          "msclkid",
          "yclid",
          "ymclid",
          "twclid",
          "ttclid",
          "li_fat_id",
          "igshid",
          "igsh",
          "mc_cid",
          "mc_eid",
          "mkt_tok",
          "_ga",
          "_gl",
          "_hsenc",
          "_hsmi",
          "hsctatracking",
          "oly_anon_id",
          "oly_enc_id",
          "vero_id",
          "wickedid",
          "s_cid",
          "spm",
          "scm",
          "share_source",
          "share_medium",
          "share_token",
          "from_source",
          "bd_vid",
          "qhclickid",
          "wt.mc_id",
          "__twitter_impression");

  private static final Pattern FORM =
      Pattern.compile("(?i)(https?):[/\\\\]*([^/\\\\?#]*)([^?#]*)(?:\\?([^#]*))?(?:#.*)?");

  private CanonicalAddress() {}

  /// The canonical form; empty where it is no address of http or https.
  public static String of(String address) {
    Matcher form = FORM.matcher(address.strip().replaceAll("[\\t\\r\\n]", ""));
    if (!form.matches()) {
      return "";
    }
    String scheme = form.group(1).toLowerCase(Locale.ROOT);
    String authority = form.group(2);
    String where = authority.substring(authority.lastIndexOf('@') + 1);
    String host = where.replaceFirst(":\\d*$", "");
    String port = where.substring(host.length()).replaceFirst("^:0*(?=\\d)", ":");
    host = host(host);
    if (host.isEmpty()) {
      return "";
    }
    boolean usual = port.length() <= 1 || port.equals(scheme.equals("http") ? ":80" : ":443");
    String query = form.group(4) == null ? "" : query(form.group(4));
    return scheme
        + "://"
        + host
        + (usual ? "" : port)
        + path(form.group(3))
        + (query.isEmpty() ? "" : "?" + query);
  }

  private static String host(String host) {
    String plain = unescaped(host).toLowerCase(Locale.ROOT);
    if (plain.startsWith("[")) {
      return plain;
    }
    try {
      String ascii = IDN.toASCII(plain.replaceFirst("\\.$", ""), IDN.ALLOW_UNASSIGNED);
      return ascii.matches("[a-zA-Z0-9._~-]+") ? ascii.toLowerCase(Locale.ROOT) : "";
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static String path(String path) {
    List<String> parts = new ArrayList<>();
    String[] given = path.replace('\\', '/').split("/", -1);
    for (int i = 1; i < given.length; i++) {
      boolean last = i == given.length - 1;
      String part = given[i].replaceAll("(?i)%2e", ".");
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
        if (last) {
          parts.add("");
        }
      } else if (!part.equals(".")) {
        parts.add(escaped(given[i]));
      } else if (last) {
        parts.add("");
      }
    }
    return "/" + String.join("/", parts);
  }

  private static String query(String query) {
    var kept = new ArrayList<String>();
    for (String parameter : query.split("&")) {
      String name = parameter.replaceFirst("=.*", "").toLowerCase(Locale.ROOT);
      if (!parameter.isEmpty() && !name.startsWith("utm_") && !TRACKING.contains(name)) {
        kept.add(escaped(parameter));
      }
    }
    return String.join("&", kept);
  }

  /// Escapes in capitals, none of what needs none, one of what does.
  private static String escaped(String text) {
    var out = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      int c = each & 0xff;
      if (c <= ' ' || c > '~' || "\"<>`{}".indexOf(c) >= 0) {
        out.append('%').append(hex(c));
      } else {
        out.append((char) c);
      }
    }
    Matcher escapes = Pattern.compile("%([0-9a-fA-F]{2})").matcher(out);
    return escapes.replaceAll(
        escape -> {
          int c = Integer.parseInt(escape.group(1), 16);
          boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
          return Matcher.quoteReplacement(plain ? String.valueOf((char) c) : "%" + hex(c));
        });
  }

  private static String unescaped(String text) {
    return text.indexOf('%') < 0 ? text : new String(bytes(text), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    var out = new java.io.ByteArrayOutputStream();
    byte[] given = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < given.length; i++) {
      if (given[i] == '%'
          && i + 2 < given.length
          && Character.digit(given[i + 1], 16) >= 0
          && Character.digit(given[i + 2], 16) >= 0) {
        out.write(Character.digit(given[i + 1], 16) * 16 + Character.digit(given[i + 2], 16));
        i += 2;
      } else {
        out.write(given[i]);
      }
    }
    return out.toByteArray();
  }

  private static String hex(int c) {
    return String.format(Locale.ROOT, "%02X", c);
  }
}
