package dev.imago.compress;

import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.data.TokenShards;

/// The loss on held-out tokens, in windows spread evenly over them: the same ones for every model
/// that is compared.
final class HeldOutLoss {
  /// The longest window: past it a longer context changes what is measured little, and its cost
  /// much.
  private static final int MAX_WINDOW = 512;

  private final TokenShards heldout;
  private final int window;
  private final int windows;

  private HeldOutLoss(TokenShards heldout, int window, int windows) {
    this.heldout = heldout;
    this.window = window;
    this.windows = windows;
  }

  static HeldOutLoss over(TokenShards heldout, int context, Compress.Config config) {
    if (heldout.size() < 2) {
      throw new InputException(
          "%d tokens are held out, too few to judge a compressed model by: hold out more documents"
              .formatted(heldout.size()));
    }
    int window = (int) Math.min(Math.min(context, MAX_WINDOW), heldout.size() - 1);
    long most = Math.ceilDiv(heldout.size() - 1, window);
    int windows = (int) Math.min(most, Math.ceilDiv(config.evaluateTokens(), window));
    return new HeldOutLoss(heldout, window, windows);
  }

  /// Tokens that are predicted.
  long tokens() {
    return (long) window * windows;
  }

  /// ln p(ids[i + 1] | ids[0 … i]).
  @FunctionalInterface
  interface Scorer {
    float[] logProbabilities(int[] ids);
  }

  Loss measure(Scorer scorer, Progress progress) throws InterruptedException {
    double[] losses = new double[windows];
    int[] ids = new int[window + 1];
    for (int w = 0; w < windows; w++) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      long room = heldout.size() - ids.length;
      heldout.read(windows == 1 ? 0 : room * w / (windows - 1), ids);
      double sum = 0;
      for (float log : scorer.logProbabilities(ids)) {
        sum -= log;
      }
      losses[w] = sum / window;
      progress.add(window);
    }
    return new Loss(losses, tokens());
  }

  /// @param windows nats a token of each window
  record Loss(double[] windows, long tokens) {
    double mean() {
      return mean(windows);
    }

    private static double mean(double[] values) {
      double sum = 0;
      for (double value : values) {
        sum += value;
      }
      return sum / values.length;
    }

    /// How much higher this loss is, window by window.
    Increase above(Loss other) {
      double[] differences = new double[windows.length];
      for (int w = 0; w < windows.length; w++) {
        differences[w] = windows[w] - other.windows[w];
      }
      double mean = mean(differences);
      double squares = 0;
      for (double d : differences) {
        squares += (d - mean) * (d - mean);
      }
      int n = differences.length;
      double error = n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n);
      return new Increase(mean, 1.96 * error);
    }
  }

  /// @param halfWidth of the 95 % interval
  record Increase(double mean, double halfWidth) {}
}
