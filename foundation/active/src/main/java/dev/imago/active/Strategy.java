package dev.imago.active;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;

/// Chooses items to be labelled next.
@FunctionalInterface
public interface Strategy {
  /// Up to `count` of the pool's unlabelled items, each once, the most wanted first.
  ///
  /// @param random the only randomness
  int[] choose(Pool pool, int count, SplittableRandom random);

  /// Any, with one chance for all.
  static Strategy random() {
    return (pool, count, random) -> least(pool, count, random, _ -> 0);
  }

  /// Those whose two likeliest classes are nearest. Scheffer et al. 2001.
  static Strategy margin() {
    return (pool, count, random) ->
        least(pool, count, random, item -> Uncertainty.margin(pool.probability()[item]));
  }

  /// Those of the greatest entropy.
  static Strategy entropy() {
    return (pool, count, random) ->
        least(pool, count, random, item -> -Uncertainty.entropy(pool.probability()[item]));
  }

  /// Those on which the models of a committee differ most: the mean divergence of each from their
  /// mean. McCallum & Nigam 1998.
  ///
  /// @throws IllegalArgumentException from `choose`, where the pool has fewer than two models
  static Strategy disagreement() {
    return (pool, count, random) -> {
      if (pool.committee().size() < 2) {
        throw new IllegalArgumentException(
            "disagreement needs a committee of 2 models or more, and here are "
                + pool.committee().size());
      }
      return least(pool, count, random, item -> -Uncertainty.disagreement(pool, item));
    };
  }

  /// Core-set: each next item is the farthest from all that are labelled or chosen. Sener &
  /// Savarese 2018, arXiv:1708.00489 (the greedy k-centre).
  static Strategy kCentre() {
    return Spread::farthest;
  }

  /// BADGE: items whose gradients, were the likeliest class true, are long and apart; drawn as
  /// k-means++ draws its seeds. Ash et al. 2020, arXiv:1906.03671.
  static Strategy badge() {
    return Spread::gradients;
  }

  /// A part by each strategy, in turn and without repeats.
  ///
  /// @param shares of each, summing to 1
  static Strategy mixture(Strategy[] strategies, double[] shares) {
    return new Mixture(strategies.clone(), shares.clone());
  }

  /// A strategy beside which a share is drawn at random, for evaluation that the strategy does not
  /// bend.
  static Strategy keepingRandom(double share, Strategy strategy) {
    return mixture(new Strategy[] {random(), strategy}, new double[] {share, 1 - share});
  }

  /// A strategy by its name, or several with their shares: `margin`, `margin:0.6,badge:0.4`. Names
  /// are random, margin, entropy, disagreement, k-centre and badge.
  ///
  /// @throws IllegalArgumentException saying what is wrong
  static Strategy parse(String text) {
    String[] parts = text.split(",", -1);
    Strategy[] strategies = new Strategy[parts.length];
    double[] shares = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      String[] pair = parts[i].strip().split(":", 2);
      if (parts.length > 1 != pair.length > 1) {
        throw new IllegalArgumentException(
            "«%s» %s; write several as margin:0.6,badge:0.4"
                .formatted(
                    parts[i], parts.length > 1 ? "has no share" : "is one, and has a share"));
      }
      try {
        shares[i] = pair.length == 1 ? 1 : Double.parseDouble(pair[1]);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("«%s» is no share".formatted(pair[1]), e);
      }
      strategies[i] =
          switch (pair[0]) {
            case "random" -> random();
            case "margin" -> margin();
            case "entropy" -> entropy();
            case "disagreement" -> disagreement();
            case "k-centre" -> kCentre();
            case "badge" -> badge();
            default ->
                throw new IllegalArgumentException(
                    "«%s» is no strategy; random, margin, entropy, disagreement, k-centre and badge are"
                        .formatted(pair[0]));
          };
    }
    return parts.length == 1 ? strategies[0] : mixture(strategies, shares);
  }

  /// The items of the least values; of equal ones any.
  private static int[] least(
      Pool pool, int count, SplittableRandom random, IntToDoubleFunction value) {
    record Valued(int item, double value) {}
    int[] items = shuffled(pool.unlabelled(), random);
    return Arrays.stream(items)
        .mapToObj(item -> new Valued(item, value.applyAsDouble(item)))
        .sorted(Comparator.comparingDouble(Valued::value)) // stable: ties stay shuffled
        .limit(count)
        .mapToInt(Valued::item)
        .toArray();
  }

  private static int[] shuffled(int[] items, SplittableRandom random) {
    int[] shuffled = items.clone();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swapped;
    }
    return shuffled;
  }
}
