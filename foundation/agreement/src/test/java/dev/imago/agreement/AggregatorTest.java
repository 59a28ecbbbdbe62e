package dev.imago.agreement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.agreement.Aggregator.Stopping;
import dev.imago.agreement.BradleyTerry.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AggregatorTest {
  private static final int ITEMS = 1500;

  /// How often each scripted annotator is right; the last two guess, always the same label.
  private static final double[] SKILL = {0.92, 0.85, 0.75, 0, 0};

  private record Scripted(Judgements judgements, int[] truth) {
    double right(Consensus consensus) {
      int right = 0;
      for (int i = 0; i < truth.length; i++) {
        right += consensus.label(i) == truth[i] ? 1 : 0;
      }
      return (double) right / truth.length;
    }
  }

  private static Scripted scripted() {
    var random = new SplittableRandom(42);
    var builder = Judgements.builder(ITEMS, SKILL.length, 3);
    int[] truth = new int[ITEMS];
    for (int item = 0; item < ITEMS; item++) {
      truth[item] = random.nextInt(3);
      for (int rater = 0; rater < SKILL.length; rater++) {
        boolean right = random.nextDouble() < SKILL[rater];
        int wrong = SKILL[rater] == 0 ? 0 : (truth[item] + 1 + random.nextInt(2)) % 3;
        builder.add(item, rater, right ? truth[item] : wrong);
      }
    }
    return new Scripted(builder.build(), truth);
  }

  @Test
  void dawid_skene_and_mace_see_through_those_who_guess_and_the_majority_does_not() {
    Scripted scripted = scripted();
    double majority = scripted.right(Aggregator.majority().of(scripted.judgements));
    Consensus tables = Aggregator.dawidSkene(Stopping.USUAL).of(scripted.judgements);
    Consensus mace = Aggregator.mace(Stopping.USUAL, 5, 42).of(scripted.judgements);
    assertTrue(majority < 0.85, () -> "majority " + majority);
    assertTrue(scripted.right(tables) > 0.93, () -> "tables " + scripted.right(tables));
    assertTrue(scripted.right(mace) > 0.93, () -> "mace " + scripted.right(mace));
    assertTrue(tables.converged());
    for (int rater = 0; rater < 3; rater++) {
      assertEquals(SKILL[rater], tables.competence(rater), 0.03);
      // MACE's annotator who does not know still guesses right by chance.
      assertEquals(SKILL[rater], mace.competence(rater) + (1 - mace.competence(rater)) / 3, 0.04);
    }
    assertTrue(mace.competence(3) < 0.05);
    assertEquals(1 / 3.0, tables.competence(4), 0.03);
  }

  @Test
  void dawid_skene_equals_its_equations_worked_by_hand() {
    // One round from shares of votes: priors 2/3 and 1/3, tables by relative frequency.
    Judgements judgements = Judgements.of(2, new int[][] {{0, 0}, {0, 0}, {1, 1}});
    Consensus consensus = Aggregator.dawidSkene(new Stopping(1, 0)).of(judgements);
    assertEquals(1, consensus.probability(0, 0), 1e-12);
    assertEquals(2 / 3.0, consensus.priors()[0], 1e-12);
    assertEquals(2 * Math.log(2 / 3.0) + Math.log(1 / 3.0), consensus.logLikelihood(), 1e-12);
    Consensus split =
        Aggregator.dawidSkene(new Stopping(1, 0))
            .of(Judgements.of(2, new int[][] {{0, 1}, {0, 0}}));
    // Shares ½ and 1: priors ¾ ¼; of rater 0 p(0|0) = p(0|1) = 1; of rater 1 p(1|0) = ⅓, p(1|1) =
    // 1.
    assertEquals(0.25 / (0.25 + 0.25), split.probability(0, 0), 1e-12);
    assertEquals(1, split.probability(1, 0), 1e-12);
  }

  @Test
  void a_tie_and_an_item_nobody_judged_are_said() {
    Consensus consensus =
        Aggregator.majority().of(Judgements.of(2, new int[][] {{0, 1}, {1, 1}, {-1, -1}}));
    assertTrue(consensus.tied(0));
    assertFalse(consensus.tied(1));
    assertEquals(-1, consensus.label(2));
    assertEquals(0.75, consensus.competence(0));
    Consensus tables =
        Aggregator.dawidSkene(Stopping.USUAL).of(Judgements.of(2, new int[][] {{0, -1}, {1, -1}}));
    assertTrue(Double.isNaN(tables.competence(1)));
  }

  @Test
  void probable_label_errors_are_what_the_others_contradict() {
    Judgements judgements =
        Judgements.of(2, new int[][] {{0, 0, 0}, {1, 1, 1}, {0, 0, 1}, {1, 1, 1}, {0, 0, 0}});
    Consensus consensus = Aggregator.dawidSkene(Stopping.USUAL).of(judgements);
    List<LabelError> errors = LabelError.of(judgements, consensus, 0.5);
    assertEquals(1, errors.size());
    assertEquals(2, errors.getFirst().item());
    assertEquals(2, errors.getFirst().rater());
  }

  @Test
  void the_label_model_weighs_functions_by_their_accuracy_and_the_table_shows_conflict() {
    var random = new SplittableRandom(7);
    double[] skill = {0.95, 0.6, 0.6};
    double[] fires = {0.6, 0.8, 0.9};
    var builder = Judgements.builder(ITEMS, 3, 2);
    for (int item = 0; item < ITEMS; item++) {
      for (int f = 0; f < 3; f++) {
        if (random.nextDouble() < fires[f]) {
          int truth = item % 2;
          builder.add(item, f, random.nextDouble() < skill[f] ? truth : 1 - truth);
        }
      }
    }
    Judgements judgements = builder.build();
    Consensus consensus = Aggregator.labelModel(Stopping.USUAL).of(judgements);
    assertTrue(consensus.competence(0) > 0.8);
    assertEquals(0.6, consensus.competence(1), 0.08);
    LabellingReport report = LabellingReport.of(judgements);
    assertEquals(0.6, report.functions().getFirst().coverage(), 0.05);
    assertTrue(report.functions().get(1).conflict() < report.functions().get(1).overlap());
    assertEquals(report.conflicts()[0][1], report.conflicts()[1][0], 1e-12);
    assertEquals(List.of(0, 1), report.functions().getFirst().labels());
  }

  @Test
  void bradley_terry_of_two_is_the_share_of_wins_and_of_the_unbeaten_undefined() {
    List<Comparison> comparisons = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      comparisons.add(new Comparison(i % 2, i < 7 ? 0 : 1, i < 7 ? 1 : 0, false));
    }
    var two =
        assertInstanceOf(BradleyTerry.Estimated.class, BradleyTerry.of(2, 2, comparisons, 0, 1000));
    assertEquals(0.7, two.probability(0, 1), 1e-9);
    assertTrue(two.converged());
    comparisons.add(new Comparison(0, 2, 0, false));
    assertInstanceOf(BradleyTerry.Undefined.class, BradleyTerry.of(3, 2, comparisons, 0, 1000));
    var bounded =
        assertInstanceOf(
            BradleyTerry.Estimated.class, BradleyTerry.of(3, 2, comparisons, 0.1, 1000));
    assertTrue(bounded.strength()[2] > bounded.strength()[0]);
  }

  @Test
  void bradley_terry_finds_planted_strengths() {
    var random = new SplittableRandom(3);
    double[] planted = {1.5, 0.5, -0.5, -1.5};
    List<Comparison> comparisons = new ArrayList<>();
    for (int i = 0; i < 6000; i++) {
      int a = random.nextInt(4);
      int b = (a + 1 + random.nextInt(3)) % 4;
      boolean wins = random.nextDouble() < 1 / (1 + Math.exp(planted[b] - planted[a]));
      comparisons.add(new Comparison(0, wins ? a : b, wins ? b : a, false));
    }
    var found =
        assertInstanceOf(BradleyTerry.Estimated.class, BradleyTerry.of(4, 1, comparisons, 0, 2000));
    for (int i = 0; i < 4; i++) {
      assertEquals(planted[i], found.strength()[i], 0.15);
    }
  }
}
