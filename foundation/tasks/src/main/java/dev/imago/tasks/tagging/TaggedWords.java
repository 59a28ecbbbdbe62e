package dev.imago.tasks.tagging;

import java.util.List;

/// A sentence and the tag of each of its words.
///
/// @param id stable and unique in its labels
/// @param source the file that it came from
public record TaggedWords(String id, List<String> words, List<String> tags, String source) {
  public TaggedWords {
    if (words == null || tags == null || words.isEmpty() || words.size() != tags.size()) {
      throw new IllegalArgumentException(
          "%d words have %d tags; each has one, and there is one at least"
              .formatted(words == null ? 0 : words.size(), tags == null ? 0 : tags.size()));
    }
    words = List.copyOf(words);
    tags = List.copyOf(tags);
  }
}
