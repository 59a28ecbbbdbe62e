package dev.imago.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// The byte-pair model: within a word, the pair of lowest rank is merged, the leftmost first, until
/// no pair has a rank. Sennrich et al. 2016, arXiv:1508.07909; over bytes as in GPT-2. Immutable.
final class Bpe {
  /// A merge as the file has it: two token ids and the id of what they become.
  record Merge(int left, int right, int merged) {}

  private static final int NONE = Integer.MAX_VALUE;

  /// Words of more bytes are merged with a heap, so that a megabyte of one letter stays near
  /// linear.
  private static final int SCAN_LIMIT = 40;

  private final int[] byteIds;
  private final PairTable ranks;
  private final int[] mergedIds;
  private final int[] rankOfNumber;
  private final Map<String, Integer> wholeWords;

  /// @param byteIds the id of each byte's token, −1 where the vocabulary has none
  /// @param merges in the order of their ranks
  /// @param wholeWords words that are taken whole, unmerged, by their spelling: the vocabulary
  ///   where the file says `ignore_merges`, else nothing
  Bpe(int[] byteIds, List<Merge> merges, Map<String, Integer> wholeWords) {
    this.byteIds = byteIds.clone();
    this.ranks = new PairTable(merges.size());
    this.mergedIds = new int[merges.size()];
    this.rankOfNumber = new int[merges.size()];
    for (int rank = 0; rank < merges.size(); rank++) {
      Merge merge = merges.get(rank);
      // A pair that is listed twice has its last rank, as in Hugging Face's map.
      rankOfNumber[ranks.add(merge.left(), merge.right())] = rank;
      mergedIds[rank] = merge.merged();
    }
    this.wholeWords = new HashMap<>(wholeWords);
  }

  private int rank(int left, int right) {
    int number = ranks.find(left, right);
    return number < 0 ? NONE : rankOfNumber[number];
  }

  /// Merges the word `text[from, to)` and appends its ids.
  void merge(byte[] text, int from, int to, IntList out) {
    if (!wholeWords.isEmpty()) {
      Integer id = wholeWords.get(ByteLevel.spell(text, from, to));
      if (id != null) {
        out.add(id);
        return;
      }
    }
    int[] ids = new int[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      int id = byteIds[text[i] & 0xff];
      if (id >= 0) {
        ids[size++] = id;
      }
    }
    size = size <= SCAN_LIMIT ? mergeByScan(ids, size) : mergeByHeap(ids, size);
    out.add(ids, 0, size);
  }

  private int mergeByScan(int[] ids, int size) {
    int[] pairRanks = new int[size];
    for (int i = 0; i + 1 < size; i++) {
      pairRanks[i] = rank(ids[i], ids[i + 1]);
    }
    while (size > 1) {
      int best = 0;
      for (int i = 1; i < size - 1; i++) {
        if (pairRanks[i] < pairRanks[best]) {
          best = i;
        }
      }
      if (pairRanks[best] == NONE) {
        break;
      }
      ids[best] = mergedIds[pairRanks[best]];
      size--;
      System.arraycopy(ids, best + 2, ids, best + 1, size - best - 1);
      System.arraycopy(pairRanks, best + 2, pairRanks, best + 1, Math.max(0, size - best - 1));
      if (best + 1 < size) {
        pairRanks[best] = rank(ids[best], ids[best + 1]);
      }
      if (best > 0) {
        pairRanks[best - 1] = rank(ids[best - 1], ids[best]);
      }
    }
    return size;
  }

  private int mergeByHeap(int[] ids, int size) {
    int[] next = new int[size];
    int[] previous = new int[size];
    int[] pairRanks = new int[size];
    var heap = new PriorityQueue<Long>();
    for (int i = 0; i < size; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      pairRanks[i] = i + 1 < size ? rank(ids[i], ids[i + 1]) : NONE;
      if (pairRanks[i] != NONE) {
        heap.add(PairTable.key(pairRanks[i], i));
      }
    }
    Long top;
    while ((top = heap.poll()) != null) {
      int i = (int) (long) top;
      int rank = (int) (top >>> 32);
      if (pairRanks[i] != rank) {
        continue;
      }
      int removed = next[i];
      ids[i] = mergedIds[rank];
      next[i] = next[removed];
      pairRanks[removed] = NONE;
      ids[removed] = -1;
      if (next[i] < size) {
        previous[next[i]] = i;
      }
      pairRanks[i] = next[i] < size ? rank(ids[i], ids[next[i]]) : NONE;
      if (pairRanks[i] != NONE) {
        heap.add(PairTable.key(pairRanks[i], i));
      }
      int before = previous[i];
      if (before >= 0) {
        pairRanks[before] = rank(ids[before], ids[i]);
        if (pairRanks[before] != NONE) {
          heap.add(PairTable.key(pairRanks[before], before));
        }
      }
    }
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (ids[i] >= 0) {
        ids[kept++] = ids[i];
      }
    }
    return kept;
  }

  /// The same model without the merges (and whole words) that end in one of these ids.
  Bpe without(java.util.function.IntPredicate forbidden, List<Merge> merges) {
    var kept = merges.stream().filter(m -> !forbidden.test(m.merged())).toList();
    var words = new HashMap<>(wholeWords);
    words.values().removeIf(forbidden::test);
    return new Bpe(Arrays.copyOf(byteIds, 256), kept, words);
  }
}
