package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Progress;
import dev.imago.core.Workspace;
import dev.imago.evaluate.Contamination;
import dev.imago.evaluate.ModelLineage;
import dev.imago.evaluate.ReadTexts;
import dev.imago.evaluate.SuiteEvaluation;
import dev.imago.evaluate.SuiteFiles;
import dev.imago.evaluate.SuiteModel;
import dev.imago.evaluate.SuiteModels;
import dev.imago.suites.ConversationForm;
import dev.imago.suites.MetricScore;
import dev.imago.suites.PromptOptions;
import dev.imago.suites.Suite;
import dev.imago.suites.TaskRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// Tasks of lm-evaluation-harness, asked of a model.
@Command(
    name = "suite",
    mixinStandardHelpOptions = true,
    description = {
      "Ask a model the tasks of lm-evaluation-harness's YAML files, whose data are local files, at",
      "its values (0.4.13). Answers are kept: a killed evaluation goes on, nothing is asked twice."
    },
    footer = {
      "",
      "Examples:  imago evaluate suite arc.yaml hellaswag.yaml weights/3f2a",
      "           imago evaluate suite gsm8k.yaml model.gguf --chat-template --max-tokens 256",
      "           imago evaluate suite qa.yaml http://127.0.0.1:8080/v1"
    })
final class EvaluateSuiteCommand implements Callable<Integer> {
  /// What servers batch or queue without a refusal.
  private static final int USUAL_CONCURRENT = 8;

  @ParentCommand private EvaluateCommand parent = new EvaluateCommand();

  @Parameters(
      arity = "2..*",
      paramLabel = "TASK.yaml… MODEL",
      description = {
        "Files of tasks and groups, then the model: an artifact, a .gguf file, a Hugging Face"
            + " folder,",
        "or the address of an OpenAI-compatible server, such as http://127.0.0.1:8080/v1."
      })
  private List<String> named = List.of();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "The first items of each task only: for a trial, not for a report.")
  private @Nullable Integer limit;

  @Option(
      names = "--num-fewshot",
      paramLabel = "N",
      description = "Solved examples before each item (default: as the tasks say).")
  private @Nullable Integer shots;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of which examples are drawn (default: ${DEFAULT-VALUE}, as there).")
  private int seed = PromptOptions.USUAL_SEED;

  @Option(names = "--chat-template", description = "Prompts are conversations by its template.")
  private boolean chat;

  @Option(
      names = "--fewshot-as-multiturn",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "With --chat-template: each example is two turns (default); --no-… for one.")
  private boolean multiTurn = true;

  @Option(
      names = "--system-instruction",
      paramLabel = "TEXT",
      description = "What stands before all.")
  private @Nullable String system;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "The longest answer, below the tasks' max_gen_toks.")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Of a server: the model that is asked (default: its first).")
  private @Nullable String model;

  @Option(
      names = "--concurrent",
      paramLabel = "N",
      description = "Of a server: requests at a time (default: 8).")
  private @Nullable Integer concurrent;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "N",
      description = {
        "Of answers (default: what generation_config.json asks for, of a server its own); 1 is"
            + " none."
      })
  private @Nullable Float penalty;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "Where results.json and each task's items are written, which report, gate and compare read",
        "(default: evaluations/ in the workspace, by the model's name)."
      })
  private @Nullable Path out;

  @Option(
      names = "--contamination",
      description = {
        "Look for the items in what the model has read, by its lineage: scores with and without."
      })
  private boolean contamination;

  @Option(names = "--fresh", description = "Forget what this model has answered before.")
  private boolean fresh;

  @Option(names = "--json", description = "Print results.json.")
  private boolean json;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--threads", threads, 1, 1024);
    Bounds.whole("--seed", seed, 0, Integer.MAX_VALUE);
    least("--limit", limit, 1);
    least("--num-fewshot", shots, 0);
    least("--max-tokens", maxTokens, 1);
    if (concurrent != null) {
      Bounds.whole("--concurrent", concurrent, 1, 1024);
    }
    if (penalty != null) {
      Bounds.number("--repetition-penalty", penalty, 0.01f, 10, "1.1 is usual, 1 is none");
    }
    if (!multiTurn && !chat) {
      throw new ConfigException(
          "--no-fewshot-as-multiturn is of conversations; give --chat-template");
    }
    String last = named.getLast();
    if (contamination && !isArtifact(last)) {
      throw new ConfigException(
          "--contamination goes by lineage, and «%s» is no artifact; name one, such as weights/3f2a (`imago list`), or use `imago evaluate contamination --read`"
              .formatted(last));
    }
    List<Path> files = named.subList(0, named.size() - 1).stream().map(Path::of).toList();
    Console console = Console.of(parent.imago);
    // What is broken in a task is told before a model is opened.
    if (!chat) {
      Suite.read(files, options(Optional.empty()));
    }
    try (SuiteModel asked = open(parent.imago, last, model, chat, concurrent, threads, penalty)) {
      Suite suite =
          Suite.read(files, options(chat ? Optional.of(asked.conversation()) : Optional.empty()));
      long items = suite.tasks().stream().mapToLong(t -> t.items().size()).sum();
      SuiteEvaluation.Outcome outcome;
      try (Progress progress = console.progress("suite", "evaluating", items, "items")) {
        outcome =
            new SuiteEvaluation(parent.imago.workspace().resolve("answers"), fresh)
                .run(suite, asked, progress);
      }
      Path folder = out == null ? folder(last) : out;
      Map<String, Contamination.Split> read = contamination ? read(last, outcome) : Map.of();
      Optional<ModelLineage> lineage = lineage(last);
      List<String> changed = SuiteFiles.changed(outcome, folder);
      SuiteFiles.write(outcome, read, lineage, folder);
      System.out.print(
          json
              ? JsonMapper.shared()
                      .writerWithDefaultPrettyPrinter()
                      .writeValueAsString(SuiteFiles.json(outcome, read, lineage))
                  + "\n"
              : table(outcome) + without(read));
      outcome.notes().forEach(console::note);
      if (!changed.isEmpty()) {
        console.note(
            "%s: asked otherwise than the last time in %s (another file, other data or options): the numbers from before are not these tasks' any more"
                .formatted(String.join(", ", changed), folder));
      }
      for (TaskRun task : suite.tasks()) {
        if (task.items().size() < task.available()) {
          console.note(
              "%s: %,d of %,d items were asked (--limit): no number to report"
                  .formatted(task.name(), task.items().size(), task.available()));
        }
      }
      console.note(
          "%,d answers in %.1f s, %,d kept from before; items and results in %s"
              .formatted(
                  outcome.cost().answers(),
                  outcome.cost().seconds(),
                  outcome.cost().kept(),
                  folder));
    }
    return 0;
  }

  private static void least(String option, @Nullable Integer value, int least) {
    if (value != null) {
      Bounds.whole(option, value, least, Integer.MAX_VALUE);
    }
  }

  /// A model here, or one behind an address.
  ///
  /// @param model of a server; null for its first
  /// @param concurrent requests at a server at a time; null for as many as usual
  /// @param penalty of repetition; null for the model's own
  static SuiteModel open(
      Imago imago,
      String name,
      @Nullable String model,
      boolean chat,
      @Nullable Integer concurrent,
      int threads,
      @Nullable Float penalty) {
    boolean server = isServer(name);
    if (!server && model != null) {
      throw new ConfigException("--model is of a server; name the model itself");
    }
    if (!server && concurrent != null) {
      throw new ConfigException(
          "--concurrent is of a server; a model here computes as many together as it can");
    }
    return server
        ? SuiteModels.connect(
            name,
            Optional.ofNullable(model),
            Optional.ofNullable(System.getenv("OPENAI_API_KEY")),
            chat,
            concurrent == null ? USUAL_CONCURRENT : concurrent,
            Optional.ofNullable(penalty))
        : SuiteModels.open(
            name, ModelArgument.find(name, imago), threads, Optional.ofNullable(penalty));
  }

  static boolean isServer(String name) {
    return name.startsWith("http://") || name.startsWith("https://");
  }

  private static boolean isArtifact(String name) {
    return name.matches("([a-z]+/)?[0-9a-f]{4,64}");
  }

  /// Of an artifact; of a file or a server nothing is known.
  private Optional<ModelLineage> lineage(String name) {
    if (!isArtifact(name) || java.nio.file.Files.exists(Path.of(name))) {
      return Optional.empty();
    }
    var workspace = new Workspace(parent.imago.workspace());
    return Optional.of(ModelLineage.of(workspace, workspace.find(name).ref()));
  }

  private Map<String, Contamination.Split> read(String name, SuiteEvaluation.Outcome outcome) {
    var workspace = new Workspace(parent.imago.workspace());
    ReadTexts texts = ReadTexts.of(workspace, workspace.find(name).ref());
    texts.gaps().forEach(Console.of(parent.imago)::note);
    return Contamination.split(outcome.tasks(), texts::forEach, _ -> {});
  }

  private static String without(Map<String, Contamination.Split> read) {
    var rows = new ArrayList<List<String>>();
    for (Contamination.Split split : read.values()) {
      for (MetricScore score : split.without()) {
        rows.add(row(split.task() + ", " + split.leaks().size() + " read", "", score));
      }
    }
    return rows.isEmpty()
        ? ""
        : "\n  Without the items that it has read:\n"
            + Table.render(
                List.of("task", "", "filter", "metric", "value", "± error", "95% interval", "n"),
                rows);
  }

  private Path folder(String name) {
    String plain = name.replaceFirst("^https?://", "").replaceAll("[^\\w.-]+", "_");
    return parent.imago.workspace().resolve("evaluations").resolve(plain);
  }

  private PromptOptions options(Optional<ConversationForm> form) {
    return new PromptOptions(
        Optional.ofNullable(limit),
        seed,
        Optional.ofNullable(shots),
        form,
        multiTurn,
        Optional.ofNullable(system),
        Optional.ofNullable(maxTokens));
  }

  private static String table(SuiteEvaluation.Outcome outcome) {
    var rows = new ArrayList<List<String>>();
    for (SuiteEvaluation.TaskResult result : outcome.tasks()) {
      for (MetricScore score : result.scores()) {
        rows.add(row(result.task().name(), String.valueOf(result.task().shots()), score));
      }
    }
    for (SuiteEvaluation.GroupResult result : outcome.groups()) {
      for (MetricScore score : result.scores()) {
        rows.add(row(result.group().name(), "", score));
      }
    }
    return Table.render(
        List.of("task", "shots", "filter", "metric", "value", "± error", "95% interval", "n"),
        rows);
  }

  private static List<String> row(String name, String shots, MetricScore score) {
    boolean sure = !Double.isNaN(score.interval().low());
    return List.of(
        name,
        shots,
        score.filter(),
        score.metric() + (score.higherIsBetter() ? " ↑" : " ↓"),
        number(score.value()),
        score.standardError().isPresent() ? number(score.standardError().getAsDouble()) : "",
        sure ? number(score.interval().low()) + " … " + number(score.interval().high()) : "",
        String.valueOf(score.items()));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 1e6 ? "%.4f" : "%.3e", value);
  }
}
