// Past 400 lines: one loop, read from top to bottom.
package dev.imago.training;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.ResidentMemory;
import dev.imago.core.Run;
import dev.imago.torch.Batch;
import dev.imago.torch.DistillationLoss;
import dev.imago.torch.Draw;
import dev.imago.torch.LostPeerException;
import dev.imago.torch.Muon;
import dev.imago.torch.Objective;
import dev.imago.torch.Optimizer;
import dev.imago.torch.Replicas;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The training loop: forward, backward, clip, update; held-out loss and checkpoint now and then.
///
/// A step is a pure function of the weights, the optimizer's state and its number, so that a run
/// that was killed goes on from its checkpoint to the same bits as one that was not.
///
/// Longer than other files: the order of what happens between two steps (stop, save, measure,
/// write) is one thing, and is read as one.
public final class Trainer {
  /// Of a sample, on the console.
  private static final int BRIEF = 100;

  private final TrainableModel model;
  private final Batches batches;
  private final List<Batch> heldout;
  private final Settings settings;
  private final Run run;
  private final LongSupplier nanos;
  private @Nullable Development development;
  private @Nullable Standing standing;
  private @Nullable SampleWriter samples;
  private Supplier<Map<String, Double>> beside = Map::of;

  /// @param schedule the learning rate, and the number of steps
  /// @param optimizer what a gradient does
  /// @param objective what is added to the loss in training; held-out losses have none of it
  /// @param averageDecay of the average of the weights, which then is what is measured and comes
  ///   out; 0 for none
  /// @param checkpointEvery steps between checkpoints, at least 1
  /// @param checkpointMinutes after which there is one in any case, above 0
  /// @param evaluateEvery steps between held-out losses, at least 1
  /// @param title of the curve
  public record Settings(
      Schedule schedule,
      Optimizer optimizer,
      Objective objective,
      double averageDecay,
      int checkpointEvery,
      double checkpointMinutes,
      int evaluateEvery,
      String title) {
    public Settings {
      if (checkpointEvery < 1 || evaluateEvery < 1 || !(checkpointMinutes > 0)) {
        throw new IllegalArgumentException(
            "checkpointEvery = %d and evaluateEvery = %d must be at least 1, checkpointMinutes = %s above 0"
                .formatted(checkpointEvery, evaluateEvery, checkpointMinutes));
      }
      if (!(averageDecay >= 0 && averageDecay < 1)) {
        throw new IllegalArgumentException(
            "averageDecay = %s is within 0 ≤ averageDecay < 1".formatted(averageDecay));
      }
    }

    /// The loss alone, and the last weights.
    public Settings(
        Schedule schedule,
        Optimizer optimizer,
        int checkpointEvery,
        double checkpointMinutes,
        int evaluateEvery,
        String title) {
      this(
          schedule,
          optimizer,
          new Objective.Likelihood(0, 0),
          0,
          checkpointEvery,
          checkpointMinutes,
          evaluateEvery,
          title);
    }
  }

  /// What came out.
  ///
  /// @param loss of the last steps, in nats a target
  /// @param heldoutLoss in nats a target; NaN where nothing was held out
  /// @param tokens trained on in all
  /// @param tokensPerSecond of this process's part
  public record Outcome(double loss, double heldoutLoss, long tokens, double tokensPerSecond) {}

  /// @param heldout what the held-out loss is measured on; may be empty
  public Trainer(
      TrainableModel model, Batches batches, List<Batch> heldout, Settings settings, Run run) {
    this(model, batches, heldout, settings, run, System::nanoTime);
  }

  /// @param nanos the clock by which checkpoints come
  Trainer(
      TrainableModel model,
      Batches batches,
      List<Batch> heldout,
      Settings settings,
      Run run,
      LongSupplier nanos) {
    this.model = model;
    this.batches = batches;
    this.heldout = List.copyOf(heldout);
    this.settings = settings;
    this.run = run;
    this.nanos = nanos;
    if (settings.optimizer() instanceof Muon
        && model.replicas().layout().slots().stream().noneMatch(Muon::orthogonal)) {
      throw new ConfigException(
          "optimizer = muon is for the matrices of blocks, and none of them trains; freeze less, or"
              + " take optimizer = adamw");
    }
  }

  /// Chooses what comes out, and when it ends, by the loss of a development part.
  public Trainer development(Development by) {
    development = by;
    return this;
  }

  /// Has the model write now and then.
  public Trainer samples(SampleWriter by) {
    samples = by;
    return this;
  }

  /// Measures something more wherever the losses are measured: a point of the curve gets it.
  public Trainer measuring(Supplier<Map<String, Double>> more) {
    beside = more;
    return this;
  }

  /// Where a run with this scratch folder would go on, as a part of a sentence.
  public static Optional<String> resumesAt(Path scratch) {
    return new Checkpoints(scratch)
        .state()
        .map(s -> "after step %,d of %,d".formatted(s.step(), s.steps()));
  }

  /// Trains to the end, from the checkpoint in the run's scratch if there is one. An interrupt ends
  /// it after the step at work, with a checkpoint. A step whose loss or gradient is no number
  /// changes nothing and is told.
  ///
  /// @throws InputException when several such steps follow each other
  public Outcome train() throws InterruptedException {
    try {
      return toTheEnd();
    } catch (LostPeerException e) {
      throw Standing.lost(e, standing, model.replicas(), settings);
    }
  }

  private Outcome toTheEnd() throws InterruptedException {
    var checkpoints = new Checkpoints(run.scratch()).madeBy(model.replicas().sums());
    Curve curve = new Curve();
    if (settings.averageDecay() > 0) {
      model.replicas().keepAverage(settings.averageDecay());
    }
    Replicas replicas = model.replicas();
    Checkpoints.State state = Checkpoints.State.BEGIN;
    if (replicas.first()) {
      state = checkpoints.restore(replicas, settings.optimizer(), curve, run::note);
    }
    state = spread(state, curve);
    curve.points().forEach(run::metric);
    curve.samples().forEach(s -> run.sample(s.step(), s.prompt(), s.text()));
    long steps = settings.schedule().steps();
    if (state.step() > 0) {
      run.note("goes on after step %,d of %,d".formatted(state.step(), steps));
    }
    long before = state.tokens();
    Development part = development;
    BestWeights bests = part == null ? null : new BestWeights(run.scratch(), part);
    var watch = new LossWatch(settings.title(), run::note);
    long begun = nanos.getAsLong();
    long saved = begun;
    long waited = 0;
    var use = new MachineUse(model, run.threads(), curve);
    try (var writer = new CheckpointWriter(checkpoints);
        Progress progress = run.progress(settings.title(), steps, "steps")) {
      progress.resume(state.step());
      while (state.step() < steps && (bests == null || !bests.exhausted(curve))) {
        long step = state.step() + 1;
        long stepBegun = nanos.getAsLong();
        List<Batch> micro = batches.step(step);
        long fetched = nanos.getAsLong();
        waited += fetched - stepBegun;
        Step done = step(step - state.skipped(), step, micro);
        long inStep = micro.stream().mapToLong(Batch::tokens).sum();
        state =
            new Checkpoints.State(
                step, steps, state.tokens() + inStep, state.skipped() + (done.whole() ? 0 : 1));
        standing = new Standing(checkpoints, state, curve);
        watch.told(step, done, settings.schedule().peak(), () -> batches.describe(step));
        long now = nanos.getAsLong();
        double rate = inStep / ((now - stepBegun) / 1e9);
        boolean evaluate = step == steps || step % settings.evaluateEvery() == 0;
        boolean save = step == steps || step % settings.checkpointEvery() == 0;
        if (done.whole() && (evaluate || save || step % 10 == 0 || step == 1)) {
          var pace = new Pace(rate, micro.getFirst().length(), waited / 1e9, (now - begun) / 1e9);
          point(curve, state, done, evaluate, pace, use);
          waited = 0;
          if (evaluate && bests != null && replicas.first()) {
            if (new FileThread(() -> keep(bests, curve)).end()) {
              throw new InterruptedException("interrupted after step " + step);
            }
          }
        }
        SampleWriter writes = samples;
        if (writes != null && replicas.first() && writes.due(step, steps)) {
          sampled(curve, writes, step);
        }
        String remark = String.format(Locale.ROOT, "loss %.3f  %,.0f tokens/s", watch.mean(), rate);
        // All processes end after the same step.
        boolean stop = replicas.any(told(progress, remark) || Thread.interrupted());
        boolean due = save || stop || (now - saved) / 60e9 >= settings.checkpointMinutes();
        if (due && replicas.first()) {
          writer.begin(Checkpoints.parts(model.replicas(), settings.optimizer()), state, curve);
          saved = now;
        }
        if (stop || step == steps) {
          writer.await();
        }
        if (stop) {
          throw new InterruptedException("interrupted after step " + step);
        }
      }
    }
    if (state.skipped() > 0) {
      run.note(
          "%s: %,d of %,d steps changed nothing"
              .formatted(settings.title(), state.skipped(), steps));
    }
    standing = null; // The weights become those that come out.
    double seconds = (nanos.getAsLong() - begun) / 1e9;
    double heldoutLoss = heldout.isEmpty() ? Double.NaN : curve.last("heldoutLoss");
    if (bests == null || bests.best(curve).isEmpty()) {
      model.replicas().swapAverage();
    } else {
      best(bests, curve, state);
      heldoutLoss = heldout.isEmpty() ? Double.NaN : loss(state.step(), "held-out", heldout);
    }
    return new Outcome(
        curve.last("loss"), heldoutLoss, state.tokens(), (state.tokens() - before) / seconds);
  }

  /// What the first process goes on from, in all of them.
  private Checkpoints.State spread(Checkpoints.State own, Curve curve) {
    model.replicas().spread(settings.optimizer());
    return Checkpoints.spread(own, curve, model.replicas()::spread);
  }

  /// Keeps what is measured: the average of the weights where one is kept.
  private void keep(BestWeights bests, Curve curve) {
    model.replicas().swapAverage();
    try {
      bests.keep(curve, model.replicas().values());
    } finally {
      model.replicas().swapAverage();
    }
  }

  private void best(BestWeights bests, Curve curve, Checkpoints.State state) {
    long steps = settings.schedule().steps();
    if (state.step() < steps) {
      run.note(
          "%s: ends after step %,d of %,d: the development part has become no better"
              .formatted(settings.title(), state.step(), steps));
    }
    List<BestWeights.Measured> best = bests.best(curve);
    if (model.replicas().first()) {
      bests.install(curve, model.replicas().values());
    }
    model.replicas().spread(settings.optimizer());
    String which =
        best.stream()
            .map(m -> String.format(Locale.ROOT, "step %,d (%.4f)", m.step(), m.loss()))
            .collect(Collectors.joining(", "));
    run.note(
        "%s: the weights are %s %s, by the loss of the development part"
            .formatted(
                settings.title(), best.size() == 1 ? "those of" : "the mean of those of", which));
  }

  /// What one step gave.
  ///
  /// @param loss in nats a target
  /// @param gradientNorm before clipping; NaN where the loss is no number
  /// @param parts of the loss, in nats a target, where it has some
  record Step(double loss, double gradientNorm, Map<String, Double> parts) {
    Step(double loss, double gradientNorm) {
      this(loss, gradientNorm, Map.of());
    }

    /// Whether it changed the weights.
    boolean whole() {
      return Double.isFinite(loss) && Double.isFinite(gradientNorm);
    }
  }

  /// @param tokensPerSecond of one step
  /// @param length of its sequences
  /// @param waitedSeconds for batches since the point before
  /// @param seconds since this process began
  private record Pace(double tokensPerSecond, long length, double waitedSeconds, double seconds) {}

  private void sampled(Curve curve, SampleWriter writes, long step) {
    List<Curve.Sample> written;
    model.replicas().swapAverage();
    try {
      written = writes.write(step);
    } finally {
      model.replicas().swapAverage();
    }
    for (Curve.Sample sample : written) {
      curve.add(sample);
      run.sample(sample.step(), sample.prompt(), sample.text());
      run.note("step %,d: %s ▸ %s".formatted(step, brief(sample.prompt()), brief(sample.text())));
    }
    run.attach(EventFile.NAME, EventFile.of(curve));
  }

  private static String brief(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    int most = Math.min(line.length(), BRIEF);
    return most < line.length()
        ? line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, most))) + "…"
        : line;
  }

  /// Tells that a step is done.
  ///
  /// @return whether the run is to stop: progress may say so, too
  private static boolean told(Progress progress, String remark) {
    try {
      progress.add(1);
      progress.remark(remark);
      return false;
    } catch (CancellationException e) {
      return Thread.interrupted();
    }
  }

  private void point(
      Curve curve, Checkpoints.State state, Step done, boolean evaluate, Pace pace, MachineUse use)
      throws InterruptedException {
    var point = new TreeMap<String, Number>();
    point.put("step", state.step());
    point.put("tokens", state.tokens());
    point.put("loss", done.loss());
    point.putAll(done.parts());
    point.put("gradientNorm", done.gradientNorm());
    point.put("learningRate", settings.schedule().at(state.step()));
    point.put("tokensPerSecond", Math.round(pace.tokensPerSecond()));
    point.put("waitedSeconds", pace.waitedSeconds());
    point.put("residentBytes", ResidentMemory.bytes());
    use.into(point, pace.tokensPerSecond(), pace.length(), pace.seconds());
    point.put("time", System.currentTimeMillis() / 1e3);
    if (evaluate) {
      model.replicas().swapAverage();
      try {
        Development part = development;
        boolean same = part != null && part.batches().equals(heldout);
        if (part != null) {
          point.put("developmentLoss", loss(state.step(), "development", part.batches()));
          if (!same) {
            var _ = model.told(settings.objective());
          }
        }
        if (!heldout.isEmpty()) {
          point.put(
              "heldoutLoss",
              same ? point.get("developmentLoss") : loss(state.step(), "held-out", heldout));
          model
              .told(settings.objective())
              .forEach((name, value) -> point.put(ofHeldout(name), value));
        }
        if (model.replicas().first()) {
          point.putAll(beside.get());
        }
      } finally {
        model.replicas().swapAverage();
      }
    }
    curve.add(point);
    run.metric(point);
    if (evaluate) {
      run.attach("loss.svg", curve.svg(settings.title()));
      run.attach(EventFile.NAME, EventFile.of(curve));
    }
  }

  /// @param update this one's number among those that change weights, from 1
  private Step step(long update, long step, List<Batch> micro) throws InterruptedException {
    int counted = micro.stream().mapToInt(settings.objective()::count).sum();
    model.replicas().clear();
    double sum = 0;
    long row = 0;
    for (Batch batch : micro) {
      Batch drawing = batch.drawing(new Draw(run.seed(), step, row));
      boolean last = batch == micro.getLast();
      sum +=
          last
              ? model.accumulateLast(settings.objective(), drawing, 1.0 / counted)
              : model.accumulate(settings.objective(), drawing, 1.0 / counted);
      row += batch.sequences();
    }
    double loss = sum / counted;
    if (!Double.isFinite(loss)) {
      return new Step(loss, Double.NaN);
    }
    double rate = settings.schedule().at(step);
    Map<String, Double> parts = parts(counted);
    return new Step(loss, model.replicas().update(update, rate, settings.optimizer()), parts);
  }

  private static String ofHeldout(String name) {
    return "heldout" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  /// What the loss is made of, where there is a teacher, or what an objective tells beside it.
  private Map<String, Double> parts(int counted) {
    if (!(settings.objective() instanceof DistillationLoss own)) {
      return model.told(settings.objective());
    }
    DistillationLoss.Parts sums = model.replicas().parts();
    var parts = new TreeMap<String, Double>();
    parts.put("targetLoss", sums.targets() / counted);
    parts.put("distillationLoss", sums.divergence() / counted);
    if (own.hidden() > 0) {
      parts.put("hiddenLoss", sums.hidden() / counted);
    }
    return parts;
  }

  private double loss(long step, String name, List<Batch> measured) throws InterruptedException {
    double sum = 0;
    long counted = 0;
    for (Batch batch : measured) {
      sum += model.value(settings.objective().measured(), batch);
      counted += settings.objective().count(batch);
    }
    if (!Double.isFinite(sum)) {
      throw LossWatch.diverged(
          settings.title(),
          step,
          "the %s loss is %s".formatted(name, sum),
          settings.schedule().peak());
    }
    return sum / counted;
  }
}
