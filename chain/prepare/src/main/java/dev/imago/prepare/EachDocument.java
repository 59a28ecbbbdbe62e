package dev.imago.prepare;

import dev.imago.core.Reporter;
import dev.imago.corpus.BrokenRule;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.Decision;
import dev.imago.corpus.DocumentFilter;
import dev.imago.corpus.Judgement;
import dev.imago.corpus.WrittenDocument;
import dev.imago.data.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

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

  /// What prose repeats may be cut out of; nothing of code.
  Optional<String> cuttable(Document document, Judgement judgement) {
    return filter.cuttable(document, judgement);
  }

  /// The rule that what is left of a document breaks ([DocumentFilter#brokenByCut]).
  Optional<BrokenRule> brokenByCut(Judgement judgement, String left, boolean steppedBack) {
    return filter.brokenByCut(judgement, left, steppedBack);
  }

  public Finished finish(Document document, Judgement judgement, Decision decision) {
    return finish(document, judgement, decision, UnaryOperator.identity());
  }

  /// @param repeats cuts what repeats out of what is [#cuttable]
  Finished finish(
      Document document, Judgement judgement, Decision decision, UnaryOperator<String> repeats) {
    var outputs = new ArrayList<WrittenDocument>();
    var hits = new ArrayList<String>();
    for (WrittenDocument output : filter.finish(document, judgement, decision, repeats)) {
      outputs.add(
          output.file() == WrittenDocument.File.REJECTS
              ? new WrittenDocument(
                  output.file(),
                  tests.told(output.document(), document.text(), filter::masked, hits::add),
                  output.cut(),
                  output.masked())
              : output);
    }
    return new Finished(outputs, hits);
  }
}
