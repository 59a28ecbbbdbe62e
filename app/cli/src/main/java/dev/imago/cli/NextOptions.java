package dev.imago.cli;

import dev.imago.labelling.Choosing;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of which item is next.
final class NextOptions {
  @Option(
      names = "--next",
      paramLabel = "STRATEGY",
      description =
          "Which item is next: order (default), random, margin, entropy, disagreement, k-centre,"
              + " badge, or several with their shares (margin:0.6,badge:0.4).")
  private @Nullable String next;

  @Option(
      names = "--random-percent",
      paramLabel = "N",
      description =
          "Beside a strategy so many percent of items are drawn at random, and the model is"
              + " measured on them (default: 10).")
  private @Nullable Long randomPercent;

  @Option(
      names = "--retrain-every",
      paramLabel = "N",
      description = "New labels after which the model learns anew (default: 50).")
  private @Nullable Long retrainEvery;

  boolean areGiven() {
    return next != null || randomPercent != null || retrainEvery != null;
  }

  /// What is given here, the rest as it was.
  Choosing over(Choosing was) {
    return new Choosing(
        next == null ? was.next() : next,
        randomPercent == null ? was.randomPercent() : randomPercent,
        retrainEvery == null ? was.retrainEvery() : retrainEvery);
  }
}
