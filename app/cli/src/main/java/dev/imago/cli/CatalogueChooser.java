package dev.imago.cli;

import dev.imago.accounts.Prices;
import dev.imago.accounts.TokenPrice;
import dev.imago.data.MeasuredModel;
import dev.imago.data.ModelChoice;
import dev.imago.serve.ModelChooser;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Picks the model of a request by what the catalogue holds of each: of those within the bounds,
/// and that no other beats (the Pareto set of `imago models`), the one of the best score; among
/// equals the cheapest, then the soonest, then the smallest.
final class CatalogueChooser implements ModelChooser {
  private static final System.Logger LOG = System.getLogger("dev.imago.serve");

  /// What was measured changes seldom, and is read from many files.
  private static final Duration FRESH = Duration.ofMinutes(1);

  private static final double MILLIONTHS = 1e6;

  private final Supplier<List<MeasuredModel>> catalogue;
  private final Supplier<List<Prices.Entry>> prices;
  private final Clock clock;
  private final AtomicBoolean reading = new AtomicBoolean();
  private volatile @Nullable Known known;

  private record Known(
      Instant read, Map<String, MeasuredModel> models, List<Prices.Entry> prices) {}

  /// @param entry null where the catalogue has none
  /// @param price null where the price list has none
  private record Rated(String name, @Nullable MeasuredModel entry, @Nullable TokenPrice price) {}

  CatalogueChooser(
      Supplier<List<MeasuredModel>> catalogue, Supplier<List<Prices.Entry>> prices, Clock clock) {
    this.catalogue = catalogue;
    this.prices = prices;
    this.clock = clock;
  }

  /// One request reads anew; the others go on with what is known, as all do where reading fails.
  private Known known() {
    Known last = known;
    if (last == null) {
      synchronized (reading) {
        last = known;
        return last == null ? read(clock.instant()) : last;
      }
    }
    Instant now = clock.instant();
    boolean old = now.isAfter(last.read.plus(FRESH)) || now.isBefore(last.read);
    if (!old || !reading.compareAndSet(false, true)) {
      return last;
    }
    try {
      return read(now);
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the catalogue and the prices of %s stay in use: newer ones cannot be read"
              .formatted(last.read),
          e);
      known = new Known(now, last.models, last.prices); // tried again in a minute
      return last;
    } finally {
      reading.set(false);
    }
  }

  private Known read(Instant now) {
    var models = new LinkedHashMap<String, MeasuredModel>();
    catalogue.get().forEach(entry -> models.put(entry.ref().toString(), entry));
    var read = new Known(now, models, prices.get());
    known = read;
    return read;
  }

  @Override
  public Choice choose(List<Candidate> candidates, Wanted wanted) {
    Known now = known();
    var others = new ArrayList<Picked>();
    var allowed = new ArrayList<Rated>();
    for (Candidate each : candidates) {
      var rated =
          new Rated(
              each.name(),
              now.models.get(each.reference()),
              price(now.prices, each.name(), LocalDate.now(clock)));
      outside(rated, wanted)
          .ifPresentOrElse(
              why -> others.add(new Picked(each.name(), why)), () -> allowed.add(rated));
    }
    List<MeasuredModel> entries = entries(allowed);
    List<String> measures = ModelChoice.measures(entries);
    String by = measures.isEmpty() ? "" : measures.getFirst();
    var best = new ArrayList<Rated>();
    for (Rated each : allowed) {
      Optional<String> beaten =
          Optional.ofNullable(each.entry)
              .flatMap(entry -> ModelChoice.beaten(entry, entries, by))
              .map(better -> ModelsCatalogue.reason(better.by(), better.merits()));
      beaten.ifPresentOrElse(why -> others.add(new Picked(each.name, why)), () -> best.add(each));
    }
    best.sort(order(by));
    return new Choice(
        best.stream().map(each -> new Picked(each.name, why(each, allowed, by))).toList(), others);
  }

  private static List<MeasuredModel> entries(List<Rated> of) {
    var entries = new ArrayList<MeasuredModel>();
    for (Rated each : of) {
      if (each.entry != null) {
        entries.add(each.entry);
      }
    }
    return entries;
  }

  /// The price of a day: that of a model's own name, or of `*`.
  private static @Nullable TokenPrice price(
      List<Prices.Entry> prices, String model, LocalDate day) {
    for (String name : List.of(model, "*")) {
      Optional<Prices.Entry> found =
          prices.stream()
              .filter(entry -> entry.model().equals(name) && !entry.from().isAfter(day))
              .max(Comparator.comparing(Prices.Entry::from));
      if (found.isPresent()) {
        return found.get().price();
      }
    }
    return null;
  }

  /// Which bound a model misses; empty where it keeps all.
  private static Optional<String> outside(Rated model, Wanted wanted) {
    MeasuredModel entry = model.entry;
    if (!wanted.task().isEmpty() && (entry == null || !entry.task().equals(wanted.task()))) {
      return Optional.of(
          entry == null || entry.task().equals("–")
              ? "its task is not known"
              : "it is for " + entry.task());
    }
    if (Double.isFinite(wanted.seconds())) {
      double millis = entry == null ? Double.NaN : entry.firstToken();
      if (Double.isNaN(millis)) {
        return Optional.of("its first token was not measured on this machine");
      }
      if (millis > wanted.seconds() * 1e3) {
        return Optional.of("its first token takes %s ms".formatted(digits(millis)));
      }
    }
    if (Double.isFinite(wanted.input()) || Double.isFinite(wanted.output())) {
      if (model.price == null) {
        return Optional.of("it has no price");
      }
      if (model.price.input() > wanted.input() * MILLIONTHS
          || model.price.output() > wanted.output() * MILLIONTHS) {
        return Optional.of(
            "a million tokens cost %s of prompts and %s of answers"
                .formatted(Prices.text(model.price.input()), Prices.text(model.price.output())));
      }
    }
    return Optional.empty();
  }

  private static Comparator<Rated> order(String by) {
    return Comparator.<Rated>comparingDouble(each -> -score(each, by))
        .thenComparingDouble(CatalogueChooser::cost)
        .thenComparingDouble(
            each -> known(each.entry == null ? Double.NaN : each.entry.firstToken()))
        .thenComparingLong(each -> each.entry == null ? Long.MAX_VALUE : each.entry.bytes());
  }

  /// Higher is better; what was not measured comes last.
  private static double score(Rated model, String by) {
    MeasuredModel.Score score = model.entry == null ? null : model.entry.scores().get(by);
    return score == null
        ? Double.NEGATIVE_INFINITY
        : score.higherIsBetter() ? score.value() : -score.value();
  }

  private static double cost(Rated model) {
    return model.price == null
        ? Double.POSITIVE_INFINITY
        : (double) model.price.input() + model.price.output();
  }

  private static double known(double value) {
    return Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
  }

  private static String why(Rated model, List<Rated> allowed, String by) {
    if (allowed.size() == 1) {
      return "the only one within the bounds";
    }
    var firsts = new ArrayList<String>();
    if (model.entry != null) {
      MeasuredModel.Score score = model.entry.scores().get(by);
      for (ModelChoice.Merit merit : ModelChoice.firsts(model.entry, entries(allowed), by)) {
        String first = ModelsCatalogue.first(merit);
        firsts.add(
            merit == ModelChoice.Merit.SCORE && score != null
                ? "%s (%s %s)".formatted(first, by, digits(score.value()))
                : first);
      }
    }
    if (model.price != null && allowed.stream().noneMatch(other -> cost(other) < cost(model))) {
      firsts.add("the cheapest");
    }
    return firsts.isEmpty()
        ? "nothing measured speaks for another"
        : String.join(", ", firsts) + " of " + allowed.size();
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
