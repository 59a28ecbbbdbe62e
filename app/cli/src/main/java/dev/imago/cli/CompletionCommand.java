package dev.imago.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Prints what makes a shell complete our words.
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = {
      "Print a script that completes our words in your shell.",
      "After a press of TAB it knows commands, options, recipes, settings and artifacts."
    },
    footer = {
      "",
      "Example:  source <(imago completion bash)      # in ~/.bashrc",
      "          source <(imago completion zsh)       # in ~/.zshrc"
    })
final class CompletionCommand implements Callable<Integer> {
  /// The shells that there is a script for.
  enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Shell shell = Shell.bash;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("a command without its place");
    }
    List<String> recipes = RecipeArguments.recipes();
    System.out.print(
        Completion.script(
            spec.root().commandLine(),
            Catalog.stages(Path.of(".imago")),
            recipes,
            shell == Shell.bash ? Completion.BASH : Completion.ZSH));
    return 0;
  }
}
