package dev.imago.tune;

import dev.imago.core.AtomicFile;
import dev.imago.core.Run;
import dev.imago.model.Calibration;
import dev.imago.model.Output;
import dev.imago.tasks.LabelTask;
import dev.imago.torch.Batch;
import dev.imago.torch.SpanLoss;
import dev.imago.training.TrainableModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The calibration of a tuned model, fitted on what was not trained on, and kept with it: the
/// temperature of its probabilities, and the thresholds of its labels where several may be there.
final class FittedCalibration {
  private FittedCalibration() {}

  /// @param apart of what was not trained on; may be empty
  static void write(
      Path folder, TrainableModel model, LabelTask<?> task, List<Batch> apart, Run run) {
    Output output = model.config().output();
    if (apart.isEmpty()) {
      Calibration unfitted = task.calibrated(Calibration.NONE);
      if (!unfitted.equals(Calibration.NONE)) {
        AtomicFile.write(folder.resolve(Calibration.FILE), unfitted.json());
      }
      return;
    }
    if (output instanceof Output.Tags(_, boolean chained) && chained) {
      return; // its shares are of sequences of tags, which were fitted as they are
    }
    if (output instanceof Output.Classes(_, Output.Problem problem)) {
      switch (problem) {
        case NUMBER -> {
          return; // it has no probability
        }
        case SEVERAL, RANK -> {
          boolean thresholds = problem == Output.Problem.SEVERAL;
          write(folder, task.calibrated(ofSeveral(model, apart, thresholds)), run);
          return;
        }
        case ONE -> {}
      }
    }
    Calibration fitted =
        output instanceof Output.Span ? ofSpans(model, apart) : ofOne(model, apart);
    write(folder, task.calibrated(fitted), run);
  }

  private static Calibration ofOne(TrainableModel model, List<Batch> apart) {
    var scores = new ArrayList<float[]>();
    var targets = new ArrayList<Integer>();
    for (Batch batch : apart) {
      float[] logits = model.logits(batch);
      int rows = batch.targets().length;
      int columns = logits.length / rows;
      for (int row = 0; row < rows; row++) {
        if (batch.targets()[row] != Batch.IGNORED) {
          scores.add(Arrays.copyOfRange(logits, row * columns, (row + 1) * columns));
          targets.add(batch.targets()[row]);
        }
      }
    }
    return Calibration.fit(scores, targets);
  }

  /// Each window has two softmaxes over its tokens.
  private static Calibration ofSpans(TrainableModel model, List<Batch> apart) {
    var scores = new ArrayList<float[]>();
    var targets = new ArrayList<Integer>();
    for (Batch batch : apart) {
      float[] logits = model.logits(batch);
      int t = batch.length();
      for (int b = 0; b < batch.sequences(); b++) {
        for (int column = 0; column < 2; column++) {
          float[] row = new float[batch.lengths().length == 0 ? t : batch.lengths()[b]];
          int target = 0;
          for (int i = 0; i < row.length; i++) {
            row[i] = logits[2 * (b * t + i) + column];
            int told = batch.targets()[b * t + i];
            target = told == column || told == SpanLoss.BOTH ? i : target;
          }
          scores.add(row);
          targets.add(target);
        }
      }
    }
    return Calibration.fit(scores, targets);
  }

  private static Calibration ofSeveral(
      TrainableModel model, List<Batch> apart, boolean thresholds) {
    var scores = new ArrayList<float[]>();
    var targets = new ArrayList<float[]>();
    for (Batch batch : apart) {
      float[] logits = model.logits(batch);
      int columns = logits.length / batch.sequences();
      for (int row = 0; row < batch.sequences(); row++) {
        scores.add(Arrays.copyOfRange(logits, row * columns, (row + 1) * columns));
        targets.add(Arrays.copyOfRange(batch.shares(), row * columns, (row + 1) * columns));
      }
    }
    return Calibration.ofSeveral(scores, targets, thresholds);
  }

  private static void write(Path folder, Calibration fitted, Run run) {
    AtomicFile.write(folder.resolve(Calibration.FILE), fitted.json());
    run.note(
        String.format(
            Locale.ROOT,
            "probabilities are of scores divided by %.3f, fitted on %,d targets: −ln p %.4f, before"
                + " %.4f",
            fitted.temperature(),
            fitted.examples(),
            fitted.lossAfter(),
            fitted.lossBefore()));
    if (fitted.thresholds().size() > 1) {
      run.note(
          String.format(
              Locale.ROOT,
              "labels are told from a probability of %.2f … %.2f on, each from its own",
              fitted.thresholds().stream().mapToDouble(t -> t).min().orElse(0),
              fitted.thresholds().stream().mapToDouble(t -> t).max().orElse(0)));
    }
  }
}
