package dev.imago.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorFileTest {
  @TempDir Path folder;

  private static WordVectors random(int words, int dimension) {
    var random = new Random(1);
    var names = new ArrayList<String>();
    var vectors = new ArrayList<float[]>();
    for (int i = 0; i < words; i++) {
      names.add(i == 0 ? "文" : "w" + i);
      float[] vector = new float[dimension];
      for (int c = 0; c < dimension; c++) {
        vector[c] = (float) random.nextGaussian();
      }
      vectors.add(vector);
    }
    return WordVectors.of(names, vectors);
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    WordVectors given = random(9, 7);
    Path text = folder.resolve("v.vec");
    Path binary = folder.resolve("v.bin");
    VectorFile.writeText(given, text);
    VectorFile.writeBinary(given, binary);
    for (Path file : List.of(text, binary)) {
      WordVectors read = VectorFile.read(file);
      assertEquals(given.words(), read.words());
      assertArrayEquals(
          given.vector("w3").orElseThrow(),
          read.vector("w3").orElseThrow(),
          file == text ? 1e-5f : 0);
    }
  }

  @Test
  void glovesTextHasNoFirstLine() throws IOException {
    Path file = Files.writeString(folder.resolve("glove.txt"), "the 0.5 -1\n. . 1 2e-1\n");
    WordVectors read = VectorFile.read(file);
    assertEquals(List.of("the", ". ."), read.words());
    assertArrayEquals(new float[] {0.5f, -1}, read.vector("the").orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | there is nothing",
        "'2 3\na 1 2 3\n' | line 3: there are 1 words in place of 2",
        "'1 3\na 1 2\n' | line 2: there are fewer than 3 numbers",
        "'1 3\na 1 x 3\n' | line 2: «x» is no number",
        "'1 2\na 1 2 3\n' | line 2: there are more than 2 numbers",
        "'999999999 300\na 1\n' | line 1: 999,999,999 words of 300 numbers are told of",
        "'a\n' | there is no number",
      })
  void brokenTextIsToldByItsLine(String content, String told) throws IOException {
    Path file = Files.writeString(folder.resolve("broken.vec"), content);
    var e = assertThrows(IllegalArgumentException.class, () -> VectorFile.read(file));
    assertTrue(e.getMessage().contains(told), e.getMessage());
  }

  @Test
  void brokenBinariesAreRefusedOrRead() throws IOException {
    Path file = folder.resolve("v.bin");
    VectorFile.writeBinary(random(9, 7), file);
    byte[] whole = Files.readAllBytes(file);
    var random = new Random(2);
    for (int i = 0; i < 300; i++) {
      byte[] broken = java.util.Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      broken[random.nextInt(Math.min(broken.length, i % 2 == 0 ? 12 : 999))] =
          (byte) random.nextInt(256);
      Files.write(file, broken);
      try {
        VectorFile.read(file);
      } catch (IllegalArgumentException e) {
        assertTrue(
            e.getMessage().contains("at byte") || e.getMessage().contains("line"), e.getMessage());
      }
    }
  }

  @Test
  void theGraphFindsWhatLookingAtAllFinds() {
    WordVectors vectors = random(500, 16);
    try (var graph = new HnswNeighbours(vectors)) {
      int same = 0;
      for (int i = 1; i < 50; i++) {
        float[] query = vectors.vector("w" + i).orElseThrow();
        var exact = vectors.nearest(query, 5, Set.of("w" + i));
        var found = graph.nearest(query, 5, Set.of("w" + i), 100);
        assertEquals(exact.getFirst().similarity(), found.getFirst().similarity(), 1e-5);
        same +=
            exact.stream()
                    .map(WordVectors.Neighbour::word)
                    .toList()
                    .equals(found.stream().map(WordVectors.Neighbour::word).toList())
                ? 1
                : 0;
      }
      assertTrue(same >= 45, same + " of 49");
    }
  }

  @Test
  void analogiesAndJudgementsAreMeasured() throws IOException {
    WordVectors vectors =
        WordVectors.of(
            List.of("man", "king", "woman", "queen", "apple"),
            List.of(
                new float[] {1, 0, 0},
                new float[] {1, 1, 0},
                new float[] {0, 0, 1},
                new float[] {0, 1, 1},
                new float[] {-1, 0, 0.2f}));
    assertEquals("queen", vectors.analogy("man", "king", "woman", 1).getFirst().word());
    Path questions =
        Files.writeString(
            folder.resolve("q.txt"),
            ": royal\nMan King Woman Queen\nman king woman apple\nman king no queen\n");
    var sections = VectorQuality.analogies(vectors, questions, 100);
    assertEquals(List.of(new VectorQuality.Section("royal", 2, 1, 1)), sections);
    Path pairs =
        Files.writeString(
            folder.resolve("p.tsv"),
            "# words\nman\tking\t9\nman\twoman\t3\nman\tapple\t1\nx\ty\t1\n");
    var agreement = VectorQuality.agreement(vectors, pairs);
    assertEquals(1, agreement.spearman(), 1e-9);
    assertEquals(1, agreement.skipped());
    Path wrong = Files.writeString(folder.resolve("w.tsv"), "a\tb\t1\na b c\n");
    assertThrows(IllegalArgumentException.class, () -> VectorQuality.agreement(vectors, wrong));
  }

  @Test
  void theKernelsAgreeWithPlainLoops() {
    var random = new Random(4);
    for (int dimension : new int[] {1, 8, 16, 50, 100}) {
      int stride = VectorArithmetic.stride(dimension);
      float[] a = new float[3 * stride];
      float[] hidden = new float[stride];
      for (int i = 0; i < dimension; i++) {
        a[stride + i] = random.nextFloat() - 0.5f;
        hidden[i] = random.nextFloat() - 0.5f;
      }
      double sum = 0;
      for (int i = 0; i < dimension; i++) {
        sum += (double) a[stride + i] * hidden[i];
      }
      assertEquals(sum, VectorArithmetic.dot(a, stride, hidden, stride), 1e-5);
      float[] rows = a.clone();
      float[] gradient = new float[stride];
      VectorArithmetic.exchange(rows, stride, hidden, gradient, 0.5f, stride);
      for (int i = 0; i < dimension; i++) {
        assertEquals(0.5f * a[stride + i], gradient[i], 1e-6);
        assertEquals(a[stride + i] + 0.5f * hidden[i], rows[stride + i], 1e-6);
      }
    }
  }
}
