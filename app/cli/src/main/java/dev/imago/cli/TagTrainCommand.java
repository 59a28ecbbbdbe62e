package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.sequences.CrfSettings;
import dev.imago.sequences.CrfTrainer;
import dev.imago.sequences.FeatureTemplates;
import dev.imago.sequences.HmmTrainer;
import dev.imago.sequences.SequenceTagger;
import dev.imago.sequences.TagSequence;
import dev.imago.sequences.TaggerFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Tagged rows to a tagger.
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a tagger on rows whose last column is the tag (of --states: on rows without tags).",
      "With --folds, tell how well it does on rows that it has not seen."
    },
    footer = {"", "Example:  imago tag train train.txt --folds 5 --threads 2 --out chunks.tagger"})
final class TagTrainCommand implements Callable<Integer> {
  private static final int PASSES = 50;

  private static final List<String> OF_CRF =
      List.of("--template", "--penalty", "--minimum-count", "--threads");

  @ParentCommand private TagCommand parent = new TagCommand();
  @Spec private @Nullable CommandSpec spec;

  /// What is trained.
  enum Kind {
    CRF,
    HMM
  }

  @Parameters(paramLabel = "FILE", description = "Rows (default: standard input).", arity = "0..*")
  private List<Path> files = List.of();

  @Option(names = "--out", paramLabel = "FILE", description = "Where it goes.")
  private @Nullable Path out;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description = "Tell how well it does in cross-validation of so many folds.")
  private int folds;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "crf",
      description = "crf (a conditional random field, default), or hmm (hidden Markov).")
  private Kind kind = Kind.CRF;

  @Option(
      names = "--template",
      paramLabel = "FILE",
      description = "Of crf: features in CRF++'s form, U05:%%x[-1,0]/%%x[0,0] and B.")
  private @Nullable Path template;

  @Option(
      names = "--penalty",
      paramLabel = "L",
      defaultValue = "1",
      description = "Of crf: what great weights cost, L/2 times their squares (default: 1).")
  private double penalty = 1;

  @Option(
      names = "--minimum-count",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of crf: leave out rarer features (default: 1).")
  private int minimumCount = 1;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description = "At most (default: 200; of --states 50).")
  private @Nullable Integer iterations;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of crf: default 1.")
  private int threads = 1;

  @Option(
      names = "--states",
      paramLabel = "N",
      description = "Of hmm: find so many hidden states in rows without tags.")
  private int states;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "42",
      description = "Of --states and --folds: default 42.")
  private long seed = 42;

  @Override
  public Integer call() throws InterruptedException {
    if (states != 0 && kind != Kind.HMM) {
      throw new ConfigException("--states is for --kind hmm; add it, or leave --states out");
    }
    refuseOthers();
    Path file = out;
    if (file == null && folds == 0) {
      throw new ConfigException("nothing is asked for: give --out, --folds or both");
    }
    List<TagSequence> given = TagCommand.read(files, states == 0);
    if (folds != 0) {
      crossValidate(given);
    }
    if (file != null) {
      SequenceTagger made = learn(given);
      AtomicFile.replace(file, to -> TaggerFile.write(made, to));
      if (!parent.imago.quiet) {
        System.err.printf(
            Locale.ROOT, "%s: %d tags, of %,d sequences%n", file, made.tags().size(), given.size());
      }
    }
    return 0;
  }

  private SequenceTagger learn(List<TagSequence> given) throws InterruptedException {
    return kind == Kind.CRF ? crf(given) : hmm(given);
  }

  /// Every sequence is told by a tagger that has not seen it; they are dealt out in an order drawn
  /// by the seed.
  private void crossValidate(List<TagSequence> given) throws InterruptedException {
    if (states != 0) {
      throw new ConfigException(
          "--folds = %d compares with tags, and --states has none; leave one out".formatted(folds));
    }
    if (folds < 2 || folds > given.size()) {
      throw new ConfigException(
          "--folds = %d is outside 2 … %,d, the sequences; 5 and 10 are usual"
              .formatted(folds, given.size()));
    }
    var order = new ArrayList<>(given);
    Collections.shuffle(order, new Random(seed));
    var gold = new ArrayList<List<String>>();
    var told = new ArrayList<List<String>>();
    for (int fold = 0; fold < folds; fold++) {
      var train = new ArrayList<TagSequence>();
      var test = new ArrayList<TagSequence>();
      for (int i = 0; i < order.size(); i++) {
        (i % folds == fold ? test : train).add(order.get(i));
      }
      SequenceTagger made = learn(train);
      test.forEach(s -> gold.add(s.tags()));
      told.addAll(test.parallelStream().map(s -> made.best(s.rows())).toList());
    }
    TagScores.tell(gold, told, parent.imago.quiet);
  }

  /// What is of the other kind, or of --states, is refused, not passed over.
  private void refuseOthers() {
    if (spec == null) {
      return;
    }
    var given = spec.commandLine().getParseResult();
    for (String option : kind == Kind.CRF ? List.<String>of() : OF_CRF) {
      if (given.hasMatchedOption(option)) {
        throw new ConfigException(option + " is for --kind crf; leave it out");
      }
    }
    if (given.hasMatchedOption("--seed") && states == 0 && folds == 0) {
      throw new ConfigException(
          "--seed is for --states and --folds, and nothing else is drawn; leave it out");
    }
    if (kind == Kind.HMM && states == 0 && iterations != null) {
      throw new ConfigException(
          "--iterations = %d is for --kind crf and --states; counting takes one pass"
              .formatted(iterations));
    }
  }

  private SequenceTagger hmm(List<TagSequence> given) {
    return NgramCommand.checked(
        () ->
            states == 0
                ? HmmTrainer.count(given)
                : HmmTrainer.learn(
                    given,
                    states,
                    iterations == null ? PASSES : iterations,
                    seed,
                    (pass, logProbability) ->
                        told("pass %d: ln p = %.2f%n".formatted(pass, logProbability), pass)));
  }

  private SequenceTagger crf(List<TagSequence> given) throws InterruptedException {
    CrfSettings settings = settings(given.getFirst().rows().getFirst().size());
    CrfTrainer trainer = NgramCommand.checked(() -> new CrfTrainer(given, settings));
    if (!parent.imago.quiet) {
      System.err.printf(Locale.ROOT, "%,d weights%n", trainer.size());
    }
    return trainer.train(
        (iteration, loss) ->
            told(
                String.format(Locale.ROOT, "iteration %d: loss %.2f%n", iteration, loss),
                iteration));
  }

  private void told(String line, int number) {
    if (!parent.imago.quiet && number % 10 == 0) {
      System.err.print(line);
    }
  }

  private CrfSettings settings(int columns) {
    try {
      return new CrfSettings(
          templates(columns),
          penalty,
          minimumCount,
          iterations == null ? 200 : iterations,
          threads);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  private FeatureTemplates templates(int columns) {
    Path file = template;
    if (file == null) {
      return FeatureTemplates.usual(columns);
    }
    try {
      return FeatureTemplates.of(Files.readAllLines(file));
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
