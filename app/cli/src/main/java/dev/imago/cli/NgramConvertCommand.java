package dev.imago.cli;

import dev.imago.ngram.NgramModel;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    footer = {
      "",
      "Examples:",
      "  imago ngram convert corpus.arpa.gz --out corpus.ngram",
      "  imago ngram convert corpus.ngram --quantize 8 --out small.ngram"
    })
final class NgramConvertCommand implements Callable<Integer> {
  @ParentCommand private NgramCommand parent = new NgramCommand();

  @Parameters(paramLabel = "MODEL", description = NgramCommand.MODEL)
  private String model = "";

  @Mixin private NgramFormOptions output = new NgramFormOptions();

  @Mixin private NgramText text = new NgramText();

  @Override
  public Integer call() {
    output.check();
    try (var scratch = new NgramCommand.Scratch();
        NgramModel opened = parent.open(model, text.unit(), scratch.folder(), text.memoryBytes())) {
      text.agree(opened.unit());
      output.write(opened);
      if (!parent.imago.quiet) {
        System.err.printf("%s n-grams%n", NgramBuildCommand.counts(opened));
      }
    }
    return 0;
  }
}
