package dev.imago.torch;

import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Texts that belong together are to be nearer than others: of each anchor's cosines with all
/// positives and negatives of a batch, times a scale, −ln of the softmax at its own positive. van
/// den Oord et al. 2018, arXiv:1807.03748; sentence-transformers' `MultipleNegativesRankingLoss`. A
/// candidate that reads as the own positive does, or as the anchor itself, is none.
///
/// *n anchors, K texts of each: the anchor, its positive, its negatives; R = n·K vectors of D.*
///
/// @param scale of cosines, 1 / temperature; 20 is usual
/// @param together K, 2 at least
public record Contrast(double scale, int together) implements HeadLoss {
  private static final double LEAST_NORM = 1e-12;

  public Contrast {
    if (!(scale > 0) || together < 2) {
      throw new IllegalArgumentException(
          "scale = %s is above 0, and together = %d at least 2".formatted(scale, together));
    }
  }

  @Override
  public int group() {
    return together;
  }

  /// A batch is learned whole: each of its texts is beside all others.
  @Override
  public int group(Batch batch) {
    return Math.max(together, batch.sequences());
  }

  @Override
  public int count(Batch batch) {
    return batch.sequences() / together;
  }

  @Override
  public double run(
      Replica replica,
      ModelWithHead model,
      Tensor hidden,
      Batch batch,
      double scale,
      @Nullable Tensor dHidden) {
    return run(hidden, batch, scale, dHidden);
  }

  /// @param dHidden gets by how much the loss grows with each vector, times scale
  double run(Tensor hidden, Batch batch, double factor, @Nullable Tensor dHidden) {
    Place place = Place.of(hidden);
    long n = batch.sequences() / together;
    long width = hidden.size(1);
    Tensor norms = hidden.square().sum(1).sqrt().clamp_min(new Scalar(LEAST_NORM)).unsqueeze(1);
    Tensor unit = hidden.div(norms);
    Tensor texts = unit.view(n, together, width);
    Tensor anchors = texts.select(1, 0);
    var others = new TensorVector();
    for (int i = 1; i < together; i++) {
      others.push_back(texts.select(1, i));
    }
    Tensor candidates = torch.cat(others, 0);
    Tensor z = torch.mm(anchors, candidates.t()).mul(new Scalar(scale));
    float[] masked = same(batch, (int) n);
    if (masked.length > 0) {
      z = z.add(place.floats(masked, n, n * (together - 1)));
    }
    Tensor shares = z.softmax(1);
    Tensor own = place.eye(n, n * (together - 1));
    double loss = z.sub(z.logsumexp(1).unsqueeze(1)).mul(own).sum().item_double();
    if (dHidden != null) {
      Tensor slope = shares.sub(own).mul(new Scalar(scale * factor));
      Tensor ofAnchors = torch.mm(slope, candidates);
      Tensor ofCandidates = torch.mm(slope.t(), anchors);
      Tensor to = place.empty(n, together, width);
      to.select(1, 0).copy_(ofAnchors);
      for (int i = 1; i < together; i++) {
        to.select(1, i).copy_(ofCandidates.narrow(0, (i - 1) * n, n));
      }
      Tensor flat = to.view(n * together, width);
      // Along a vector itself nothing changes: its length is 1 whatever it is.
      Tensor along = flat.mul(unit).sum(1).unsqueeze(1);
      dHidden.copy_(flat.sub(unit.mul(along)).div(norms));
    }
    return -loss;
  }

  /// [n, n·(K−1)]: −∞ where a candidate is the same text as the own positive or the anchor; empty
  /// where none is.
  private float[] same(Batch batch, int n) {
    int columns = n * (together - 1);
    int[][] texts = new int[batch.sequences()][];
    for (int i = 0; i < texts.length; i++) {
      int from = i * batch.length();
      int length = batch.lengths().length == 0 ? batch.length() : batch.lengths()[i];
      texts[i] = Arrays.copyOfRange(batch.ids(), from, from + length);
    }
    float[] masked = new float[0];
    for (int a = 0; a < n; a++) {
      int[] anchor = texts[a * together];
      int[] positive = texts[a * together + 1];
      for (int c = 0; c < columns; c++) {
        int[] candidate = texts[c % n * together + 1 + c / n];
        boolean repeats = Arrays.equals(candidate, positive) || Arrays.equals(candidate, anchor);
        if (c != a && repeats) {
          masked = masked.length == 0 ? new float[n * columns] : masked;
          masked[a * columns + c] = -1e9f;
        }
      }
    }
    return masked;
  }
}
