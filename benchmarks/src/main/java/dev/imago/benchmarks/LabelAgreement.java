package dev.imago.benchmarks;

import dev.imago.agreement.Aggregator;
import dev.imago.agreement.Coefficient;
import dev.imago.agreement.Distance;
import dev.imago.agreement.Judgements;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Our side of `benchmarks/agreement [ITEMS]`: α and aggregation of labels by three people of 50,
/// of five labels. Prints lines of «what seconds value», on the clock and of the processor.
public final class LabelAgreement {
  private static final int RATERS = 50;
  private static final int LABELS = 5;

  private LabelAgreement() {}

  private static Judgements judgements(int items) {
    var random = new SplittableRandom(42);
    var builder = Judgements.builder(items, RATERS, LABELS);
    for (int item = 0; item < items; item++) {
      int truth = random.nextInt(LABELS);
      int first = random.nextInt(RATERS);
      for (int r = 0; r < 3; r++) {
        int rater = (first + r * 7) % RATERS;
        boolean right = random.nextDouble() < 0.6 + 0.35 * rater / RATERS;
        builder.add(item, rater, right ? truth : random.nextInt(LABELS));
      }
    }
    return builder.build();
  }

  private static void timed(String what, Supplier<Object> work) {
    var threads = ManagementFactory.getThreadMXBean();
    long began = System.nanoTime();
    long processor = threads.getCurrentThreadCpuTime();
    Object value = work.get();
    System.out.printf(
        Locale.ROOT,
        "%s %.2f s, of the processor %.2f s: %s%n",
        what,
        (System.nanoTime() - began) / 1e9,
        (threads.getCurrentThreadCpuTime() - processor) / 1e9,
        value);
  }

  public static void main(String[] arguments) {
    int items = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
    Judgements judgements = judgements(items);
    double[] values = {1, 2, 3, 4, 5};
    timed("alpha-nominal", () -> Coefficient.krippendorff(Distance.nominal()).of(judgements));
    timed("alpha-ordinal", () -> Coefficient.krippendorff(Distance.ordinal()).of(judgements));
    timed(
        "alpha-interval", () -> Coefficient.krippendorff(Distance.interval(values)).of(judgements));
    timed("fleiss", () -> Coefficient.fleiss().of(judgements));
    timed("majority", () -> Aggregator.majority().of(judgements).competence(0));
    timed(
        "dawid-skene",
        () -> {
          var consensus = Aggregator.dawidSkene(Aggregator.Stopping.USUAL).of(judgements);
          return "converged %s, competence %.3f … %.3f"
              .formatted(
                  consensus.converged(), consensus.competence(0), consensus.competence(RATERS - 1));
        });
  }
}
