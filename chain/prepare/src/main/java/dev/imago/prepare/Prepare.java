package dev.imago.prepare;

import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Estimate;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.InOrder;
import dev.imago.data.Losses;
import dev.imago.data.Split;
import dev.imago.data.Verdict;
import dev.imago.prepare.Judge.Judgement;
import dev.imago.prepare.Masks.Masked;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Turns raw documents into a corpus, in two passes over the files; no text is held longer than its
/// turn.
///
/// First pass, for each document: normalise (`Cleaner`), strip a leading licence comment off code,
/// tell the form and the language of prose, ask the rules of its kind, hash. Between: exact and
/// near duplicates go, the first of each group stays; the split is drawn. Second pass: mask e-mail
/// and IP addresses and write.
///
/// Kept documents get the tag `language`, and `masked` where addresses were; rejects get `rule`,
/// `measured` and, for duplicates, `of`, the id of the document that they repeat.
public final class Prepare extends Stage<Prepare.Inputs, Prepare.Config, Prepare.Outputs> {
  /// @param raw what collect gathered
  public record Inputs(Corpus raw) {}

  /// @param heldoutFraction the share of documents held out, by a hash of their id; at least one
  ///   is, and two where ten are kept
  /// @param heldoutSeed another number, another split
  /// @param languages the languages among which one is told, ISO 639-1
  /// @param keepLanguages prose in others is dropped; empty keeps all
  /// @param forms what is asked of verse, dialogues, lists, headlines …
  /// @param nearDuplicateSimilarity the share of equal rows of signatures from which on a document
  ///   is nearly the same as one that stays
  /// @param minKept the share of the bytes that must be left; less is an error
  /// @param stripLicences whether the licence comment that opens a source file goes
  public record Config(
      double heldoutFraction,
      long heldoutSeed,
      List<String> languages,
      List<String> keepLanguages,
      ProseRules prose,
      FormRules forms,
      CodeRules code,
      boolean stripLicences,
      boolean exactDuplicates,
      boolean nearDuplicates,
      double nearDuplicateSimilarity,
      boolean maskEmails,
      boolean maskAddresses,
      double minKept) {
    public Config {
      languages = List.copyOf(languages);
      keepLanguages = List.copyOf(keepLanguages);
      if (!(heldoutFraction > 0 && heldoutFraction <= 0.5)) {
        throw new ConfigException(
            "heldoutFraction = %s is not above 0 and at most 0.5; 0.02 is usual"
                .formatted(heldoutFraction));
      }
      if (!(nearDuplicateSimilarity >= 0.5 && nearDuplicateSimilarity <= 1)) {
        throw new ConfigException(
            "nearDuplicateSimilarity = %s is not in 0.5 … 1; 0.75 is usual"
                .formatted(nearDuplicateSimilarity));
      }
      if (!(minKept >= 0 && minKept <= 1)) {
        throw new ConfigException(
            "minKept = %s is not in 0 … 1; 0.01 is usual, 0 allows anything".formatted(minKept));
      }
      for (String language : keepLanguages) {
        if (!languages.contains(language) && !language.equals(Languages.UNKNOWN)) {
          throw new ConfigException(
              "keepLanguages names «%s», which languages = %s does not tell; add it there"
                  .formatted(language, languages));
        }
      }
    }

    public static Config defaults() {
      return new Config(
          0.02,
          0,
          List.of("en", "zh", "de", "fr", "es", "pt", "it", "nl", "ru", "ja", "ko"),
          List.of(),
          ProseRules.defaults(),
          FormRules.defaults(),
          CodeRules.defaults(),
          true,
          true,
          true,
          0.75,
          true,
          true,
          0.01);
    }
  }

  /// @param corpus what is kept, `train-*.jsonl.zst` and `heldout-*.jsonl.zst`
  /// @param rejects what is not, `rejects-*.jsonl.zst`
  public record Outputs(Corpus corpus, Corpus rejects) {}

  public Prepare() {
    super("prepare", 3, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public void check(Config config) {
    Languages.check(config.languages());
  }

  /// What is kept and what is rejected pack to about a quarter together.
  @Override
  public Estimate estimate(Config config, Estimate.Known known) {
    return new Estimate(Map.of(), 0, known.figure(Estimate.Figure.BYTES, 0) / 4, 0);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    check(config);
    var judge = new Judge(config);
    Fates fates = judge(inputs.raw(), judge, config, run);
    fates.decide();
    enough(fates, config);
    if (fates.steppedBack()) {
      run.note(
          "%,d documents are outside %s and stay all the same: a corpus of short or long texts is no bad one (prepare.forms.stepBack=1 would drop them)"
              .formatted(fates.shortOrLong(), Bounds.of(ProseRules.LENGTH, config)));
    }
    if (fates.kept() == 1) {
      run.note("one document is all there is: its end is held out");
    }
    var summary = new Summary(config);
    Draft corpus = run.draft(Corpus.class, "corpus");
    Draft rejects = run.draft(Corpus.class, "rejects");
    write(inputs.raw(), judge, fates, summary, config, corpus, rejects, run);
    run.table("Prepared", Summary.FATES, summary.fates());
    run.table("Changed", Summary.CHANGES, summary.changes());
    run.table("Forms", Summary.FORMS, summary.forms());
    run.table("Languages", Summary.LANGUAGES, summary.languages());
    return new Outputs(corpus.commit(Corpus.class), rejects.commit(Corpus.class));
  }

  private static void enough(Fates fates, Config config) {
    if (fates.size() == 0) {
      throw new InputException("there is no document to prepare; name some with --input");
    }
    if (fates.kept() == 0) {
      throw new InputException(
          "none of %,d documents is left: %s; loosen it, or name more documents"
              .formatted(fates.size(), fates.worst()));
    }
    if (fates.keptBytes() < config.minKept()) {
      throw new InputException(
          "%,d of %,d documents are left, %.2f %% of the bytes, and prepare.minKept = %s asks for %s %%: %s; loosen it, or set prepare.minKept=0 if that is meant"
              .formatted(
                  fates.kept(),
                  fates.size(),
                  100 * fates.keptBytes(),
                  config.minKept(),
                  100 * config.minKept(),
                  fates.worst()));
    }
  }

  private static Fates judge(Corpus raw, Judge judge, Config config, Run run)
      throws InterruptedException {
    record Judged(String id, Judgement judgement) {}
    var fates = new Fates(config);
    long bytes = Documents.packedBytes(raw.folder(), "raw");
    try (Progress progress = run.progress("judge", bytes, "bytes");
        var documents = new Documents.Reader(raw.folder(), "raw", progress::add)) {
      InOrder.map(
          documents,
          run.threads(),
          document -> document.text().length(),
          document -> new Judged(document.id(), judge.judge(document)),
          judged -> fates.add(judged.id(), judged.judgement()));
    }
    return fates;
  }

  /// A document on its way to its file.
  private record Turn(int index, Document document, String of) {}

  private record Done(int index, Document document, Masked masked) {}

  private static void write(
      Corpus raw,
      Judge judge,
      Fates fates,
      Summary summary,
      Config config,
      Draft corpus,
      Draft rejects,
      Run run)
      throws InterruptedException {
    var masks = new Masks(config.maskEmails(), config.maskAddresses());
    var losses = new Losses();
    boolean single = fates.kept() == 1;
    try (Progress progress = run.progress("write", fates.size(), "documents");
        var documents = new Documents.Reader(raw.folder(), "raw", bytes -> {});
        var train = new Documents.Writer(corpus.folder(), Split.TRAIN.fileName());
        var heldout = new Documents.Writer(corpus.folder(), Split.HELDOUT.fileName());
        var rejected = new Documents.Writer(rejects.folder(), "rejects")) {
      InOrder.map(
          new Turns(documents, fates),
          run.threads(),
          turn -> turn.document().text().length(),
          turn -> done(turn, judge, fates, masks),
          done -> {
            Judgement judgement = fates.judgement(done.index());
            Optional<Verdict.Drop> drop = fates.drop(done.index());
            summary.in(judgement);
            losses.in(1, judgement.bytes());
            if (drop.isPresent()) {
              rejected.write(done.document());
              summary.drop(drop.get(), judgement);
              losses.lost(
                  drop.get().rule(),
                  1,
                  judgement.bytes(),
                  example(done.document(), drop.get()),
                  "set by " + Bounds.of(drop.get().rule(), config));
            } else if (single) {
              Document document = done.document();
              Tail cut = cut(document, config);
              train.write(document.withText(cut.head()));
              heldout.write(document.withText(cut.tail()).withId(document.id() + "#end"));
              summary.keep(Split.TRAIN, judgement, done.masked().withText(cut.head()));
              summary.keep(Split.HELDOUT, judgement, new Masked(cut.tail(), 0, 0));
            } else {
              Split side = fates.side(done.index());
              (side == Split.TRAIN ? train : heldout).write(done.document());
              summary.keep(side, judgement, done.masked());
            }
            progress.add(1);
          });
    }
    losses.tell("documents", run);
  }

  private static Tail cut(Document document, Config config) {
    String text = document.text();
    if (text.codePointCount(0, text.length()) < 2) {
      throw new InputException(
          "the only document is «%s»: too short to hold a part out; name more documents"
              .formatted(text));
    }
    return Tail.of(text, config.heldoutFraction());
  }

  /// A dropped document in one line: where it stands, how it begins, what was measured.
  private static String example(Document document, Verdict.Drop drop) {
    String begin = document.text().strip().replaceAll("\\s+", " ");
    int most = begin.offsetByCodePoints(0, Math.min(40, begin.codePointCount(0, begin.length())));
    return String.format(
        Locale.ROOT,
        "%s «%s» (%.4g)",
        document.id(),
        most < begin.length() ? begin.substring(0, most) + "…" : begin,
        drop.measured());
  }

  private static Done done(Turn turn, Judge judge, Fates fates, Masks masks) {
    Masked masked = masks.mask(judge.clean(turn.document()));
    String language = fates.judgement(turn.index()).language();
    Document done = turn.document().withText(masked.text()).with("language", language);
    int count = masked.emails() + masked.addresses();
    if (count > 0) {
      done = done.with("masked", Integer.toString(count));
    }
    Optional<Verdict.Drop> drop = fates.drop(turn.index());
    if (drop.isPresent()) {
      done =
          done.with("rule", drop.get().rule())
              .with("measured", String.format(Locale.ROOT, "%.4g", drop.get().measured()));
      done = turn.of().isEmpty() ? done : done.with("of", turn.of());
    }
    return new Done(turn.index(), done, masked);
  }

  /// Numbers the documents and names the one that a duplicate repeats: it always came before.
  private static final class Turns implements java.util.Iterator<Turn> {
    private final Documents.Reader documents;
    private final Fates fates;
    private final BitSet repeated = new BitSet();
    private final Map<Integer, String> ids = new HashMap<>();
    private int index;

    Turns(Documents.Reader documents, Fates fates) {
      this.documents = documents;
      this.fates = fates;
      for (int i = 0; i < fates.size(); i++) {
        fates.original(i).ifPresent(repeated::set);
      }
    }

    @Override
    public boolean hasNext() {
      return documents.hasNext();
    }

    @Override
    public Turn next() {
      Document document = documents.next();
      if (repeated.get(index)) {
        ids.put(index, document.id());
      }
      String of = fates.original(index).map(o -> ids.getOrDefault(o, "")).orElse("");
      return new Turn(index++, document, of);
    }
  }
}
