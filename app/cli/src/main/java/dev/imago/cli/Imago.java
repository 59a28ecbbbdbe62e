package dev.imago.cli;

import dev.imago.core.EnvironmentException;
import dev.imago.core.ImagoException;
import dev.imago.core.Nearest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
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
      "Begin with `imago run`: it takes the JDK's own sources to a served model in about ten"
          + " minutes.",
      "With your documents:  imago run --input PATH",
      "Example of one command's help:  imago help gc"
    })
final class Imago implements Runnable {
  /// The commands by their names; what one is made of is looked at only where it is called: all of
  /// them are half of the work before `serve` begins its own.
  private static final Map<String, Class<?>> COMMANDS =
      inOrder(
          Map.entry("run", RunCommand.class),
          Map.entry("sweep", SweepCommand.class),
          Map.entry("launch", LaunchCommand.class),
          Map.entry("data", DataCommand.class),
          Map.entry("mask", MaskCommand.class),
          Map.entry("tokenize", TokenizeCommand.class),
          Map.entry("ngram", NgramCommand.class),
          Map.entry("vectors", VectorsCommand.class),
          Map.entry("tag", TagCommand.class),
          Map.entry("classify", ClassifyCommand.class),
          Map.entry("serve", ServeCommand.class),
          Map.entry("generate", GenerateCommand.class),
          Map.entry("predict", PredictCommand.class),
          Map.entry("evaluate", EvaluateCommand.class),
          Map.entry("embed", EmbedCommand.class),
          Map.entry("compress", CompressCommand.class),
          Map.entry("bench", BenchCommand.class),
          Map.entry("inspect", InspectCommand.class),
          Map.entry("runs", RunsCommand.class),
          Map.entry("list", ListCommand.class),
          Map.entry("show", ShowCommand.class),
          Map.entry("lineage", LineageCommand.class),
          Map.entry("models", ModelsCommand.class),
          Map.entry("card", CardCommand.class),
          Map.entry("publish", PublishCommand.class),
          Map.entry("console", ConsoleCommand.class),
          Map.entry("alerts", AlertsCommand.class),
          Map.entry("import", ImportCommand.class),
          Map.entry("rm", RemoveCommand.class),
          Map.entry("gc", CollectGarbageCommand.class),
          Map.entry("backup", BackupCommand.class),
          Map.entry("restore", RestoreCommand.class),
          Map.entry("annotate", AnnotateCommand.class),
          Map.entry("feedback", FeedbackCommand.class),
          Map.entry("promote", PromoteCommand.class),
          Map.entry("rollback", RollbackCommand.class),
          Map.entry("keys", KeysCommand.class),
          Map.entry("users", UsersCommand.class),
          Map.entry("budget", BudgetCommand.class),
          Map.entry("usage", UsageCommand.class),
          Map.entry("invoice", InvoiceCommand.class),
          Map.entry("audit", AuditCommand.class),
          Map.entry("doctor", DoctorCommand.class),
          Map.entry("completion", CompletionCommand.class),
          Map.entry("help", CommandLine.HelpCommand.class));

  private static final List<String> TELL_OF_OTHERS = List.of("help", "completion");

  /// Options before a command's name that ask nothing of all commands, as `--help` does.
  private static final List<String> PLAIN = List.of("-q", "--quiet", "--debug");

  /// The commands as `--help` lists them: what one does with a model, in that order.
  static final Map<String, List<String>> GROUPS =
      inOrder(
          Map.entry(
              "Make a model",
              List.of(
                  "run",
                  "launch",
                  "sweep",
                  "import",
                  "tokenize",
                  "ngram",
                  "vectors",
                  "classify",
                  "tag")),
          Map.entry(
              "Use it",
              List.of(
                  "serve",
                  "generate",
                  "predict",
                  "evaluate",
                  "embed",
                  "annotate",
                  "feedback",
                  "promote",
                  "rollback",
                  "publish")),
          Map.entry(
              "Who may ask, and who pays",
              List.of("users", "keys", "budget", "usage", "invoice", "audit")),
          Map.entry("Any model, without a recipe", List.of("inspect", "compress", "bench")),
          Map.entry("Any text, without a recipe", List.of("data", "mask")),
          Map.entry(
              "Look at what was made",
              List.of("console", "alerts", "runs", "list", "show", "lineage", "models", "card")),
          Map.entry("Free room, keep a copy", List.of("rm", "gc", "backup", "restore")),
          Map.entry("This machine and this shell", List.of("doctor", "completion", "help")));

  /// A step of training and its checkpoint take less.
  private static final int STOP_SECONDS = 60;

  /// Open until the command has said its last word.
  private final CountDownLatch ended = new CountDownLatch(1);

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  boolean debug;

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
    StandardError.restore();
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
    Imago imago = new Imago();
    int status = imago.status(commandLine(imago, args), args);
    imago.ended.countDown();
    if (status != 0) {
      disownArchive();
    }
    System.exit(status);
  }

  /// The archive of classes that the JVM is about to make, where it makes one, is of a server that
  /// did not serve: told to the launcher, which has the next one make another.
  private static void disownArchive() {
    String archive = System.getProperty("imago.archive", "");
    if (!archive.isEmpty()) {
      try {
        Files.writeString(Path.of(archive + ".short"), "");
      } catch (IOException _) {
        // The next server starts as slowly as one without an archive.
      }
    }
  }

  /// Lets Ctrl-C and SIGTERM interrupt the calling thread until closed, and gives it time to save
  /// what it has and to say so. The JVM then ends with 130 or 143 by itself.
  AutoCloseable interruptible() {
    Thread working = Thread.currentThread();
    var hook =
        new Thread(
            () -> {
              working.interrupt();
              try {
                ended.await(STOP_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException _) {
        // The process is ending, and the hook at work.
      }
    };
  }

  static int execute(String... args) {
    var imago = new Imago();
    return imago.status(commandLine(imago, args), args);
  }

  /// @param line of [#commandLine], which holds the command afterwards
  int status(CommandLine line, String... args) {
    try {
      return line.execute(args);
    } catch (LinkageError e) {
      if (!String.valueOf(e.getMessage()).contains("bytedeco")) {
        throw e;
      }
      return report(
          new EnvironmentException(
              "training needs libtorch, which this installation is without or which is for another"
                  + " platform: take the release that has it; serving needs none",
              e));
    }
  }

  /// @param args what was written: of the commands that one alone which they name, or all
  static CommandLine commandLine(Imago imago, String... args) {
    CommandLine line = new CommandLine(imago);
    String named = named(args);
    COMMANDS.forEach(
        (name, type) -> {
          if (named == null || name.equals(named)) {
            line.addSubcommand(name, type);
          }
        });
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, _, _) -> imago.report(e));
    line.setParameterExceptionHandler((e, _) -> misspelt(e));
    line.setUsageHelpWidth(Math.clamp(Table.columns(), 60, 120));
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "");
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, Imago::grouped);
    return line;
  }

  /// The command that the first word is which is no option; null where it is none, or one that
  /// tells of others.
  private static @Nullable String named(String... args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--workspace")) {
        i++;
      } else if (args[i].startsWith("-")) {
        if (!PLAIN.contains(args[i]) && !args[i].startsWith("--workspace=")) {
          return null;
        }
      } else {
        boolean alone = COMMANDS.containsKey(args[i]) && !TELL_OF_OTHERS.contains(args[i]);
        return alone ? args[i] : null;
      }
    }
    return null;
  }

  @SafeVarargs
  private static <V> Map<String, V> inOrder(Map.Entry<String, ? extends V>... entries) {
    var inOrder = new LinkedHashMap<String, V>();
    for (Map.Entry<String, ? extends V> entry : entries) {
      inOrder.put(entry.getKey(), entry.getValue());
    }
    return inOrder;
  }

  private static String grouped(CommandLine.Help help) {
    var text = new StringBuilder();
    GROUPS.forEach(
        (title, names) -> {
          text.append(String.format("%n%s:%n", title));
          for (String name : names) {
            CommandLine command =
                Objects.requireNonNull(help.commandSpec().subcommands().get(name), name);
            UsageMessageSpec usage = command.getCommandSpec().usageMessage();
            String[] lines = usage.header().length > 0 ? usage.header() : usage.description();
            text.append(String.format("  %-11s %s%n", name, lines[0]));
          }
        });
    return text.toString();
  }

  /// One line, and where to read on: the whole usage would bury it.
  private static int misspelt(CommandLine.ParameterException e) {
    String message = String.valueOf(e.getMessage());
    CommandSpec spec = e.getCommandLine().getCommandSpec();
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().getFirst();
      var valid = new java.util.TreeSet<String>();
      if (word.startsWith("-")) {
        valid.addAll(spec.optionsMap().keySet());
      } else {
        valid.addAll(spec.subcommands().keySet());
      }
      message =
          "there is no such thing as "
              + String.join(" ", unmatched.getUnmatched())
              + Nearest.to(word.replaceFirst("=.*", ""), valid)
                  .map(n -> "; did you mean " + n + "?")
                  .orElse("");
    }
    System.err.printf(
        "imago: %s (`%s --help` tells what there is)%n", message, spec.qualifiedName());
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
