package dev.imago.vectors;

import java.util.Arrays;
import java.util.stream.IntStream;

/// 256 centroids for each part of rows, in the order of fastText's files: part by part, the last
/// one's rows as narrow as what is left.
///
/// @param dimension columns of a row
/// @param parts of a row
/// @param size columns of a part
/// @param last columns of the last part
record ProductQuantizer(int dimension, int parts, int size, int last, float[] centroids) {
  static final int CENTROIDS = 256;
  private static final int PASSES = 25;
  private static final int MOST_ROWS = 256 * CENTROIDS;
  private static final float APART = 1e-7f;

  int width(int part) {
    return part == parts - 1 ? last : size;
  }

  private int at(int part, int code) {
    return part * CENTROIDS * size + code * width(part);
  }

  float value(int part, int code, int column) {
    return centroids[at(part, code) + column];
  }

  /// Learns centroids by k-means, of 65,536 rows at most.
  ///
  /// @throws IllegalArgumentException for fewer than 256 rows
  static ProductQuantizer learn(float[] rows, int count, int dimension, int size, long seed) {
    if (count < CENTROIDS) {
      throw new IllegalArgumentException(
          "%d rows are fewer than the %d that quantising needs; keep the model as it is"
              .formatted(count, CENTROIDS));
    }
    int parts = (dimension + size - 1) / size;
    int last = dimension - (parts - 1) * size;
    var made = new ProductQuantizer(dimension, parts, size, last, new float[dimension * CENTROIDS]);
    IntStream.range(0, parts).parallel().forEach(part -> made.learn(rows, count, part, seed));
    return made;
  }

  private void learn(float[] rows, int count, int part, long seed) {
    int width = width(part);
    var random = new RandomStream(seed, part);
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    int n = Math.min(count, MOST_ROWS);
    for (int i = 0; i < n; i++) {
      int j = i + random.below(count - i);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    float[] points = new float[n * width];
    for (int i = 0; i < n; i++) {
      System.arraycopy(rows, order[i] * dimension + part * size, points, i * width, width);
    }
    float[] means = Arrays.copyOf(points, CENTROIDS * width);
    int[] nearest = new int[n];
    for (int pass = 0; pass < PASSES; pass++) {
      for (int i = 0; i < n; i++) {
        nearest[i] = nearest(points, i * width, means, 0, width);
      }
      average(points, nearest, means, width, random);
    }
    System.arraycopy(means, 0, centroids, at(part, 0), means.length);
  }

  private static int nearest(float[] points, int at, float[] means, int from, int width) {
    int best = 0;
    float least = Float.POSITIVE_INFINITY;
    for (int c = 0; c < CENTROIDS; c++) {
      float distance = 0;
      for (int i = 0; i < width; i++) {
        float d = points[at + i] - means[from + c * width + i];
        distance += d * d;
      }
      if (distance < least) {
        least = distance;
        best = c;
      }
    }
    return best;
  }

  /// The means of their points; a centroid without any takes half of another's, drawn by size.
  private static void average(
      float[] points, int[] nearest, float[] means, int width, RandomStream random) {
    Arrays.fill(means, 0);
    int[] sizes = new int[CENTROIDS];
    for (int p = 0; p < nearest.length; p++) {
      sizes[nearest[p]]++;
      for (int i = 0; i < width; i++) {
        means[nearest[p] * width + i] += points[p * width + i];
      }
    }
    for (int c = 0; c < CENTROIDS; c++) {
      for (int i = 0; i < width && sizes[c] > 0; i++) {
        means[c * width + i] /= sizes[c];
      }
    }
    for (int c = 0; c < CENTROIDS; c++) {
      if (sizes[c] == 0 && nearest.length > CENTROIDS) {
        int from = nearest[random.below(nearest.length)];
        for (int i = 0; i < width; i++) {
          float sign = i % 2 == 0 ? -APART : APART;
          means[c * width + i] = means[from * width + i] + sign;
          means[from * width + i] -= sign;
        }
        sizes[c] = sizes[from] / 2;
        sizes[from] -= sizes[c];
      }
    }
  }

  /// The nearest centroids of all parts of all rows.
  byte[] codes(float[] rows, int count) {
    byte[] codes = new byte[Math.multiplyExact(count, parts)];
    IntStream.range(0, count)
        .parallel()
        .forEach(
            row -> {
              for (int part = 0; part < parts; part++) {
                codes[row * parts + part] =
                    (byte)
                        nearest(
                            rows,
                            row * dimension + part * size,
                            centroids,
                            at(part, 0),
                            width(part));
              }
            });
    return codes;
  }
}
