package dev.imago.cli;

import dev.imago.cli.sweep.Halving;
import dev.imago.cli.sweep.Metric;
import dev.imago.cli.sweep.SearchRange;
import dev.imago.cli.sweep.Space;
import dev.imago.cli.sweep.Sweep;
import dev.imago.cli.sweep.Trial;
import dev.imago.core.Bounds;
import dev.imago.core.Chain;
import dev.imago.core.ConfigException;
import dev.imago.core.Listener;
import dev.imago.core.Plan;
import dev.imago.core.Progress;
import dev.imago.core.Recipe;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.prepare.TestedRecipe;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Searches for settings.
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    description = {
      "Search for the best settings of a recipe: random combinations, or successive halving.",
      "The same command goes on with what was broken off; more trials keep those that are done."
    },
    footer = {
      "",
      "Example:  imago sweep quickstart --set pretrain.learningRate=log:1e-4..1e-2 --set"
          + " pretrain.depth=2,4",
      "Halving:  imago sweep quickstart --set pretrain.learningRate=log:1e-4..1e-2 --trials 27"
          + " --budget pretrain.tokens=200000..1800000"
    })
final class SweepCommand implements Callable<Integer> {
  /// Of the training documents, set apart where the recipe sets none apart.
  private static final String DEVELOPMENT = "0.05";

  @ParentCommand private Imago imago = new Imago();

  @Mixin private RecipeArguments arguments = new RecipeArguments();

  @Option(
      names = "--set",
      paramLabel = "STEP.SETTING=RANGE",
      required = true,
      description =
          "What to search: 2,4,8 for one of these, 0..0.3 for anything in between, log:1e-4..1e-2"
              + " for the same on a logarithmic scale. Repeatable.")
  private List<String> ranges = List.of();

  @Option(
      names = "--metric",
      paramLabel = "[STEP.]FIGURE",
      description =
          "What to go by: developmentLoss, loss or tokensPerSecond (default: developmentLoss of the"
              + " last training step that is searched).")
  private String metric = "developmentLoss";

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "Combinations to try (default: ${DEFAULT-VALUE}).")
  private int trials = 16;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of what is drawn (default: ${DEFAULT-VALUE}).")
  private long seed = 42;

  @Option(
      names = "--budget",
      paramLabel = "STEP.SETTING=LOW..HIGH",
      description =
          "Successive halving: all trials with a low value of this setting, the best of them with"
              + " more, and so on, such as pretrain.tokens=200000..1800000.")
  private @Nullable String budget;

  @Option(
      names = "--eta",
      paramLabel = "N",
      description =
          "With --budget: of how many trials one goes on, with so many times the budget (default:"
              + " ${DEFAULT-VALUE}).")
  private int eta = 3;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Begin no further trial after so many.")
  private double minutes = Double.POSITIVE_INFINITY;

  @Option(names = "--retry", description = "Try again what failed before.")
  private boolean retry;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws Exception {
    Bounds.whole("--threads", threads, 1, 1024);
    Bounds.whole("--trials", trials, 1, 100_000, "16 is usual");
    if (minutes != Double.POSITIVE_INFINITY) {
      Bounds.above("--minutes", minutes, 0, 1e6, "leave it out for no end");
    }
    Workspace workspace = new Workspace(imago.workspace());
    var fixed = new ArrayList<String>();
    Function<Map<String, String>, Plan> plans = changed -> plan(workspace, fixed, changed);
    Plan base = plans.apply(Map.of());
    Space space = space(base);
    String step = step(base, space);
    Metric by = Metric.named(metric.substring(metric.indexOf('.') + 1));
    Console console = Console.of(imago);
    if (by == Metric.DEVELOPMENT_LOSS) {
      developed(base, step, space)
          .ifPresent(
              added -> {
                fixed.add(added);
                console.note(
                    added + ": what is set apart chooses, and the held-out part never does");
              });
      base = plans.apply(Map.of());
    }
    Halving halving = halving(base, space, step);
    Space.Check check = settings -> checked(plans, halving, step, settings);
    Space.Drawn drawn = space.draw(seed, trials, check);
    space.check(check, drawn.combinations());
    told(console, space, step, drawn, base);
    var search =
        new Sweep.Search(
            base.recipe().name(),
            space,
            drawn.combinations(),
            by,
            step,
            halving,
            seed,
            minutes,
            retry);
    Path folder =
        workspace.root().resolve("sweeps").resolve(search.name(base.upTo(step).resolved()));
    var options = new Chain.Options(threads, false, Imago.version());
    Chain chain = new Chain(workspace, new Quieter(console), options, Clock.systemUTC());
    Sweep.Outcome outcome;
    try (AutoCloseable _ = imago.interruptible()) {
      outcome =
          new Sweep(
                  workspace,
                  chain,
                  plans,
                  search,
                  folder,
                  new Told(console, search),
                  System::nanoTime)
              .run();
    }
    new SweepResult(search, outcome).print(System.out, folder, again(fixed));
    return 0;
  }

  /// The words of `imago run`, but for what was searched.
  private List<String> again(List<String> fixed) {
    var words = new ArrayList<>(arguments.said());
    words.addAll(fixed);
    return words;
  }

  private Plan plan(Workspace workspace, List<String> fixed, Map<String, String> changed) {
    var settings = new ArrayList<>(fixed);
    changed.forEach((name, value) -> settings.add(name + "=" + value));
    Recipe given = TestedRecipe.of(arguments.read(settings));
    // By a name of their own: what is newest of the recipe itself is no trial's.
    if (given.folds() > 0) {
      throw new ConfigException(
          "folds = %d is of a run, and a sweep goes by one development part; leave it out"
              .formatted(given.folds()));
    }
    var recipe = new Recipe(given.name() + "-sweep", given.seed(), 0, given.steps(), given.serve());
    return Plan.of(recipe, Catalog.stages(imago.workspace()), workspace::find);
  }

  private Space space(Plan base) {
    var named = new LinkedHashMap<String, SearchRange>();
    for (String given : ranges) {
      int equals = given.indexOf('=');
      if (equals < 1) {
        throw new ConfigException(
            "--set %s names no range: give pretrain.depth=2,4 or pretrain.learningRate=log:1e-4..1e-2"
                .formatted(given));
      }
      String name = given.substring(0, equals).strip();
      SearchRange range =
          SearchRange.parse("--set " + name, given.substring(equals + 1), whole(base, name));
      if (named.put(name, range) != null) {
        throw new ConfigException("--set %s is given twice: give it one range".formatted(name));
      }
    }
    return new Space(named);
  }

  /// What a setting is in the recipe as it stands, where it has such a one.
  private static @Nullable Object value(Plan plan, String name) {
    Object at = plan.resolved().get(name.contains(".") ? "stages" : name);
    for (String part : name.contains(".") ? name.split("\\.", -1) : new String[0]) {
      at = at instanceof Map<?, ?> fields ? fields.get(part) : null;
    }
    return at;
  }

  private static boolean whole(Plan plan, String name) {
    Object value = value(plan, name);
    return value instanceof Integer || value instanceof Long;
  }

  /// The step whose figure is the metric.
  private String step(Plan base, Space space) {
    int dot = metric.indexOf('.');
    if (dot > 0) {
      return base.upTo(metric.substring(0, dot)).steps().getLast();
    }
    List<String> training =
        base.steps().stream().filter(s -> value(base, s + ".evaluateEvery") != null).toList();
    if (training.isEmpty()) {
      throw new ConfigException(
          "the recipe trains nothing, and a sweep goes by what a training measures");
    }
    return training.stream()
        .filter(s -> space.names().stream().anyMatch(n -> n.startsWith(s + ".")))
        .reduce((_, last) -> last)
        .orElse(training.getFirst());
  }

  /// The setting that sets a development part apart, where the recipe has none.
  private static Optional<String> developed(Plan base, String step, Space space) {
    String name = step + ".stopping.development";
    Object share = value(base, name);
    if (share == null) {
      throw new ConfigException(
          "--metric developmentLoss: %s sets no development part apart; name a step that does, such as --metric pretrain.developmentLoss"
              .formatted(step));
    }
    boolean none = share instanceof Number number && number.doubleValue() == 0;
    return none && !space.names().contains(name)
        ? Optional.of(name + "=" + DEVELOPMENT)
        : Optional.empty();
  }

  private Halving halving(Plan base, Space space, String step) {
    String given = budget;
    if (given == null) {
      return Halving.NONE;
    }
    int equals = given.indexOf('=');
    String name = equals < 0 ? given : given.substring(0, equals).strip();
    if (equals < 1 || space.names().contains(name)) {
      throw new ConfigException(
          "--budget %s: it takes a setting that --set does not name, and two ends, such as pretrain.tokens=200000..1800000"
              .formatted(given));
    }
    if (!base.upTo(step).steps().contains(name.replaceFirst("\\..*", ""))) {
      throw new ConfigException(
          "--budget %s is of no step that %s needs; name one of %s"
              .formatted(given, step, String.join(", ", base.upTo(step).steps())));
    }
    return Halving.of(name, given.substring(equals + 1), eta, whole(base, name));
  }

  /// Refuses settings with which some rung could not run.
  private static void checked(
      Function<Map<String, String>, Plan> plans,
      Halving halving,
      String step,
      Map<String, String> settings) {
    for (String value : List.of(halving.budgets().getFirst(), halving.budgets().getLast())) {
      var all = new LinkedHashMap<>(settings);
      if (!halving.setting().isEmpty()) {
        all.put(halving.setting(), value);
      }
      var _ = plans.apply(all).upTo(step);
    }
  }

  private void told(Console console, Space space, String step, Space.Drawn drawn, Plan base) {
    base.notes().forEach(console::note);
    arguments.notes().forEach(console::note);
    List<String> needed = base.upTo(step).steps();
    for (String name : space.names()) {
      String of = name.replaceFirst("\\..*", "");
      if (name.contains(".") && !needed.contains(of)) {
        throw new ConfigException(
            "--set %s: %s does not depend on it, so every trial would be the same; name another --metric, or leave it out"
                .formatted(name, step));
      }
      if (name.contains(".") && !of.equals(step)) {
        console.note(
            "%s changes what %s reads: losses of other texts or vocabularies do not compare"
                .formatted(name, step));
      }
    }
    if (drawn.refused() > 0) {
      console.note(
          "%d combinations were passed over, as the recipe does not take them: %s"
              .formatted(drawn.refused(), drawn.because()));
    }
    if (drawn.combinations().size() < trials) {
      console.note(
          "the ranges have %d combinations: all are tried".formatted(drawn.combinations().size()));
    }
  }

  /// What a trial tells beside its bar is what is wrong: its results stand in the sweep's table.
  private record Quieter(Console console) implements Listener {
    @Override
    public void started(String step, boolean resumed) {
      if (resumed) {
        console.note(step + " goes on where it stopped");
      }
    }

    @Override
    public void reused(String step, Map<String, Ref> outputs) {}

    @Override
    public void finished(String step, Map<String, Ref> outputs, Duration took) {}

    @Override
    public Progress progress(String step, String what, long total, String unit) {
      return console.progress(step, what, total, unit);
    }

    @Override
    public void note(String line) {
      console.note(line);
    }

    @Override
    public void table(String title, List<String> header, List<List<String>> rows) {}
  }

  private record Told(Console console, Sweep.Search search) implements Sweep.Told {
    @Override
    public void begins(int nth, int of, int number, String budget, Map<String, String> settings) {
      String rung = budget.isEmpty() ? "" : "  %s=%s".formatted(search.halving().setting(), budget);
      console.begins("trial %d (%d of %d)".formatted(number, nth, of), said(settings) + rung);
    }

    @Override
    public void ended(Trial trial, boolean before) {
      String what =
          trial.done()
              ? "%s %s".formatted(search.metric().figure(), Metric.said(trial.value()))
              : "failed: " + trial.failed();
      console.note(before ? "trial %d, done before: %s".formatted(trial.number(), what) : what);
    }
  }

  private static String said(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(" "));
  }
}
