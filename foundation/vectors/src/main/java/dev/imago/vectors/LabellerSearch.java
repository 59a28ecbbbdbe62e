package dev.imago.vectors;

import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/// Looks for a classifier's settings within a budget of time: it trains, measures on texts that it
/// has not learned from, and changes the best settings so far at random, widely at first, as
/// fastText's automatic tuning does. What it finds depends on how fast the machine is.
public final class LabellerSearch {
  /// What was found.
  ///
  /// @param accuracy of the likeliest label on the validation texts
  /// @param trials that came to their end
  public record Found(LabellerSettings settings, double accuracy, int trials) {}

  /// Told of each trial.
  public interface Watch {
    void after(LabellerSettings tried, double accuracy);
  }

  private static final class OutOfTime extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutOfTime() {
      super(null, null, false, false);
    }
  }

  private static final int[] SHORTEST = {0, 2, 3};

  private final List<LabelledLine> train;
  private final List<LabelledLine> validation;
  private final Random random;
  private final long seed;
  private final int threads;
  private final LongSupplier nanos;

  /// @param nanos the clock
  public LabellerSearch(
      List<LabelledLine> train,
      List<LabelledLine> validation,
      long seed,
      int threads,
      LongSupplier nanos) {
    if (validation.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no text to measure on; give more texts, or validation texts");
    }
    this.train = List.copyOf(train);
    this.validation = List.copyOf(validation);
    this.random = new Random(seed);
    this.seed = seed;
    this.threads = threads;
    this.nanos = nanos;
  }

  /// @param start the first settings that are tried
  /// @throws IllegalArgumentException where the budget ends before the first trial does
  public Found search(LabellerSettings start, long budgetNanos, Watch watch)
      throws InterruptedException {
    long begun = nanos.getAsLong();
    LabellerSettings best = start;
    double highest = -1;
    int trials = 0;
    LabellerSettings next = start;
    while (true) {
      try {
        double accuracy = accuracy(next, begun, budgetNanos);
        trials++;
        watch.after(next, accuracy);
        if (accuracy > highest) {
          highest = accuracy;
          best = next;
        }
      } catch (OutOfTime e) {
        break;
      } catch (OutOfMemoryError e) {
        // Settings that ask for too much are passed over.
      }
      double elapsed = (double) (nanos.getAsLong() - begun) / budgetNanos;
      if (elapsed >= 1) {
        break;
      }
      next = changed(best, elapsed);
    }
    if (trials == 0) {
      throw new IllegalArgumentException(
          "the budget of %.0f s ended before one training did; give more"
              .formatted(budgetNanos / 1e9));
    }
    return new Found(best, highest, trials);
  }

  private double accuracy(LabellerSettings settings, long begun, long budget)
      throws InterruptedException {
    TextLabeller made =
        new LabellerTrainer(train, settings, seed, threads)
            .train(
                _ -> {
                  if (nanos.getAsLong() - begun > budget) {
                    throw new OutOfTime();
                  }
                  if (Thread.interrupted()) {
                    throw new InterruptedException();
                  }
                });
    long right =
        validation.parallelStream()
            .filter(
                t -> {
                  List<TextLabeller.Told> told = made.labels(t.text(), 1);
                  return !told.isEmpty() && t.labels().contains(told.getFirst().label());
                })
            .count();
    return (double) right / validation.size();
  }

  /// The best with every number drawn about it: by factors, less widely as time goes by.
  private LabellerSettings changed(LabellerSettings best, double elapsed) {
    int shortest = SHORTEST[random.nextInt(SHORTEST.length)];
    if (random.nextDouble() < elapsed) {
      shortest = best.longest() == 0 ? 0 : best.shortest();
    }
    return new LabellerSettings(
        best.loss(),
        (int) about(best.dimension(), 1.4, 0.3, elapsed, 4, 600),
        (int) about(best.epochs(), 2.8, 1, elapsed, 1, 100),
        about(best.learningRate(), 1.9, 0.7, elapsed, 0.01, 5),
        (int)
            Math.clamp(
                Math.round(best.wordNgrams() + random.nextGaussian() * width(2, 0.7, elapsed)),
                1L,
                5L),
        shortest,
        shortest == 0 ? 0 : shortest + 3,
        (int) about(best.buckets(), 2, 1, elapsed, 10_000, 5_000_000),
        best.minimumCount(),
        best.minimumLabelCount(),
        best.negatives());
  }

  private static double width(double first, double last, double elapsed) {
    return first - (first - last) * 2 * Math.min(0.5, Math.max(elapsed - 0.25, 0));
  }

  private double about(
      double value, double first, double last, double elapsed, double least, double most) {
    double factor = Math.pow(2, random.nextGaussian() * width(first, last, elapsed));
    return Math.clamp(value * factor, least, most);
  }
}
