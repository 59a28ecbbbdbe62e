package dev.imago.agreement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Interval;
import dev.imago.metrics.Span;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UndefinedAgreementTest {
  private static final List<Coefficient> ALL =
      List.of(
          Coefficient.cohen(),
          Coefficient.scott(),
          Coefficient.fleiss(),
          Coefficient.krippendorff(Distance.nominal()));

  private static String why(Agreement agreement) {
    return assertInstanceOf(Agreement.Undefined.class, agreement).why();
  }

  @Test
  void one_label_alone_is_neither_0_nor_1() {
    Judgements same = Judgements.of(2, new int[][] {{0, 0}, {0, 0}});
    for (Coefficient coefficient : ALL) {
      assertTrue(why(coefficient.of(same)).contains("one label"));
    }
    assertEquals(1, Coefficient.percent().of(same).orNaN());
  }

  @Test
  void items_that_one_person_judged_say_nothing() {
    Judgements alone = Judgements.of(2, new int[][] {{0, -1}, {-1, 1}});
    for (Coefficient coefficient : ALL) {
      assertInstanceOf(Agreement.Undefined.class, coefficient.of(alone));
    }
    assertEquals("no item was judged by two", why(Coefficient.percent().of(alone)));
    assertEquals("no item was judged by two", why(Coefficient.gwet().of(alone)));
  }

  @Test
  void a_coefficient_of_two_says_so_of_three() {
    Judgements three = Judgements.of(2, new int[][] {{0, 1, 0}, {1, 1, 0}});
    assertTrue(why(Coefficient.cohen().of(three)).contains("here are 3"));
    assertEquals(0, Coefficient.cohen().of(three.pair(1, 2)).orNaN());
    Judgements uneven = Judgements.of(2, new int[][] {{0, 1, 0}, {1, 1, -1}});
    assertTrue(why(Coefficient.fleiss().of(uneven)).contains("3 and 2"));
  }

  @Test
  void overlapping_spans_have_f1_and_no_alpha() {
    var spans = List.of(new Span("A", 0, 5), new Span("A", 3, 8));
    var judged =
        new SpanJudgements(2, List.of(new SpanJudgements.Text(9, Map.of(0, spans, 1, spans))));
    assertEquals(1, judged.f1().orNaN());
    assertTrue(why(judged.alpha()).contains("overlapping"));
    var none =
        new SpanJudgements(
            2, List.of(new SpanJudgements.Text(9, Map.of(0, List.of(), 1, List.of()))));
    assertEquals("nobody marked a span", why(none.f1()));
    assertThrows(
        IllegalArgumentException.class, () -> new SpanJudgements.Text(4, Map.of(0, spans)));
  }

  @Test
  void an_interval_leaves_out_undefined_draws() {
    // Most draws of these three items hold one label alone.
    Judgements rare = Judgements.of(2, new int[][] {{0, 0}, {0, 0}, {0, 0}, {1, 1}});
    Interval interval = Coefficient.cohen().interval(rare, new Bootstrap(200, 0.95, 42));
    assertEquals(new Interval(1, 1, 1), interval);
    Judgements same = Judgements.of(2, new int[][] {{0, 0}});
    assertTrue(Double.isNaN(Coefficient.cohen().interval(same, new Bootstrap(9, 0.95, 42)).low()));
  }

  @Test
  void by_label_by_pair_and_by_time() {
    var judgements =
        Judgements.builder(2, 3, 3)
            .add(0, 0, 2, 100)
            .add(0, 1, 2, 200)
            .add(1, 0, 1, 300)
            .add(1, 2, 0, 300)
            .build();
    assertEquals(0.5, Coefficient.percent().of(judgements).orNaN());
    assertEquals(1, Coefficient.percent().of(judgements.on(2)).orNaN());
    assertEquals(1, Coefficient.percent().of(judgements.pair(0, 1)).orNaN());
    assertEquals(0, Coefficient.percent().of(judgements.between(300, 301)).orNaN());
    assertThrows(
        IllegalArgumentException.class,
        () -> Judgements.builder(1, 1, 2).add(0, 0, 0).add(0, 0, 1).build());
  }
}
