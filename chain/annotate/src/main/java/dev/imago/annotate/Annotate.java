package dev.imago.annotate;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Nearest;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Losses;
import dev.imago.data.Split;
import dev.imago.tasks.LabelReader;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.embedding.EmbeddingTask;
import dev.imago.tasks.preference.Judging;
import dev.imago.tasks.preference.Preferring;
import dev.imago.tasks.preference.Rewarding;
import dev.imago.tasks.reranking.RerankingTask;
import dev.imago.tasks.rewriting.Rewriting;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Labels the documents of a corpus by rule, each pair on the side of the split of its document.
/// The tag `kind` says which rule; a completion is plain text on one line.
///
/// - `code` in Java: every documented method becomes «signature → first sentence of its javadoc». A
///   prompt reads `String.substring(int beginIndex, int endIndex) : String`: the class with its
///   enclosing ones, the name, the parameters with types and names, the result; without modifiers,
///   annotations, type parameters and `throws`; a constructor is `String(char[] value)`.
/// - `prose`: a Markdown heading becomes «heading → first sentence of its section», a sentence of
///   other prose `Continue: sentence` or `续写：sentence` «→ the next sentence»; what gives no such
///   pair, a headline or a line of verse, is asked by its first half, alike.
///
/// With a `task` of labels, such as `classify` or `tag`, a user's rows are texts with labels
/// ([GivenTasks]), and with a `classifier` the corpus' documents, by the class that it is sure of
/// ([ClassifiedDocuments]). Else a user's own rows (`labels`) take the place of these, in whatever
/// of the usual forms they are ([dev.imago.data.LabelRows]), conversations too; some are held out
/// by a hash of what they ask.
///
/// Equal pairs stand once. A held-out pair whose prompt is in train too is dropped, so that nothing
/// held out can be answered by heart. A corpus that gives no pair leaves two empty files and a
/// note.
public final class Annotate extends Stage<Annotate.Inputs, Annotate.Config, Annotate.Outputs> {
  /// The column of a user's own rows.
  private static final String GIVEN = "rows";

  private static final String ANSWER = Tasks.names().getFirst();

  /// @param corpus what prepare made
  public record Inputs(Corpus corpus) {}

  /// @param task what the labels are for: `answer`, `classify`, `multi-label`, `ordinal`, `parse`,
  ///   `regress`, `span`, `tag`, `preference`, `unpaired`, `reward`, `translate`, `summarise`,
  ///   `embed`, `rerank`; all but the first are read from `labels`
  /// @param textField the field of a row whose text is labelled; empty to find it
  /// @param labelField the field that labels it; empty to find it; for `multi-label` several fields
  ///   between commas, each with 1 or 0
  /// @param columns the field of each thing that a task reads, by its name: `{text: review, label:
  ///   stars}`; what is not named is found
  /// @param labelNames a file of the labels' names, one a line, for rows that give them by number;
  ///   empty where they name them; for `ordinal` the lowest first
  /// @param labels files and folders of a user's own rows: JSONL, JSON, CSV, TSV; for `classify`,
  ///   `parse` and `tag` also plain text that is named itself: columns
  /// @param classifier for `classify`, a model of `imago classify train` that labels the documents
  ///   beside `labels`, or alone; empty for none
  /// @param minConfidence documents of which the classifier is less sure are left out
  /// @param promptField the field of a row that is asked; empty to find it
  /// @param completionField the field that is answered; empty to find it
  /// @param systemField the field that is told beforehand; empty to find it
  /// @param messagesField the field that holds a list of turns; empty to find it
  /// @param heldoutLabels files and folders of rows that are held out, in place of a share of
  ///   `labels`; a row of `labels` that stands there too is not trained on
  /// @param encoding of rows that are not UTF-8, such as `GB18030`; empty to find it
  /// @param heldoutFraction the share of a user's rows that is held out; ten at least, where that
  ///   is no more than a fifth
  /// @param besideRules whether pairs are made by rule, too, where there are `labels`
  /// @param maxExamples the most pairs to train on; a hash of their ids chooses, not their order
  /// @param maxHeldout the most pairs held out, chosen alike
  /// @param maxPerFile the most pairs of one document: its first ones
  /// @param minWords the fewest words of a completion and of a sentence to continue; 1.75 Chinese
  ///   characters count as one word
  /// @param maxWords the most words of these
  /// @param maxPromptCharacters the longest prompt
  public record Config(
      String task,
      String textField,
      String labelField,
      Map<String, String> columns,
      String labelNames,
      List<String> labels,
      String classifier,
      double minConfidence,
      String promptField,
      String completionField,
      String systemField,
      String messagesField,
      List<String> heldoutLabels,
      String encoding,
      double heldoutFraction,
      boolean besideRules,
      int maxExamples,
      int maxHeldout,
      int maxPerFile,
      int minWords,
      int maxWords,
      int maxPromptCharacters) {
    public Config {
      labels = List.copyOf(labels);
      columns = Map.copyOf(columns);
      heldoutLabels = List.copyOf(heldoutLabels);
      if (!Tasks.names().contains(task)) {
        throw new ConfigException(
            "task = «%s» is none that there is%s"
                .formatted(task, Nearest.hint(task, Tasks.names())));
      }
      if (!task.equals(ANSWER) && labels.isEmpty() && classifier.isEmpty()) {
        throw new ConfigException(
            "labels are missing, and task = %s needs rows that have them: name your file with --labels PATH"
                .formatted(task));
      }
      if (!classifier.isEmpty() && !task.equals(Classification.NAME)) {
        throw new ConfigException(
            "classifier = %s labels for task = classify, and the task is %s; or leave it out"
                .formatted(classifier, task));
      }
      Bounds.number("minConfidence", minConfidence, 0, 1, "0.9 is usual; 0 takes all");
      Bounds.number("heldoutFraction", heldoutFraction, 0, 0.5, "0.05 is usual");
      if (!encoding.isEmpty() && !known(encoding)) {
        throw new ConfigException(
            "encoding = «%s» is none that is known; GB18030, Big5, UTF-16LE, windows-1252 … are"
                .formatted(encoding));
      }
      require("maxExamples", maxExamples, 1);
      require("maxHeldout", maxHeldout, 1);
      require("maxPerFile", maxPerFile, 1);
      require("minWords", minWords, 1);
      require("maxWords", maxWords, minWords);
      require("maxPromptCharacters", maxPromptCharacters, 16);
    }

    /// Whether rows are a text and another that is made of it.
    boolean rewrites() {
      return task.equals(Rewriting.TRANSLATE) || task.equals(Rewriting.SUMMARISE) || embeds();
    }

    /// Whether rows are texts that belong together, and perhaps one that does not.
    boolean embeds() {
      return task.equals(EmbeddingTask.NAME) || task.equals(RerankingTask.NAME);
    }

    /// Whether plain text is read, where it is named itself.
    boolean readsPlainText() {
      return !task.equals(ANSWER) && !prefers() && !judges();
    }

    /// Whether rows are pairs of answers, one chosen and one rejected.
    boolean prefers() {
      return task.equals(Preferring.NAME) || task.equals(Rewarding.NAME);
    }

    /// Whether rows are answers, each with whether it was found good.
    boolean judges() {
      return task.equals(Judging.NAME);
    }

    private static boolean known(String encoding) {
      try {
        return Charset.isSupported(encoding);
      } catch (IllegalCharsetNameException e) {
        return false;
      }
    }

    private static void require(String name, int value, int least) {
      if (value < least) {
        throw new ConfigException(
            "%s = %d is below %d; give %d or more".formatted(name, value, least, least));
      }
    }

    public static Config defaults() {
      return new Config(
          ANSWER, "", "", Map.of(), "", List.of(), "", 0.9, "", "", "", "", List.of(), "", 0.05,
          false, 100_000, 2_000, 100, 3, 40, 300);
    }
  }

  /// @param labels the pairs, `train.jsonl` and `heldout.jsonl`
  public record Outputs(Labels labels) {}

  public Annotate() {
    super("annotate", 5, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public void check(Config config) {
    GivenSettings.check(config);
    reader(config).ifPresent(reader -> GivenSettings.checkColumns(config, reader.columns()));
    files(config);
    LabelFiles.classifier(config.classifier());
  }

  /// Names, sizes and times of the files of labels and of the classifier, and the names of labels.
  @Override
  public String external(Config config) {
    return Stream.concat(
                files(config).stream(), LabelFiles.classifier(config.classifier()).stream())
            .map(f -> "%s %d %d\n".formatted(f.name(), f.bytes(), f.modifiedMillis()))
            .collect(Collectors.joining())
        + String.join("\n", LabelFiles.names(config.labelNames()));
  }

  private static List<LabelFiles.LabelFile> files(Config config) {
    var files = new ArrayList<>(LabelFiles.of(config.labels(), config.readsPlainText()));
    for (LabelFiles.LabelFile held : heldoutFiles(config)) {
      if (files.stream().anyMatch(f -> f.name().equals(held.name()))) {
        throw new ConfigException(
            "annotate.heldoutLabels and annotate.labels have a file %s each, and rows are known by its name; rename one"
                .formatted(held.name()));
      }
      files.add(held);
    }
    return files;
  }

  /// Those whose rows are held out, none where a share is.
  static List<LabelFiles.LabelFile> heldoutFiles(Config config) {
    return LabelFiles.of(config.heldoutLabels(), config.readsPlainText());
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Optional<LabelReader<?>> reader = reader(config);
    return reader.isPresent()
        ? new Outputs(GivenTasks.label(reader.get(), inputs.corpus(), config, run))
        : answers(inputs, config, run);
  }

  /// What reads the rows of a task of labels; empty for one of answers.
  private static Optional<LabelReader<?>> reader(Config config) {
    var settings =
        new LabelReader.Settings(
            config.textField(),
            config.labelField(),
            LabelFiles.names(config.labelNames()),
            config.columns());
    return Tasks.reader(config.task(), settings);
  }

  private static Outputs answers(Inputs inputs, Config config, Run run)
      throws InterruptedException {
    var labellers = new Labellers(config);
    var names = new ArrayList<>(labellers.names());
    if (!config.labels().isEmpty()) {
      names.addFirst(GIVEN);
    }
    var counts = new LabelCounts(names);
    Map<Split, List<Made>> examples = new EnumMap<>(Split.class);
    if (!config.labels().isEmpty()) {
      given(inputs.corpus(), config, examples, run);
    }
    if (config.labels().isEmpty() || config.besideRules()) {
      new RulePairs(inputs.corpus(), labellers, config, counts).addTo(examples, run);
    }
    List<Made> train = examples.getOrDefault(Split.TRAIN, List.of());
    List<Made> heldout = unseen(examples.getOrDefault(Split.HELDOUT, List.of()), train, counts);

    Draft draft = run.draft(Labels.class, "labels");
    if (config.prefers()) {
      Tasks.write(
          draft.folder(),
          config.task().equals(Rewarding.NAME) ? new Rewarding() : new Preferring());
    } else if (config.judges()) {
      Tasks.write(draft.folder(), new Judging());
    } else if (config.rewrites()) {
      Tasks.write(
          draft.folder(),
          switch (config.task()) {
            case Rewriting.TRANSLATE -> Rewriting.translation();
            case Rewriting.SUMMARISE -> Rewriting.summary();
            case RerankingTask.NAME -> new RerankingTask();
            default -> new EmbeddingTask();
          });
    }
    write(draft, Split.TRAIN, train, config.maxExamples(), counts);
    write(draft, Split.HELDOUT, heldout, config.maxHeldout(), counts);
    run.table("Labelled", counts.header(), counts.rows());
    if (train.isEmpty()) {
      run.note(
          "no document gave a pair to train on: tuning needs documented Java methods, or prose with"
              + " two sentences of %d … %d words in a paragraph (annotate.minWords, maxWords)"
                  .formatted(config.minWords(), config.maxWords()));
    } else if (heldout.size() < 2) {
      run.note(
          "held-out pairs: %d; 2 or more are needed to measure answers, which more %s give"
              .formatted(
                  heldout.size(),
                  config.labels().isEmpty()
                      ? "documents or a larger prepare.heldoutFraction"
                      : "rows or a larger annotate.heldoutFraction"));
    }
    tellMost(train.size(), config.maxExamples(), "maxExamples", run);
    return new Outputs(draft.commit(Labels.class));
  }

  /// A user's own rows, on both sides.
  private static void given(
      Corpus corpus, Config config, Map<Split, List<Made>> examples, Run run) {
    if (!config.heldoutLabels().isEmpty()) {
      // First, so that a row that repeats one of them is not trained on.
      var rows = new GivenLabels(config, run);
      List<Example> heldout = rows.read(heldoutFiles(config), "read held-out labels");
      Set<List<Example.Message>> asked = new HashSet<>();
      heldout.forEach(example -> asked.add(example.given()));
      List<Example> all =
          rows.read(LabelFiles.of(config.labels(), config.readsPlainText()), "read labels");
      List<Example> train = all.stream().filter(e -> !asked.contains(e.given())).toList();
      if (train.size() < all.size()) {
        run.note(
            "%,d rows to train on ask what a held-out row asks, and are left out"
                .formatted(all.size() - train.size()));
      }
      examples.put(Split.HELDOUT, made(heldout));
      examples.put(Split.TRAIN, made(train));
      rows.tell();
      return;
    }
    var rows = new GivenLabels(config, run);
    List<Example> all =
        rows.read(LabelFiles.of(config.labels(), config.readsPlainText()), "read labels");
    rows.tell();
    Holdout.Held heldout = Holdout.of(all, config.heldoutFraction(), CorpusOverlap.of(corpus, all));
    if (heldout.read() > 0) {
      run.note(
          "%d held-out answers stand in the text that pre-training reads, for want of others: what is measured on them flatters the model"
              .formatted(heldout.read()));
    }
    for (Example example : all) {
      Split split = heldout.ids().contains(example.id()) ? Split.HELDOUT : Split.TRAIN;
      examples.computeIfAbsent(split, _ -> new ArrayList<>()).add(new Made(example, GIVEN));
    }
  }

  private static List<Made> made(List<Example> given) {
    return given.stream().map(example -> new Made(example, GIVEN)).toList();
  }

  /// More than a tenth left out is told.
  private static void tellMost(int pairs, int most, String setting, Run run) {
    if (pairs - most > Losses.TOLD * pairs) {
      run.note(
          "%,d of %,d pairs to train on are left out; annotate.%s is %d; a larger one takes more"
              .formatted(pairs - most, pairs, setting, most));
    }
  }

  private static List<Made> unseen(List<Made> heldout, List<Made> train, LabelCounts counts) {
    Set<List<Example.Message>> prompts = new HashSet<>();
    train.forEach(made -> prompts.add(made.example().given()));
    var unseen = new ArrayList<Made>();
    for (Made made : heldout) {
      if (prompts.contains(made.example().given())) {
        counts.dropped(made.labeller(), "held out, prompt in train");
      } else {
        unseen.add(made);
      }
    }
    return unseen;
  }

  private static void write(
      Draft draft, Split split, List<Made> all, int most, LabelCounts counts) {
    List<Made> chosen = Choice.of(all, made -> made.example().id(), most);
    Set<Made> kept = new HashSet<>(chosen);
    for (Made made : all) {
      if (kept.contains(made)) {
        counts.kept(made.labeller(), split);
      } else {
        counts.dropped(made.labeller(), "beyond the most");
      }
    }
    Examples.write(draft.folder(), split, chosen.stream().map(Made::example).toList());
  }
}
