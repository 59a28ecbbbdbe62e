package dev.imago.cli;

import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.DocumentFilter;
import dev.imago.corpus.Judged;
import dev.imago.corpus.Selection;
import dev.imago.corpus.WrittenDocument;
import dev.imago.corpus.extract.ExtractionSettings;
import dev.imago.corpus.extract.Extractor;
import dev.imago.corpus.extract.FileKind;
import dev.imago.corpus.extract.SourceFile;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// Makes a corpus as a cluster would: what there is to do is shuffled into partitions, which two
/// workers take in whatever order, each with functions of its own; only the set as a whole meets in
/// one place. Knows no stage and no run.
final class SecondDriver {
  private static final int PARTITIONS = 7;

  private final ExtractionSettings extraction;
  private final CorpusRules rules;
  private final Random random;

  SecondDriver(ExtractionSettings extraction, CorpusRules rules, long seed) {
    this.extraction = extraction;
    this.rules = rules;
    random = new Random(seed);
  }

  /// What is done with one partition; its answers carry what puts them back in order.
  private interface Work<T, R> {
    List<R> of(List<T> partition) throws Exception;
  }

  private <T, R> List<R> apart(List<T> items, Work<T, R> work) throws Exception {
    var shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, random);
    var answers = new ConcurrentLinkedQueue<R>();
    try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
      var partitions = new ArrayList<java.util.concurrent.Future<Boolean>>();
      for (int p = 0; p < PARTITIONS; p++) {
        List<T> partition =
            shuffled.subList(
                p * shuffled.size() / PARTITIONS, (p + 1) * shuffled.size() / PARTITIONS);
        partitions.add(workers.submit(() -> answers.addAll(work.of(partition))));
      }
      for (var partition : partitions) {
        partition.get();
      }
    }
    return new ArrayList<>(answers);
  }

  private record FileDocuments(String file, List<Document> documents) {}

  /// Reads a folder's documents and writes them.
  List<Document> collect(Path folder, Path out) throws Exception {
    List<FileDocuments> read =
        apart(
            files(folder),
            partition -> {
              var all = new ArrayList<FileDocuments>();
              for (SourceFile file : partition) {
                var documents = new ArrayList<Document>();
                new Extractor(extraction, documents::add).file(file);
                all.add(new FileDocuments(file.name(), documents));
              }
              return all;
            });
    List<Document> raw =
        read.stream()
            .sorted(Comparator.comparing(FileDocuments::file))
            .flatMap(file -> file.documents().stream())
            .toList();
    try (var writer = new Documents.Writer(Files.createDirectories(out), "raw")) {
      raw.forEach(writer::write);
    }
    return raw;
  }

  private List<SourceFile> files(Path folder) throws IOException {
    var files = new ArrayList<SourceFile>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        String below = folder.getParent().relativize(path).toString().replace('\\', '/');
        FileKind kind = FileKind.of(below, extraction.textEndings());
        if (kind != FileKind.OTHER) {
          files.add(new SourceFile(path, below, kind, Files.size(path)));
        }
      }
    }
    return files;
  }

  /// A document and its number among all, with gaps, as clusters number.
  private record Numbered(long place, Document document) {}

  private record Finished(long place, List<WrittenDocument> outputs) {}

  /// Makes a corpus of documents, in order, and writes it.
  void prepare(List<Document> raw, Path corpus, Path rejects) throws Exception {
    var numbered = new ArrayList<Numbered>();
    for (Document document : raw) {
      numbered.add(new Numbered(1_000 + 17L * numbered.size(), document));
    }
    List<Judged> judged =
        apart(
            numbered,
            partition -> {
              var filter = new DocumentFilter(rules);
              return partition.stream()
                  .map(n -> new Judged(n.place(), n.document().id(), filter.judge(n.document())))
                  .toList();
            });
    List<Finished> finished;
    try (Selection selection = selected(judged, corpus.resolveSibling("duplicates"))) {
      finished =
          apart(
              numbered,
              partition -> {
                var filter = new DocumentFilter(rules);
                return partition.stream().map(n -> finish(n, filter, selection)).toList();
              });
    }
    finished.sort(Comparator.comparingLong(Finished::place));
    try (var train = new Documents.Writer(Files.createDirectories(corpus), "train");
        var heldout = new Documents.Writer(corpus, "heldout");
        var rejected = new Documents.Writer(Files.createDirectories(rejects), "rejects")) {
      Map<WrittenDocument.File, Documents.Writer> writers =
          Map.of(
              WrittenDocument.File.TRAIN, train,
              WrittenDocument.File.HELDOUT, heldout,
              WrittenDocument.File.REJECTS, rejected);
      for (Finished each : finished) {
        each.outputs().forEach(output -> writers.get(output.file()).write(output.document()));
      }
    }
  }

  private Selection selected(List<Judged> judged, Path folder) {
    try (var gathering = new Selection.Gathering(rules, folder, 1 << 16)) {
      judged.forEach(gathering::add);
      return gathering.decide();
    }
  }

  private static Finished finish(Numbered numbered, DocumentFilter filter, Selection selection) {
    long place = numbered.place();
    return new Finished(
        place,
        filter.finish(numbered.document(), selection.judgement(place), selection.decision(place)));
  }
}
