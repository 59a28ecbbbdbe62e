package dev.imago.corpus;

import java.util.Locale;

/// The licence comment that opens a source file: the same thousand characters in thousands of
/// files, which a model would learn before anything else. LLaMA took such headers off its code
/// (Touvron et al. 2023, arXiv:2302.13971 §2.1), Dolma too (Soldaini et al. 2024,
/// arXiv:2402.00159).
///
/// Comments as in C and Java. Of the comments before the first other line, those go that speak of a
/// copyright or a licence; a `/**` or `///` comment documents code and goes only if it states a
/// copyright.
final class LicenceHeader {
  private LicenceHeader() {}

  static String strip(String code) {
    var kept = new StringBuilder();
    boolean stripped = false;
    int at = 0;
    while (true) {
      int start = skipSpace(code, at);
      int end = commentEnd(code, start);
      if (end < 0) {
        break;
      }
      if (licence(code.substring(start, end))) {
        stripped = true;
      } else {
        kept.append(code, start, end).append('\n');
      }
      at = end;
    }
    return stripped ? kept.append(code, skipSpace(code, at), code.length()).toString() : code;
  }

  private static int skipSpace(String code, int from) {
    int at = from;
    while (at < code.length() && Character.isWhitespace(code.charAt(at))) {
      at++;
    }
    return at;
  }

  /// Where the comment that begins here ends: a block, or a run of `//` lines; −1 for no comment.
  private static int commentEnd(String code, int start) {
    if (code.startsWith("/*", start)) {
      int end = code.indexOf("*/", start + 2);
      return end < 0 ? -1 : end + 2;
    }
    int at = start;
    while (code.startsWith("//", at)) {
      int line = code.indexOf('\n', at);
      if (line < 0) {
        return code.length();
      }
      int next = line + 1;
      while (next < code.length() && (code.charAt(next) == ' ' || code.charAt(next) == '\t')) {
        next++;
      }
      if (!code.startsWith("//", next)) {
        return line;
      }
      at = next;
    }
    return at > start ? at : -1;
  }

  private static boolean licence(String comment) {
    String text = comment.toLowerCase(Locale.ROOT);
    if (text.startsWith("/**") && !text.startsWith("/***") || text.startsWith("///")) {
      return text.contains("copyright (c)")
          || text.contains("copyright ©")
          || text.contains("licensed under")
          || text.contains("all rights reserved");
    }
    return text.contains("copyright")
        || text.contains("license")
        || text.contains("licence")
        || text.contains("spdx-");
  }
}
