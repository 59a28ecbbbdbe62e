package dev.imago.tune;

import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.model.Output;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.embedding.Cosine;
import dev.imago.torch.Batch;
import dev.imago.training.Shuffle;
import dev.imago.training.TrainableModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/// Texts that a model holds for an anchor's own before it learns, and that are not: the nearest of
/// all positives but its own, which it is then taught to keep apart. Xiong et al. 2020,
/// arXiv:2007.00808.
///
/// A text that is nearly as near as the own positive may well belong to the anchor, too, and is
/// passed over: its cosine is at most 95 hundredths of the own one's. Moreira et al. 2024,
/// arXiv:2407.15831.
///
/// *N pairs, D numbers of a vector.*
final class HardNegatives {
  private static final double MARGIN = 0.95;
  private static final int TOGETHER = 32;

  /// Positives that are looked through, by chance where there are more.
  private static final int MOST = 20_000;

  private HardNegatives() {}

  private record Near(int place, double cosine) {}

  /// Each pair with its negatives behind it.
  ///
  /// @param pairs of an anchor and its positive, one after the other
  /// @param count negatives of each, fewer than there are pairs
  static List<Sequence> mined(
      List<Sequence> pairs, int count, TrainableModel model, Output output, int padding, Run run) {
    int n = pairs.size() / 2;
    float[][] vectors = vectors(pairs, model, output, padding, run);
    var order = new Shuffle(n, run.seed());
    int[] looked = new int[Math.min(n, MOST)];
    Arrays.setAll(looked, i -> (int) order.at(i));
    var all = new ArrayList<Sequence>();
    int near = 0;
    for (int i = 0; i < n; i++) {
      double own = Cosine.dot(vectors[2 * i], vectors[2 * i + 1]);
      List<Near> found = nearest(i, count, MARGIN * own, pairs, vectors, looked);
      if (found.size() < count) {
        near++;
        found = nearest(i, count, Double.POSITIVE_INFINITY, pairs, vectors, looked);
      }
      all.add(pairs.get(2 * i));
      all.add(pairs.get(2 * i + 1));
      for (int k = 0; k < count; k++) {
        // Where all texts are the same there is none, and the loss leaves the repeated one out.
        int place = found.isEmpty() ? i : found.get(Math.min(k, found.size() - 1)).place();
        all.add(pairs.get(2 * place + 1));
      }
    }
    if (near > 0) {
      run.note(
          "%,d of %,d anchors have %s that the base holds clearly further than their own: their nearest stand, whatever they are"
              .formatted(
                  near,
                  n,
                  count == 1 ? "no other text" : "fewer than %d other texts".formatted(count)));
    }
    return List.copyOf(all);
  }

  /// The nearest positives of others that are not beyond a cosine, the nearest first.
  private static List<Near> nearest(
      int anchor, int count, double most, List<Sequence> pairs, float[][] vectors, int[] looked) {
    var best = new PriorityQueue<Near>((a, b) -> Double.compare(a.cosine(), b.cosine()));
    for (int other : looked) {
      boolean same =
          Arrays.equals(pairs.get(2 * other + 1).ids(), pairs.get(2 * anchor + 1).ids())
              || Arrays.equals(pairs.get(2 * other).ids(), pairs.get(2 * anchor).ids());
      double cosine = same ? 0 : Cosine.dot(vectors[2 * anchor], vectors[2 * other + 1]);
      if (!same && cosine <= most) {
        best.add(new Near(other, cosine));
        if (best.size() > count) {
          best.poll();
        }
      }
    }
    var sorted = new ArrayList<>(best);
    sorted.sort((a, b) -> Double.compare(b.cosine(), a.cosine()));
    return sorted;
  }

  /// [2N,D], each of length 1.
  private static float[][] vectors(
      List<Sequence> texts, TrainableModel model, Output output, int padding, Run run) {
    var vectors = new float[texts.size()][];
    try (Progress progress = run.progress("look for hard negatives", texts.size(), "texts")) {
      for (int from = 0; from < texts.size(); from += TOGETHER) {
        List<Sequence> some = texts.subList(from, Math.min(texts.size(), from + TOGETHER));
        Batch batch = EpochBatches.batch(some, output, padding);
        float[] rows = model.logits(batch);
        int width = rows.length / some.size();
        for (int i = 0; i < some.size(); i++) {
          vectors[from + i] = Cosine.unit(Arrays.copyOfRange(rows, i * width, (i + 1) * width));
        }
        progress.add(some.size());
      }
    }
    return vectors;
  }
}
