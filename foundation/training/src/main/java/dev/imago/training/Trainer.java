package dev.imago.training;

import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The training loop: forward, backward, clip, update; held-out loss and checkpoint now and then.
///
/// A step is a pure function of the weights, the optimizer's state and its number, so that a run
/// that was killed goes on from its checkpoint to the same bits as one that was not.
public final class Trainer {
  private final TrainableModel model;
  private final Batches batches;
  private final List<Batch> heldout;
  private final Settings settings;
  private final Run run;
  private final LongSupplier nanos;

  /// @param schedule the learning rate, and the number of steps
  /// @param checkpointEvery steps between checkpoints, at least 1
  /// @param checkpointMinutes after which there is one in any case, above 0
  /// @param evaluateEvery steps between held-out losses, at least 1
  /// @param title of the curve
  public record Settings(
      Schedule schedule,
      AdamW optimizer,
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
  }

  /// Where a run with this scratch folder would go on, as a part of a sentence.
  public static Optional<String> resumesAt(Path scratch) {
    return new Checkpoints(scratch)
        .state()
        .map(s -> "after step %,d of %,d".formatted(s.step(), s.steps()));
  }

  /// Trains to the end, from the checkpoint in the run's scratch if there is one. An interrupt ends
  /// it after the step at work, with a checkpoint.
  ///
  /// @throws InputException when loss or gradient is no number any more, before it reaches the
  ///   weights
  public Outcome train() throws InterruptedException {
    var checkpoints = new Checkpoints(run.scratch());
    Curve curve = new Curve();
    Checkpoints.State state = checkpoints.restore(model.replicas(), curve, run::note);
    curve.points().forEach(run::metric);
    long steps = settings.schedule().steps();
    if (state.step() > 0) {
      run.note("goes on after step %,d of %,d".formatted(state.step(), steps));
    }
    long before = state.tokens();
    double smooth = Double.NaN;
    long begun = nanos.getAsLong();
    long saved = begun;
    try (Progress progress = run.progress(settings.title(), steps, "steps")) {
      progress.add(state.step());
      while (state.step() < steps) {
        long step = state.step() + 1;
        long stepBegun = nanos.getAsLong();
        List<Batch> micro = batches.step(step);
        double loss = step(step, micro);
        long inStep = micro.stream().mapToLong(b -> b.ids().length).sum();
        state = new Checkpoints.State(step, steps, state.tokens() + inStep);
        smooth = Double.isNaN(smooth) ? loss : 0.95 * smooth + 0.05 * loss;
        long now = nanos.getAsLong();
        double rate = inStep / ((now - stepBegun) / 1e9);
        boolean evaluate = step == steps || step % settings.evaluateEvery() == 0;
        boolean save = step == steps || step % settings.checkpointEvery() == 0;
        if (evaluate || save || step % 10 == 0 || step == 1) {
          point(curve, state, loss, evaluate, rate);
        }
        String remark = String.format(Locale.ROOT, "loss %.3f  %,.0f tokens/s", smooth, rate);
        boolean stop = told(progress, remark) || Thread.interrupted();
        if (save || stop || (now - saved) / 60e9 >= settings.checkpointMinutes()) {
          write(checkpoints, state, curve);
          saved = now;
        }
        if (stop) {
          throw new InterruptedException("interrupted after step " + step);
        }
      }
    }
    double seconds = (nanos.getAsLong() - begun) / 1e9;
    return new Outcome(
        lastValue(curve, "loss"),
        heldout.isEmpty() ? Double.NaN : lastValue(curve, "heldoutLoss"),
        state.tokens(),
        (state.tokens() - before) / seconds);
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
      Curve curve, Checkpoints.State state, double loss, boolean evaluate, double rate)
      throws InterruptedException {
    var point = new TreeMap<String, Number>();
    point.put("step", state.step());
    point.put("tokens", state.tokens());
    point.put("loss", loss);
    point.put("learningRate", settings.schedule().at(state.step()));
    if (evaluate && !heldout.isEmpty()) {
      point.put("heldoutLoss", heldoutLoss(state.step()));
    }
    curve.add(point);
    var metric = new TreeMap<String, Number>(point);
    metric.put("tokensPerSecond", Math.round(rate));
    run.metric(metric);
    if (evaluate) {
      run.attach("loss.svg", curve.svg(settings.title()));
    }
  }

  /// On a thread of its own: an interrupt would close the file under the writer.
  private void write(Checkpoints checkpoints, Checkpoints.State state, Curve curve)
      throws InterruptedException {
    var failure = new AtomicReference<@Nullable Throwable>();
    Thread writer =
        Thread.ofPlatform()
            .name("checkpoint")
            .uncaughtExceptionHandler((_, e) -> failure.set(e))
            .start(() -> checkpoints.write(model.replicas(), state, curve));
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    if (interrupted) {
      throw new InterruptedException("interrupted after step " + state.step());
    }
  }

  private double step(long step, List<Batch> micro) throws InterruptedException {
    int counted = micro.stream().mapToInt(Batch::counted).sum();
    model.replicas().clear();
    double sum = 0;
    for (Batch batch : micro) {
      sum += model.accumulate(batch, 1.0 / counted);
    }
    double loss = sum / counted;
    if (!Double.isFinite(loss)) {
      throw diverged(step, "the loss", loss);
    }
    double norm = model.replicas().update(step, settings.schedule().at(step), settings.optimizer());
    if (!Double.isFinite(norm)) {
      throw diverged(step, "the norm of the gradient", norm);
    }
    return loss;
  }

  private InputException diverged(long step, String what, double value) {
    return new InputException(
        "%s: at step %,d %s is %s: training has diverged; lower learningRate (now %s) or raise warmup, and run again"
            .formatted(settings.title(), step, what, value, settings.schedule().peak()));
  }

  private double heldoutLoss(long step) throws InterruptedException {
    double sum = 0;
    long counted = 0;
    for (Batch batch : heldout) {
      sum += model.loss(batch);
      counted += batch.counted();
    }
    if (!Double.isFinite(sum)) {
      throw diverged(step, "the held-out loss", sum);
    }
    return sum / counted;
  }

  private static double lastValue(Curve curve, String key) {
    for (Map<String, Number> point : curve.points().reversed()) {
      Number value = point.get(key);
      if (value != null) {
        return value.doubleValue();
      }
    }
    return Double.NaN;
  }
}
