package dev.imago.sequences;

import java.util.List;

/// Rows of columns, such as a word and its part of speech, with a tag for each row.
///
/// @param tags as many as rows; none where they are not known
public record TagSequence(List<List<String>> rows, List<String> tags) {
  public TagSequence {
    rows = rows.stream().map(List::copyOf).toList();
    tags = List.copyOf(tags);
    if (!tags.isEmpty() && tags.size() != rows.size()) {
      throw new IllegalArgumentException(
          "%d tags for %d rows; give as many, or none".formatted(tags.size(), rows.size()));
    }
    for (List<String> row : rows) {
      if (row.size() != rows.getFirst().size() || row.isEmpty()) {
        throw new IllegalArgumentException(
            "a row has %d columns and another %d; give all as many, and one at least"
                .formatted(rows.getFirst().size(), row.size()));
      }
    }
  }
}
