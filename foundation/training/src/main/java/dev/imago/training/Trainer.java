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
import java.util.TreeMap;

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

  /// @param schedule the learning rate, and the number of steps
  /// @param checkpointEvery steps between checkpoints, at least 1
  /// @param evaluateEvery steps between held-out losses, at least 1
  /// @param title of the curve
  public record Settings(
      Schedule schedule, AdamW optimizer, int checkpointEvery, int evaluateEvery, String title) {
    public Settings {
      if (checkpointEvery < 1 || evaluateEvery < 1) {
        throw new IllegalArgumentException(
            "checkpointEvery = %d and evaluateEvery = %d must be at least 1"
                .formatted(checkpointEvery, evaluateEvery));
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
    this.model = model;
    this.batches = batches;
    this.heldout = List.copyOf(heldout);
    this.settings = settings;
    this.run = run;
  }

  /// Trains to the end, from the checkpoint in the run's scratch if there is one.
  ///
  /// @throws InputException when the loss is no number any more
  public Outcome train() throws InterruptedException {
    Path checkpoint = run.scratch().resolve("checkpoint.safetensors");
    Curve curve = new Curve();
    long first = Checkpoint.read(checkpoint, model.replicas(), curve) + 1;
    curve.points().forEach(run::metric);
    long steps = settings.schedule().steps();
    if (first > 1) {
      run.note("goes on after step %d of %d".formatted(first - 1, steps));
    }
    long tokens = curve.points().isEmpty() ? 0 : lastTokens(curve);
    long before = tokens;
    double smooth = Double.NaN;
    double heldoutLoss = Double.NaN;
    long begun = System.nanoTime();
    try (Progress progress = run.progress(settings.title(), steps, "steps")) {
      progress.add(first - 1);
      for (long step = first; step <= steps; step++) {
        long stepBegun = System.nanoTime();
        List<Batch> micro = batches.step(step);
        double loss = step(step, micro);
        long inStep = micro.stream().mapToLong(b -> b.ids().length).sum();
        tokens += inStep;
        smooth = Double.isNaN(smooth) ? loss : 0.95 * smooth + 0.05 * loss;
        double rate = inStep / ((System.nanoTime() - stepBegun) / 1e9);
        boolean last = step == steps;
        boolean evaluate = last || step % settings.evaluateEvery() == 0;
        boolean save = last || step % settings.checkpointEvery() == 0;
        if (evaluate || save || step % 10 == 0 || step == 1) {
          var point = new TreeMap<String, Number>();
          point.put("step", step);
          point.put("tokens", tokens);
          point.put("loss", loss);
          point.put("learningRate", settings.schedule().at(step));
          if (evaluate && !heldout.isEmpty()) {
            heldoutLoss = heldoutLoss();
            point.put("heldoutLoss", heldoutLoss);
          }
          curve.add(point);
          var metric = new TreeMap<String, Number>(point);
          metric.put("tokensPerSecond", Math.round(rate));
          run.metric(metric);
        }
        if (evaluate) {
          run.attach("loss.svg", curve.svg(settings.title()));
        }
        if (save) {
          Checkpoint.write(checkpoint, model.replicas(), step, curve);
        }
        progress.add(1);
        progress.remark(String.format(Locale.ROOT, "loss %.3f  %,.0f tokens/s", smooth, rate));
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new Outcome(
        lastValue(curve, "loss"),
        heldout.isEmpty() ? Double.NaN : lastValue(curve, "heldoutLoss"),
        tokens,
        (tokens - before) / seconds);
  }

  private double step(long step, List<Batch> micro) throws InterruptedException {
    int counted = micro.stream().mapToInt(Batch::counted).sum();
    model.replicas().clear();
    double sum = 0;
    for (Batch batch : micro) {
      sum += model.accumulate(batch, 1.0 / counted);
    }
    double norm = model.replicas().update(step, settings.schedule().at(step), settings.optimizer());
    double loss = sum / counted;
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new InputException(
          "step %d: loss = %s, gradient norm = %s: training has diverged; lower learningRate (now %s)"
                  .formatted(step, loss, norm, settings.schedule().peak())
              + " or raise the warm-up, and run again");
    }
    return loss;
  }

  private double heldoutLoss() throws InterruptedException {
    double sum = 0;
    long counted = 0;
    for (Batch batch : heldout) {
      sum += model.loss(batch);
      counted += batch.counted();
    }
    return sum / counted;
  }

  private static long lastTokens(Curve curve) {
    return (long) lastValue(curve, "tokens");
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
