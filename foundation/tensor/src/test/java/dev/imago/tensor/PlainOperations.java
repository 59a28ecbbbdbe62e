package dev.imago.tensor;

import java.util.List;

/// The plain twin of the CPU kernels: every operation as its definition reads, in double precision,
/// one sequence from position 0 on.
final class PlainOperations implements Operations<PlainOperations.Weight, double[][]> {
  /// A matrix by rows; a vector is one row.
  record Weight(double[][] rows) {
    static Weight matrix(List<HostTensor> parts) {
      var rows = new java.util.ArrayList<double[]>();
      for (HostTensor part : parts) {
        float[] all = part.toFloats();
        int columns = (int) part.shape()[part.shape().length - 1];
        for (int at = 0; at < all.length; at += columns) {
          double[] row = new double[columns];
          for (int i = 0; i < columns; i++) {
            row[i] = all[at + i];
          }
          rows.add(row);
        }
      }
      return new Weight(rows.toArray(new double[0][]));
    }
  }

  private final int[] ids;

  PlainOperations(int... ids) {
    this.ids = ids;
  }

  @Override
  public double[][] embedding(Weight table) {
    double[][] y = new double[ids.length][];
    for (int n = 0; n < ids.length; n++) {
      y[n] = table.rows[ids[n]].clone();
    }
    return y;
  }

  @Override
  public double[][] linear(double[][] x, Weight weight) {
    double[][] y = new double[x.length][weight.rows.length];
    for (int n = 0; n < x.length; n++) {
      for (int r = 0; r < weight.rows.length; r++) {
        y[n][r] = dot(x[n], 0, weight.rows[r], 0, x[n].length);
      }
    }
    return y;
  }

  private static double dot(double[] a, int aAt, double[] b, int bAt, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += a[aAt + i] * b[bAt + i];
    }
    return sum;
  }

  @Override
  public double[][] rmsNorm(double[][] x, Weight weight, float epsilon) {
    double[][] y = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      y[n] = x[n].clone();
      double mean = dot(x[n], 0, x[n], 0, x[n].length) / x[n].length;
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] *= weight.rows[0][i] / Math.sqrt(mean + epsilon);
      }
    }
    return y;
  }

  @Override
  public double[][] attention(int layer, double[][] qkv, AttentionShape shape) {
    int c = shape.headWidth();
    int keysAt = shape.heads() * c;
    int valuesAt = keysAt + shape.kvHeads() * c;
    double[][] y = new double[qkv.length][keysAt];
    for (int n = 0; n < qkv.length; n++) {
      for (int head = 0; head < shape.heads() + shape.kvHeads(); head++) {
        turn(qkv[n], head * c, n, shape);
      }
      for (int head = 0; head < shape.heads(); head++) {
        int kv = head / (shape.heads() / shape.kvHeads()) * c;
        double[] weights = new double[n + 1];
        double sum = 0;
        for (int t = 0; t <= n; t++) {
          weights[t] = Math.exp(dot(qkv[n], head * c, qkv[t], keysAt + kv, c) / Math.sqrt(c));
          sum += weights[t];
        }
        for (int t = 0; t <= n; t++) {
          for (int i = 0; i < c; i++) {
            y[n][head * c + i] += weights[t] / sum * qkv[t][valuesAt + kv + i];
          }
        }
      }
    }
    return y;
  }

  private static void turn(double[] x, int at, int position, AttentionShape shape) {
    int half = shape.headWidth() / 2;
    for (int i = 0; i < half; i++) {
      boolean pairs = shape.rotary() == AttentionShape.Rotary.PAIRS;
      int first = at + (pairs ? 2 * i : i);
      int second = at + (pairs ? 2 * i + 1 : i + half);
      double angle = position * Math.pow(shape.theta(), -2.0 * i / shape.headWidth());
      double a = x[first];
      double b = x[second];
      x[first] = a * Math.cos(angle) - b * Math.sin(angle);
      x[second] = b * Math.cos(angle) + a * Math.sin(angle);
    }
  }

  @Override
  public double[][] swiGlu(double[][] gateUp) {
    double[][] y = new double[gateUp.length][gateUp[0].length / 2];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        double g = gateUp[n][i];
        y[n][i] = g / (1 + Math.exp(-g)) * gateUp[n][y[n].length + i];
      }
    }
    return y;
  }

  @Override
  public double[][] add(double[][] a, double[][] b) {
    double[][] y = new double[a.length][a[0].length];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] = a[n][i] + b[n][i];
      }
    }
    return y;
  }
}
