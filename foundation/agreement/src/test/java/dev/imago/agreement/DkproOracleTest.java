package dev.imago.agreement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.imago.metrics.Span;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.dkpro.statistics.agreement.IAnnotationStudy;
import org.dkpro.statistics.agreement.coding.CodingAnnotationStudy;
import org.dkpro.statistics.agreement.coding.CohenKappaAgreement;
import org.dkpro.statistics.agreement.coding.FleissKappaAgreement;
import org.dkpro.statistics.agreement.coding.KrippendorffAlphaAgreement;
import org.dkpro.statistics.agreement.coding.PercentageAgreement;
import org.dkpro.statistics.agreement.coding.ScottPiAgreement;
import org.dkpro.statistics.agreement.coding.WeightedKappaAgreement;
import org.dkpro.statistics.agreement.distance.IDistanceFunction;
import org.dkpro.statistics.agreement.distance.IntervalDistanceFunction;
import org.dkpro.statistics.agreement.distance.NominalDistanceFunction;
import org.dkpro.statistics.agreement.distance.RatioDistanceFunction;
import org.dkpro.statistics.agreement.distance.SetAnnotation;
import org.dkpro.statistics.agreement.unitizing.KrippendorffAlphaUnitizingAgreement;
import org.dkpro.statistics.agreement.unitizing.UnitizingAnnotationStudy;
import org.junit.jupiter.api.Test;

/// Random studies, measured by DKPro Statistics, too.
class DkproOracleTest {
  private static final int STUDIES = 20;

  private record Case(Judgements ours, CodingAnnotationStudy theirs) {}

  private static Case study(long seed, int raters, double missing, Function<Integer, Object> name) {
    var random = new SplittableRandom(seed);
    int labels = 2 + random.nextInt(5);
    int items = 10 + random.nextInt(40);
    var theirs = new CodingAnnotationStudy(raters);
    int[][] table = new int[items][raters];
    for (int[] row : table) {
      Object[] objects = new Object[raters];
      int truth = random.nextInt(labels);
      for (int r = 0; r < raters; r++) {
        int label = random.nextInt(3) == 0 ? random.nextInt(labels) : truth;
        row[r] = random.nextDouble() < missing ? -1 : label;
        objects[r] = row[r] < 0 ? null : name.apply(row[r]);
      }
      theirs.addItemAsArray(objects);
    }
    return new Case(Judgements.of(labels, table), theirs);
  }

  private static double[] values() {
    return new double[] {1, 2, 3, 4, 5, 6, 7};
  }

  @Test
  void two_raters() {
    for (int seed = 0; seed < STUDIES; seed++) {
      Case c = study(seed, 2, 0, label -> label + 1);
      assertEquals(
          new PercentageAgreement(c.theirs).calculateAgreement(),
          Coefficient.percent().of(c.ours).orNaN(),
          1e-9);
      assertEquals(
          new CohenKappaAgreement(c.theirs).calculateAgreement(),
          Coefficient.cohen().of(c.ours).orNaN(),
          1e-9);
      assertEquals(
          new ScottPiAgreement(c.theirs).calculateAgreement(),
          Coefficient.scott().of(c.ours).orNaN(),
          1e-9);
      assertEquals(
          // It divides by the largest distance met, or 1: only weights up to 1 give Cohen's κ.
          new WeightedKappaAgreement(c.theirs, (_, a, b) -> Math.pow(((int) a - (int) b) / 10.0, 2))
              .calculateAgreement(),
          Coefficient.cohen(Distance.interval(values())).of(c.ours).orNaN(),
          1e-9);
    }
  }

  @Test
  void four_raters() {
    for (int seed = 0; seed < STUDIES; seed++) {
      Case c = study(seed, 4, 0, label -> label + 1);
      assertEquals(
          new PercentageAgreement(c.theirs).calculateAgreement(),
          Coefficient.percent().of(c.ours).orNaN(),
          1e-9);
      assertEquals(
          new FleissKappaAgreement(c.theirs).calculateAgreement(),
          Coefficient.fleiss().of(c.ours).orNaN(),
          1e-9);
    }
  }

  private static void alpha(Case c, IDistanceFunction theirs, Distance ours) {
    assertEquals(
        new KrippendorffAlphaAgreement(c.theirs, theirs).calculateAgreement(),
        Coefficient.krippendorff(ours).of(c.ours).orNaN(),
        1e-9);
  }

  @Test
  void alpha_with_missing_labels() {
    for (int seed = 0; seed < STUDIES; seed++) {
      // DKPro counts the labels of items that one rater judged; such items are not in these.
      Case c = atLeastTwo(study(seed, 4, 0.25, label -> label + 1));
      alpha(c, new NominalDistanceFunction(), Distance.nominal());
      alpha(c, new IntervalDistanceFunction(), Distance.interval(values()));
      alpha(c, new RatioDistanceFunction(), Distance.ratio(values()));
    }
  }

  private static Case atLeastTwo(Case c) {
    var theirs = new CodingAnnotationStudy(c.ours.raters());
    for (int item = 0; item < c.ours.items(); item++) {
      if (c.ours.count(item) > 1) {
        Object[] row = new Object[c.ours.raters()];
        for (int r = 0; r < row.length; r++) {
          int label = c.ours.label(item, r);
          row[r] = label < 0 ? null : label + 1;
        }
        theirs.addItemAsArray(row);
      }
    }
    return new Case(c.ours, theirs);
  }

  @Test
  void sets_by_masi() {
    for (int seed = 0; seed < STUDIES; seed++) {
      Case c = study(seed, 3, 0, label -> new SetAnnotation(members(label).toArray()));
      List<BitSet> sets = new ArrayList<>();
      for (int label = 0; label < c.ours.labels(); label++) {
        var set = new BitSet();
        members(label).forEach(set::set);
        sets.add(set);
      }
      // Its own MASI is (1 − J) × (1 − M); Passonneau 2006 has 1 − J × M, as ours and NLTK's do.
      alpha(c, DkproOracleTest::masi, Distance.masi(sets));
    }
  }

  private static double masi(IAnnotationStudy study, Object x, Object y) {
    Set<Object> a = (SetAnnotation) x;
    Set<Object> b = (SetAnnotation) y;
    Set<Object> both = new HashSet<>(a);
    both.retainAll(b);
    Set<Object> either = new HashSet<>(a);
    either.addAll(b);
    double monotone = a.equals(b) ? 1 : a.containsAll(b) || b.containsAll(a) ? 2 / 3.0 : 1 / 3.0;
    return 1 - monotone * both.size() / either.size();
  }

  /// The bits of a label's number plus one.
  private static List<Integer> members(int label) {
    List<Integer> members = new ArrayList<>();
    for (int bit = 0; bit < 4; bit++) {
      if ((label + 1 >> bit & 1) == 1) {
        members.add(bit);
      }
    }
    return members;
  }

  @Test
  void spans() {
    for (int seed = 0; seed < STUDIES; seed++) {
      var random = new SplittableRandom(seed);
      int length = 40 + random.nextInt(60);
      var theirs = new UnitizingAnnotationStudy(3, 0, length);
      Map<Integer, List<Span>> byRater = new HashMap<>();
      for (int rater = 0; rater < 3; rater++) {
        List<Span> spans = new ArrayList<>();
        for (int at = random.nextInt(6); at + 4 < length; at += 5 + random.nextInt(12)) {
          int to = at + 1 + random.nextInt(4);
          spans.add(new Span(random.nextBoolean() ? "A" : "B", at, to));
          theirs.addUnit(at, to - at, rater, spans.getLast().type());
        }
        spans.sort(Comparator.comparingInt(Span::to).reversed());
        byRater.put(rater, spans);
      }
      var ours = new SpanJudgements(3, List.of(new SpanJudgements.Text(length, byRater)));
      double alpha = assertInstanceOf(Agreement.Value.class, ours.alpha()).value();
      assertEquals(
          new KrippendorffAlphaUnitizingAgreement(theirs).calculateAgreement(), alpha, 1e-9);
    }
  }
}
