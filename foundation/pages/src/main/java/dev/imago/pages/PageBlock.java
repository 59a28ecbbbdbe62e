package dev.imago.pages;

import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/// A run of text between two boundaries that a reader sees: a paragraph, a heading, an item, a
/// cell.
///
/// @param element the innermost one that is no part of a line
/// @param linkCharacters of the text, those within links
/// @param boldCharacters those within `b` and `strong`
/// @param italicCharacters those within `i` and `em`
/// @param hidden whether most of it is marked as not to be seen
record PageBlock(
    String text,
    Element element,
    int linkCharacters,
    int links,
    int boldCharacters,
    int italicCharacters,
    boolean hidden) {

  /// The nearest ancestor of a name, or the element itself; null where there is none near.
  @Nullable Element within(String name) {
    int up = 0;
    for (Element e = element; e != null && up < Region.DEEPEST; e = e.parent(), up++) {
      if (e.normalName().equals(name)) {
        return e;
      }
    }
    return null;
  }
}
