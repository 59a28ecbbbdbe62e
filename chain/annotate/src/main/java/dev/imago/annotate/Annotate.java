package dev.imago.annotate;

import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.InOrder;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Labels the documents of a corpus by rule, each pair on the side of the split of its document.
/// The tag `kind` says which rule; a completion is plain text on one line.
///
/// - `code` in Java: every documented method becomes «signature → first sentence of its javadoc». A
///   prompt reads `String.substring(int beginIndex, int endIndex) : String`: the class with its
///   enclosing ones, the name, the parameters with types and names, the result; without modifiers,
///   annotations, type parameters and `throws`; a constructor is `String(char[] value)`.
/// - `prose`: a Markdown heading becomes «heading → first sentence of its section», a sentence of
///   other prose `Continue: sentence` or `续写：sentence` «→ the next sentence».
///
/// Equal pairs stand once. A held-out pair whose prompt is in train too is dropped, so that nothing
/// held out can be answered by heart. A corpus that gives no pair leaves two empty files and a
/// note.
public final class Annotate implements Stage<Annotate.Inputs, Annotate.Config, Annotate.Outputs> {
  /// @param corpus what prepare made
  public record Inputs(Corpus corpus) {}

  /// @param maxExamples the most pairs to train on; a hash of their ids chooses, not their order
  /// @param maxHeldout the most pairs held out, chosen alike
  /// @param maxPerFile the most pairs of one document: its first ones
  /// @param minWords the fewest words of a completion and of a sentence to continue; 1.75 Chinese
  ///   characters count as one word
  /// @param maxWords the most words of these
  /// @param maxPromptCharacters the longest prompt
  public record Config(
      int maxExamples,
      int maxHeldout,
      int maxPerFile,
      int minWords,
      int maxWords,
      int maxPromptCharacters) {
    public Config {
      require("maxExamples", maxExamples, 1);
      require("maxHeldout", maxHeldout, 1);
      require("maxPerFile", maxPerFile, 1);
      require("minWords", minWords, 1);
      require("maxWords", maxWords, minWords);
      require("maxPromptCharacters", maxPromptCharacters, 16);
    }

    private static void require(String name, int value, int least) {
      if (value < least) {
        throw new ConfigException(
            "%s = %d is below %d; give %d or more".formatted(name, value, least, least));
      }
    }

    public static Config defaults() {
      return new Config(100_000, 2_000, 100, 3, 40, 300);
    }
  }

  /// @param labels the pairs, `train.jsonl` and `heldout.jsonl`
  public record Outputs(Labels labels) {}

  @Override
  public String name() {
    return "annotate";
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public Class<Inputs> inputs() {
    return Inputs.class;
  }

  @Override
  public Config defaults() {
    return Config.defaults();
  }

  @Override
  public Class<Outputs> outputs() {
    return Outputs.class;
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    var labellers = new Labellers(config);
    var tally = new Tally(labellers.names());
    Map<Split, List<Made>> examples = new EnumMap<>(Split.class);
    long bytes = 0;
    for (Split split : Split.values()) {
      bytes += Documents.packedBytes(inputs.corpus().folder(), split.fileName());
    }
    try (Progress progress = run.progress("label", bytes, "bytes")) {
      for (Split split : Split.values()) {
        examples.put(split, label(inputs.corpus(), split, labellers, config, tally, progress, run));
      }
    }
    List<Made> train = examples.getOrDefault(Split.TRAIN, List.of());
    List<Made> heldout = unseen(examples.getOrDefault(Split.HELDOUT, List.of()), train, tally);

    Draft draft = run.draft(Labels.class, "labels");
    write(draft, Split.TRAIN, train, config.maxExamples(), tally);
    write(draft, Split.HELDOUT, heldout, config.maxHeldout(), tally);
    run.table("Labelled", tally.header(), tally.rows());
    if (train.isEmpty()) {
      run.note(
          "no document gave a pair to train on: tuning needs documented Java methods, or prose with"
              + " two sentences of %d … %d words in a paragraph (annotate.minWords, maxWords)"
                  .formatted(config.minWords(), config.maxWords()));
    } else if (heldout.size() < 2) {
      run.note(
          "held-out pairs: %d; 2 or more are needed to measure answers, which more documents or a larger prepare.heldoutFraction give"
              .formatted(heldout.size()));
    }
    return new Outputs(draft.commit(Labels.class));
  }

  /// An example and the name of the labeller that made it.
  private record Made(Example example, String labeller) {}

  private static List<Made> unseen(List<Made> heldout, List<Made> train, Tally tally) {
    Set<String> prompts = new HashSet<>();
    train.forEach(made -> prompts.add(made.example().prompt()));
    var unseen = new ArrayList<Made>();
    for (Made made : heldout) {
      if (prompts.contains(made.example().prompt())) {
        tally.dropped(made.labeller(), "held out, prompt in train");
      } else {
        unseen.add(made);
      }
    }
    return unseen;
  }

  private static List<Made> label(
      Corpus corpus,
      Split split,
      Labellers labellers,
      Config config,
      Tally tally,
      Progress progress,
      Run run)
      throws InterruptedException {
    record Work(List<Document> documents, List<Labeller.Labelled> labelled) {}
    var collected = new Collected(config, tally);
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
              collected.add(document, labellers.of(document).name(), work.labelled().get(i));
            }
          });
    }
    return collected.examples;
  }

  /// The examples of one split, in the order of their documents.
  private static final class Collected {
    private record Pair(String prompt, String completion) {}

    private final Config config;
    private final Tally tally;
    private final List<Made> examples = new ArrayList<>();
    private final Set<Pair> seen = new HashSet<>();

    Collected(Config config, Tally tally) {
      this.config = config;
      this.tally = tally;
    }

    void add(Document document, String labeller, Labeller.Labelled labelled) {
      labelled.skipped().forEach(reason -> tally.dropped(labeller, reason));
      int taken = 0;
      for (Labeller.Pair pair : labelled.pairs()) {
        if (taken == config.maxPerFile()) {
          tally.dropped(labeller, "beyond maxPerFile");
        } else if (!seen.add(new Pair(pair.prompt(), pair.completion()))) {
          tally.dropped(labeller, "same pair again");
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

  private static void write(Draft draft, Split split, List<Made> all, int most, Tally tally) {
    List<Made> chosen = Choice.of(all, made -> made.example().id(), most);
    Set<Made> kept = new HashSet<>(chosen);
    for (Made made : all) {
      if (kept.contains(made)) {
        tally.kept(made.labeller(), split);
      } else {
        tally.dropped(made.labeller(), "beyond the most");
      }
    }
    Examples.write(draft.folder(), split, chosen.stream().map(Made::example).toList());
  }
}
