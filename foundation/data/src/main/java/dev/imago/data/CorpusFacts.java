package dev.imago.data;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// What a split of a corpus holds, counted.
///
/// @param documents how many
/// @param bytes of their texts, in UTF-8
/// @param languages bytes by the tag `language`, most first
/// @param kinds documents by the tag `kind`, most first
public record CorpusFacts(
    long documents, long bytes, Map<String, Long> languages, Map<String, Long> kinds) {
  /// More would be a list that nobody reads.
  private static final int MOST_NAMED = 12;

  public CorpusFacts {
    languages = Collections.unmodifiableMap(new LinkedHashMap<>(languages));
    kinds = Collections.unmodifiableMap(new LinkedHashMap<>(kinds));
  }

  /// Counts a prepared corpus, reading it once.
  public static CorpusFacts of(Path folder, Split split) {
    long documents = 0;
    long bytes = 0;
    var languages = new TreeMap<String, Long>();
    var kinds = new TreeMap<String, Long>();
    try (var reader = new Documents.Reader(folder, split.fileName(), read -> {})) {
      while (reader.hasNext()) {
        Document document = reader.next();
        long length = Utf8Length.of(document.text());
        documents++;
        bytes += length;
        languages.merge(document.tags().getOrDefault("language", "und"), length, Long::sum);
        kinds.merge(document.tags().getOrDefault("kind", "prose"), 1L, Long::sum);
      }
    }
    return new CorpusFacts(documents, bytes, most(languages), most(kinds));
  }

  /// The greatest counts first; equal ones by name.
  private static Map<String, Long> most(TreeMap<String, Long> counts) {
    var to = new LinkedHashMap<String, Long>();
    counts.entrySet().stream()
        .sorted(Collections.reverseOrder(Map.Entry.comparingByValue()))
        .limit(MOST_NAMED)
        .forEach(e -> to.put(e.getKey(), e.getValue()));
    return to;
  }
}
