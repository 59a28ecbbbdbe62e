package dev.imago.prepare;

import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Estimate;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.Distribution;
import dev.imago.corpus.DocumentFilter;
import dev.imago.corpus.Judged;
import dev.imago.corpus.ProseRules;
import dev.imago.corpus.QualityRules;
import dev.imago.corpus.Selection;
import dev.imago.corpus.WrittenDocument;
import dev.imago.data.Corpus;
import dev.imago.data.Documents;
import dev.imago.data.InOrder;
import dev.imago.data.LinearClassifier;
import dev.imago.data.Ngrams;
import dev.imago.duplicates.RepeatedText;
import dev.imago.duplicates.SignatureFile;
import dev.imago.duplicates.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Turns raw documents into a corpus, in two passes over the files; no text is held longer than its
/// turn. What is decided, [DocumentFilter] and [Selection] decide; this reads, writes and tells.
///
/// First pass, for each document: normalise, strip a leading licence comment off code, tell the
/// form and the language of prose, ask the rules of its kind, hash. Between: exact and near
/// duplicates go, the first of each group stays; where that is asked for, lines, paragraphs and
/// substrings that repeat are looked for in what stays ([RepeatedText]); the split is drawn. Second
/// pass: mask what leads to a person and write.
///
/// Kept documents get the tag `language`, `masked` where something was, `cut`, how many characters
/// went since they repeat, and `group`, how many documents they stand for, where others repeated
/// them; rejects get `rule`, `measured` and, for duplicates, `of`, the id of the document that they
/// repeat; of a test's item `task`, `item` and `words` ([TestSearch]).
public final class Prepare extends Stage<Prepare.Inputs, CorpusRules, Prepare.Outputs> {
  /// @param raw what collect gathered
  /// @param signatures those of earlier corpora: what repeats a document of theirs goes
  /// @param ngramPerplexity a model by whose perplexity prose is judged
  /// @param quality a classifier of good and bad texts, by which prose is judged
  public record Inputs(
      Corpus raw,
      List<Signatures> signatures,
      Optional<Ngrams> ngramPerplexity,
      Optional<LinearClassifier> quality) {
    /// Without a model.
    public Inputs(Corpus raw, List<Signatures> signatures) {
      this(raw, signatures, Optional.empty(), Optional.empty());
    }

    public Inputs {
      signatures = List.copyOf(signatures);
    }
  }

  /// @param corpus what is kept, `train-*.jsonl.zst` and `heldout-*.jsonl.zst`
  /// @param rejects what is not, `rejects-*.jsonl.zst`
  public record Outputs(Corpus corpus, Corpus rejects) {}

  private final Path forgotten;
  private final @Nullable PrepareEngine engine;

  /// Forgets nobody.
  public Prepare() {
    this(Path.of("", Forgotten.NAME));
  }

  /// @param forgotten a file of ids that no corpus may hold ([Forgotten]); it need not exist
  public Prepare(Path forgotten) {
    this(forgotten, null);
  }

  /// @param engine what does the work; null does it here
  public Prepare(Path forgotten, @Nullable PrepareEngine engine) {
    super("prepare", 10, Inputs.class, CorpusRules.defaults(), Outputs.class);
    this.forgotten = forgotten;
    this.engine = engine;
  }

  @Override
  public void check(CorpusRules rules) {
    rules.check();
  }

  /// Languages, quality, tests and who is forgotten are told by files, where any are named.
  @Override
  public String external(CorpusRules rules) {
    ProseRules prose = rules.prose();
    return Stream.of(prose.languageModel(), prose.quality().classifier(), prose.quality().ngrams())
            .filter(name -> !name.isEmpty())
            .map(name -> state("prepare.prose", name))
            .collect(Collectors.joining("\n"))
        + TestSearch.external(rules.decontaminate())
        + Forgotten.read(forgotten).external();
  }

  /// What of a file decides a result.
  ///
  /// @param setting that names it
  static String state(String setting, String name) {
    try {
      Path file = Path.of(name);
      return "%s %d %s".formatted(name, Files.size(file), Files.getLastModifiedTime(file));
    } catch (IOException e) {
      throw new InputException(
          "%s, which %s names, cannot be read; name another, or build it".formatted(name, setting),
          e);
    }
  }

  /// What is kept and what is rejected pack to about a quarter together.
  @Override
  public Estimate estimate(CorpusRules rules, Estimate.Known known) {
    return new Estimate(Map.of(), 0, known.figure(Estimate.Figure.BYTES, 0) / 4, 0);
  }

  @Override
  public Outputs run(Inputs inputs, CorpusRules given, Run run) throws InterruptedException {
    CorpusRules rules = bounded(inputs, withModels(inputs, given), run);
    Draft corpus = run.draft(Corpus.class, "corpus");
    Draft rejects = run.draft(Corpus.class, "rejects");
    if (engine == null) {
      here(inputs, rules, corpus, rejects, run);
    } else {
      rules.repeats().refuseParts();
      List<Path> earlier =
          inputs.signatures().stream()
              .map(each -> each.folder().resolve(SignatureFile.NAME))
              .toList();
      engine.prepare(
          new PrepareEngine.Request(
              inputs.raw().folder(), earlier, rules, forgotten, corpus.folder(), rejects.folder()),
          run);
    }
    return new Outputs(corpus.commit(Corpus.class), rejects.commit(Corpus.class));
  }

  /// The rules with the models that are inputs, where any are.
  private static CorpusRules withModels(Inputs inputs, CorpusRules rules) {
    QualityRules quality = rules.prose().quality();
    if (inputs.quality().isPresent() && !quality.classifier().isEmpty()) {
      throw new ConfigException(
          "prepare.quality and prepare.prose.quality.classifier = %s name a classifier each; leave one out"
              .formatted(quality.classifier()));
    }
    if (inputs.ngramPerplexity().isPresent() && !quality.ngrams().isEmpty()) {
      throw new ConfigException(
          "prepare.ngramPerplexity and prepare.prose.quality.ngrams = %s name a model each; leave one out"
              .formatted(quality.ngrams()));
    }
    CorpusRules classifying =
        inputs.quality().map(model -> rules.classifier(model.file().toString())).orElse(rules);
    CorpusRules with =
        inputs
            .ngramPerplexity()
            .map(model -> classifying.ngrams(model.file().toString()))
            .orElse(classifying);
    with.prose().quality().checkModel();
    return with;
  }

  /// The rules with bounds in place of percentiles: where those are asked for, all prose is
  /// measured first, here, whatever the engine.
  private CorpusRules bounded(Inputs inputs, CorpusRules rules, Run run)
      throws InterruptedException {
    List<Double> percentiles = rules.prose().quality().percentiles();
    if (percentiles.isEmpty()) {
      return rules;
    }
    var filter = new DocumentFilter(rules);
    var each = new EachDocument(rules, Forgotten.read(forgotten));
    var measured = new Distribution("ngram-perplexity", "ours");
    long bytes = Documents.packedBytes(inputs.raw().folder(), "raw");
    try (Progress progress = run.progress("measure perplexity", bytes, "bytes");
        var documents = new Documents.Reader(inputs.raw().folder(), "raw", progress::add)) {
      InOrder.map(
          NumberedDocument.of(documents, each),
          run.threads(),
          one -> one.document().text().length(),
          one -> filter.perplexity(one.document()),
          one -> one.ifPresent(measured::add));
    }
    CorpusRules bounded = rules.bounded(measured);
    run.note(
        String.format(
            Locale.ROOT,
            "prose of perplexity %.4g … %.4g is kept, percentiles %s of %,d documents",
            bounded.prose().quality().minPerplexity(),
            bounded.prose().quality().maxPerplexity(),
            percentiles,
            measured.count()));
    return bounded;
  }

  private void here(Inputs inputs, CorpusRules rules, Draft corpus, Draft rejects, Run run)
      throws InterruptedException {
    var each = new EachDocument(rules, Forgotten.read(forgotten));
    each.tell(forgotten, run);
    try (Selection selection = judge(inputs, each, rules, run);
        RepeatedText repeated =
            new RepeatSearch(inputs.raw(), each, selection, run).search(rules, memoryBytes())) {
      PrepareReport.tellSelected(selection.counts(), selection.lengths(), rules, run);
      var report = new PrepareReport(rules);
      write(inputs.raw(), each, selection, repeated, rules, report, corpus, rejects, run);
      report.tell(run);
    }
  }

  private record Finished(NumberedDocument raw, EachDocument.Finished written) {}

  /// What comparing documents may hold in memory: a share of what there is. It changes no answer.
  private static long memoryBytes() {
    return Math.clamp(Runtime.getRuntime().maxMemory() / 8, 1L << 23, 1L << 30);
  }

  private static Selection judge(Inputs inputs, EachDocument each, CorpusRules rules, Run run)
      throws InterruptedException {
    Corpus raw = inputs.raw();
    long bytes = Documents.packedBytes(raw.folder(), "raw");
    try (var gathering =
            new Selection.Gathering(rules, run.scratch().resolve("duplicates"), memoryBytes());
        Progress progress = run.progress("judge", bytes, "bytes");
        var documents = new Documents.Reader(raw.folder(), "raw", progress::add)) {
      inputs
          .signatures()
          .forEach(earlier -> gathering.addEarlier(earlier.folder().resolve(SignatureFile.NAME)));
      InOrder.map(
          NumberedDocument.of(documents, each),
          run.threads(),
          one -> one.document().text().length(),
          one -> new Judged(one.place(), one.document().id(), each.judge(one.document())),
          gathering::add);
      return gathering.decide();
    }
  }

  private static void write(
      Corpus raw,
      EachDocument each,
      Selection selection,
      RepeatedText repeated,
      CorpusRules rules,
      PrepareReport report,
      Draft corpus,
      Draft rejects,
      Run run)
      throws InterruptedException {
    try (Progress progress = run.progress("write", selection.counts().documents(), "documents");
        var documents = new Documents.Reader(raw.folder(), "raw", bytes -> {});
        var train = new Documents.Writer(corpus.folder(), WrittenDocument.File.TRAIN.fileName());
        var heldout =
            new Documents.Writer(corpus.folder(), WrittenDocument.File.HELDOUT.fileName());
        var hits = TestSearch.hits(rejects.folder(), rules.decontaminate());
        var rejected =
            new Documents.Writer(rejects.folder(), WrittenDocument.File.REJECTS.fileName())) {
      InOrder.map(
          NumberedDocument.of(documents, each),
          run.threads(),
          one -> one.document().text().length(),
          one -> finished(one, each, selection, repeated),
          finished -> {
            finished.written().hits().forEach(hits::write);
            for (WrittenDocument output : finished.written().outputs()) {
              switch (output.file()) {
                case TRAIN -> train.write(output.document());
                case HELDOUT -> heldout.write(output.document());
                case REJECTS -> rejected.write(output.document());
              }
            }
            long place = finished.raw().place();
            report.add(
                selection.judgement(place),
                selection.decision(place),
                finished.written().outputs());
            progress.add(1);
          });
    }
  }

  private static Finished finished(
      NumberedDocument raw, EachDocument each, Selection selection, RepeatedText repeated) {
    long place = raw.place();
    return new Finished(
        raw,
        each.finish(
            raw.document(),
            selection.judgement(place),
            selection.decision(place),
            text -> repeated.cut(place, text)));
  }
}
