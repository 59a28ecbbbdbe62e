package dev.imago.prepare;

import dev.imago.core.Draft;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.InOrder;
import dev.imago.data.Split;
import java.util.List;
import java.util.Locale;

/// Cuts the documents of a corpus into words or characters, with blanks between them, for those who
/// train classical models: n-grams, word vectors, linear classifiers. Lines stay lines, and the
/// split stays as it is; on request stop words go, and each word has its part of speech behind it.
public final class SegmentCorpus
    extends Stage<SegmentCorpus.Inputs, SegmentCorpus.Config, SegmentCorpus.Outputs> {
  /// @param corpus what prepare made
  public record Inputs(Corpus corpus) {}

  /// What a text is cut into.
  public enum Unit {
    /// Words: of Chinese as HanLP finds them, of other languages letters and digits in a row, and
    /// each mark.
    WORDS,
    /// Characters, without blanks.
    CHARACTERS
  }

  /// @param lowercase whether words lose their capitals
  /// @param dropStopWords whether stop words go: of Chinese HanLP's, of other languages the first
  ///   forty of their frequent words, and marks
  /// @param stopWords files of stop words, one a line, in place of the usual ones
  /// @param partOfSpeech whether each word is written with its part of speech, as `word/n`: Chinese
  ///   by HanLP, others by `tagger`
  /// @param tagger a file of a sequence model that tells the parts of speech of other languages;
  ///   empty for none
  public record Config(
      Unit unit,
      boolean lowercase,
      boolean dropStopWords,
      List<String> stopWords,
      boolean partOfSpeech,
      String tagger) {
    public Config {
      stopWords = List.copyOf(stopWords);
    }

    public static Config defaults() {
      return new Config(Unit.WORDS, false, false, List.of(), false, "");
    }
  }

  /// @param segmented the same documents, their words between blanks
  public record Outputs(Corpus segmented) {}

  private record Cut(Document document, long words, long dropped) {}

  public SegmentCorpus() {
    super("segment", 2, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public void check(Config config) {
    Segmentation.check(config);
  }

  /// What the files that are named hold.
  @Override
  public String external(Config config) {
    return Segmentation.external(config);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    var segmentation = new Segmentation(config);
    Draft draft = run.draft(Corpus.class, "segmented");
    long bytes = 0;
    for (Split split : Split.values()) {
      bytes += Documents.packedBytes(inputs.corpus().folder(), split.fileName());
    }
    long[] sums = new long[3];
    try (Progress progress = run.progress("segment", bytes, "bytes")) {
      for (Split split : Split.values()) {
        try (var reader =
                new Documents.Reader(inputs.corpus().folder(), split.fileName(), progress::add);
            var writer = new Documents.Writer(draft.folder(), split.fileName())) {
          InOrder.map(
              reader,
              run.threads(),
              each -> each.text().length(),
              each -> {
                Segmentation.Text cut = segmentation.of(each);
                return new Cut(each.withText(cut.text()), cut.words(), cut.dropped());
              },
              cut -> {
                writer.write(cut.document());
                sums[0]++;
                sums[1] += cut.words();
                sums[2] += cut.dropped();
              });
        }
      }
    }
    String without = segmentation.withoutStopWords();
    if (!without.isEmpty()) {
      run.note(
          "no stop words are known of %s: marks alone went; segment.stopWords names a file of them"
              .formatted(without));
    }
    run.table(
        "Segmented",
        List.of("documents", config.unit().name().toLowerCase(Locale.ROOT), "stop words dropped"),
        List.of(
            List.of("%,d".formatted(sums[0]), "%,d".formatted(sums[1]), "%,d".formatted(sums[2]))));
    return new Outputs(draft.commit(Corpus.class));
  }
}
