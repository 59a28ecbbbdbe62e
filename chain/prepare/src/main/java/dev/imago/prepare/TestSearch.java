package dev.imago.prepare;

import dev.imago.core.AtomicFile;
import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.core.Reporter;
import dev.imago.corpus.BrokenRule;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.DecontaminationRules;
import dev.imago.corpus.Judgement;
import dev.imago.data.Document;
import dev.imago.data.Rows;
import dev.imago.suites.Decontamination;
import dev.imago.suites.TestItem;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Drops the documents in which items of tests stand, and writes down each: document, task, item,
/// how much of it, and the words.
final class TestSearch {
  private final @Nullable Decontamination decontamination;

  TestSearch(DecontaminationRules rules) {
    decontamination =
        rules.against().isEmpty()
            ? null
            : new Decontamination(TestItem.read(files(rules), rules.fields()));
  }

  /// Tells a run what is looked for.
  void tell(Reporter reporter) {
    if (decontamination == null) {
      return;
    }
    reporter.note(
        "documents in which one of %s stands are dropped%s (prepare.decontaminate.against)"
            .formatted(
                Counted.of(decontamination.items(), "test items"),
                decontamination.tooShort() == 0
                    ? ""
                    : "; %,d more are too short to be looked for"
                        .formatted(decontamination.tooShort())));
  }

  /// The files that are named, and those of folders that are, which hold rows.
  static List<Path> files(DecontaminationRules rules) {
    return rules.against().stream().map(Path::of).flatMap(TestSearch::rows).toList();
  }

  private static Stream<Path> rows(Path named) {
    if (!Files.isDirectory(named)) {
      return Stream.of(named);
    }
    try (Stream<Path> all = Files.walk(named)) {
      List<Path> files =
          all.filter(Files::isRegularFile)
              .filter(file -> Rows.Format.of(file.toString()) != null)
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new InputException(
            "prepare.decontaminate.against = %s holds no rows (.jsonl, .json, .csv, .tsv, .conll …); name a test file"
                .formatted(named));
      }
      return files.stream();
    } catch (IOException e) {
      throw AtomicFile.failure("read", named, e);
    }
  }

  /// What of the test files decides the result.
  static String external(DecontaminationRules rules) {
    return files(rules).stream().map(TestSearch::facts).collect(Collectors.joining());
  }

  private static String facts(Path file) {
    try {
      return Files.exists(file)
          ? "%s %d %d\n"
              .formatted(file, Files.size(file), Files.getLastModifiedTime(file).toMillis())
          : "";
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// A judgement that knows of the tests, too.
  Judgement judge(Document document, Judgement judgement) {
    if (decontamination == null || judgement.broken().isPresent()) {
      return judgement;
    }
    return decontamination.hits(document.text()).stream()
        .map(Decontamination.Hit::share)
        .max(Comparator.naturalOrder())
        .map(share -> judgement.breaking(new BrokenRule(CorpusRules.CONTAMINATED, share)))
        .orElse(judgement);
  }

  /// A rejected document with what stands in it: the first item's task, number and words.
  ///
  /// @param document as it is written, masked
  /// @param masked masks words that are in no masked document: the item's own held what was masked
  /// @param hits takes a line of JSON of each hit
  Document told(
      Document document, String original, UnaryOperator<String> masked, Consumer<String> hits) {
    if (decontamination == null || !CorpusRules.CONTAMINATED.equals(document.tags().get("rule"))) {
      return document;
    }
    var words = new HashMap<List<String>, String>();
    decontamination
        .hits(document.text())
        .forEach(hit -> words.put(List.of(hit.task(), hit.item()), hit.words()));
    Document told = document;
    for (Decontamination.Hit hit : decontamination.hits(original)) {
      String safe = words.get(List.of(hit.task(), hit.item()));
      safe = safe == null ? masked.apply(hit.words()) : safe;
      hits.accept(line(document.id(), hit, safe));
      told =
          told != document
              ? told
              : document.with("task", hit.task()).with("item", hit.item()).with("words", safe);
    }
    return told;
  }

  private static String line(String document, Decontamination.Hit hit, String words) {
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("document", document);
    line.put("task", hit.task());
    line.put("item", hit.item());
    line.put("kind", hit.kind().words());
    line.put("share", hit.share());
    line.put("words", words);
    return line.toString();
  }

  /// Where hits go.
  static Hits hits(Path folder, DecontaminationRules rules) {
    return new Hits(folder.resolve(EachDocument.HITS), !rules.against().isEmpty());
  }

  /// Each hit as a line of JSON.
  static final class Hits implements AutoCloseable {
    private final Path file;
    private final Writer out;

    /// @param asked without tests there is no file
    private Hits(Path file, boolean asked) {
      this.file = file;
      try {
        out = asked ? Files.newBufferedWriter(file) : Writer.nullWriter();
      } catch (IOException e) {
        throw AtomicFile.failure("write", file, e);
      }
    }

    void write(String line) {
      try {
        out.write(line + "\n");
      } catch (IOException e) {
        throw AtomicFile.failure("write", file, e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw AtomicFile.failure("write", file, e);
      }
    }
  }
}
