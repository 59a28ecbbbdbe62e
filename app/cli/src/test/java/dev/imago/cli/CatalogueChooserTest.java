package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.accounts.Prices;
import dev.imago.accounts.TokenPrice;
import dev.imago.core.Ref;
import dev.imago.data.MeasuredModel;
import dev.imago.serve.ModelChooser;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Who is picked where a request names no model, and why.
class CatalogueChooserTest {
  private static final double NO = Double.POSITIVE_INFINITY;

  /// Good and slow, fast, and one that is worse than the fast one in all.
  private final List<MeasuredModel> catalogue =
      List.of(
          entry('a', "text-generation", 0.8, 900, 400),
          entry('b', "text-generation", 0.5, 90, 40),
          entry('c', "text-generation", 0.2, 100, 50),
          entry('d', "fill-mask", 0.9, 10, 4));

  private final List<Prices.Entry> prices =
      new ArrayList<>(List.of(price("good", 0, 700_000), price("*", 0, 100_000)));

  private static MeasuredModel entry(
      char hash, String task, double score, double firstMillis, long bytes) {
    return new MeasuredModel(
        Ref.parse("weights/" + String.valueOf(hash).repeat(64)),
        task,
        List.of("en"),
        bytes,
        Map.of("t/acc", new MeasuredModel.Score(score, score - 0.01, score + 0.01, 9, true, "x")),
        new MeasuredModel.Speed(10_000 / firstMillis, firstMillis, 64, 2, 1000, null, null));
  }

  private static Prices.Entry price(String model, int day, long millionths) {
    return new Prices.Entry(
        model,
        LocalDate.EPOCH.plusDays(day),
        new TokenPrice("EUR", millionths, millionths, millionths, millionths));
  }

  private ModelChooser.Choice choose(String task, double seconds, double price) {
    return new CatalogueChooser(
            () -> catalogue, () -> prices, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
        .choose(
            List.of(candidate("good", 'a'), candidate("fast", 'b'), candidate("poor", 'c')),
            new ModelChooser.Wanted(task, seconds, price, NO));
  }

  private static ModelChooser.Candidate candidate(String name, char hash) {
    return new ModelChooser.Candidate(name, "weights/" + String.valueOf(hash).repeat(64));
  }

  private static List<String> names(List<ModelChooser.Picked> of) {
    return of.stream().map(ModelChooser.Picked::name).toList();
  }

  @Test
  void theBestThatNoneBeatsComesFirst() {
    ModelChooser.Choice all = choose("", NO, NO);
    assertEquals(List.of("good", "fast"), names(all.best()));
    assertEquals("the best score (t/acc 0.800) of 3", all.best().getFirst().why());
    assertEquals(
        "weights/bbbbbbbbbbbb is better, sooner, faster, smaller, and nowhere worse",
        all.others().getFirst().why());
    assertEquals(List.of("fast"), names(choose("text-generation", 0.5, NO).best()));
    assertEquals(List.of("good", "fast"), names(choose("text-generation", 0.9, 0.7).best()));
    ModelChooser.Choice cheap = choose("", NO, 0.1);
    assertEquals(List.of("fast"), names(cheap.best()));
    assertEquals(
        "a million tokens cost 0.70 of prompts and 0.70 of answers",
        cheap.others().getFirst().why());
  }

  @Test
  void whatIsKnownStaysWhereNothingNewerCanBeRead() {
    var now = new AtomicReference<>(Instant.EPOCH);
    InstantSource time = now::get;
    var away = new AtomicBoolean();
    var chooser =
        new CatalogueChooser(
            () -> {
              if (away.get()) {
                throw new IllegalStateException("the database is away");
              }
              return catalogue;
            },
            () -> prices,
            time.withZone(ZoneOffset.UTC));
    List<ModelChooser.Candidate> two = List.of(candidate("good", 'a'), candidate("poor", 'c'));
    List<String> both = List.of("good", "poor");
    assertEquals(both, names(chooser.choose(two, ModelChooser.Wanted.ANY).best()));
    away.set(true);
    now.set(Instant.EPOCH.plusSeconds(3600));
    assertEquals(both, names(chooser.choose(two, ModelChooser.Wanted.ANY).best()));
    prices.clear();
    away.set(false);
    now.set(Instant.EPOCH.plusSeconds(7200));
    var cheap = new ModelChooser.Wanted("", NO, 0.7, NO);
    assertEquals(List.of(), names(chooser.choose(two, cheap).best()), "read anew");
  }

  @Test
  void whatIsNotKnownIsNotWithinBounds() {
    assertEquals(List.of(), names(choose("fill-mask", NO, NO).best()));
    assertEquals(
        "it is for text-generation", choose("fill-mask", NO, NO).others().getFirst().why());
    prices.removeLast();
    assertEquals(List.of("good"), names(choose("", NO, 0.7).best()));
    prices.add(price("good", 1, 9)); // of tomorrow
    assertEquals(List.of(), names(choose("", NO, 0.6).best()));
    var unknown =
        new CatalogueChooser(List::of, List::of, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    List<ModelChooser.Candidate> two = List.of(candidate("x", 'a'), candidate("y", 'b'));
    ModelChooser.Choice any = unknown.choose(two, ModelChooser.Wanted.ANY);
    assertEquals(List.of("x", "y"), names(any.best()));
    assertEquals("nothing measured speaks for another", any.best().getFirst().why());
  }
}
