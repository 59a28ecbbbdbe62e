package dev.imago.labelling;

import dev.imago.active.Strategy;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.TaskKind;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;

/// Which item is next.
///
/// @param next `order`, as items came and as urgent as they are; `random`; or a strategy of active
///   learning, or several with their shares, as [Strategy#parse] has them
/// @param randomPercent of items that are drawn at random whatever the strategy: what is measured
///   on them is not bent by it
/// @param retrainEvery new labels after which the model learns anew
public record Choosing(String next, long randomPercent, long retrainEvery) {
  static final String ORDER = "order";
  static final String RANDOM = "random";
  private static final int MOST = 200;

  public static final Choosing USUAL = new Choosing(ORDER, 10, 50);

  public Choosing {
    Bounds.whole("random-percent", randomPercent, 1, 100, "10 are usual");
    Bounds.whole("retrain-every", retrainEvery, 1, 1_000_000, "50 are usual");
    if (!next.equals(ORDER)) {
      try {
        var _ = Strategy.parse(next);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(
            "next = %s: %s; order takes items as they came".formatted(next, e.getMessage()), e);
      }
    }
    if (next.length() > MOST) {
      throw new ConfigException("next is of %d characters at most".formatted(MOST));
    }
  }

  /// Whether a model learns from what people answer.
  public boolean learns() {
    return !next.equals(ORDER) && !next.equals(RANDOM);
  }

  /// @throws ConfigException for a task whose answers no such model learns
  public void check(AnnotationTask task) {
    if (learns() && task.kind() != TaskKind.CHOICE && task.kind() != TaskKind.SCALE) {
      throw new ConfigException(
          "next = %s learns one label of each item, and task: %s asks for something else; take order or random"
              .formatted(next, task.kind().label()));
    }
  }
}
