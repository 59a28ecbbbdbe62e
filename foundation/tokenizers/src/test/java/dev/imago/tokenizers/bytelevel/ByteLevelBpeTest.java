package dev.imago.tokenizers.bytelevel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteLevelBpeTest {
  private static final Splitter SPLITTER = new TiktokenSplitter(3, true, false);
  private static final String LETTERS = "aab bccd'sé漢1\n ";

  /// The 256 bytes, then what merging random neighbours in random text gives: a vocabulary as a
  /// trainer would make it, but worse.
  private static byte[][] vocabulary(int size, long seed) {
    var random = new Random(seed);
    var tokens = new ArrayList<byte[]>();
    var known = new HashMap<String, Integer>();
    for (int b = 0; b < 256; b++) {
      tokens.add(new byte[] {(byte) (b * 7)}); // in an order of their own
      known.put(key(tokens.getLast()), b);
    }
    while (tokens.size() < size) {
      List<byte[]> parts = merged(known, text(random, 12).getBytes(StandardCharsets.UTF_8));
      if (parts.size() > 1) {
        int at = random.nextInt(parts.size() - 1);
        byte[] left = parts.get(at);
        byte[] right = parts.get(at + 1);
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        if (known.putIfAbsent(key(both), tokens.size()) == null) {
          tokens.add(both);
        }
      }
    }
    return tokens.toArray(byte[][]::new);
  }

  private static String text(Random random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }

  private static String key(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /// The plain twin: tiktoken's rule, the neighbours whose bytes together have the lowest rank.
  private static List<byte[]> merged(Map<String, Integer> ranks, byte[] piece) {
    var parts = new ArrayList<String>();
    for (byte b : piece) {
      parts.add(key(new byte[] {b}));
    }
    while (true) {
      int best = -1;
      int lowest = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < parts.size(); i++) {
        int rank = ranks.getOrDefault(parts.get(i) + parts.get(i + 1), Integer.MAX_VALUE);
        if (rank < lowest) {
          lowest = rank;
          best = i;
        }
      }
      if (best < 0) {
        return parts.stream().map(p -> p.getBytes(StandardCharsets.ISO_8859_1)).toList();
      }
      parts.set(best, parts.get(best) + parts.remove(best + 1));
    }
  }

  private static int[] plainly(byte[][] tokens, byte[] text) {
    var ranks = new HashMap<String, Integer>();
    for (int id = 0; id < tokens.length; id++) {
      ranks.put(key(tokens[id]), id);
    }
    var ids = new IntList();
    for (int from = 0, to; from < text.length; from = to) {
      to = SPLITTER.end(text, from, text.length);
      byte[] piece = Arrays.copyOfRange(text, from, to);
      Integer whole = ranks.get(key(piece));
      if (whole != null) {
        ids.add(whole);
      } else {
        merged(ranks, piece).forEach(part -> ids.add(ranks.getOrDefault(key(part), -1)));
      }
    }
    return ids.toArray();
  }

  @Test
  void ranksMergeAsTiktokensRuleSays() {
    for (int seed = 0; seed < 20; seed++) {
      byte[][] tokens = vocabulary(256 + 40 * seed, seed);
      ByteLevelEncoder encoder = ByteLevelBpe.ofRanks(SPLITTER, tokens).encoder();
      var random = new Random(seed + 100);
      for (int i = 0; i < 300; i++) {
        byte[] text = text(random, random.nextInt(90)).getBytes(StandardCharsets.UTF_8);
        var ids = new IntList();
        encoder.encode(text, 0, text.length, ids);
        assertArrayEquals(
            plainly(tokens, text), ids.toArray(), new String(text, StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void aTokenThatNoMergeGivesIsTakenWhole() {
    byte[][] tokens = Arrays.copyOf(vocabulary(256, 1), 257);
    tokens[256] = "xyz".getBytes(StandardCharsets.UTF_8);
    var ids = new IntList();
    byte[] text = "xyz xyzx".getBytes(StandardCharsets.UTF_8);
    ByteLevelBpe.ofRanks(SPLITTER, tokens).encoder().encode(text, 0, text.length, ids);
    assertEquals(256, ids.get(0));
    assertEquals(1 + 5, ids.size());
  }

  @Test
  void idsTellWhereTheirBytesEnd() {
    byte[][] tokens = vocabulary(900, 3);
    ByteLevelEncoder encoder = ByteLevelBpe.ofRanks(SPLITTER, tokens).encoder();
    var random = new Random(4);
    for (int i = 0; i < 2_000; i++) {
      byte[] text = ("é" + text(random, random.nextInt(400))).getBytes(StandardCharsets.UTF_8);
      var plain = new IntList();
      var ids = new IntList();
      var ends = new IntList();
      encoder.encode(text, 2, text.length, plain);
      encoder.encode(text, 2, text.length, ids, ends);
      assertArrayEquals(plain.toArray(), ids.toArray());
      int at = 2;
      for (int n = 0; n < ids.size(); n++) {
        assertArrayEquals(tokens[ids.get(n)], Arrays.copyOfRange(text, at, ends.get(n)));
        at = ends.get(n);
      }
      assertEquals(text.length, at);
    }
  }

  @Test
  void bytesWithoutATokenAreLeftOutAndCounted() {
    int[] byteIds = new int[256];
    Arrays.fill(byteIds, -1);
    byteIds['a'] = 0;
    byteIds['b'] = 1;
    var bpe =
        new ByteLevelBpe(
            SPLITTER, byteIds, List.of(new ByteLevelBpe.Merge(0, 1, 2)), new byte[0][]);
    byte[] text = "acb?xa".getBytes(StandardCharsets.UTF_8);
    var ids = new IntList();
    var ends = new IntList();
    bpe.encoder().encode(text, 0, text.length, ids, ends);
    assertArrayEquals(new int[] {2, 0}, ids.toArray());
    assertArrayEquals(new int[] {3, 6}, ends.toArray());
  }

  @Test
  void anEncoderThatRemembersMuchGivesTheSameIds() {
    byte[][] tokens = vocabulary(700, 5);
    var bpe = ByteLevelBpe.ofRanks(SPLITTER, tokens);
    ByteLevelEncoder old = bpe.encoder();
    var random = new Random(6);
    for (int i = 0; i < 3_000; i++) {
      var text = new StringBuilder();
      while (text.length() < 2_000) {
        text.append(' ').append(Long.toString(random.nextLong() & Long.MAX_VALUE, 36));
        text.append("ab".repeat(random.nextInt(20)));
      }
      byte[] utf8 = text.toString().replaceAll("[0-9]", "q").getBytes(StandardCharsets.UTF_8);
      var ids = new IntList();
      old.encode(utf8, 0, utf8.length, ids);
      if (i % 100 == 0) {
        var fresh = new IntList();
        bpe.encoder().encode(utf8, 0, utf8.length, fresh);
        assertArrayEquals(fresh.toArray(), ids.toArray());
      }
    }
  }

  @Test
  void aVocabularyThatCannotSpellEveryByteIsRefused() {
    byte[][] tokens = vocabulary(300, 7);
    byte[] dropped = tokens[9];
    tokens[9] = new byte[0];
    String named = "0x%02x".formatted(dropped[0]);
    assertTrue(refusal(tokens).contains(named), refusal(tokens));
    tokens[9] = tokens[10];
    assertTrue(refusal(tokens).contains("9") && refusal(tokens).contains("10"), refusal(tokens));
  }

  private static String refusal(byte[][] tokens) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> ByteLevelBpe.ofRanks(SPLITTER, tokens))
            .getMessage());
  }
}
