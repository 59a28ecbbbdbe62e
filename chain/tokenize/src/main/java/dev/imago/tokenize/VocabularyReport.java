package dev.imago.tokenize;

import dev.imago.core.Run;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a vocabulary is worth: how much text a token holds, seen and unseen, how much of the
/// vocabulary is used, and its longest tokens.
final class VocabularyReport {
  /// Enough to tell bytes a token to three digits.
  private static final long MEASURED_BYTES = 8_000_000;

  private static final int LONGEST = 10;

  private VocabularyReport() {}

  static void write(Tokenizer tokenizer, Path corpus, Run run) {
    var rows = new ArrayList<List<String>>();
    for (Split split : Split.values()) {
      rows.add(measure(tokenizer, corpus, split));
    }
    run.table(
        "Vocabulary", List.of("split", "documents", "bytes", "bytes/token", "used tokens"), rows);
    run.table("Longest tokens", List.of("id", "bytes", "token"), longest(tokenizer));
  }

  private static List<String> measure(Tokenizer tokenizer, Path corpus, Split split) {
    long bytes = 0;
    long tokens = 0;
    int count = 0;
    var used = new BitSet();
    try (Stream<Document> documents = Documents.read(corpus, split.fileName())) {
      Iterator<Document> each = documents.iterator();
      while (bytes < MEASURED_BYTES && each.hasNext()) {
        String text = each.next().text();
        int[] ids = tokenizer.encodeOrdinary(text);
        bytes += Utf8Length.of(text);
        tokens += ids.length;
        count++;
        for (int id : ids) {
          used.set(id);
        }
      }
    }
    return List.of(
        split.fileName(),
        String.format(Locale.ROOT, "%,d", count),
        String.format(Locale.ROOT, "%,d", bytes),
        tokens == 0 ? "–" : String.format(Locale.ROOT, "%.3f", (double) bytes / tokens),
        String.format(
            Locale.ROOT, "%.1f %%", 100.0 * used.cardinality() / tokenizer.vocabularySize()));
  }

  private static List<List<String>> longest(Tokenizer tokenizer) {
    return IntStream.range(0, tokenizer.vocabularySize())
        .filter(id -> !tokenizer.special(id))
        .boxed()
        .sorted(Comparator.comparingInt((Integer id) -> -tokenizer.bytes(id).length))
        .limit(LONGEST)
        .map(
            id ->
                List.of(
                    String.valueOf(id),
                    String.valueOf(tokenizer.bytes(id).length),
                    tokenizer.token(id)))
        .toList();
  }
}
