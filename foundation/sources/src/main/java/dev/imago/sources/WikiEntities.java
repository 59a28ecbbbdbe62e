package dev.imago.sources;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The character references of HTML that wikitext has.
final class WikiEntities {
  private static final Map<String, String> NAMED =
      Map.ofEntries(
          Map.entry("nbsp", " "),
          Map.entry("thinsp", " "),
          Map.entry("ensp", " "),
          Map.entry("emsp", " "),
          Map.entry("amp", "&"),
          Map.entry("lt", "<"),
          Map.entry("gt", ">"),
          Map.entry("quot", "\""),
          Map.entry("apos", "'"),
          Map.entry("ndash", "–"),
          Map.entry("mdash", "—"),
          Map.entry("minus", "−"),
          Map.entry("times", "×"),
          Map.entry("middot", "·"),
          Map.entry("bull", "•"),
          Map.entry("hellip", "…"),
          Map.entry("deg", "°"),
          Map.entry("plusmn", "±"),
          Map.entry("frac12", "½"),
          Map.entry("frac14", "¼"),
          Map.entry("frac34", "¾"),
          Map.entry("sup2", "²"),
          Map.entry("sup3", "³"),
          Map.entry("prime", "′"),
          Map.entry("Prime", "″"),
          Map.entry("lsquo", "‘"),
          Map.entry("rsquo", "’"),
          Map.entry("ldquo", "“"),
          Map.entry("rdquo", "”"),
          Map.entry("laquo", "«"),
          Map.entry("raquo", "»"),
          Map.entry("larr", "←"),
          Map.entry("rarr", "→"),
          Map.entry("harr", "↔"),
          Map.entry("le", "≤"),
          Map.entry("ge", "≥"),
          Map.entry("ne", "≠"),
          Map.entry("asymp", "≈"),
          Map.entry("infin", "∞"),
          Map.entry("radic", "√"),
          Map.entry("sum", "∑"),
          Map.entry("euro", "€"),
          Map.entry("pound", "£"),
          Map.entry("yen", "¥"),
          Map.entry("cent", "¢"),
          Map.entry("sect", "§"),
          Map.entry("copy", "©"),
          Map.entry("reg", "®"),
          Map.entry("trade", "™"),
          Map.entry("dagger", "†"),
          Map.entry("eacute", "é"),
          Map.entry("egrave", "è"),
          Map.entry("agrave", "à"),
          Map.entry("aacute", "á"),
          Map.entry("ccedil", "ç"),
          Map.entry("ouml", "ö"),
          Map.entry("uuml", "ü"),
          Map.entry("auml", "ä"),
          Map.entry("szlig", "ß"),
          Map.entry("oslash", "ø"),
          Map.entry("alpha", "α"),
          Map.entry("beta", "β"),
          Map.entry("gamma", "γ"),
          Map.entry("delta", "δ"),
          Map.entry("pi", "π"),
          Map.entry("mu", "μ"),
          Map.entry("micro", "µ"),
          Map.entry("lambda", "λ"),
          Map.entry("sigma", "σ"),
          Map.entry("omega", "ω"),
          Map.entry("Omega", "Ω"),
          Map.entry("Delta", "Δ"),
          Map.entry("zwnj", "\u200c"),
          Map.entry("shy", ""));

  private WikiEntities() {}

  /// What a reference stands for, without `&` and `;`; null where it is none.
  static @Nullable String of(String name) {
    if (!name.startsWith("#")) {
      return NAMED.get(name);
    }
    boolean hex = name.startsWith("#x") || name.startsWith("#X");
    String digits = name.substring(hex ? 2 : 1);
    if (!digits.matches(hex ? "[0-9a-fA-F]{1,6}" : "[0-9]{1,7}")) {
      return null;
    }
    int code = Integer.parseInt(digits, hex ? 16 : 10);
    boolean character =
        Character.isValidCodePoint(code) && code >= ' ' && (code < 0xd800 || code > 0xdfff);
    return character ? code == 0xa0 ? " " : Character.toString(code) : null;
  }

  private static final int LONGEST = 12;

  /// A text with all that it has decoded.
  static String decode(String text) {
    if (text.indexOf('&') < 0) {
      return text;
    }
    var out = new StringBuilder();
    for (int at = 0; at < text.length(); at++) {
      int end =
          text.charAt(at) == '&'
              ? text.indexOf(';', at, Math.min(text.length(), at + LONGEST))
              : -1;
      String decoded = end > 0 ? of(text.substring(at + 1, end)) : null;
      if (decoded == null) {
        out.append(text.charAt(at));
      } else {
        out.append(decoded);
        at = end;
      }
    }
    return out.toString();
  }
}
