package dev.imago.text;

import dev.imago.text.bytelevel.ByteLevel;
import dev.imago.text.bytelevel.ByteLevelBpe;
import dev.imago.text.bytelevel.IntList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/// Learns merges from counted words: the most frequent pair, of equals the one of the lowest ids,
/// is merged everywhere, until the vocabulary is full.
///
/// Gives what Hugging Face's `BpeTrainer` gives, its odd corners too: a merge whose spelling is a
/// token already takes that token's id, and the count that a merged pair keeps from overlaps
/// (`aaa`) is not taken back. Counts of pairs are kept up as words change, never counted anew; a
/// pair knows the words that hold it.
final class MergeTrainer {
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> tokens = new ArrayList<>();
  private final Map<Long, ByteLevelBpe.Merge> merges = new LinkedHashMap<>();

  // By word: where its symbols start, how many are left, how often it occurs. Words of one byte
  // have no pair and are left out.
  private final int[] starts;
  private final int[] lengths;
  private final long[] counts;
  private int[] symbols = new int[1 << 16];

  // By pair.
  private final PairTable pairs = new PairTable(1 << 16);
  private long[] pairCounts = new long[1 << 16];
  private long[] pairKeys = new long[1 << 16];
  private int[] pairWords = new int[1 << 16];

  /// Lists of words: a node is a word and the next node, −1 at the end.
  private int[] nodes = new int[1 << 17];

  private int nodesUsed;
  private int freeNode = -1;

  private final MergeQueue queue = new MergeQueue();

  /// Pairs that got words since the queue last heard of them.
  private final IntList touched = new IntList();

  MergeTrainer(WordCounts words, List<String> specialTokens) {
    specialTokens.forEach(this::token);
    for (char c = 0; c < 0x144; c++) {
      byte[] bytes = ByteLevel.bytesOrNull(String.valueOf(c));
      if (bytes != null) {
        token(String.valueOf(c));
      }
    }
    int[] byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = token(String.valueOf(ByteLevel.spell(b)));
    }
    starts = new int[words.size()];
    lengths = new int[words.size()];
    counts = new long[words.size()];
    var laidOut = new int[2]; // words, symbols
    words.forEach(
        (number, text, from, to) -> {
          if (to - from < 2) {
            return;
          }
          int word = laidOut[0]++;
          starts[word] = laidOut[1];
          lengths[word] = to - from;
          counts[word] = words.count(number);
          laidOut[1] = Math.addExact(laidOut[1], to - from);
          if (laidOut[1] > symbols.length) {
            symbols = Arrays.copyOf(symbols, capacity(symbols.length, laidOut[1]));
          }
          for (int i = from; i < to; i++) {
            symbols[starts[word] + i - from] = byteIds[text[i] & 0xff];
          }
        });
    Arrays.fill(pairWords, -1);
    for (int word = 0; word < laidOut[0]; word++) {
      for (int i = starts[word]; i + 1 < starts[word] + lengths[word]; i++) {
        add(slot(symbols[i], symbols[i + 1]), counts[word], word);
      }
    }
    enqueue();
  }

  private static int capacity(int old, int needed) {
    return (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(2L * old, needed));
  }

  private int token(String spelling) {
    Integer id = ids.putIfAbsent(spelling, tokens.size());
    if (id == null) {
      tokens.add(spelling);
      return tokens.size() - 1;
    }
    return id;
  }

  private int slot(int left, int right) {
    int slot = pairs.add(left, right);
    if (slot == pairCounts.length) {
      pairCounts = Arrays.copyOf(pairCounts, 2 * slot);
      pairKeys = Arrays.copyOf(pairKeys, 2 * slot);
      pairWords = Arrays.copyOf(pairWords, 2 * slot);
      Arrays.fill(pairWords, slot, 2 * slot, -1);
    }
    pairKeys[slot] = PairTable.key(left, right);
    return slot;
  }

  /// Counts a pair up in a word, and notes the word.
  private void add(int slot, long count, int word) {
    pairCounts[slot] += count;
    int head = pairWords[slot];
    if (head < 0) {
      touched.add(slot);
    } else if (nodes[2 * head] == word) {
      return;
    }
    int node = freeNode;
    if (node >= 0) {
      freeNode = nodes[2 * node + 1];
    } else {
      node = nodesUsed++;
      if (2 * nodesUsed > nodes.length) {
        nodes = Arrays.copyOf(nodes, capacity(nodes.length, 2 * nodesUsed));
      }
    }
    nodes[2 * node] = word;
    nodes[2 * node + 1] = head;
    pairWords[slot] = node;
  }

  private void enqueue() {
    for (int i = 0; i < touched.size(); i++) {
      int slot = touched.get(i);
      if (pairCounts[slot] > 0) {
        queue.add(pairCounts[slot], pairKeys[slot], slot, pairWords[slot]);
      }
      pairWords[slot] = -1;
    }
    touched.clear();
  }

  /// Merges until there are `vocabularySize` tokens, or no pair occurs `minimumFrequency` times.
  ///
  /// @param merged told how many tokens there are, from time to time
  void run(int vocabularySize, long minimumFrequency, IntConsumer merged)
      throws InterruptedException {
    while (tokens.size() < vocabularySize && !queue.isEmpty()) {
      int slot = queue.topSlot();
      long count = pairCounts[slot];
      if (queue.topCount() != count) {
        queue.recountTop(count);
        continue;
      }
      if (count < Math.max(1, minimumFrequency)) {
        break;
      }
      int words = queue.topPosition();
      long pair = queue.topPair();
      queue.removeTop();
      int left = (int) (pair >>> 32);
      int right = (int) pair;
      int merge = token(tokens.get(left) + tokens.get(right));
      merges.remove(pair);
      merges.put(pair, new ByteLevelBpe.Merge(left, right, merge));
      for (int node = words; node >= 0; ) {
        merge(nodes[2 * node], left, right, merge);
        int next = nodes[2 * node + 1];
        nodes[2 * node + 1] = freeNode;
        freeNode = node;
        node = next;
      }
      enqueue();
      if (merges.size() % 256 == 0) {
        merged.accept(tokens.size());
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
    merged.accept(tokens.size());
  }

  private void merge(int word, int left, int right, int merged) {
    int start = starts[word];
    int length = lengths[word];
    long count = counts[word];
    int kept = 0;
    for (int i = 0; i < length; i++, kept++) {
      int symbol = symbols[start + i];
      if (symbol != left || i + 1 == length || symbols[start + i + 1] != right) {
        symbols[start + kept] = symbol;
        continue;
      }
      if (kept > 0) {
        int before = symbols[start + kept - 1];
        pairCounts[slot(before, left)] -= count;
        add(slot(before, merged), count, word);
      }
      i++;
      if (i + 1 < length) {
        int after = symbols[start + i + 1];
        pairCounts[slot(right, after)] -= count;
        add(slot(merged, after), count, word);
      }
      symbols[start + kept] = merged;
    }
    lengths[word] = kept;
  }

  /// The tokens by id, in byte-level spelling.
  List<String> tokens() {
    return tokens;
  }

  /// The merges by rank.
  List<ByteLevelBpe.Merge> merges() {
    return List.copyOf(merges.values());
  }
}
