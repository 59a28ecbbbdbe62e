package dev.imago.prepare;

import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.corpus.BrokenRule;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.Decision;
import dev.imago.corpus.Judgement;
import dev.imago.corpus.Selection;
import dev.imago.data.Corpus;
import dev.imago.data.Documents;
import dev.imago.data.InOrder;
import dev.imago.duplicates.PartRules;
import dev.imago.duplicates.RepeatedText;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/// Looks for what repeats within the documents that stay, and drops those of which too little is
/// left without it.
record RepeatSearch(Corpus raw, EachDocument each, Selection selection, Run run) {
  /// A document that stays, and what may be cut from it.
  private record Cuttable(NumberedDocument raw, Judgement judgement) {}

  private record Left(long place, Optional<BrokenRule> broken) {}

  /// Finds it; reads nothing where nothing is to be cut.
  ///
  /// @param memoryBytes on the heap
  RepeatedText search(CorpusRules rules, long memoryBytes) throws InterruptedException {
    PartRules parts = rules.repeats().parts();
    RepeatedText repeated =
        RepeatedText.of(
            parts,
            to ->
                cuttable(
                    "look for what repeats",
                    (one, text) -> Map.entry(one.raw().place(), text),
                    one -> to.text(one.getKey(), one.getValue())),
            run.scratch().resolve("parts"),
            memoryBytes);
    if (parts.cut()) {
      try {
        boolean steppedBack = selection.steppedBack();
        cuttable(
            "cut what repeats",
            (one, text) -> {
              String left = repeated.cut(one.raw().place(), text);
              return new Left(
                  one.raw().place(),
                  left.equals(text)
                      ? Optional.empty()
                      : each.brokenByCut(one.judgement(), left, steppedBack));
            },
            one -> one.broken().ifPresent(rule -> selection.drop(one.place(), rule)));
        selection.settle();
      } catch (RuntimeException | Error | InterruptedException e) {
        repeated.close();
        throw e;
      }
    }
    return repeated;
  }

  /// Reads what may be cut of the documents that stay. The selection is asked on this thread alone.
  private <R> void cuttable(String doing, BiFunction<Cuttable, String, R> work, Consumer<R> out)
      throws InterruptedException {
    long bytes = Documents.packedBytes(raw.folder(), "raw");
    try (Progress progress = run.progress(doing, bytes, "bytes");
        var documents = new Documents.Reader(raw.folder(), "raw", progress::add)) {
      Iterator<NumberedDocument> all = NumberedDocument.of(documents, each);
      Iterator<Cuttable> staying =
          StreamSupport.stream(((Iterable<NumberedDocument>) () -> all).spliterator(), false)
              .filter(one -> !(selection.decision(one.place()) instanceof Decision.Dropped))
              .map(one -> new Cuttable(one, selection.judgement(one.place())))
              .iterator();
      InOrder.map(
          staying,
          run.threads(),
          one -> one.raw().document().text().length(),
          one ->
              each.cuttable(one.raw().document(), one.judgement())
                  .map(text -> work.apply(one, text)),
          (Optional<R> found) -> found.ifPresent(out));
    }
  }
}
