package dev.imago.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.linear.LinearTrainer.Example;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LinearTrainerTest {
  @TempDir Path folder;

  @Test
  void theDualsWeightsAreWhereTheProblemIsLeast() {
    // No weight near them has less: the gradient of ‖w‖²/2 + C Σ loss vanishes.
    var random = new Random(1);
    var rows = new SparseRow[60];
    var positive = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      float[] values = new float[5];
      for (int f = 0; f < values.length; f++) {
        values[f] = (float) random.nextGaussian();
      }
      rows[i] = new SparseRow(new int[] {0, 1, 2, 3, 4}, values);
      positive[i] = values[0] + values[1] + random.nextGaussian() > 0;
    }
    double cost = 0.7;
    float[] svm = DualDescent.svm(rows, positive, 5, cost, 1e-7, 3);
    float[] logistic = DualDescent.logistic(rows, positive, 5, cost, 1e-7, 3);
    double[] ofSvm = widened(svm);
    double[] ofLogistic = widened(logistic);
    for (int i = 0; i < rows.length; i++) {
      double y = positive[i] ? 1 : -1;
      double hinge = Math.max(0, 1 - y * rows[i].dot(svm));
      double sigmoid = 1 / (1 + Math.exp(y * rows[i].dot(logistic)));
      for (int f = 0; f < 5; f++) {
        ofSvm[f] -= 2 * cost * hinge * y * rows[i].values()[f];
        ofLogistic[f] -= cost * sigmoid * y * rows[i].values()[f];
      }
    }
    assertArrayEquals(new double[5], ofSvm, 1e-4);
    assertArrayEquals(new double[5], ofLogistic, 1e-4);
  }

  private static double[] widened(float[] floats) {
    double[] doubles = new double[floats.length];
    Arrays.setAll(doubles, i -> floats[i]);
    return doubles;
  }

  @Test
  void ratiosAreThoseOfThePaper() {
    var in = new SparseRow(new int[] {0, 2}, new float[] {1, 1});
    var out = new SparseRow(new int[] {1, 2}, new float[] {1, 1});
    float[] ratios =
        LinearTrainer.ratios(new SparseRow[] {in, in, out}, new boolean[] {true, true, false}, 3);
    // p = (1 + 2, 1), q = (1, 1 + 1), each over its sum; the last is the bias.
    assertEquals(Math.log(3.0 / 4 / (1.0 / 3)), ratios[0], 1e-6);
    assertEquals(Math.log(1.0 / 4 / (2.0 / 3)), ratios[1], 1e-6);
    assertEquals(1, ratios[2]);
  }

  @ParameterizedTest
  @EnumSource(LinearKind.class)
  void classesAreToldAndTheFileTellsThemAsWell(LinearKind kind) {
    List<Example> train = examples(300, 1);
    LinearModel model = LinearTrainer.train(train, LinearSettings.of(kind), 5);
    List<Example> test = examples(100, 2);
    long right = test.stream().filter(e -> model.label(e.text()).equals(e.label())).count();
    assertTrue(right >= 90, kind + ": " + right);
    Path file = folder.resolve("model.linear");
    LinearFile.write(model, file);
    LinearModel back = LinearFile.read(file);
    for (Example example : test) {
      assertArrayEquals(model.scores(example.text()), back.scores(example.text()));
      assertEquals(1, Arrays.stream(back.probabilities(example.text())).sum(), 1e-9);
    }
    assertEquals(model.settings(), back.settings());
  }

  @Test
  void crossValidationMeasuresOnUnseenTextsAlone() {
    // Labels without any reason: no better than chance, though training texts are told right.
    var random = new Random(9);
    var noise = new ArrayList<Example>();
    for (int i = 0; i < 400; i++) {
      noise.add(new Example("w" + random.nextInt(200) + " v" + i, i % 2 == 0 ? "a" : "b"));
    }
    var settings = LinearSettings.of(LinearKind.LOGISTIC);
    double accuracy = LinearTrainer.crossValidated(noise, settings, 4, 1);
    assertTrue(accuracy > 0.35 && accuracy < 0.65, "accuracy " + accuracy);
    assertTrue(LinearTrainer.crossValidated(examples(300, 3), settings, 5, 1) > 0.9);
  }

  @Test
  void piecesAreWordsIdeographsAndSigns() {
    assertEquals(
        List.of("it's", "3", ".", "5", "«", "酒", "店", "很", "好", "»", "!", "naïve"),
        TextPieces.of("it's 3.5 «酒店很好»! naïve"));
    var grams = new ArrayList<String>();
    TextGrams.each("Ab c", new LinearSettings(LinearKind.LOGISTIC, 2, 3, 3, 1, 1), grams::add);
    assertEquals(List.of("ab", "ab c", "c", "\t ab", "\tab ", "\tb c", "\t c "), grams);
  }

  @Test
  void oneClassAndOneExampleOfAClassAreToldOrWork() {
    var one = List.of(new Example("a", "x"), new Example("b", "x"));
    var settings = LinearSettings.of(LinearKind.NB_SVM);
    assertThrows(IllegalArgumentException.class, () -> LinearTrainer.train(one, settings, 1));
    var two = List.of(new Example("a", "x"), new Example("b", "y"));
    LinearModel model = LinearTrainer.train(two, settings, 1);
    assertEquals("x", model.label("a"));
    assertEquals("y", model.label("b"));
    assertEquals(2, model.scores("").length);
    var told =
        assertThrows(
            IllegalArgumentException.class,
            () -> LinearTrainer.crossValidated(two, settings, 2, 1));
    assertTrue(told.getMessage().contains("2 texts at least of each class"), told.getMessage());
  }

  @Test
  void aFileThatIsCutOrChangedIsRefused() throws Exception {
    Path file = folder.resolve("model.linear");
    LinearFile.write(
        LinearTrainer.train(examples(20, 4), LinearSettings.of(LinearKind.LOGISTIC), 1), file);
    byte[] bytes = Files.readAllBytes(file);
    var random = new Random(5);
    for (int i = 0; i < 200; i++) {
      byte[] changed = bytes.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, changed);
      assertThrows(IllegalArgumentException.class, () -> LinearFile.read(file));
      Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      assertThrows(IllegalArgumentException.class, () -> LinearFile.read(file));
    }
  }

  /// Three classes, each with words of its own among common ones.
  private static List<Example> examples(int count, int seed) {
    var random = new Random(seed);
    var all = new ArrayList<Example>();
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(3);
      var text = new StringBuilder();
      for (int w = 0; w < 12; w++) {
        int word = random.nextInt(30);
        text.append(random.nextInt(3) == 0 ? "own" + label + "x" + word % 10 : "all" + word);
        text.append(' ');
      }
      all.add(new Example(text.toString(), "class" + label));
    }
    return all;
  }

  /// Beside the definition: no weight can change and make the loss less.
  @Test
  void anL1PenaltyLeavesMostWeightsAtZeroAndIsAtItsLeast() {
    var random = new java.util.Random(3);
    int features = 12;
    SparseRow[] rows = new SparseRow[60];
    boolean[] positive = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int[] ids = random.ints(0, features).distinct().limit(4).sorted().toArray();
      float[] values = new float[4];
      java.util.Arrays.fill(values, 1);
      rows[i] = new SparseRow(ids, values);
      positive[i] = ids[0] < 2;
    }
    float[] weights = SparseDescent.logistic(rows, positive, features, 0.5, 1e-6, 1);
    double least = loss(rows, positive, weights);
    int zeros = 0;
    for (int f = 0; f < features; f++) {
      zeros += weights[f] == 0 ? 1 : 0;
      for (float change : new float[] {-0.01f, 0.01f}) {
        float[] other = weights.clone();
        other[f] += change;
        assertTrue(loss(rows, positive, other) > least - 1e-6, "weight " + f);
      }
    }
    assertTrue(zeros >= 3 && zeros < features, zeros + " zeros");
  }

  private static double loss(SparseRow[] rows, boolean[] positive, float[] weights) {
    double loss = 0;
    for (float weight : weights) {
      loss += Math.abs(weight);
    }
    for (int i = 0; i < rows.length; i++) {
      double margin = (positive[i] ? 1 : -1) * rows[i].dot(weights);
      loss += 0.5 * Math.log1p(Math.exp(-margin));
    }
    return loss;
  }
}
