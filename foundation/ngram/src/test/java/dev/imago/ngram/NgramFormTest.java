package dev.imago.ngram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NgramFormTest {
  @TempDir Path folder;
  private Path trie = Path.of("none");

  @BeforeEach
  void aModelOfFiveWords() {
    trie = folder.resolve("trie.ngram");
    var words = new WordIds();
    try (var trainer = new NgramTrainer(NgramSettings.of(5), words, folder.resolve("runs"))) {
      NgramTrainerTest.sentences(2000, 60, 5)
          .forEach(s -> trainer.add(s.stream().mapToInt(words::add).toArray()));
      trainer.write(trie);
    }
  }

  private NgramModel as(NgramForm form) {
    Path to = folder.resolve("form-" + form.hashCode() + ".ngram");
    try (var model = NgramModel.open(trie)) {
      model.writeTo(to, form);
    }
    return NgramModel.open(to);
  }

  /// Some words, known and not, in sentences.
  private static int[] text(NgramModel model) {
    var random = new Random(3);
    return IntStream.range(0, 2000)
        .map(
            i ->
                i % 20 == 0
                    ? model.begin()
                    : i % 20 == 19
                        ? model.end()
                        : i % 70 == 5 ? -1 : random.nextInt(model.vocabularySize()))
        .toArray();
  }

  @Test
  void hashTablesAnswerAsTheTrieDoesOneByOneAndTogether() {
    try (var exact = NgramModel.open(trie);
        var hashed = as(NgramForm.HASH)) {
      int[] ids = text(exact);
      float[] together = hashed.log10(ids);
      assertArrayEquals(exact.log10(ids), together);
      for (int at = 0; at < ids.length; at++) {
        int from = at / 20 * 20;
        assertEquals(exact.log10(ids, from, at), hashed.log10(ids, from, at));
        assertEquals(exact.length(ids, from, at), hashed.length(ids, from, at));
        if (ids[at] != exact.begin()) {
          assertEquals((float) exact.log10(ids, from, at), together[at], 1e-6f);
        }
      }
      assertThrows(IllegalArgumentException.class, hashed::path);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"trie", "hash", "quantised"})
  void aTextThatGrowsWordByWordCostsWhatItCostsWhole(String kind) {
    NgramForm form =
        switch (kind) {
          case "hash" -> NgramForm.HASH;
          case "quantised" -> NgramForm.quantized(8, 8);
          default -> NgramForm.TRIE;
        };
    try (var model = as(form)) {
      int[] ids = text(model);
      var scorer = new NgramScorer(model);
      NgramScorer.State state = scorer.begin();
      for (int at = 1; at < ids.length; at++) {
        int from = at / 20 * 20;
        if (at == from) {
          state = scorer.begin();
          continue;
        }
        double alone = scorer.log10(state, ids[at]);
        NgramScorer.Step step = scorer.step(state, ids[at]);
        assertEquals(model.log10(ids, from, at), step.log10(), 1e-6, "word " + at);
        assertEquals(step.log10(), alone);
        assertEquals(model.length(ids, from, at), step.length());
        state = step.next();
        assertEquals(scorer.after(java.util.Arrays.copyOfRange(ids, from, at + 1)), state);
      }
      double[] next = model.successors(ids[1], ids[2]);
      assertEquals(Double.NEGATIVE_INFINITY, next[model.begin()]);
      int[] asked = {ids[1], ids[2], model.end()};
      assertEquals(model.log10(asked, 0, 2), next[model.end()], 1e-6);
      // What lies more than N − 1 words back makes no difference, and what lies nearer does.
      assertEquals(scorer.after(1, 2, 3, 4, 5), scorer.after(2, 2, 3, 4, 5));
      assertNotEquals(scorer.after(1, 2, 3, 4), scorer.after(2, 2, 3, 4));
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 12, 0.02", "8, 8, 0.02", "8, 2, 0.6"})
  void quantisedNumbersAreNearAndTheirFileSmaller(int bits, int weightBits, double near)
      throws Exception {
    try (var exact = NgramModel.open(trie);
        var packed = as(NgramForm.quantized(bits, weightBits))) {
      int[] ids = text(exact);
      float[] of = exact.log10(ids);
      float[] like = packed.log10(ids);
      double sum = 0;
      for (int i = 0; i < ids.length; i++) {
        sum += Math.abs(of[i] - like[i]);
      }
      assertTrue(sum / ids.length < near, "%s on average".formatted(sum / ids.length));
      assertEquals(bits == 16 ? 0 : 1, sum > 1e-4 * ids.length ? 1 : 0);
      assertTrue(bits == 16 || packed.bytes() < 0.75 * exact.bytes());
      // Back to numbers of 32 bits: the same that it tells.
      Path plain = folder.resolve("plain.ngram");
      packed.writeTo(plain, NgramForm.TRIE);
      try (var again = NgramModel.open(plain)) {
        assertArrayEquals(like, again.log10(ids));
      }
      Path arpa = folder.resolve("packed.arpa");
      NgramFile.writeArpa(packed, arpa);
      try (var read = NgramFile.open(arpa, NgramUnit.WORDS, folder, 1 << 20)) {
        assertArrayEquals(like, read.log10(ids), 1e-5f);
      }
    }
  }

  @Test
  void binsAreMeansOfAsManyNumbersEach() {
    var bins = new ValueBins();
    var random = new Random(1);
    float[] values = new float[4000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 4 == 0 ? 0 : -(float) random.nextGaussian() * 2 - 3;
      bins.add(values[i]);
    }
    bins.divide(16);
    double[] sums = new double[16];
    int[] counts = new int[16];
    for (float value : values) {
      sums[bins.code(value)] += value;
      counts[bins.code(value)]++;
    }
    assertEquals(1000, counts[0]);
    for (int code = 1; code < 16; code++) {
      assertEquals(200, counts[code], 12);
      assertTrue(sums[code] / counts[code] > (code == 1 ? -99 : sums[code - 1] / counts[code - 1]));
    }
  }

  @Test
  void formsThatCannotBeAreRefused() {
    for (List<Integer> bits : List.of(List.of(1, 8), List.of(8, 17), List.of(8, 0))) {
      assertThrows(
          IllegalArgumentException.class, () -> NgramForm.quantized(bits.get(0), bits.get(1)));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new NgramForm(NgramForm.Structure.HASH, 8, 8));
  }

  /// Whatever bytes are wrong: it answers, or the file is refused.
  @Test
  void brokenFilesAreRefusedOrAnswer() throws Exception {
    var random = new Random(11);
    for (NgramForm form : List.of(NgramForm.TRIE, NgramForm.HASH, NgramForm.quantized(4, 4))) {
      Path file = folder.resolve("whole.ngram");
      try (var model = NgramModel.open(trie)) {
        model.writeTo(file, form);
      }
      byte[] whole = Files.readAllBytes(file);
      for (int trial = 0; trial < 60; trial++) {
        byte[] bytes =
            trial % 6 == 0
                ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length))
                : whole.clone();
        for (int i = 0; bytes.length > 0 && i < 40; i++) {
          int most = trial % 2 == 0 ? Math.min(140, bytes.length) : bytes.length;
          bytes[random.nextInt(most)] = (byte) random.nextInt(256);
        }
        Path broken = Files.write(folder.resolve("broken-" + trial), bytes);
        try (var model = NgramModel.open(broken)) {
          model.log10(IntStream.range(0, 200).map(i -> i % 60).toArray());
          model.id("w3");
          if (form.structure() == NgramForm.Structure.TRIE) {
            NgramFile.writeArpa(model, folder.resolve("broken.arpa"));
          }
        } catch (IllegalArgumentException e) {
          assertTrue(String.valueOf(e.getMessage()).contains("build or convert it again"));
        }
      }
    }
  }
}
