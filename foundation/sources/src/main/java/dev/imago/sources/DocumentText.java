package dev.imago.sources;

import java.util.List;
import java.util.Map;

/// The text of a document.
///
/// @param text paragraphs with a blank line between; headings and lists as in Markdown, where the
///   document says what is one
/// @param tags `title`, `author`, `date`, as far as the document says; `pages`
/// @param notes what a user should know of it, as clauses that go on from its name
/// @param pageStarts where each page begins, in characters of the text; empty where there are none
public record DocumentText(
    String text, Map<String, String> tags, List<String> notes, List<Integer> pageStarts) {
  public DocumentText {
    tags = Map.copyOf(tags);
    notes = List.copyOf(notes);
    pageStarts = List.copyOf(pageStarts);
  }
}
