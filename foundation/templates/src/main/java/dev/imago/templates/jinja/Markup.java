package dev.imago.templates.jinja;

/// Text that is HTML already, as `safe` and `escape` give it: what is joined to it is escaped.
record Markup(String text) {
  static Markup escape(Object value) {
    return value instanceof Markup m ? m : new Markup(escaped(Repr.text(value)));
  }

  static String escaped(String s) {
    Budget.make(s.length() * 2L);
    return s.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&#34;");
  }

  /// Escapes strings, and leaves what is none.
  static Object escapeText(Object value) {
    return value instanceof String
        ? escape(value).text()
        : value instanceof Markup m ? m.text() : value;
  }
}
