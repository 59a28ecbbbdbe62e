package dev.imago.prepare;

import dev.imago.core.Reporter;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.Decision;
import dev.imago.corpus.DocumentFilter;
import dev.imago.corpus.Judgement;
import dev.imago.corpus.WrittenDocument;
import dev.imago.data.Document;
import java.util.ArrayList;
import java.util.List;

/// What [Prepare] does with each document by itself: pure functions, called by any number of
/// threads, on this machine or another.
public final class EachDocument {
  /// The file, beside the rejects' shards, of the tests' items that were found.
  public static final String HITS = "contamination.jsonl";

  private final DocumentFilter filter;
  private final TestSearch tests;
  private final Forgotten forgotten;

  /// What is written of a document.
  ///
  /// @param hits lines of JSON, each an item of a test that stands in it
  public record Finished(List<WrittenDocument> outputs, List<String> hits) {}

  public EachDocument(CorpusRules rules, Forgotten forgotten) {
    this.filter = new DocumentFilter(rules);
    this.tests = new TestSearch(rules.decontaminate());
    this.forgotten = forgotten;
  }

  /// Tells a run what is done beside its settings.
  ///
  /// @param file that says who is forgotten
  public void tell(Object file, Reporter reporter) {
    if (!forgotten.isEmpty()) {
      reporter.note("documents that %s names are left out, and stand in no reject".formatted(file));
    }
    tests.tell(reporter);
  }

  /// Whether somebody wants it forgotten: it takes no place among the others.
  public boolean isForgotten(Document document) {
    return forgotten.has(document.id());
  }

  public Judgement judge(Document document) {
    return tests.judge(document, filter.judge(document));
  }

  public Finished finish(Document document, Judgement judgement, Decision decision) {
    var outputs = new ArrayList<WrittenDocument>();
    var hits = new ArrayList<String>();
    for (WrittenDocument output : filter.finish(document, judgement, decision)) {
      outputs.add(
          output.file() == WrittenDocument.File.REJECTS
              ? new WrittenDocument(
                  output.file(),
                  tests.told(output.document(), document.text(), filter::masked, hits::add),
                  output.masked())
              : output);
    }
    return new Finished(outputs, hits);
  }
}
