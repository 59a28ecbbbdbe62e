package dev.imago.data;

import java.util.Map;

/// One text with its origin.
///
/// @param id stable and unique in its corpus
/// @param text the content
/// @param source where it came from, such as `src.zip!java.base/java/lang/String.java`
/// @param tags facts about it, such as `language=en`, `kind=code`
public record Document(String id, String text, String source, Map<String, String> tags) {
  public Document {
    tags = Map.copyOf(tags);
  }

  public Document withText(String changed) {
    return new Document(id, changed, source, tags);
  }

  public Document withId(String changed) {
    return new Document(changed, text, source, tags);
  }

  /// The same document with one more tag, or another value for one.
  public Document with(String tag, String value) {
    var changed = new java.util.HashMap<>(tags);
    changed.put(tag, value);
    return new Document(id, text, source, changed);
  }
}
