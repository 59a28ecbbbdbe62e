package dev.imago.console.shelf;

import dev.imago.core.ImagoException;
import dev.imago.core.Ref;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds documents of one part of a corpus: by id, source, rule, tag or a word in the text.
///
/// Documents lie packed one after the other: where no index is there they are read from the
/// beginning. A search ends when a page is full or its time is over, and tells from which document
/// on to go on.
public final class DocumentSearch {
  public static final int ROWS = 20;

  private static final Pattern SHARD = Pattern.compile("([a-z]+)-\\d+\\.jsonl\\.zst");
  private static final long PATIENCE_NANOS = 1_500_000_000L;

  private DocumentSearch() {}

  /// What is looked for; an empty text admits any. Words are whole ones, but for one before `*`.
  ///
  /// @param from how many documents of the part are passed over
  public record Wish(String part, String id, String source, String rule, String word, long from) {}

  /// What was found.
  ///
  /// @param places of the documents in the part, from 0
  /// @param next from which document on to go on; below 0 at the end
  /// @param problem what cannot be read; empty where all is well
  public record Found(List<Document> documents, List<Long> places, long next, String problem) {}

  /// The parts that a folder has: `train`, `heldout`, `raw`, `rejects`.
  public static List<String> parts(Path folder) {
    var parts = new TreeSet<String>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(
          f -> {
            Matcher shard = SHARD.matcher(String.valueOf(f.getFileName()));
            if (shard.matches()) {
              parts.add(shard.group(1));
            }
          });
    } catch (IOException | java.io.UncheckedIOException _) {
      return List.of();
    }
    return List.copyOf(parts);
  }

  /// @param folder of an artifact
  public static Found find(Ref ref, Path folder, Wish wish, DocumentIndexes indexes) {
    Optional<DocumentIndex> index = indexes.of(ref, folder, wish.part());
    if (index.isPresent()) {
      try {
        return index.get().find(wish, System.nanoTime() + PATIENCE_NANOS);
      } catch (IOException _) {
        indexes.renew(ref, folder, wish.part(), index.get()); // a copy that went or is damaged
      }
    }
    return read(folder, wish);
  }

  private static Found read(Path folder, Wish wish) {
    var documents = new ArrayList<Document>();
    var places = new ArrayList<Long>();
    long end = System.nanoTime() + PATIENCE_NANOS;
    long at = 0;
    try (var reader = new Documents.Reader(folder, wish.part(), _ -> {})) {
      while (reader.hasNext()) {
        Document document = reader.next();
        if (at >= wish.from() && admits(wish, document)) {
          if (documents.size() == ROWS) {
            return new Found(documents, places, at, "");
          }
          documents.add(document);
          places.add(at);
        }
        at++;
        if ((at & 255) == 0 && System.nanoTime() > end && at > wish.from()) {
          return new Found(documents, places, at, "");
        }
      }
      return new Found(documents, places, -1, "");
    } catch (ImagoException | java.io.UncheckedIOException | IllegalArgumentException e) {
      return new Found(documents, places, -1, String.valueOf(e.getMessage()));
    }
  }

  static boolean admits(Wish wish, Document document) {
    return (wish.id().isEmpty() || document.id().startsWith(wish.id()))
        && DocumentTerms.mentions(document.source(), wish.source())
        && (wish.rule().isEmpty() || wish.rule().equals(document.tags().get("rule")))
        && (DocumentTerms.mentions(document.text(), wish.word())
            || document.tags().values().stream()
                .anyMatch(tag -> DocumentTerms.mentions(tag, wish.word())));
  }
}
