package dev.imago.tokenize;

import dev.imago.core.Run;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a vocabulary is worth: how much text a token holds, seen and unseen, by language and beside
/// other tokenizers; how much of the vocabulary is used; and its longest tokens.
public final class VocabularyReport {
  /// Enough to tell bytes a token to three digits.
  private static final long MEASURED_BYTES = 8_000_000;

  private VocabularyReport() {}

  /// @param others tokenizers to stand beside it, by name
  static void write(Tokenizer tokenizer, Map<String, Tokenizer> others, Path corpus, Run run) {
    var splits = new ArrayList<List<String>>();
    var kinds = new ArrayList<List<String>>();
    for (Split split : Split.values()) {
      var ours = new Fertility(tokenizer);
      var beside = others.values().stream().map(Fertility::new).toList();
      measure(ours, beside, corpus, split);
      splits.add(row(split.fileName(), ours));
      ours.byKind()
          .forEach(
              (kind, totals) -> {
                var row = new ArrayList<>(List.of(split.fileName(), kind, wide(totals.bytes())));
                row.add(rate(totals));
                beside.forEach(b -> row.add(rate(b.byKind().getOrDefault(kind, totals))));
                kinds.add(row);
              });
    }
    run.table(
        "Vocabulary", List.of("split", "documents", "bytes", "bytes/token", "used tokens"), splits);
    var header = new ArrayList<>(List.of("split", "text", "bytes", "bytes/token"));
    others.keySet().forEach(name -> header.add("by " + name));
    run.table("Bytes per token by kind of text", header, kinds);
    run.table("Longest tokens", List.of("id", "bytes", "token"), longest(tokenizer, 10));
  }

  private static void measure(Fertility ours, List<Fertility> others, Path corpus, Split split) {
    try (Stream<Document> documents = Documents.read(corpus, split.fileName())) {
      Iterator<Document> each = documents.iterator();
      while (ours.all().bytes() < MEASURED_BYTES && each.hasNext()) {
        Document document = each.next();
        String kind = kind(document);
        ours.add(kind, document.text());
        others.forEach(o -> o.add(kind, document.text()));
      }
    }
  }

  /// Code, or the language that prepare found, or else the script.
  private static String kind(Document document) {
    String kind = document.tags().getOrDefault("kind", "");
    return kind.equals("code")
        ? kind
        : document.tags().getOrDefault("language", Fertility.script(document.text()));
  }

  private static List<String> row(String split, Fertility fertility) {
    Fertility.Totals all = fertility.all();
    return List.of(
        split,
        wide(all.texts()),
        wide(all.bytes()),
        rate(all),
        String.format(Locale.ROOT, "%.1f %%", 100 * fertility.usedShare()));
  }

  private static String wide(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String rate(Fertility.Totals totals) {
    return totals.tokens() == 0 ? "–" : String.format(Locale.ROOT, "%.3f", totals.bytesPerToken());
  }

  /// The tokens of the most bytes, special ones left out: rows of id, bytes and spelling.
  ///
  /// @param count how many at most
  public static List<List<String>> longest(Tokenizer tokenizer, int count) {
    return IntStream.range(0, tokenizer.vocabularySize())
        .filter(id -> !tokenizer.special(id))
        .boxed()
        .sorted(Comparator.comparingInt((Integer id) -> -tokenizer.bytes(id).length))
        .limit(count)
        .map(
            id ->
                List.of(
                    String.valueOf(id),
                    String.valueOf(tokenizer.bytes(id).length),
                    Spelling.of(tokenizer, id)))
        .toList();
  }
}
