package dev.imago.tune;

import dev.imago.core.AtomicFile;
import dev.imago.core.Run;
import dev.imago.model.Calibration;
import dev.imago.model.Output;
import dev.imago.torch.Batch;
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

  /// @param apart of what was not trained on
  static void write(Path folder, TrainableModel model, List<Batch> apart, Run run) {
    Output output = model.config().output();
    if (output instanceof Output.Classes(_, Output.Problem problem)) {
      switch (problem) {
        case NUMBER -> {
          return; // it has no probability
        }
        case SEVERAL, RANK -> {
          boolean thresholds = problem == Output.Problem.SEVERAL;
          write(folder, ofSeveral(model, apart, thresholds), run);
          return;
        }
        case ONE -> {}
      }
    }
    write(folder, ofOne(model, apart), run);
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
    if (!fitted.thresholds().isEmpty()) {
      run.note(
          String.format(
              Locale.ROOT,
              "labels are told from a probability of %.2f … %.2f on, each from its own",
              fitted.thresholds().stream().mapToDouble(t -> t).min().orElse(0),
              fitted.thresholds().stream().mapToDouble(t -> t).max().orElse(0)));
    }
  }
}
