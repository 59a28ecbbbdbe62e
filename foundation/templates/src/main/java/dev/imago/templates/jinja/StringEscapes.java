package dev.imago.templates.jinja;

/// Backslashes in string literals, as Python's codec `unicode-escape` reads them.
final class StringEscapes {
  String resolve(String written, int line) {
    if (written.indexOf('\\') < 0) {
      return written;
    }
    var text = new StringBuilder();
    int at = 0;
    while (at < written.length()) {
      char c = written.charAt(at++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      int escaped = written.codePointAt(at);
      at += Character.charCount(escaped);
      int digits =
          switch (escaped) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
          };
      if (digits > 0) {
        text.appendCodePoint(hex(written, at, digits, line));
        at += digits;
      } else if (escaped >= '0' && escaped <= '7') {
        int octal = escaped - '0';
        for (int i = 0; i < 2 && at < written.length() && isOctal(written.charAt(at)); i++) {
          octal = octal * 8 + written.charAt(at++) - '0';
        }
        text.append((char) octal);
      } else if (escaped == 'N') {
        int end = written.indexOf('}', at);
        text.appendCodePoint(named(written, at, end, line));
        at = end + 1;
      } else {
        simple(escaped, text);
      }
    }
    return text.toString();
  }

  private static boolean isOctal(char c) {
    return c >= '0' && c <= '7';
  }

  private static int hex(String written, int at, int digits, int line) {
    try {
      int value = Integer.parseInt(written, at, at + digits, 16);
      if (written.charAt(at) != '-' && written.charAt(at) != '+' && value <= 0x10ffff) {
        return value;
      }
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      // said below
    }
    throw new TemplateException(
        line, "an escape in a string wants " + digits + " hexadecimal digits of a character");
  }

  private static int named(String written, int at, int end, int line) {
    try {
      if (end > at && written.charAt(at) == '{') {
        return Character.codePointOf(written.substring(at + 1, end));
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new TemplateException(line, "\\N{…} in a string wants the name of a character");
  }

  private static void simple(int escaped, StringBuilder text) {
    switch (escaped) {
      case '\n' -> {}
      case '\\', '\'', '"' -> text.append((char) escaped);
      case 'a' -> text.append('\u0007');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'v' -> text.append('\u000b');
      default -> {
        text.append('\\');
        // jinja2 spells such characters as escapes first, and the backslash takes the spelling's.
        if (escaped < 0x80) {
          text.append((char) escaped);
        } else {
          String format = escaped < 0x100 ? "x%02x" : escaped < 0x10000 ? "u%04x" : "U%08x";
          text.append(format.formatted(escaped));
        }
      }
    }
  }
}
