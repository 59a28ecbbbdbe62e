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
import java.util.List;
import java.util.Locale;
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
      "Train a tagger on rows whose last column is the tag (of --states: on rows without tags)."
    },
    footer = {"", "Example:  imago tag train train.txt --threads 2 --out chunks.tagger"})
final class TagTrainCommand implements Callable<Integer> {
  private static final int PASSES = 50;

  private static final List<String> OF_CRF =
      List.of("--template", "--penalty", "--minimum-count", "--threads");

  private static final List<String> OF_STATES = List.of("--seed");

  @ParentCommand private TagCommand parent = new TagCommand();
  @Spec private @Nullable CommandSpec spec;

  /// What is trained.
  enum Kind {
    CRF,
    HMM
  }

  @Parameters(paramLabel = "FILE", description = "Rows (default: standard input).", arity = "0..*")
  private List<Path> files = List.of();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where it goes.")
  private Path out = Path.of("model.tagger");

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
      description = "Of --states: default 42.")
  private long seed = 42;

  @Override
  public Integer call() throws InterruptedException {
    if (states != 0 && kind != Kind.HMM) {
      throw new ConfigException("--states is for --kind hmm; add it, or leave --states out");
    }
    refuseOthers();
    List<TagSequence> given = TagCommand.read(files, states == 0);
    SequenceTagger made = kind == Kind.CRF ? crf(given) : hmm(given);
    AtomicFile.replace(out, to -> TaggerFile.write(made, to));
    if (!parent.imago.quiet) {
      System.err.printf(
          Locale.ROOT, "%s: %d tags, of %,d sequences%n", out, made.tags().size(), given.size());
    }
    return 0;
  }

  /// What is of the other kind, or of --states, is refused, not passed over.
  private void refuseOthers() {
    if (spec == null) {
      return;
    }
    var given = spec.commandLine().getParseResult();
    for (String option : kind == Kind.CRF ? OF_STATES : OF_CRF) {
      if (given.hasMatchedOption(option)) {
        throw new ConfigException(
            kind == Kind.CRF
                ? option + " is for --states, and a crf draws nothing; leave it out"
                : option + " is for --kind crf; leave it out");
      }
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
