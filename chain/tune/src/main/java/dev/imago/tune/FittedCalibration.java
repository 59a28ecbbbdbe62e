package dev.imago.tune;

import dev.imago.core.AtomicFile;
import dev.imago.core.Run;
import dev.imago.data.Split;
import dev.imago.model.Biaffine;
import dev.imago.model.Calibration;
import dev.imago.model.ModelFolder;
import dev.imago.model.Output;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Task;
import dev.imago.tasks.span.AskedText;
import dev.imago.tasks.span.NoAnswerThreshold;
import dev.imago.tasks.span.SpanAnswering;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Batch;
import dev.imago.torch.SpanLoss;
import dev.imago.training.TrainableModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// The calibration of a tuned model, fitted on what was not trained on, and kept with it: the
/// temperature of its probabilities, and the thresholds of its labels where several may be there.
final class FittedCalibration {
  private FittedCalibration() {}

  /// Whether a task has probabilities that are fitted: a number has none, and those of a CRF are of
  /// sequences of tags, which were fitted as they are.
  static boolean fits(Task task) {
    boolean number =
        task.output() instanceof Output.Classes(_, Output.Problem problem)
            && problem == Output.Problem.NUMBER;
    return task instanceof LabelTask<?> && task.loss() != Task.Loss.CHAIN && !number;
  }

  /// Fewer questions tell no threshold.
  private static final int LEAST_QUESTIONS = 20;

  /// @param of tells what was not trained on
  /// @param labels where the examples are
  static void write(
      Path folder,
      TrainableModel model,
      LabelTask<?> task,
      LabelledBatches of,
      Path labels,
      Tokenizer tokenizer,
      Run run) {
    List<Batch> apart = of.development(model);
    Output output = model.config().output();
    if (apart.isEmpty()) {
      Calibration unfitted = task.calibrated(Calibration.NONE);
      if (!unfitted.equals(Calibration.NONE)) {
        AtomicFile.write(folder.resolve(Calibration.FILE), unfitted.json());
      }
      return;
    }
    if (!fits(task)) {
      return;
    }
    if (output instanceof Output.Classes(_, Output.Problem problem)) {
      switch (problem) {
        case SEVERAL, RANK -> {
          boolean thresholds = problem == Output.Problem.SEVERAL;
          write(folder, task.calibrated(ofSeveral(model, apart, thresholds)), run);
          return;
        }
        case ONE, NUMBER -> {}
      }
    }
    Calibration fitted =
        switch (output) {
          case Output.Span _ -> ofSpans(model, apart);
          case Output.Dependencies parser -> ofHeads(folder, parser, model, apart);
          default -> ofOne(model, apart);
        };
    if (task instanceof SpanAnswering span && span.none()) {
      fitted = withThreshold(fitted, span, model, of, labels, tokenizer, run);
    }
    write(folder, task.calibrated(fitted), run);
  }

  /// With the threshold of there being no answer, found on the questions that were set apart.
  private static Calibration withThreshold(
      Calibration by,
      SpanAnswering task,
      TrainableModel model,
      LabelledBatches of,
      Path labels,
      Tokenizer tokenizer,
      Run run) {
    if (of.apart().size() < LEAST_QUESTIONS) {
      run.note(
          "that there is no answer is told from a probability of 0.5 on: a threshold is fitted on %d questions at least, and %d are set apart"
              .formatted(LEAST_QUESTIONS, of.apart().size()));
      return by;
    }
    var fitted = new NoAnswerThreshold(by);
    List<AskedText> examples = task.examples(labels, Split.TRAIN);
    for (int at : of.apart()) {
      List<Question> windows = task.questions(examples.get(at), tokenizer, of.longest());
      fitted.add(examples.get(at), windows, windows.stream().map(w -> scores(model, w)).toList());
    }
    double best = fitted.best();
    run.note(
        String.format(
            Locale.ROOT,
            "that there is no answer is told from a probability of %.3f on: F1 %.4f on %,d"
                + " questions that were not learned, %.4f from a half on",
            best,
            fitted.f1(best),
            fitted.questions(),
            fitted.f1(0.5)));
    return by.withThresholds(List.of(best));
  }

  /// A window's scores: of each id that the answer begins there, and that it ends there.
  private static float[][] scores(TrainableModel model, Question window) {
    int[] ids = window.ids();
    if (ids.length == 0) {
      return new float[0][];
    }
    float[] flat =
        model.logits(
            Batch.of(1, ids.length, ids, new int[ids.length])
                .withSegments(window.input().segments()));
    float[][] rows = new float[ids.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(flat, 2 * i, 2 * i + 2);
    }
    return rows;
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

  /// Each word has a softmax over the root and the words of its sentence.
  ///
  /// @param folder of the model that was written
  private static Calibration ofHeads(
      Path folder, Output.Dependencies parser, TrainableModel model, List<Batch> apart) {
    var scores = new ArrayList<float[]>();
    var targets = new ArrayList<Integer>();
    int relations = parser.relations().size();
    try (ModelFolder written = ModelFolder.openWithVirtual(folder)) {
      Biaffine biaffine = Biaffine.of(parser, written.tensors());
      for (Batch batch : apart) {
        float[] logits = model.logits(batch);
        int columns = parser.scores();
        for (int from = 0; from < batch.targets().length; from += batch.length()) {
          int begin = from;
          int[] own =
              IntStream.range(begin, begin + batch.length())
                  .filter(i -> batch.targets()[i] != Batch.IGNORED)
                  .toArray();
          float[][] words =
              Arrays.stream(own)
                  .mapToObj(i -> Arrays.copyOfRange(logits, i * columns, (i + 1) * columns))
                  .toArray(float[][]::new);
          float[][] heads = biaffine.heads(words);
          for (int w = 0; w < own.length; w++) {
            int head = batch.targets()[own[w]] / relations - 2;
            if (head >= -1) {
              scores.add(heads[w]);
              targets.add(head < 0 ? 0 : Arrays.binarySearch(own, begin + head) + 1);
            }
          }
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
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
