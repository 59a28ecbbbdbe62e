package dev.imago.cli;

import dev.imago.core.EnvironmentException;
import dev.imago.core.ImagoException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The program. Exit status: 0 well; 1 a defect of ours; 2 a wrong command or recipe; 3 data that
/// cannot be used; 4 a machine that cannot do it; 130 interrupted.
@Command(
    name = "imago",
    mixinStandardHelpOptions = true,
    versionProvider = Imago.Version.class,
    description = "The whole production chain of language models in one JVM.",
    footer = {
      "",
      "Begin with `imago run`: it takes the JDK's own sources to a served model in about ten minutes.",
      "With your documents: `imago run --input PATH`."
    },
    subcommands = {
      RunCommand.class,
      TokenizeCommand.class,
      ServeCommand.class,
      RunsCommand.class,
      ShowCommand.class,
      LineageCommand.class,
      FeedbackCommand.class,
      DoctorCommand.class,
    })
final class Imago implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean debug;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Print results and errors only.")
  boolean quiet;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "Where artifacts and runs are kept (default: $IMAGO_WORKSPACE, or .imago).")
  @Nullable Path workspace;

  public static void main(String[] args) {
    // UTF-8 whatever the locale: model names, documents and answers are not ASCII.
    System.setOut(
        new PrintStream(
            new java.io.FileOutputStream(java.io.FileDescriptor.out),
            true,
            StandardCharsets.UTF_8));
    System.setErr(
        new PrintStream(
            new java.io.FileOutputStream(java.io.FileDescriptor.err),
            true,
            StandardCharsets.UTF_8));
    System.exit(execute(args));
  }

  static int execute(String... args) {
    Imago imago = new Imago();
    CommandLine line = new CommandLine(imago);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, _, _) -> imago.report(e));
    line.setParameterExceptionHandler((e, _) -> misspelt(e));
    return line.execute(args);
  }

  /// One line, and where to read on: the whole usage would bury it.
  private static int misspelt(CommandLine.ParameterException e) {
    String message = String.valueOf(e.getMessage());
    String near = "";
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      message = "there is no such thing as " + String.join(" ", unmatched.getUnmatched());
      List<String> suggestions = unmatched.getSuggestions();
      near =
          suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?";
    }
    System.err.printf(
        "imago: %s%s (`%s --help` tells what there is)%n",
        message, near, e.getCommandLine().getCommandSpec().qualifiedName());
    return CommandLine.ExitCode.USAGE;
  }

  private int report(Exception thrown) {
    Throwable e = unwrap(thrown);
    if (debug) {
      e.printStackTrace(System.err);
    }
    return switch (e) {
      case ImagoException known -> {
        System.err.println("imago: " + known.getMessage());
        yield known.exitCode();
      }
      case InterruptedException _ -> {
        System.err.println("imago: interrupted; run again to go on");
        yield 130;
      }
      default -> {
        System.err.println(
            "imago: %s%s".formatted(e, debug ? "" : " (a defect of Imago; --debug shows where)"));
        yield 1;
      }
    };
  }

  /// An I/O failure deep in a stream is still the disk's, not ours.
  private static Throwable unwrap(Throwable thrown) {
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      if (e instanceof ImagoException) {
        return e;
      }
      if (e instanceof IOException io) {
        String reason = String.valueOf(io.getMessage());
        return new EnvironmentException(
            reason.contains("No space left")
                ? "the disk is full: free some space, or name another workspace with --workspace,"
                    + " and run again: finished work is kept"
                : "a file operation failed: " + io,
            io);
      }
    }
    return thrown;
  }

  Path workspace() {
    String named = System.getenv("IMAGO_WORKSPACE");
    return workspace != null ? workspace : Path.of(named == null ? ".imago" : named);
  }

  static String version() {
    return System.getProperty("imago.version", "unknown");
  }

  /// The folder that holds `recipes/`.
  static Path root() {
    return Path.of(System.getProperty("imago.root", "."));
  }

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"imago " + version() + ", JDK " + Runtime.version()};
    }
  }
}
