package dev.imago.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// The last layer, its softmax and −ln p of the targets, a chunk of rows at a time, forward and
/// backward at once: the softmax overwrites the scores, so that neither is ever held whole.
///
/// *R rows, D width, V scores of a row, K choices of a target.* To be used without gradients.
final class CrossEntropy {
  private final LastLayer layer;
  private final double smoothing;
  private final double zLoss;
  private @Nullable SoftTargets soft;
  private double alpha;
  private double ofTargets;
  private double divergence;

  /// What to add to.
  ///
  /// @param hidden [R,D], overwritten
  /// @param weight of the last layer, where it trains
  /// @param bias of the last layer, where it trains
  /// @param rows of some of the last layer's rows, where they alone train
  record Gradients(
      Tensor hidden, @Nullable Tensor weight, @Nullable Tensor bias, @Nullable Rows rows) {}

  /// The gradient [n,D] of some rows of the last layer, and which they are.
  record Rows(Tensor ids, Tensor gradient) {}

  CrossEntropy(LastLayer layer) {
    this(layer, new Objective.Likelihood(0, 0));
  }

  /// @param added what is added to each row's loss
  CrossEntropy(LastLayer layer, Objective.Likelihood added) {
    this.layer = layer;
    this.smoothing = added.smoothing();
    this.zLoss = added.zLoss();
  }

  /// Has a teacher's divergence be a part of each row's loss.
  ///
  /// @param share α, within 0 … 1
  CrossEntropy taught(SoftTargets targets, double share) {
    soft = targets;
    alpha = share;
    return this;
  }

  /// The sum of the rows' divergences from the teacher, after [#run].
  double divergence() {
    return divergence;
  }

  /// The sum of the rows' losses of their targets, after [#run].
  double ofTargets() {
    return ofTargets;
  }

  /// The rows' targets as tensors.
  private record Targets(Tensor ids, Tensor shares, Tensor totals) {}

  /// @param hidden [R,D]
  /// @param scale of the gradient
  /// @param weights of each row's loss in the gradient; null for 1
  /// @param losses gets each row's loss
  /// @return their sum
  double run(
      Tensor hidden,
      Batch batch,
      double scale,
      float @Nullable [] weights,
      float @Nullable [] losses,
      @Nullable Gradients to) {
    long n = hidden.size(0);
    Place place = Place.of(hidden);
    long chunk = place.scoreRows();
    Tensor buffer = place.empty(Math.min(chunk, n), layer.scores());
    double sum = 0;
    for (long from = 0; from < n; from += chunk) {
      try (PointerScope _ = new PointerScope()) {
        int rows = (int) Math.min(chunk, n - from);
        Tensor hx = layer.input(hidden.narrow(0, from, rows));
        Tensor z = buffer.narrow(0, 0, rows);
        layer.score(z, hx);
        Targets t = targets(place, batch, (int) n, (int) from, rows);
        Tensor normalizer = z.logsumexp(1).view(rows, 1);
        Tensor chosen = z.gather(1, t.ids);
        if (t.ids.size(1) > 1) {
          chosen = chosen.mul(t.shares).sum(1).view(rows, 1);
        }
        if (smoothing > 0) {
          chosen =
              chosen
                  .mul(new Scalar(1 - smoothing))
                  .add(z.mean(1).view(rows, 1), new Scalar(smoothing));
        }
        Tensor loss = normalizer.sub(chosen);
        if (zLoss > 0) {
          loss.add_(normalizer.square(), new Scalar(zLoss));
        }
        loss.mul_(t.totals);
        ofTargets += loss.sum().item_double();
        SoftTargets.Chunk taught = soft == null ? null : soft.chunk(z, from);
        if (taught != null) {
          Tensor apart = taught.divergence().mul_(t.totals);
          divergence += apart.sum().item_double();
          loss.mul_(new Scalar(1 - alpha)).add_(apart, new Scalar(alpha));
        }
        sum += loss.sum().item_double();
        if (losses != null) {
          System.arraycopy(Libtorch.floats(loss), 0, losses, (int) from, rows);
        }
        if (to != null) {
          Tensor slope = layer.slope(z);
          grow(z, t, normalizer, taught, from, rows, scale, weights);
          if (slope != null) {
            z.mul_(slope);
          }
          layer.backward(z, hx, to.hidden.narrow(0, from, rows), to);
        }
      }
    }
    return sum;
  }

  /// Makes of the scores z by how much the loss grows with each.
  private void grow(
      Tensor z,
      Targets t,
      Tensor normalizer,
      SoftTargets.@Nullable Chunk taught,
      long from,
      int rows,
      double scale,
      float @Nullable [] weights) {
    z.sub_(normalizer).exp_();
    if (zLoss > 0) {
      z.mul_(normalizer.mul(new Scalar(2 * zLoss)).add_(new Scalar(1.0)));
    }
    Tensor taken = t.shares.neg();
    if (smoothing > 0) {
      z.sub_(new Scalar(smoothing / z.size(1)));
      taken.mul_(new Scalar(1 - smoothing));
    }
    z.scatter_add_(1, t.ids, taken);
    if (taught != null && soft != null) {
      z.mul_(new Scalar(1 - alpha))
          .add_(taught.difference(), new Scalar(alpha * soft.temperature()));
    }
    Tensor factor = t.totals.mul(new Scalar(scale));
    if (weights != null) {
      float[] part = java.util.Arrays.copyOfRange(weights, (int) from, (int) from + rows);
      factor = factor.mul(Place.of(z).floats(part, rows, 1));
    }
    z.mul_(factor);
  }

  /// Shares of one row that sum to 1, and what they summed to: 0 where there is no target.
  private static Targets targets(Place place, Batch batch, int allRows, int from, int rows) {
    int k = batch.targets().length / allRows;
    long[] ids = new long[rows * k];
    float[] shares = new float[rows * k];
    float[] totals = new float[rows];
    for (int i = 0; i < rows; i++) {
      int at = (from + i) * k;
      float total = 0;
      for (int c = 0; c < k; c++) {
        boolean counts = batch.targets()[at + c] != Batch.IGNORED;
        float share = batch.shares().length == 0 ? 1 : batch.shares()[at + c];
        ids[i * k + c] = counts ? batch.targets()[at + c] : 0;
        shares[i * k + c] = counts ? share : 0;
        total += counts ? share : 0;
      }
      for (int c = 0; c < k && total > 0; c++) {
        shares[i * k + c] /= total;
      }
      totals[i] = total;
    }
    return new Targets(
        place.longs(ids).view(rows, k),
        place.floats(shares, rows, k),
        place.floats(totals, rows, 1));
  }
}
