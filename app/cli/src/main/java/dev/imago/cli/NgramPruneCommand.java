package dev.imago.cli;

import dev.imago.ngram.EntropyPruning;
import dev.imago.ngram.NgramModel;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// A model with fewer n-grams.
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    description = {
      "Leave out the n-grams whose absence changes a model least (relative entropy).",
      "Without --out, ARPA goes to standard output."
    },
    footer = {"", "Example:  imago ngram prune corpus.ngram --threshold 1e-8 --out small.ngram"})
final class NgramPruneCommand implements Callable<Integer> {
  @ParentCommand private NgramCommand parent = new NgramCommand();

  @Parameters(paramLabel = "MODEL", description = NgramCommand.MODEL)
  private String model = "";

  @Option(
      names = "--threshold",
      paramLabel = "SHARE",
      defaultValue = "1e-8",
      description = {
        "Leave out an n-gram where the perplexity rises by less without it, relatively (default:"
            + " 1e-8)."
      })
  private double threshold = 1e-8;

  @Mixin private NgramFormOptions output = new NgramFormOptions();

  @Mixin private NgramText text = new NgramText();

  @Override
  public Integer call() {
    output.check();
    try (var scratch = new NgramCommand.Scratch();
        NgramModel opened = parent.open(model, text.unit(), scratch.folder(), text.memoryBytes())) {
      text.agree(opened.unit());
      Path pruned = scratch.file("pruned.ngram");
      NgramCommand.checked(
          () -> {
            EntropyPruning.prune(opened, threshold, scratch.folder(), text.memoryBytes(), pruned);
            return pruned;
          });
      try (NgramModel after = NgramModel.open(pruned)) {
        if (!parent.imago.quiet) {
          System.err.printf(
              "%s n-grams, of %s%n",
              NgramBuildCommand.counts(after), NgramBuildCommand.counts(opened));
        }
        output.write(after);
      }
    }
    return 0;
  }
}
