package dev.imago.pages;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/// How much of each block is content, 0 … 1: one ensemble judges each by itself, a second one knows
/// what the first said of its neighbours and of the regions that it lies in.
final class ContentScores {
  private static final int NEIGHBOURS = 4;
  private static final int LEVELS = 4;

  private ContentScores() {}

  static double[] of(
      BlockFeatures features, float[][] rows, TreeEnsemble first, TreeEnsemble second) {
    return second.predict(joined(features, rows, first.predict(rows)));
  }

  /// The rows with the first ensemble's scores of the block, of its neighbours, of four regions
  /// around it (means by words), of all blocks so far, and the greatest so far and from here on.
  static float[][] joined(BlockFeatures features, float[][] rows, double[] alone) {
    int n = rows.length;
    double[][] means = new double[LEVELS][];
    for (int level = 0; level < LEVELS; level++) {
      means[level] = means(features, alone, level + 1);
    }
    double all = 0;
    double weights = 0;
    for (int i = 0; i < n; i++) {
      all += alone[i] * Math.max(1, features.words[i]);
      weights += Math.max(1, features.words[i]);
    }
    double[] later = alone.clone();
    for (int i = n - 2; i >= 0; i--) {
      later[i] = Math.max(later[i], later[i + 1]);
    }
    float[][] wide = new float[n][];
    double sum = 0;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      int at = rows[i].length;
      float[] row = Arrays.copyOf(rows[i], at + 1 + 2 * NEIGHBOURS + LEVELS + 4);
      row[at++] = (float) alone[i];
      for (int offset = -NEIGHBOURS; offset <= NEIGHBOURS; offset++) {
        if (offset != 0) {
          int j = i + offset;
          row[at++] = j < 0 || j >= n ? -0.2f : (float) alone[j];
        }
      }
      for (double[] mean : means) {
        row[at++] = (float) mean[i];
      }
      sum += alone[i] * Math.max(1, features.words[i]);
      greatest = Math.max(greatest, alone[i]);
      row[at++] = (float) (sum / Math.max(1e-9, all));
      row[at++] = (float) (all / weights);
      row[at++] = (float) greatest;
      row[at] = (float) later[i];
      wide[i] = row;
    }
    return wide;
  }

  private static double[] means(BlockFeatures features, double[] alone, int level) {
    Map<Region, double[]> sums = new IdentityHashMap<>();
    double[][] own = new double[alone.length][];
    for (int i = 0; i < alone.length; i++) {
      Region region = features.region(i);
      for (int up = 0; up < level && region.parent != null; up++) {
        region = region.parent;
      }
      double weight = Math.max(1, features.words[i]);
      double[] sum = sums.computeIfAbsent(region, _ -> new double[2]);
      sum[0] += weight * alone[i];
      sum[1] += weight;
      own[i] = sum;
    }
    double[] means = new double[alone.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = own[i][0] / own[i][1];
    }
    return means;
  }
}
