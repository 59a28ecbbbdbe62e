package dev.imago.sequences;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/// Minimises a smooth function by limited-memory BFGS (Liu & Nocedal 1989), with steps halved until
/// the function falls enough.
final class Lbfgs {
  private static final int PAIRS = 6;
  private static final double ENOUGH = 1e-4;
  private static final int HALVINGS = 30;
  private static final int LOOK_BACK = 10;

  /// A function and its gradient.
  interface Objective {
    /// @param gradient is filled
    double at(double[] x, double[] gradient) throws InterruptedException;
  }

  /// Told after every step.
  interface Watch {
    void after(int iteration, double value);
  }

  private record Pair(double[] step, double[] change, double product) {}

  private Lbfgs() {}

  /// Changes `x` to where the function is least.
  ///
  /// @param tolerance it ends where ten steps brought less, as a share
  static double minimise(
      Objective objective, double[] x, int iterations, double tolerance, Watch watch)
      throws InterruptedException {
    Deque<Pair> pairs = new ArrayDeque<>();
    double[] gradient = new double[x.length];
    double value = objective.at(x, gradient);
    double[] past = new double[LOOK_BACK];
    double[] next = new double[x.length];
    double[] nextGradient = new double[x.length];
    for (int k = 0; k < iterations; k++) {
      double[] direction = direction(gradient, pairs);
      double slope = dot(direction, gradient);
      if (slope >= 0) { // the pairs mislead: begin again with the gradient
        pairs.clear();
        direction = direction(gradient, pairs);
        slope = dot(direction, gradient);
      }
      if (slope > -1e-12) {
        break;
      }
      double size = pairs.isEmpty() ? 1 / Math.sqrt(dot(gradient, gradient)) : 1;
      double found = Double.NaN;
      for (int h = 0; h < HALVINGS; h++, size /= 2) {
        for (int i = 0; i < x.length; i++) {
          next[i] = x[i] + size * direction[i];
        }
        double tried = objective.at(next, nextGradient);
        if (tried <= value + ENOUGH * size * slope) {
          found = tried;
          break;
        }
      }
      if (Double.isNaN(found)) {
        break;
      }
      remember(pairs, x, next, gradient, nextGradient);
      System.arraycopy(next, 0, x, 0, x.length);
      System.arraycopy(nextGradient, 0, gradient, 0, x.length);
      value = found;
      watch.after(k + 1, value);
      double before = past[k % LOOK_BACK];
      past[k % LOOK_BACK] = value;
      if (k >= LOOK_BACK && before - value < tolerance * Math.abs(value)) {
        break;
      }
    }
    return value;
  }

  private static void remember(
      Deque<Pair> pairs, double[] x, double[] next, double[] gradient, double[] nextGradient) {
    Pair oldest = pairs.size() == PAIRS ? pairs.removeFirst() : null;
    double[] step = oldest == null ? new double[x.length] : oldest.step();
    double[] change = oldest == null ? new double[x.length] : oldest.change();
    for (int i = 0; i < x.length; i++) {
      step[i] = next[i] - x[i];
      change[i] = nextGradient[i] - gradient[i];
    }
    double product = dot(step, change);
    if (product > 1e-12) {
      pairs.addLast(new Pair(step, change, product));
    }
  }

  /// − H · gradient, by the two loops of Nocedal 1980.
  private static double[] direction(double[] gradient, Deque<Pair> pairs) {
    double[] q = Arrays.copyOf(gradient, gradient.length);
    double[] alphas = new double[pairs.size()];
    int i = 0;
    for (Iterator<Pair> newest = pairs.descendingIterator(); newest.hasNext(); i++) {
      Pair pair = newest.next();
      alphas[i] = dot(pair.step(), q) / pair.product();
      add(q, -alphas[i], pair.change());
    }
    if (!pairs.isEmpty()) {
      Pair last = pairs.getLast();
      double scale = last.product() / dot(last.change(), last.change());
      for (int j = 0; j < q.length; j++) {
        q[j] *= scale;
      }
    }
    for (Pair pair : pairs) {
      i--;
      add(q, alphas[i] - dot(pair.change(), q) / pair.product(), pair.step());
    }
    for (int j = 0; j < q.length; j++) {
      q[j] = -q[j];
    }
    return q;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] to, double times, double[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += times * from[i];
    }
  }
}
