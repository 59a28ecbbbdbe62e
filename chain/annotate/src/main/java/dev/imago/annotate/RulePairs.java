package dev.imago.annotate;

import dev.imago.annotate.Annotate.Config;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Example;
import dev.imago.data.InOrder;
import dev.imago.data.Split;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The pairs that rules make of a corpus, in the order of its documents, whatever the threads.
record RulePairs(Corpus corpus, Labellers labellers, Config config, LabelCounts counts) {
  /// Adds each pair to the side of the split of its document.
  void addTo(Map<Split, List<Made>> examples, Run run) throws InterruptedException {
    long bytes = 0;
    for (Split split : Split.values()) {
      bytes += Documents.packedBytes(corpus.folder(), split.fileName());
    }
    try (Progress progress = run.progress("label", bytes, "bytes")) {
      for (Split split : Split.values()) {
        examples.computeIfAbsent(split, _ -> new ArrayList<>()).addAll(label(split, progress, run));
      }
    }
  }

  private List<Made> label(Split split, Progress progress, Run run) throws InterruptedException {
    record Work(List<Document> documents, List<Labeller.Labelled> labelled) {}
    var collected = new Collected(config, counts);
    try (var documents = new Documents.Reader(corpus.folder(), split.fileName(), progress::add)) {
      InOrder.map(
          new Batches(documents),
          run.threads(),
          batch -> batch.stream().mapToLong(document -> document.text().length()).sum(),
          batch ->
              new Work(
                  batch.stream().map(document -> document.withText("")).toList(),
                  labellers.label(batch)),
          work -> {
            for (int i = 0; i < work.documents().size(); i++) {
              Document document = work.documents().get(i);
              collected.add(document, labellers.nameFor(document), work.labelled().get(i));
            }
          });
    }
    return collected.examples;
  }

  /// The examples of one split, in the order of their documents.
  private static final class Collected {
    private record Pair(String prompt, String completion) {}

    private final Config config;
    private final LabelCounts counts;
    private final List<Made> examples = new ArrayList<>();
    private final Set<Pair> seen = new HashSet<>();

    Collected(Config config, LabelCounts counts) {
      this.config = config;
      this.counts = counts;
    }

    void add(Document document, String labeller, Labeller.Labelled labelled) {
      labelled.skipped().forEach(reason -> counts.dropped(labeller, reason));
      int taken = 0;
      for (Labeller.Pair pair : labelled.pairs()) {
        if (taken == config.maxPerFile()) {
          counts.dropped(labeller, "beyond maxPerFile");
        } else if (!seen.add(new Pair(pair.prompt(), pair.completion()))) {
          counts.dropped(labeller, "same pair again");
        } else {
          taken++;
          String id = document.id() + "#" + pair.ordinal();
          var example = new Example(id, pair.prompt(), pair.completion(), document.source());
          examples.add(new Made(example, labeller));
        }
      }
    }
  }

  /// Groups documents, each group enough to be worth a parser.
  private static final class Batches implements Iterator<List<Document>> {
    private static final int DOCUMENTS = 64;
    private static final int CHARACTERS = 1 << 19;
    private final Iterator<Document> documents;

    Batches(Iterator<Document> documents) {
      this.documents = documents;
    }

    @Override
    public boolean hasNext() {
      return documents.hasNext();
    }

    @Override
    public List<Document> next() {
      var batch = new ArrayList<Document>();
      int characters = 0;
      while (batch.size() < DOCUMENTS && characters < CHARACTERS && documents.hasNext()) {
        Document document = documents.next();
        batch.add(document);
        characters += document.text().length();
      }
      return batch;
    }
  }
}
