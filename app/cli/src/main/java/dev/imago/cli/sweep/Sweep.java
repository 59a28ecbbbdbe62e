package dev.imago.cli.sweep;

import dev.imago.core.Artifact;
import dev.imago.core.Chain;
import dev.imago.core.EnvironmentException;
import dev.imago.core.Hashing;
import dev.imago.core.InputException;
import dev.imago.core.MetricLines;
import dev.imago.core.Plan;
import dev.imago.core.RunRecord;
import dev.imago.core.RunSummary;
import dev.imago.core.StoppedException;
import dev.imago.core.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import tools.jackson.databind.json.JsonMapper;

/// Tries combinations of settings, one after another, and takes the better ones further.
///
/// A trial is a run of the recipe up to the step that is measured. It is found again by the keys of
/// its steps, so a sweep that was broken off goes on: nothing is run twice, and a trial that was
/// under way goes on from its checkpoint. A trial that fails is one that is not the best.
public final class Sweep {
  private final Workspace workspace;
  private final Chain chain;
  private final Function<Map<String, String>, Plan> plans;
  private final Search search;
  private final Path folder;
  private final Told told;
  private final LongSupplier nanos;
  private final TrialLog log;

  /// What all trials read, by the name of an output, and the step that made it.
  private final Map<String, String> read = new TreeMap<>();

  private String readOf = "";

  /// What is searched, and by what.
  ///
  /// @param recipe its name
  /// @param step whose figure is the metric
  /// @param combinations of settings, the first trial's first
  /// @param minutes after which no further trial begins
  /// @param retry whether trials that failed before are tried again
  public record Search(
      String recipe,
      Space space,
      List<Map<String, String>> combinations,
      Metric metric,
      String step,
      Halving halving,
      long seed,
      double minutes,
      boolean retry) {
    public Search {
      combinations = List.copyOf(combinations);
    }

    /// A folder's name: another for another search, the same for more trials of one.
    ///
    /// @param recipe resolved, but for what is searched
    public String name(Map<String, Object> recipe) {
      var facts = new LinkedHashMap<String, Object>();
      facts.put("recipe", recipe);
      facts.put("ranges", space.ranges().toString());
      facts.put("metric", step + "." + metric.figure());
      facts.put("halving", halving.toString());
      facts.put("seed", seed);
      String hash = Hashing.of(JsonMapper.shared().writeValueAsString(facts));
      return this.recipe + "-" + hash.substring(0, 12);
    }
  }

  /// Who is told how it goes.
  public interface Told {
    /// @param of how many trials the rung has
    void begins(int nth, int of, int number, String budget, Map<String, String> settings);

    /// @param before whether it had ended in an earlier sweep
    void ended(Trial trial, boolean before);
  }

  /// @param plans the recipe with these settings changed
  /// @param folder for its files
  public Sweep(
      Workspace workspace,
      Chain chain,
      Function<Map<String, String>, Plan> plans,
      Search search,
      Path folder,
      Told told,
      LongSupplier nanos) {
    this.workspace = workspace;
    this.chain = chain;
    this.plans = plans;
    this.search = search;
    this.folder = folder;
    this.told = told;
    this.nanos = nanos;
    this.log = new TrialLog(folder);
  }

  /// What it comes to.
  ///
  /// @param trials all that have ended, by rung and number
  /// @param best of the last rung that any trial ended on
  /// @param whole whether all there were to run have
  public record Outcome(List<Trial> trials, Optional<Trial> best, boolean whole) {}

  /// Runs what is not done yet. An interrupt stops it.
  ///
  /// @throws StoppedException when the thread was interrupted
  /// @throws EnvironmentException for what no trial could change, such as a full disk
  public Outcome run() {
    shared();
    long begun = nanos.getAsLong();
    var all = new ArrayList<Trial>();
    List<Integer> going = new ArrayList<>();
    for (int i = 0; i < search.combinations().size(); i++) {
      going.add(i);
    }
    Comparator<Trial> bestFirst =
        (a, b) ->
            search.metric().better(a.value(), b.value())
                ? -1
                : search.metric().better(b.value(), a.value()) ? 1 : 0;
    Optional<Trial> best = Optional.empty();
    boolean whole = true;
    for (int rung = 0; rung < search.halving().rungs() && !going.isEmpty() && whole; rung++) {
      var ended = new ArrayList<Trial>();
      for (int nth = 0; nth < going.size() && whole; nth++) {
        boolean late = (nanos.getAsLong() - begun) / 60e9 > search.minutes();
        Optional<Trial> trial = trial(rung, nth, going, late);
        trial.ifPresent(ended::add);
        whole = trial.isPresent();
      }
      all.addAll(ended);
      List<Trial> done = ended.stream().filter(Trial::done).sorted(bestFirst).toList();
      if (!done.isEmpty()) {
        best = Optional.of(done.getFirst());
      }
      int on = search.halving().reach(rung + 1, search.combinations().size());
      going = done.stream().limit(on).map(t -> t.number() - 1).sorted().toList();
    }
    SweepPage.write(folder, search, all, best);
    return new Outcome(List.copyOf(all), best, whole);
  }

  /// What all trials share is made first: where it cannot be, that is no trial's fault.
  private void shared() {
    Plan plan = plans.apply(Map.of()).upTo(search.step());
    List<String> steps = plan.steps();
    int first = 0;
    while (first < steps.size() - 1 && !searched(steps.get(first))) {
      first++;
    }
    if (first > 0) {
      String last = steps.get(first - 1);
      read.putAll(refs(chain.run(plan.upTo(last)).getOrDefault(last, Map.of())));
      readOf = last;
    }
  }

  private static Map<String, String> refs(Map<String, Artifact> outputs) {
    var refs = new TreeMap<String, String>();
    outputs.forEach((name, artifact) -> refs.put(name, artifact.ref().toString()));
    return refs;
  }

  /// Trials compare where they read the same.
  private void unchanged(Map<String, Map<String, Artifact>> made, Chain.Standing standing) {
    boolean same = readOf.isEmpty() || refs(made.getOrDefault(readOf, Map.of())).equals(read);
    if (!same || standing.reused().isEmpty()) {
      throw new InputException(
          "what trials read has changed while they ran: run the same command again, and all are"
              + " tried on what is there now");
    }
  }

  private boolean searched(String step) {
    return search.halving().setting().startsWith(step + ".")
        || search.space().names().stream()
            .anyMatch(name -> name.startsWith(step + ".") || !name.contains("."));
  }

  private Map<String, String> settings(int rung, int combination) {
    var settings = new LinkedHashMap<>(search.combinations().get(combination));
    if (!search.halving().setting().isEmpty()) {
      settings.put(search.halving().setting(), search.halving().budgets().get(rung));
    }
    return settings;
  }

  /// @param late whether the time is over: then only what is done already counts
  /// @return nothing where there was no time for it
  private Optional<Trial> trial(int rung, int nth, List<Integer> going, boolean late) {
    int combination = going.get(nth);
    Map<String, String> own = search.combinations().get(combination);
    Plan plan = plans.apply(settings(rung, combination)).upTo(search.step());
    Chain.Standing before = chain.standing(plan);
    Optional<Trial> known =
        log.of(rung, own)
            .filter(t -> t.key().equals(before.key()))
            .filter(t -> t.done() || !search.retry());
    if (known.isPresent()) {
      told.ended(known.get(), true);
      return known;
    }
    if (late) {
      return Optional.empty();
    }
    String budget = search.halving().budgets().get(rung);
    told.begins(nth + 1, going.size(), combination + 1, budget, own);
    Trial trial = ran(plan, combination + 1, rung, budget, own);
    log.add(trial, search.space().names(), search.metric().figure());
    SweepPage.write(folder, search, log.trials(), Optional.empty());
    told.ended(trial, false);
    return Optional.of(trial);
  }

  private Trial ran(Plan plan, int number, int rung, String budget, Map<String, String> own) {
    Map<String, Map<String, Artifact>> made;
    try {
      made = chain.run(plan);
    } catch (StoppedException | EnvironmentException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      return failed(number, rung, budget, own, chain.standing(plan).key(), why);
    }
    Chain.Standing standing = chain.standing(plan);
    unchanged(made, standing);
    Map<String, String> left = refs(made.getOrDefault(search.step(), Map.of()));
    String key = standing.key();
    Optional<RunSummary> run =
        workspace.runSummaries().reversed().stream()
            .filter(r -> r.key().equals(key) && r.status() == RunRecord.Status.DONE)
            .findFirst();
    if (run.isEmpty()) {
      return failed(
          number,
          rung,
          budget,
          own,
          key,
          "its run is gone from the workspace's runs/: rm its result to train it again");
    }
    String id = run.get().id();
    var value = search.metric().of(figures(id, search.metric().figure()));
    if (value.isEmpty()) {
      return failed(
          number,
          rung,
          budget,
          own,
          key,
          "%s measured no %s".formatted(search.step(), search.metric().figure()));
    }
    List<Double> heldout = figures(id, "heldoutLoss");
    if (heldout.equals(figures(id, "developmentLoss"))) {
      heldout = List.of(); // of tuning, which reads nothing that is held out: the same part
    }
    return new Trial(
        number,
        rung,
        budget,
        own,
        key,
        "",
        value.getAsDouble(),
        heldout.isEmpty() ? Double.NaN : heldout.getLast(),
        run.get().seconds(),
        id,
        left.values().stream().findFirst().orElse(""));
  }

  private static Trial failed(
      int number, int rung, String budget, Map<String, String> own, String key, String why) {
    return new Trial(number, rung, budget, own, key, why, Double.NaN, Double.NaN, 0, "", "");
  }

  private List<Double> figures(String run, String figure) {
    var values = new ArrayList<Double>();
    MetricLines.read(
        workspace.runs().resolve(run).resolve("metrics.jsonl"),
        point -> {
          Double value = point.get(figure);
          if (value != null) {
            values.add(value);
          }
        });
    return values;
  }
}
