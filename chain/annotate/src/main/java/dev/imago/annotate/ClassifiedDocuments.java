package dev.imago.annotate;

import dev.imago.annotate.Annotate.Config;
import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.InOrder;
import dev.imago.data.Split;
import dev.imago.tasks.classification.ClassifiedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Labels the documents of a corpus by a classifier of the user's own: each of which it is sure
/// enough gets the class that it tells.
final class ClassifiedDocuments {
  private final Config config;
  private final TextClassifier classifier;
  private final List<String> names;
  private long read;
  private long unsure;

  /// @param names that a class may have; empty for any
  /// @throws InputException for a file that is no classifier
  ClassifiedDocuments(Config config, List<String> names) {
    this.config = config;
    this.names = names;
    this.classifier = TextClassifier.open(Path.of(config.classifier()), false);
  }

  /// The labelled documents of one side, in their order, whatever the threads. Of more than are
  /// wanted those are kept that [Choice] would choose: twice as many whole texts at most are on the
  /// heap, of documents of 10 KB and 100,000 examples some 2 GB.
  List<ClassifiedText> of(Corpus corpus, Split split, Run run) throws InterruptedException {
    int most = split == Split.TRAIN ? config.maxExamples() : config.maxHeldout();
    var kept = new ArrayList<ClassifiedText>();
    long bytes = Documents.packedBytes(corpus.folder(), split.fileName());
    try (Progress progress = run.progress("classify documents", bytes, "bytes");
        var documents = new Documents.Reader(corpus.folder(), split.fileName(), progress::add)) {
      InOrder.map(
          documents,
          run.threads(),
          document -> document.text().length(),
          this::label,
          told -> {
            read++;
            if (told.isEmpty()) {
              unsure++;
            } else {
              kept.addAll(told);
              if (kept.size() > 2L * most) {
                List<ClassifiedText> chosen = Choice.of(kept, ClassifiedText::id, most);
                kept.clear();
                kept.addAll(chosen);
              }
            }
          });
    }
    return kept;
  }

  /// One text with its class, or none.
  private List<ClassifiedText> label(Document document) {
    TextClassifier.Told told = classifier.told(document.text());
    if (told.label().isEmpty() || told.probability() < config.minConfidence()) {
      return List.of();
    }
    if (!names.isEmpty() && !names.contains(told.label())) {
      throw new InputException(
          "annotate.classifier = %s tells the class «%s», which is no line of annotate.labelNames; leave labelNames out, or train it on these names"
              .formatted(config.classifier(), told.label()));
    }
    return List.of(
        new ClassifiedText(document.id(), document.text(), told.label(), document.source()));
  }

  /// Says how many documents were labelled.
  void tell(Run run) {
    run.note(
        "%s labelled %,d of %s, those that it is %s or more sure of (annotate.minConfidence)"
            .formatted(
                Path.of(config.classifier()).getFileName(),
                read - unsure,
                Counted.of(read, "documents"),
                config.minConfidence()));
  }
}
