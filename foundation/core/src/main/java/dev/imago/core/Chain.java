package dev.imago.core;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// Runs a plan in a workspace: what stands is reused, what is missing is made, what was broken off
/// goes on.
///
/// A step's result is reused when its key is known: the hash of the stage's name and version, its
/// resolved config, the seed, the references of its inputs, and what it says of the world outside.
public final class Chain {
  private final Workspace workspace;
  private final Listener listener;
  private final Options options;
  private final Clock clock;
  private @Nullable Peers peers;
  private EnergySettings electricity = EnergySettings.NONE;

  /// @param compute what a stage may compute with
  /// @param verify whether reuse reads every byte of what it reuses
  /// @param codeVersion of Imago, for the records
  /// @param shown examples that a stage shows of what it is about to learn from
  public record Options(Compute compute, boolean verify, String codeVersion, int shown) {
    public Options {
      Bounds.whole("--show", shown, 0, 1000);
    }

    /// Without examples that are shown.
    public Options(Compute compute, boolean verify, String codeVersion) {
      this(compute, verify, codeVersion, 0);
    }

    /// @param threads compute threads of a stage
    public Options(int threads, boolean verify, String codeVersion) {
      this(Compute.ofThreads(threads), verify, codeVersion);
    }
  }

  /// What a dry run says of one step.
  ///
  /// @param reused the references that stand, or nothing where the step would run
  /// @param reason why it would run
  /// @param estimate what it is expected to cost, where it would run
  public record Forecast(
      String step, @Nullable Map<String, Ref> reused, String reason, Estimate estimate) {}

  /// How far the work of a plan is done.
  ///
  /// @param step the first that would run; the last one where nothing would
  /// @param key under which its result is kept
  /// @param reused what that step has left; nothing where it would run
  public record Standing(String step, String key, Optional<Map<String, Ref>> reused) {}

  public Chain(Workspace workspace, Listener listener, Options options, Clock clock) {
    this.workspace = workspace;
    this.listener = listener;
    this.options = options;
    this.clock = clock;
  }

  /// Lets other processes, which follow ([Follower]), take part in steps that spread.
  public Chain together(Peers others) {
    peers = others;
    return this;
  }

  /// What a run would do, without doing it.
  public List<Forecast> forecast(Plan plan) {
    var known = new LinkedHashMap<String, Map<String, Ref>>();
    var all = new java.util.ArrayList<Forecast>();
    var figures = new EnumMap<Estimate.Figure, Long>(Estimate.Figure.class);
    var expected = new LinkedHashMap<String, Map<Estimate.Figure, Long>>();
    for (Plan.Node<?> node : plan.nodes()) {
      Estimate estimate = estimate(node, known, expected, figures);
      figures.putAll(estimate.figures());
      expected.put(node.id(), estimate.figures());
      String waiting = "";
      for (Plan.Source source : node.wiring().values()) {
        if (source instanceof Plan.Output output && !known.containsKey(output.step())) {
          waiting = output.step();
        }
      }
      if (!waiting.isEmpty()) {
        all.add(new Forecast(node.id(), null, "waits for " + waiting + ", which runs", estimate));
        continue;
      }
      String key = key(plan, node, inputs(node, known));
      Map<String, Ref> reused = workspace.reusable(key, options.verify(), listener);
      if (reused == null) {
        Optional<String> at = node.stage().resumesAt(workspace.scratch(key));
        all.add(new Forecast(node.id(), null, at.map(a -> "goes on " + a).orElse("new"), estimate));
      } else {
        known.put(node.id(), reused);
        all.add(new Forecast(node.id(), reused, "", estimate));
      }
    }
    return all;
  }

  /// How far a plan's work is done, without doing any.
  public Standing standing(Plan plan) {
    var known = new LinkedHashMap<String, Map<String, Ref>>();
    Standing last = null;
    for (Plan.Node<?> node : plan.nodes()) {
      String key = key(plan, node, inputs(node, known));
      Map<String, Ref> reused = workspace.reusable(key, false, listener);
      last = new Standing(node.id(), key, Optional.ofNullable(reused));
      if (reused == null) {
        break;
      }
      known.put(node.id(), reused);
    }
    return Objects.requireNonNull(last, "a plan has a step");
  }

  private <C extends Record> Estimate estimate(
      Plan.Node<C> node,
      Map<String, Map<String, Ref>> known,
      Map<String, Map<Estimate.Figure, Long>> expected,
      Map<Estimate.Figure, Long> figures) {
    var later = new LinkedHashMap<String, Map<Estimate.Figure, Long>>();
    var inputs = new LinkedHashMap<String, Artifact>();
    for (Input input : Input.all(node.stage())) {
      Plan.Source source = node.wiring().get(input.name());
      Ref ref = source == null ? null : ref(source, known);
      if (ref != null) {
        Artifact lying = workspace.artifact(ref);
        inputs.put(input.name(), Artifact.of(input.kind(), ref, lying.folder()));
      } else if (source instanceof Plan.Output output) {
        later.put(input.name(), expected.getOrDefault(output.step(), Map.of()));
      }
    }
    return node.stage()
        .estimate(node.config(), new Estimate.Known(inputs, later, figures, options.compute()));
  }

  /// Runs what is not done yet. An interrupt stops it.
  ///
  /// @return every step's outputs: step → output name → artifact
  /// @throws StoppedException when the thread was interrupted, with what was kept
  public Map<String, Map<String, Artifact>> run(Plan plan) {
    Peers others = peers;
    if (others == null) {
      return alone(plan);
    }
    boolean well = false;
    try {
      Map<String, Map<String, Artifact>> made = alone(plan);
      well = true;
      return made;
    } finally {
      Announcement.ended(well).to(others);
    }
  }

  private Map<String, Map<String, Artifact>> alone(Plan plan) {
    electricity = EnergySettings.of(workspace.root()); // refused before any work
    try (ProcessLock _ = workspace.lock()) {
      workspace.settle();
      var refs = new LinkedHashMap<String, Map<String, Ref>>();
      for (Plan.Node<?> node : plan.nodes()) {
        refs.put(node.id(), step(plan, node, inputs(node, refs)));
      }
      var artifacts = new LinkedHashMap<String, Map<String, Artifact>>();
      for (Plan.Node<?> node : plan.nodes()) {
        artifacts.put(node.id(), typed(node, refs.getOrDefault(node.id(), Map.of())));
      }
      return artifacts;
    }
  }

  private Map<String, Artifact> typed(Plan.Node<?> node, Map<String, Ref> outputs) {
    var typed = new LinkedHashMap<String, Artifact>();
    for (RecordComponent output : node.stage().outputs().getRecordComponents()) {
      Ref ref = outputs.get(output.getName());
      if (ref != null) {
        Class<? extends Artifact> kind = output.getType().asSubclass(Artifact.class);
        typed.put(output.getName(), Artifact.of(kind, ref, workspace.artifact(ref).folder()));
      }
    }
    return typed;
  }

  private static Map<String, Ref> inputs(Plan.Node<?> node, Map<String, Map<String, Ref>> known) {
    var refs = new TreeMap<String, Ref>();
    node.wiring()
        .forEach(
            (place, source) -> {
              Ref ref = ref(source, known);
              if (ref == null) {
                throw new IllegalStateException("no output " + source);
              }
              refs.put(place, ref);
            });
    return refs;
  }

  private static @Nullable Ref ref(Plan.Source source, Map<String, Map<String, Ref>> known) {
    return switch (source) {
      case Plan.Output output -> known.getOrDefault(output.step(), Map.of()).get(output.output());
      case Plan.Lying lying -> lying.ref();
    };
  }

  /// What was bound by reference was made by another run, or imported, and cannot be made again
  /// here.
  private void checkLying(Plan.Node<?> node) {
    for (Plan.Source source : node.wiring().values()) {
      if (source instanceof Plan.Lying(Ref ref)) {
        workspace
            .damage(ref, options.verify())
            .ifPresent(
                damage -> {
                  throw new InputException(
                      "%s, which %s reads, is damaged: %s; make or import it again"
                          .formatted(ref.brief(), node.id(), damage));
                });
      }
    }
  }

  private static <C extends Record> String key(
      Plan plan, Plan.Node<C> node, Map<String, Ref> inputs) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("stage", node.stage().name());
    facts.put("version", node.stage().version());
    facts.put("config", Binder.resolved(node.config()));
    facts.put("seed", plan.recipe().seed());
    facts.put("inputs", new TreeMap<>(strings(inputs)));
    facts.put("external", node.stage().external(node.config()));
    return Hashing.of(Json.MAPPER.writeValueAsString(facts));
  }

  private <C extends Record> Map<String, Ref> step(
      Plan plan, Plan.Node<C> node, Map<String, Ref> inputs) {
    String key = key(plan, node, inputs);
    Map<String, Ref> reused = workspace.reusable(key, options.verify(), listener);
    if (reused != null) {
      listener.reused(node.id(), reused);
      return reused;
    }
    checkLying(node);
    Instant started = clock.instant();
    Path scratch = workspace.scratch(key);
    boolean resumed = node.stage().resumesAt(scratch).isPresent();
    Path folder = RunFolder.create(workspace, started, node.id());
    RunRecord record =
        new RunRecord(
            String.valueOf(folder.getFileName()),
            plan.recipe().name(),
            node.id(),
            node.stage().name(),
            node.stage().version(),
            key,
            RunRecord.Status.RUNNING,
            strings(inputs),
            Map.of(),
            Binder.resolved(node.config()),
            plan.recipe().seed(),
            options.compute().threads(),
            options.codeVersion(),
            machine(),
            started.toString(),
            0,
            "",
            null);
    boolean others = peers != null && node.stage().spreads();
    var energy = RunEnergy.begin(electricity, scratch, record.id(), resumed, !others);
    var kept = new RunFolder(folder, record, started, workspace, listener, clock, energy);
    kept.begun();
    Json.write(folder.resolve("recipe.json"), plan.resolved());
    listener.started(node.id(), resumed);
    var run =
        new StageRun(
            workspace,
            listener,
            node.id(),
            key,
            folder,
            plan.recipe().seed(),
            options.compute(),
            options.shown(),
            kept::going,
            energy.meter()::alsoOf);
    try (run;
        energy) {
      if (peers != null && others) {
        new Announcement(node.id(), key, strings(inputs), true).to(peers);
      }
      Map<String, Ref> outputs = outputs(execute(node, inputs, run));
      Instant finished = clock.instant();
      for (Ref ref : outputs.values()) {
        workspace.recordProvenance(
            ref,
            new Provenance(
                node.stage().name(),
                node.stage().version(),
                List.copyOf(inputs.values()),
                Json.MAPPER.writeValueAsString(Binder.resolved(node.config())),
                plan.recipe().seed(),
                options.codeVersion(),
                machine(),
                started,
                finished));
      }
      workspace.remember(key, outputs);
      run.finish();
      kept.ended(RunRecord.Status.DONE, strings(outputs), finished, "");
      listener.finished(node.id(), outputs, Duration.between(started, finished));
      return outputs;
    } catch (InterruptedException e) {
      throw stopped(node, workspace.scratch(key), kept, e);
    } catch (RuntimeException | Error e) {
      if (interrupted(e)) {
        throw stopped(node, workspace.scratch(key), kept, e);
      }
      kept.failed(e);
      throw e;
    } catch (IOException e) {
      throw AtomicFile.failure("run " + node.id() + " in", workspace.root(), e);
    }
  }

  /// An interrupt comes as itself, or as whatever it broke off.
  private static boolean interrupted(Throwable thrown) {
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      if (e instanceof InterruptedException
          || e instanceof CancellationException
          || e instanceof ClosedByInterruptException) {
        return true;
      }
    }
    return false;
  }

  private StoppedException stopped(
      Plan.Node<?> node, Path scratch, RunFolder folder, Throwable cause) {
    Thread.interrupted(); // It would close the channel of what is yet to be written.
    String kept =
        node.stage()
            .resumesAt(scratch)
            .map(at -> "%s stopped and saved: the same command goes on %s".formatted(node.id(), at))
            .orElse(
                "%s stopped; the steps before it are kept, and the same command begins it again"
                    .formatted(node.id()));
    folder.ended(RunRecord.Status.KILLED, Map.of(), clock.instant(), kept);
    return new StoppedException(kept, cause);
  }

  private <I extends Record, C extends Record, O extends Record> O execute(
      Stage<I, C, O> stage, C config, Map<String, Ref> inputs, Run run)
      throws InterruptedException {
    return stage.run(Input.record(stage, inputs, workspace), config, run);
  }

  private <C extends Record> Record execute(Plan.Node<C> node, Map<String, Ref> inputs, Run run)
      throws InterruptedException {
    return execute(node.stage(), node.config(), inputs, run);
  }

  private static Map<String, Ref> outputs(Record outputs) {
    var refs = new LinkedHashMap<String, Ref>();
    for (RecordComponent component : outputs.getClass().getRecordComponents()) {
      refs.put(component.getName(), ((Artifact) Binder.get(component, outputs)).ref());
    }
    return refs;
  }

  private static Map<String, String> strings(Map<String, Ref> refs) {
    var strings = new TreeMap<String, String>();
    refs.forEach((name, ref) -> strings.put(name, ref.toString()));
    return strings;
  }

  /// What a run is recorded to have run on: system, processors and JDK.
  public static String machine() {
    return "%s %s, %d processors, %s %s"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.vm.vendor"),
            Runtime.version());
  }
}
