package dev.imago.core;

/// Text between the tags of HTML and SVG.
public final class MarkupText {
  private MarkupText() {}

  /// The text with its marks as entities. Not for what stands in an attribute: quotes stay.
  public static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
