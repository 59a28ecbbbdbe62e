package dev.imago.cli;

import dev.imago.ngram.NgramModel;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// A model in another form.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Write a model as ARPA, or as a file of ours, which is asked without loading.",
      "Without --out, ARPA goes to standard output."
    },
    footer = {"", "Example:  imago ngram convert corpus.arpa.gz --out corpus.ngram"})
final class NgramConvertCommand implements Callable<Integer> {
  @ParentCommand private NgramCommand parent = new NgramCommand();

  @Parameters(paramLabel = "MODEL", description = NgramCommand.MODEL)
  private String model = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "A model to ask, or ARPA where the name ends in .arpa or .arpa.gz.")
  private @Nullable Path out;

  @Mixin private NgramText text = new NgramText();

  @Override
  public Integer call() {
    try (var scratch = new NgramCommand.Scratch();
        NgramModel opened = parent.open(model, text.unit(), scratch.folder(), text.memoryBytes())) {
      text.agree(opened.unit());
      NgramBuildCommand.write(opened, out);
      if (!parent.imago.quiet) {
        System.err.printf("%s n-grams%n", NgramBuildCommand.counts(opened));
      }
    }
    return 0;
  }
}
