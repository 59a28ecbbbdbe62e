package dev.imago.console.html;

import java.util.List;

/// What may stand within an element: text, an element, or several of both.
///
/// There is no way from a string to markup but by [#text], which escapes it.
public sealed interface Content permits Element, Content.Text, Content.Several {
  /// Nothing at all.
  Content NONE = new Several(List.of());

  /// Appends the markup.
  void writeTo(StringBuilder out);

  /// Text as it is, whatever it holds.
  static Content text(String text) {
    return new Text(text);
  }

  static Content of(List<? extends Content> each) {
    return new Several(List.copyOf(each));
  }

  /// Text between tags.
  record Text(String text) implements Content {
    @Override
    public void writeTo(StringBuilder out) {
      escape(text, out);
    }
  }

  /// One after the other.
  record Several(List<? extends Content> each) implements Content {
    public Several {
      each = List.copyOf(each);
    }

    @Override
    public void writeTo(StringBuilder out) {
      each.forEach(c -> c.writeTo(out));
    }
  }

  /// Text for between tags and for between double quotes. Characters that no document may hold
  /// (most control characters, halves of pairs) become the replacement character.
  static void escape(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\t', '\n' -> out.append(c);
        default -> {
          if (Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1))) {
            out.append(c).append(text.charAt(++i));
          } else {
            out.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '\uFFFD' : c);
          }
        }
      }
    }
  }
}
