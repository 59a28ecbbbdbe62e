package dev.imago.data;

import dev.imago.core.EnergyUse;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which model to take: of those within some bounds the ones that no other beats (the Pareto set),
/// with the reason of each.
public final class ModelChoice {
  private static final List<Merit> OF_COST = List.of(Merit.FIRST_TOKEN, Merit.RATE, Merit.SIZE);

  private ModelChoice() {}

  /// In what a model may be the best, or better than another.
  public enum Merit {
    SCORE,
    FIRST_TOKEN,
    RATE,
    SIZE
  }

  /// What becomes of a model.
  public enum Verdict {
    TAKEN,
    /// Another is nowhere worse, and in something better.
    BEATEN,
    SPEED_UNKNOWN,
    TOO_LATE,
    TOO_DEAR,
    SCORE_UNKNOWN
  }

  /// What is asked of a model.
  ///
  /// @param by the score that counts
  /// @param firstTokenMillis the longest wait for the first token; infinite for any
  /// @param hourly what the machine costs an hour; not a number where that is not told
  /// @param cost the most that a million tokens cost; infinite for any
  public record Wanted(String by, double firstTokenMillis, double hourly, double cost) {}

  /// @param merits of one that is taken: what it is the best in; of one that is beaten: what the
  ///   other is better in
  /// @param by which beats it; null where none does
  public record Judged(
      MeasuredModel model, Verdict verdict, Set<Merit> merits, @Nullable MeasuredModel by) {}

  /// All of some models, as they came.
  public static List<Judged> judge(List<MeasuredModel> models, Wanted wanted) {
    List<MeasuredModel> within =
        models.stream().filter(model -> missed(model, wanted) == null).toList();
    return models.stream().map(model -> judged(model, within, wanted)).toList();
  }

  private static Judged judged(MeasuredModel model, List<MeasuredModel> within, Wanted wanted) {
    Verdict missed = missed(model, wanted);
    if (missed == null && !model.scores().containsKey(wanted.by())) {
      missed = Verdict.SCORE_UNKNOWN;
    }
    if (missed != null) {
      return new Judged(model, missed, Set.of(), null);
    }
    return beaten(model, within, wanted.by())
        .map(b -> new Judged(model, Verdict.BEATEN, b.merits(), b.by()))
        .orElseGet(
            () -> new Judged(model, Verdict.TAKEN, firsts(model, within, wanted.by()), null));
  }

  /// Which bound a model misses; null where it keeps all.
  private static @Nullable Verdict missed(MeasuredModel model, Wanted wanted) {
    boolean timed = Double.isFinite(wanted.firstTokenMillis());
    boolean priced = Double.isFinite(wanted.cost()) && Double.isFinite(wanted.hourly());
    if ((timed || priced) && model.speed() == null) {
      return Verdict.SPEED_UNKNOWN;
    }
    if (timed && !(model.firstToken() <= wanted.firstTokenMillis())) {
      return Verdict.TOO_LATE;
    }
    return priced && model.cost(wanted.hourly()) > wanted.cost() ? Verdict.TOO_DEAR : null;
  }

  /// What a model is the best in, of those that were measured alike; a tie counts.
  public static Set<Merit> firsts(MeasuredModel model, List<MeasuredModel> all, String by) {
    Set<Merit> firsts = EnumSet.noneOf(Merit.class);
    MeasuredModel.Score own = model.scores().get(by);
    if (own != null) {
      double sign = own.higherIsBetter() ? 1 : -1;
      if (all.stream()
          .map(each -> each.scores().get(by))
          .filter(score -> score != null && score.asked().equals(own.asked()))
          .allMatch(score -> sign * score.value() <= sign * own.value())) {
        firsts.add(Merit.SCORE);
      }
    }
    for (Merit merit : OF_COST) {
      double value = value(model, merit);
      if (Double.isFinite(value) && all.stream().noneMatch(each -> value(each, merit) > value)) {
        firsts.add(merit);
      }
    }
    return firsts;
  }

  /// Another that is nowhere worse, and what it is better in.
  public record Better(MeasuredModel by, Set<Merit> merits) {}

  /// A model that is as good in all that was measured of both, and better in something.
  ///
  /// @param by the score that counts
  public static Optional<Better> beaten(MeasuredModel model, List<MeasuredModel> all, String by) {
    return all.stream()
        .filter(other -> !other.ref().equals(model.ref()))
        .map(other -> beats(other, model, by))
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static @Nullable Better beats(MeasuredModel other, MeasuredModel model, String by) {
    MeasuredModel.Score theirs = other.scores().get(by);
    MeasuredModel.Score own = model.scores().get(by);
    if (theirs == null || own == null || !theirs.asked().equals(own.asked())) {
      return null; // what was not measured alike is no reason
    }
    Set<Merit> better = EnumSet.noneOf(Merit.class);
    double sign = own.higherIsBetter() ? 1 : -1;
    if (sign * theirs.value() < sign * own.value()) {
      return null;
    }
    if (sign > 0 ? theirs.low() > own.high() : theirs.high() < own.low()) {
      better.add(Merit.SCORE); // by intervals that are apart: a draw shuts nobody out
    }
    for (Merit merit : OF_COST) {
      double first = value(other, merit);
      double second = value(model, merit);
      // A measure that only one has keeps the one that has it.
      if (first < second || Double.isNaN(first) && !Double.isNaN(second)) {
        return null;
      }
      if (first > second) {
        better.add(merit);
      }
    }
    return better.isEmpty() ? null : new Better(other, better);
  }

  /// More is better; not a number where it was not measured.
  private static double value(MeasuredModel model, Merit merit) {
    return switch (merit) {
      case FIRST_TOKEN -> -model.firstToken();
      case RATE -> model.rate();
      case SIZE -> -model.bytes();
      case SCORE -> Double.NaN;
    };
  }

  /// How much less counts as cheaper: what was measured twice differs by some per cent.
  private static final double CHEAPER = 0.9;

  /// Whether a share of what something takes is so much less that it counts.
  public static boolean isCheaper(double share) {
    return share < CHEAPER;
  }

  /// Another of the same score that would do the same for less.
  ///
  /// @param share what it takes, as a share of the model's: of energy where it is known of both
  ///   alike, else of time
  /// @param ofEnergy which of the two
  public record Cheaper(MeasuredModel model, double share, boolean ofEnergy) {}

  /// The cheapest of those whose score is not worse by intervals that are apart, where it takes a
  /// tenth less or better.
  ///
  /// @param by the score that counts
  public static Optional<Cheaper> cheaper(MeasuredModel model, List<MeasuredModel> all, String by) {
    MeasuredModel.Score own = model.scores().get(by);
    if (own == null || model.speed() == null) {
      return Optional.empty();
    }
    return all.stream()
        .filter(other -> !other.ref().equals(model.ref()) && other.task().equals(model.task()))
        .filter(other -> isAsGood(other.scores().get(by), own))
        .map(other -> cheaper(model, other))
        .filter(found -> isCheaper(found.share()))
        .min(Comparator.comparingDouble(Cheaper::share));
  }

  private static boolean isAsGood(MeasuredModel.@Nullable Score other, MeasuredModel.Score own) {
    return other != null
        && other.asked().equals(own.asked())
        && (own.higherIsBetter() ? other.high() >= own.low() : other.low() <= own.high());
  }

  private static Cheaper cheaper(MeasuredModel model, MeasuredModel other) {
    EnergyUse own = model.speed() == null ? null : model.speed().tokenEnergy();
    EnergyUse theirs = other.speed() == null ? null : other.speed().tokenEnergy();
    // Two estimates of one power tell which takes less; one of it and a count do not.
    return own != null
            && theirs != null
            && own.middle() > 0
            && own.counted() == theirs.counted()
            && own.source().equals(theirs.source())
        ? new Cheaper(other, theirs.middle() / own.middle(), true)
        : new Cheaper(other, model.rate() / other.rate(), false);
  }

  /// The names of all scores, those of most models first.
  public static List<String> measures(List<MeasuredModel> models) {
    Map<String, Integer> counts = new TreeMap<>();
    models.forEach(
        model -> model.scores().keySet().forEach(name -> counts.merge(name, 1, Integer::sum)));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Models of a task; all for an empty one.
  public static List<MeasuredModel> of(List<MeasuredModel> models, String task) {
    return task.isEmpty()
        ? models
        : models.stream().filter(model -> model.task().equals(task)).toList();
  }
}
