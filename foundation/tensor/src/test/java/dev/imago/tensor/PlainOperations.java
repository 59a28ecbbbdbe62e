package dev.imago.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

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
  public double[][] gather(Weight table, Index index, int from) {
    double[][] y = new double[ids.length][];
    for (int n = 0; n < ids.length; n++) {
      int row =
          switch (index) {
            case TOKEN -> ids[n];
            case POSITION -> n;
            case SEGMENT -> 0;
          };
      y[n] = table.rows[row + from].clone();
    }
    return y;
  }

  @Override
  public double[][] previous(Weight table, int first) {
    double[][] y = new double[ids.length][];
    for (int n = 0; n < ids.length; n++) {
      y[n] = table.rows[n == 0 ? first : ids[n - 1]].clone();
    }
    return y;
  }

  @Override
  public double[][] linear(double[][] x, Weight weight, @Nullable Weight bias) {
    double[][] y = new double[x.length][weight.rows.length];
    for (int n = 0; n < x.length; n++) {
      for (int r = 0; r < weight.rows.length; r++) {
        y[n][r] = dot(x[n], 0, weight.rows[r], 0, x[n].length);
        y[n][r] += bias == null ? 0 : bias.rows[0][r];
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
  public double[][] rmsNorm(double[][] x, Weight weight, float epsilon, float more) {
    double[][] y = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      y[n] = x[n].clone();
      int c = weight.rows[0].length;
      for (int at = 0; at < y[n].length; at += c) {
        double mean = dot(x[n], at, x[n], at, c) / c;
        for (int i = 0; i < c; i++) {
          y[n][at + i] *= (weight.rows[0][i] + more) / Math.sqrt(mean + epsilon);
        }
      }
    }
    return y;
  }

  @Override
  public double[][] layerNorm(double[][] x, Weight weight, Weight bias, float epsilon) {
    double[][] y = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      double mean = java.util.Arrays.stream(x[n]).average().orElseThrow();
      y[n] = java.util.Arrays.stream(x[n]).map(v -> v - mean).toArray();
      double variance = dot(y[n], 0, y[n], 0, y[n].length) / y[n].length;
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] = y[n][i] / Math.sqrt(variance + epsilon) * weight.rows[0][i] + bias.rows[0][i];
      }
    }
    return y;
  }

  @Override
  public double[][] rotate(double[][] x, Rope any) {
    Rope rope = any.at(x.length);
    double[][] y = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      y[n] = x[n].clone();
      for (int at = 0; at < y[n].length; at += rope.headWidth()) {
        for (int i = 0; i < rope.pairs(); i++) {
          int first = at + rope.first(i);
          int second = first + rope.distance();
          double angle = n * rope.frequency(i);
          double a = y[n][first];
          double b = y[n][second];
          double by = rope.magnitude();
          y[n][first] = (a * Math.cos(angle) - b * Math.sin(angle)) * by;
          y[n][second] = (b * Math.cos(angle) + a * Math.sin(angle)) * by;
        }
      }
    }
    return y;
  }

  @Override
  public double[][] attention(
      double[][] q, double[][] k, double[][] v, AttentionShape shape, @Nullable Weight bias) {
    int c = shape.headWidth();
    double[][] y = new double[q.length][shape.heads() * c];
    for (int n = 0; n < q.length; n++) {
      int seen = shape.mask() == AttentionShape.Mask.CAUSAL ? n + 1 : k.length;
      for (int head = 0; head < shape.heads(); head++) {
        int kv = head / (shape.heads() / shape.kvHeads()) * c;
        double[] weights = new double[seen];
        double sum = 0;
        int from = shape.window() == 0 ? 0 : Math.max(0, n + 1 - shape.window());
        for (int t = from; t < seen; t++) {
          double score = dot(q[n], head * c, k[t], kv, c) * shape.scale();
          if (bias != null) {
            score += bias.rows[shape.buckets().orElseThrow().row(t - n)][head];
          }
          weights[t] = Math.exp(score);
          sum += weights[t];
        }
        for (int t = 0; t < seen; t++) {
          for (int i = 0; i < c; i++) {
            y[n][head * c + i] += weights[t] / sum * v[t][kv + i];
          }
        }
      }
    }
    return y;
  }

  /// Each test gives keys and values of a source itself.
  @Override
  public @Nullable PlainOperations source() {
    return null;
  }

  @Override
  public double[][] across(
      int layer,
      double[][] q,
      double @Nullable [][] k,
      double @Nullable [][] v,
      AttentionShape shape) {
    return attention(
        q, java.util.Objects.requireNonNull(k), java.util.Objects.requireNonNull(v), shape, null);
  }

  @Override
  public double[][] recurrent(
      Cell cell,
      int layer,
      double[][] x,
      Weight input,
      Weight recurrent,
      Weight inputBias,
      Weight recurrentBias) {
    int d = recurrent.rows[0].length;
    double[][] fromInput = linear(x, input, inputBias);
    double[] h = new double[d];
    double[] c = new double[d];
    double[][] y = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      double[] a = fromInput[n];
      double[] b = linear(new double[][] {h}, recurrent, recurrentBias)[0];
      double[] next = new double[d];
      for (int i = 0; i < d; i++) {
        switch (cell) {
          case LSTM -> {
            double in = sigmoid(a[i] + b[i]);
            double forget = sigmoid(a[d + i] + b[d + i]);
            c[i] = forget * c[i] + in * Math.tanh(a[2 * d + i] + b[2 * d + i]);
            next[i] = sigmoid(a[3 * d + i] + b[3 * d + i]) * Math.tanh(c[i]);
          }
          case GRU -> {
            double reset = sigmoid(a[i] + b[i]);
            double update = sigmoid(a[d + i] + b[d + i]);
            double fresh = Math.tanh(a[2 * d + i] + reset * b[2 * d + i]);
            next[i] = (1 - update) * fresh + update * h[i];
          }
          case RNN_TANH -> next[i] = Math.tanh(a[i] + b[i]);
          case RNN_RELU -> next[i] = Math.max(0, a[i] + b[i]);
        }
      }
      h = next;
      y[n] = h;
    }
    return y;
  }

  @Override
  public double[][] recent(int layer, double[][] x, int count) {
    int d = x[0].length;
    double[][] y = new double[x.length][count * d];
    for (int n = 0; n < x.length; n++) {
      for (int i = 0; i < count; i++) {
        int from = n - (count - 1) + i;
        if (from >= 0) {
          System.arraycopy(x[from], 0, y[n], i * d, d);
        }
      }
    }
    return y;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Override
  public double[][] pool(double[][] x, Pooling pooling) {
    double[] y =
        switch (pooling) {
          case FIRST -> x[0].clone();
          case LAST -> x[x.length - 1].clone();
          case MEAN -> {
            double[] mean = new double[x[0].length];
            for (double[] row : x) {
              for (int i = 0; i < mean.length; i++) {
                mean[i] += row[i] / x.length;
              }
            }
            yield mean;
          }
        };
    return new double[][] {y};
  }

  @Override
  public double[][] apply(Nonlinearity function, double[][] x) {
    double[][] y = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      y[n] = java.util.Arrays.stream(x[n]).map(v -> apply(function, v)).toArray();
    }
    return y;
  }

  private static double apply(Nonlinearity function, double x) {
    return switch (function) {
      case SILU -> x * sigmoid(x);
      case GELU -> x * normal(x);
      case GELU_TANH ->
          0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case RELU -> Math.max(0, x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
    };
  }

  /// Φ(x), by its series about 0, which converges for all that a test draws.
  private static double normal(double x) {
    double sum = 0;
    double term = x;
    for (int n = 0; n < 200; n++) {
      sum += term / (2 * n + 1);
      term *= -x * x / (2 * (n + 1));
    }
    return 0.5 + sum / Math.sqrt(2 * Math.PI);
  }

  @Override
  public double[][] gated(Nonlinearity function, double[][] gateUp) {
    double[][] y = new double[gateUp.length][gateUp[0].length / 2];
    for (int n = 0; n < y.length; n++) {
      for (int i = 0; i < y[n].length; i++) {
        y[n][i] = apply(function, gateUp[n][i]) * gateUp[n][y[n].length + i];
      }
    }
    return y;
  }

  @Override
  public double[][] columns(double[][] x, int from, int count) {
    double[][] y = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      y[n] = java.util.Arrays.copyOfRange(x[n], from, from + count);
    }
    return y;
  }

  @Override
  public double[][] scale(double[][] x, float factor) {
    double[][] y = new double[x.length][];
    for (int n = 0; n < x.length; n++) {
      y[n] = java.util.Arrays.stream(x[n]).map(v -> v * factor).toArray();
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
