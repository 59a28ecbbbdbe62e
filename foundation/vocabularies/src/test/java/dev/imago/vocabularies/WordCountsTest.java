package dev.imago.vocabularies;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.SplitPattern;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordCountsTest {
  private static final WordSplit SPLIT = WordSplit.bytes(SplitPattern.GPT2);

  @TempDir private Path folder;

  /// Texts whose distinct words are many, short and long.
  private static List<String> texts(int count, int seed) {
    var random = new Random(seed);
    var texts = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var text = new StringBuilder();
      for (int w = 0; w < 40; w++) {
        text.append(' ')
            .append(Integer.toString(random.nextInt(40_000), 36).replaceAll("\\d", "é"));
        if (random.nextInt(20) == 0) {
          text.append("x".repeat(10 + random.nextInt(30)))
              .append((char) ('a' + random.nextInt(26)));
        }
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static Map<String, Long> plainCounts(List<String> texts) {
    Map<String, Long> counts = new TreeMap<>();
    for (String text : texts) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      for (int from = 0, to; from < utf8.length; from = to) {
        to = SplitPattern.GPT2.end(utf8, from, utf8.length);
        counts.merge(new String(utf8, from, to - from, StandardCharsets.UTF_8), 1L, Long::sum);
      }
    }
    return counts;
  }

  private static Map<String, Long> counts(WordCounts words) {
    Map<String, Long> counts = new TreeMap<>();
    words
        .words()
        .forEach(
            (text, from, to, count) -> {
              String word = new String(text, from, to - from, StandardCharsets.UTF_8);
              assertEquals(null, counts.put(word, count), () -> word + " comes twice");
            });
    return counts;
  }

  private WordCounts count(List<String> texts, Counting counting) throws InterruptedException {
    return WordCounts.of(texts.iterator(), SPLIT, counting, TrainingProgress.NONE);
  }

  private Counting small() {
    return Counting.in(folder).memoryBytes(1 << 16).threads(2);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> f.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void wordsAreCountedAsInAPlainMap() throws Exception {
    List<String> texts = texts(200, 1);
    for (int threads : new int[] {1, 2, 5}) {
      try (var words = count(texts, Counting.inMemory().threads(threads))) {
        assertEquals(plainCounts(texts), counts(words));
        assertEquals(plainCounts(texts).size(), words.distinct());
        assertEquals(200, words.texts());
      }
    }
  }

  @Test
  void spilledWordsAreTheSameAndGoWhenClosed() throws Exception {
    List<String> texts = texts(1500, 2);
    for (int threads : new int[] {1, 3}) {
      try (var words = count(texts, small().threads(threads))) {
        assertFalse(files().isEmpty(), "nothing was spilled");
        assertEquals(plainCounts(texts), counts(words));
      }
      assertEquals(List.of(), files());
    }
  }

  @Test
  void spillingChangesNoTokenizer() throws Exception {
    List<String> texts = texts(1000, 3);
    var settings = BpeTrainer.Settings.of(900);
    var shuffled = new ArrayList<>(texts);
    Collections.shuffle(shuffled, new Random(4));
    try (var inMemory = count(texts, Counting.inMemory());
        var spilled = count(shuffled, small())) {
      assertArrayEquals(
          BpeTrainer.train(settings, inMemory, TrainingProgress.NONE).tokenizer().toJson(),
          BpeTrainer.train(settings, spilled, TrainingProgress.NONE).tokenizer().toJson());
    }
  }

  /// Texts that break off, as a killed process does.
  private static Iterator<String> breakingOff(List<String> texts, int after) {
    Iterator<String> all = texts.iterator();
    return new Iterator<>() {
      private int given;

      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public String next() {
        if (given++ == after) {
          throw new IllegalStateException("killed");
        }
        return all.next();
      }
    };
  }

  private void countAndBreakOff(List<String> texts, int after, Counting counting) {
    assertThrows(
        IllegalStateException.class,
        () -> WordCounts.of(breakingOff(texts, after), SPLIT, counting, TrainingProgress.NONE));
  }

  @Test
  void aKilledCountGoesOnWhereItWas() throws Exception {
    List<String> texts = texts(9_000, 5);
    Counting counting = small().checkpointBytes(300_000);
    countAndBreakOff(texts, 5_000, counting);
    assertTrue(files().contains("counting.txt"), "no checkpoint was made");
    countAndBreakOff(texts, 8_000, counting);
    // What a kill in the midst of writing would leave.
    Files.writeString(folder.resolve("run-000900.words.draft"), "half");
    Files.writeString(folder.resolve("run-000901.words"), "half");
    var counted = new AtomicLong();
    var first = new AtomicLong();
    var progress =
        new TrainingProgress() {
          @Override
          public void counted(long bytes) {
            first.compareAndSet(0, bytes);
            counted.addAndGet(bytes);
          }
        };
    try (var words = WordCounts.of(texts.iterator(), SPLIT, counting, progress)) {
      assertEquals(plainCounts(texts), counts(words));
      assertTrue(first.get() > 300_000, "it began anew");
      assertEquals(words.bytes(), counted.get());
    }
    // Done: the texts are looked at, but not counted again.
    counted.set(0);
    try (var words = WordCounts.of(texts.iterator(), SPLIT, counting, progress)) {
      assertEquals(plainCounts(texts), counts(words));
      assertEquals(9_000, words.texts());
      assertEquals(words.bytes(), counted.get());
    }
    assertEquals(3, files().size(), () -> "counting.txt, lock, one run");
  }

  @Test
  void otherTextsOrAnotherSplitAreNotGoneOnWith() throws Exception {
    List<String> texts = texts(9_000, 6);
    Counting counting = small().checkpointBytes(300_000);
    countAndBreakOff(texts, 8_000, counting);
    var otherTexts =
        assertThrows(IllegalArgumentException.class, () -> count(texts(9_000, 7), counting));
    assertTrue(otherTexts.getMessage().contains("not those that were counted"));
    count(texts, counting).close();
    var more = new ArrayList<>(texts);
    more.add("more");
    var edited = new ArrayList<>(texts);
    edited.set(4_000, texts.get(4_000).replace(texts.get(4_000).charAt(0), '~'));
    for (List<String> others : List.of(texts(9_000, 7), more, texts.subList(0, 8_999), edited)) {
      var refused = assertThrows(IllegalArgumentException.class, () -> count(others, counting));
      assertTrue(refused.getMessage().contains("not those that were counted"));
    }
    var otherSplit =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                WordCounts.of(
                    texts.iterator(),
                    WordSplit.bytes(SplitPattern.QWEN2),
                    counting,
                    TrainingProgress.NONE));
    assertTrue(otherSplit.getMessage().contains("take another folder"));
  }

  @Test
  void brokenFilesAreToldByName() throws Exception {
    List<String> texts = texts(2_000, 8);
    Counting counting = small().checkpointBytes(1 << 30);
    count(texts, counting).close();
    Path run = folder.resolve(files().getLast());
    byte[] good = Files.readAllBytes(run);
    var random = new Random(9);
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      if (i % 2 == 0) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      } else {
        bad = java.util.Arrays.copyOf(bad, random.nextInt(bad.length));
      }
      Files.write(run, bad);
      try (var words = count(texts, counting)) {
        var error =
            assertThrows(
                UncheckedIOException.class, () -> words.words().forEach((text, from, to, n) -> {}));
        assertTrue(error.getMessage().contains(run.getFileName().toString()), error.getMessage());
      }
    }
    Files.writeString(folder.resolve("counting.txt"), "something else");
    var error = assertThrows(UncheckedIOException.class, () -> count(texts, counting));
    assertTrue(error.getMessage().contains("counting.txt is not what counting left"));
  }

  @Test
  void anInterruptEndsCountingAndLearning() throws Exception {
    List<String> texts = texts(300, 10);
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> count(texts, small()));
    assertEquals(List.of(), files());
    try (var words = count(texts, Counting.inMemory())) {
      Thread.currentThread().interrupt();
      assertThrows(
          InterruptedException.class,
          () -> BpeTrainer.train(BpeTrainer.Settings.of(5000), words, TrainingProgress.NONE));
      Thread.currentThread().interrupt();
      var split = WordSplit.characters(Parts.NO_NORMALIZER, Parts.NO_PRE_TOKENIZER);
      assertThrows(
          InterruptedException.class,
          () -> WordCounts.of(texts.iterator(), split, small(), TrainingProgress.NONE));
    }
  }

  /// The parts that change nothing.
  private static final class Parts {
    static final dev.imago.tokenizers.normalizers.Normalizer NO_NORMALIZER =
        dev.imago.tokenizers.normalizers.Normalizer.NONE;
    static final dev.imago.tokenizers.pretokenizers.PreTokenizer NO_PRE_TOKENIZER =
        dev.imago.tokenizers.pretokenizers.PreTokenizer.NONE;
  }

  @Test
  void linesOfFilesAreTextsWithTheirEnds() throws Exception {
    Path file = folder.resolve("text.txt");
    var lines = new ArrayList<String>();
    var random = new Random(11);
    for (int i = 0; i < 60_000; i++) {
      lines.add("  ab  cd\t".repeat(random.nextInt(4)) + "\n");
    }
    lines.add("é".repeat(2_000_000) + "\n");
    lines.add("last");
    Files.writeString(file, String.join("", lines));
    try (var words =
        WordCounts.ofLines(
            List.of(file, file), SPLIT, Counting.inMemory(), TrainingProgress.NONE)) {
      lines.addAll(List.copyOf(lines));
      assertEquals(plainCounts(lines), counts(words));
      assertEquals(2 * Files.size(file), words.bytes());
    }
    Counting lasting = small().checkpointBytes(1 << 30);
    WordCounts.ofLines(List.of(file), SPLIT, lasting, TrainingProgress.NONE).close();
    byte[] edited = Files.readAllBytes(file);
    edited[edited.length - 1] = 'T';
    Files.write(file, edited);
    var other =
        assertThrows(
            IllegalArgumentException.class,
            () -> WordCounts.ofLines(List.of(file), SPLIT, lasting, TrainingProgress.NONE));
    assertTrue(other.getMessage().contains("the texts are not those"), other.getMessage());
    Files.write(file, new byte[] {'a', (byte) 0xff, ' ', 'b', (byte) 0xc3, '\n'});
    var refused =
        assertThrows(
            UncheckedIOException.class,
            () ->
                WordCounts.ofLines(
                    List.of(file), SPLIT, Counting.inMemory(), TrainingProgress.NONE));
    assertInstanceOf(CharConversionException.class, refused.getCause());
    assertTrue(refused.getMessage().contains("text.txt: what stands from byte 1 (0xFF) on"));
    var error =
        assertThrows(
            UncheckedIOException.class,
            () ->
                WordCounts.ofLines(
                    List.of(folder.resolve("missing")),
                    SPLIT,
                    Counting.inMemory(),
                    TrainingProgress.NONE));
    assertTrue(error.getMessage().contains("missing"));
  }

  @Test
  void rareWordsCanBeLeftOut() throws Exception {
    try (var words = count(List.of("a b b c c c"), Counting.inMemory())) {
      assertEquals(Map.of(" b", 2L, " c", 3L), counts(words.withoutRarerThan(2)));
    }
  }

  @Test
  void twoCountsDoNotShareACheckpointsFolder() throws Exception {
    List<String> texts = texts(10, 12);
    Counting counting = small().checkpointBytes(1 << 20);
    Iterator<String> nested =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public String next() {
            try {
              count(texts, counting).close();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return "";
          }
        };
    var error =
        assertThrows(
            UncheckedIOException.class,
            () -> WordCounts.of(nested, SPLIT, counting, TrainingProgress.NONE));
    assertTrue(error.getMessage().contains("is in use by another count"), error.getMessage());
  }

  @Test
  void halvesOfCharactersCountAsQuestionMarks() throws Exception {
    try (var words = count(List.of("a\ud800b"), Counting.inMemory())) {
      assertEquals(Map.of("a", 1L, "?", 1L, "b", 1L), counts(words));
    }
    try (var words =
        WordCounts.of(
            List.of("a\ud800b").iterator(),
            WordSplit.characters(Parts.NO_NORMALIZER, Parts.NO_PRE_TOKENIZER),
            Counting.inMemory(),
            TrainingProgress.NONE)) {
      assertEquals(Map.of("a?b", 1L), counts(words));
    }
  }
}
