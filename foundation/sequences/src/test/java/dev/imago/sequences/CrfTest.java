package dev.imago.sequences;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrfTest {
  @TempDir Path folder;

  /// `a` and `b` tell their tags, and `y` keeps the tag before.
  static List<TagSequence> sequences(int count, long seed) {
    var random = new Random(seed);
    var all = new ArrayList<TagSequence>();
    for (int i = 0; i < count; i++) {
      var rows = new ArrayList<List<String>>();
      var tags = new ArrayList<String>();
      boolean on = false;
      int length = 1 + random.nextInt(12);
      for (int t = 0; t < length; t++) {
        boolean told = random.nextInt(4) == 0;
        on = told ? random.nextBoolean() : on;
        rows.add(List.of(told ? on ? "a" : "b" : "y", "c" + random.nextInt(3)));
        tags.add(on ? "A" : "B");
      }
      all.add(new TagSequence(rows, tags));
    }
    return all;
  }

  private static TagLattice random(int rows, int tags, Random random) {
    double[][] scores = new double[rows][];
    for (int t = 0; t < rows; t++) {
      scores[t] = random.doubles(tags, -3, 3).toArray();
    }
    return new TagLattice(scores, random.doubles((long) tags * tags, -2, 2).toArray(), tags);
  }

  /// Beside the definition: every sequence of tags looked at.
  @Test
  void sumsMarginalsAndTheBestAreTheirDefinitions() {
    var random = new Random(1);
    for (int c = 0; c < 20; c++) {
      int n = 1 + random.nextInt(4);
      int tags = 1 + random.nextInt(3);
      TagLattice lattice = random(n, tags, random);
      double sum = 0;
      double most = Double.NEGATIVE_INFINITY;
      int[] best = new int[n];
      double[][] of = new double[n][tags];
      double[] steps = new double[tags * tags];
      int all = (int) Math.pow(tags, n);
      for (int code = 0; code < all; code++) {
        int[] sequence = new int[n];
        for (int t = 0, rest = code; t < n; t++, rest /= tags) {
          sequence[t] = rest % tags;
        }
        double score = lattice.score(sequence);
        sum += Math.exp(score);
        if (score > most) {
          most = score;
          best = sequence;
        }
        for (int t = 0; t < n; t++) {
          of[t][sequence[t]] += Math.exp(score);
          if (t > 0) {
            steps[sequence[t - 1] * tags + sequence[t]] += Math.exp(score);
          }
        }
      }
      TagLattice.Marginals told = lattice.marginals();
      assertEquals(Math.log(sum), told.logSum(), 1e-9);
      assertArrayEquals(best, lattice.best());
      for (int t = 0; t < n; t++) {
        for (int tag = 0; tag < tags; tag++) {
          assertEquals(of[t][tag] / sum, told.of(t, tag), 1e-9);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theGradientIsThatOfTheLoss(int threads) throws Exception {
    var settings =
        new CrfSettings(
            FeatureTemplates.of(List.of("U0:%x[0,0]", "U1:%x[-1,0]/%x[0,1]", "B")),
            0.3,
            1,
            10,
            threads);
    var trainer = new CrfTrainer(sequences(12, 4), settings);
    double[] x = new Random(2).doubles(trainer.size(), -1, 1).toArray();
    double[] gradient = new double[x.length];
    trainer.loss(x, gradient);
    double[] unused = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double[] more = x.clone();
      double[] less = x.clone();
      more[i] += 1e-5;
      less[i] -= 1e-5;
      double difference = (trainer.loss(more, unused) - trainer.loss(less, unused)) / 2e-5;
      assertEquals(difference, gradient[i], 1e-6);
    }
  }

  private static double right(SequenceTagger tagger) {
    int right = 0;
    int all = 0;
    for (TagSequence s : sequences(100, 9)) {
      List<String> told = tagger.best(s.rows());
      for (int t = 0; t < told.size(); t++) {
        right += told.get(t).equals(s.tags().get(t)) ? 1 : 0;
        all++;
      }
    }
    return (double) right / all;
  }

  @Test
  void stepsFromTagToTagAreLearnedAndKept() throws Exception {
    var with = new CrfTrainer(sequences(200, 3), CrfSettings.of(2));
    CrfModel model = with.train((_, _) -> {});
    var without =
        new CrfTrainer(
            sequences(200, 3),
            new CrfSettings(FeatureTemplates.of(List.of("U:%x[0,0]")), 1, 1, 50, 2));
    assertTrue(right(model) > right(without.train((_, _) -> {})) + 0.1);
    Path file = folder.resolve("m.tagger");
    TaggerFile.write(model, file);
    SequenceTagger again = TaggerFile.read(file);
    TagSequence one = sequences(1, 8).getFirst();
    assertEquals(model.best(one.rows()), again.best(one.rows()));
    for (int t = 0; t < one.rows().size(); t++) {
      assertEquals(
          model.told(one.rows()).get(t).probability(),
          again.told(one.rows()).get(t).probability(),
          1e-5);
    }
    assertEquals(List.of(), model.best(List.of()));
  }

  @Test
  void hiddenMarkovModelsAreCountedAndLearned() throws Exception {
    var words = new ArrayList<TagSequence>();
    for (int i = 0; i < 40; i++) {
      words.add(
          new TagSequence(
              List.of(List.of("the"), List.of(i % 2 == 0 ? "dog" : "cat"), List.of("barks")),
              List.of("D", "N", "V")));
    }
    HmmModel counted = HmmTrainer.count(words);
    assertEquals(
        List.of("D", "N", "V"),
        counted.best(List.of(List.of("the"), List.of("unseen"), List.of("barks"))));
    Path file = folder.resolve("m.tagger");
    TaggerFile.write(counted, file);
    assertEquals(counted.tags(), TaggerFile.read(file).tags());
    double[] past = {Double.NEGATIVE_INFINITY, 0};
    HmmModel learned =
        HmmTrainer.learn(
            words,
            3,
            40,
            1,
            (pass, p) -> {
              assertTrue(pass < 3 || p >= past[0] - 1, pass + ": " + p + " after " + past[0]);
              past[0] = p;
              past[1] = pass == 1 ? p : past[1];
            });
    assertTrue(past[0] > past[1], "more likely than at first");
    List<String> told = learned.best(words.getFirst().rows());
    assertEquals(3, told.stream().distinct().count(), "" + told);
  }

  @Test
  void shapesAreOfWholeCharacters() {
    String far = Character.toString(0x20000);
    assertEquals(
        "\ta" + far.repeat(3), HmmModel.shapes(far.repeat(5)).getFirst(), "no half of one");
    assertEquals("\tAab", HmmModel.shapes("Ab").getFirst());
  }

  @Test
  void brokenFilesAreRefused() throws IOException {
    Path file = folder.resolve("m.tagger");
    TaggerFile.write(HmmTrainer.count(sequences(5, 1)), file);
    byte[] whole = Files.readAllBytes(file);
    var random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] broken =
          i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      if (i % 2 == 1) {
        broken[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, broken);
      assertThrows(IllegalArgumentException.class, () -> TaggerFile.read(file));
    }
  }

  @Test
  void whatIsImpossibleIsToldWithItsMend() {
    for (String line : List.of("X:%x[0,0]", "U:%x[0]", "B:%x[0,0]")) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> FeatureTemplates.of(List.of("U:%x[0,0]", line)));
      assertTrue(e.getMessage().contains("template line 2"), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> FeatureTemplates.of(List.of("B")));
    assertThrows(
        IllegalArgumentException.class, () -> new CrfTrainer(List.of(), CrfSettings.of(1)));
    assertThrows(
        IllegalArgumentException.class, () -> new CrfTrainer(sequences(3, 1), CrfSettings.of(3)));
    assertThrows(IllegalArgumentException.class, () -> HmmTrainer.count(List.of()));
  }
}
