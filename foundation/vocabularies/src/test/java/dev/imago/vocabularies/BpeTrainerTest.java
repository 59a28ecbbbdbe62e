package dev.imago.vocabularies;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.fixtures.SampleTexts;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tokenizers.bytelevel.ByteLevel;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BpeTrainerTest {
  private static BpeTrainer.Settings settings(int size) {
    return BpeTrainer.Settings.of(size).minimumFrequency(2).specialTokens(List.of("<|endoftext|>"));
  }

  private static Tokenizer train(BpeTrainer.Settings settings, List<String> texts)
      throws InterruptedException {
    return train(settings, SplitPattern.QWEN2, 2, texts);
  }

  private static Tokenizer train(
      BpeTrainer.Settings settings, SplitPattern pattern, int threads, List<String> texts)
      throws InterruptedException {
    return BpeTrainer.train(
        settings,
        pattern,
        texts.iterator(),
        Counting.inMemory().threads(threads),
        TrainingProgress.NONE);
  }

  /// The plain twin: counts every pair anew for each merge.
  private static List<String> trainedPlainly(
      BpeTrainer.Settings settings, SplitPattern pattern, List<String> texts) {
    var ids = new ArrayList<>(settings.specialTokens());
    var alphabet = new ArrayList<String>();
    for (int b = 0; b < 256; b++) {
      alphabet.add(String.valueOf(ByteLevel.spell(b)));
    }
    Collections.sort(alphabet);
    ids.addAll(alphabet);
    Map<List<Integer>, Long> words = new java.util.HashMap<>();
    for (String text : texts) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      for (int from = 0, to; from < utf8.length; from = to) {
        to = pattern.end(utf8, from, utf8.length);
        var word = new ArrayList<Integer>();
        for (int i = from; i < to; i++) {
          word.add(ids.indexOf(String.valueOf(ByteLevel.spell(utf8[i] & 0xff))));
        }
        words.merge(word, 1L, Long::sum);
      }
    }
    var merges = new ArrayList<String>();
    while (ids.size() < settings.vocabularySize()) {
      Map<Long, Long> counts = new TreeMap<>();
      words.forEach(
          (word, count) -> {
            for (int i = 0; i + 1 < word.size(); i++) {
              counts.merge((long) word.get(i) << 32 | word.get(i + 1), count, Long::sum);
            }
          });
      long best = -1;
      for (var entry : counts.entrySet()) {
        if (best < 0 || entry.getValue() > counts.getOrDefault(best, 0L)) {
          best = entry.getKey();
        }
      }
      if (best < 0 || counts.getOrDefault(best, 0L) < settings.minimumFrequency()) {
        break;
      }
      int left = (int) (best >>> 32);
      int right = (int) best;
      merges.add(ids.get(left) + " " + ids.get(right));
      ids.add(ids.get(left) + ids.get(right));
      Map<List<Integer>, Long> merged = new java.util.HashMap<>();
      words.forEach(
          (word, count) ->
              merged.merge(merge(word, left, right, ids.size() - 1), count, Long::sum));
      words = merged;
    }
    return merges;
  }

  private static List<Integer> merge(List<Integer> word, int left, int right, int merged) {
    var result = new ArrayList<Integer>();
    for (int i = 0; i < word.size(); i++) {
      if (i + 1 < word.size() && word.get(i) == left && word.get(i + 1) == right) {
        result.add(merged);
        i++;
      } else {
        result.add(word.get(i));
      }
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource
  void mergesAreThoseOfThePlainTwin(SplitPattern pattern) throws InterruptedException {
    List<String> texts = SampleTexts.list().subList(0, 8);
    var settings = settings(520);
    assertEquals(
        trainedPlainly(settings, pattern, texts), train(settings, pattern, 2, texts).merges());
  }

  @Test
  void runsOfOneLetterAreMergedAsThePlainTwinDoes() throws InterruptedException {
    var random = new Random(8);
    for (int round = 0; round < 20; round++) {
      var texts = new ArrayList<String>();
      for (int i = 0; i < 30; i++) {
        texts.add("ab".substring(random.nextInt(2)).repeat(1 + random.nextInt(12)) + "a");
      }
      var settings = settings(257 + 20);
      assertEquals(
          trainedPlainly(settings, SplitPattern.QWEN2, texts), train(settings, texts).merges());
    }
  }

  @Test
  void threadsAndOrderChangeNothing() throws InterruptedException {
    List<String> texts = SampleTexts.list();
    byte[] one = train(settings(700), SplitPattern.QWEN2, 1, texts).toJson();
    var shuffled = new ArrayList<>(texts);
    Collections.shuffle(shuffled, new Random(9));
    for (int threads : new int[] {2, 3, 7}) {
      assertArrayEquals(one, train(settings(700), SplitPattern.QWEN2, threads, shuffled).toJson());
    }
  }

  @Test
  void specialTokensComeFirstThenBytesThenMerges() throws InterruptedException {
    Tokenizer tokenizer = train(BpeTrainer.Settings.of(260), List.of("aaab aaab", "xyz"));
    assertEquals("<|endoftext|>", tokenizer.token(0));
    assertEquals("<|im_start|>", tokenizer.token(1));
    assertEquals("<|im_end|>", tokenizer.token(2));
    assertEquals("!", tokenizer.token(3));
    assertEquals("aa", tokenizer.token(259));
    assertEquals(260, tokenizer.vocabularySize());
  }

  @Test
  void tooLittleTextGivesAShorterVocabulary() throws InterruptedException {
    assertEquals(259, train(BpeTrainer.Settings.of(1000), List.of()).vocabularySize());
    assertEquals(260, train(BpeTrainer.Settings.of(1000), List.of("ab")).vocabularySize());
    assertEquals(257, train(settings(1000), List.of("ab")).vocabularySize());
  }

  @Test
  void progressAddsUpToTheBytes() throws InterruptedException {
    var bytes = new AtomicLong();
    var tokens = new AtomicLong();
    BpeTrainer.train(
        BpeTrainer.Settings.of(300),
        List.of("héllo wörld, ", "and again").iterator(),
        new TrainingProgress() {
          @Override
          public void counted(long more) {
            bytes.addAndGet(more);
          }

          @Override
          public void learned(int now) {
            tokens.set(now);
          }
        });
    assertEquals("héllo wörld, and again".getBytes(StandardCharsets.UTF_8).length, bytes.get());
    assertTrue(tokens.get() > 259);
  }

  @Test
  void aFailingSourceOfTextsIsToldAsItIs() {
    Iterator<String> failing =
        Stream.of("a", "b")
            .peek(
                t -> {
                  if (t.equals("b")) {
                    throw new IllegalStateException("the disk is gone");
                  }
                })
            .iterator();
    var error =
        assertThrows(
            IllegalStateException.class,
            () -> BpeTrainer.train(BpeTrainer.Settings.of(300), failing, TrainingProgress.NONE));
    assertEquals("the disk is gone", error.getMessage());
  }

  @Test
  void impossibleSettingsAreRefused() {
    var usual = BpeTrainer.Settings.of(300);
    refused(
        "vocabularySize = 258 is below 259", () -> train(BpeTrainer.Settings.of(258), List.of()));
    refused("vocabularySize = 0 is not in", () -> BpeTrainer.Settings.of(0));
    refused("twice; leave one out", () -> usual.specialTokens(List.of("<a>", "<a>")));
    refused("holds an empty one", () -> usual.specialTokens(List.of("")));
    refused("half a character", () -> usual.specialTokens(List.of("<\ud800>")));
    refused("«a b» must have", () -> train(usual.specialTokens(List.of("a b")), List.of()));
    refused("minimumFrequency = -1 is negative", () -> usual.minimumFrequency(-1));
    refused("maxTokenLength = 0 is below 1", () -> usual.maxTokenLength(0));
    refused(
        "limitAlphabet = 5 does not go with bytes", () -> train(usual.limitAlphabet(5), List.of()));
    refused("threads = 0 is not in", () -> Counting.inMemory().threads(0));
    refused("memoryBytes = 1 is below", () -> Counting.inMemory().memoryBytes(1));
    refused("needs a folder", () -> Counting.inMemory().checkpointBytes(1));
  }

  private static void refused(String message, Executable work) {
    var error = assertThrows(IllegalArgumentException.class, work);
    assertTrue(String.valueOf(error.getMessage()).contains(message), error.getMessage());
  }
}
