package dev.imago.text.trainers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/// Learns merges from counted words: the most frequent pair, of equals the one of the lowest ids,
/// is merged everywhere, until the vocabulary is full. Sennrich et al. 2016, arXiv:1508.07909.
///
/// Gives what Hugging Face's `BpeTrainer` gives, its odd corners too: a merge whose spelling is a
/// token already takes that token's id; the count that a merged pair keeps from overlaps (`aaa`) is
/// not taken back; a pair that comes anew waits once more, beside itself.
///
/// Counts of pairs are kept up as words change, never counted anew, and a pair knows the words that
/// hold it. One merge changes counts by neighbour, not by occurrence: what stands before and after
/// the merged pair is summed in two arrays by symbol, and the table of pairs is asked once for each
/// neighbour.
public final class MergeTrainer {
  /// Two symbols, by id, and what they become.
  public record Merge(int left, int right, int merged) {}

  private final SymbolWords words;
  private final List<String> tokens;
  private final Map<String, Integer> ids = new HashMap<>();
  private final String prefix;
  private final int maxTokenLength;

  /// By id: how many characters of text the token holds.
  private int[] sizes;

  private final Map<Long, Merge> merges = new LinkedHashMap<>();
  private final PairCounts pairs = new PairCounts();
  private final MergeQueue queue;
  private final Neighbours before;
  private final Neighbours after;

  /// @param counted the words
  /// @param alphabet the tokens to begin with, and how words are spelled in them
  /// @param vocabularySize how many tokens there shall be at most
  /// @param maxTokenLength a merge makes fewer characters than this, but two always go together
  public MergeTrainer(
      CountedWords counted, Alphabet alphabet, int vocabularySize, int maxTokenLength)
      throws InterruptedException {
    words = new SymbolWords(counted, alphabet);
    tokens = new ArrayList<>(alphabet.tokens());
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    prefix = alphabet.prefix();
    this.maxTokenLength = maxTokenLength;
    int most = Math.max(vocabularySize, tokens.size());
    sizes = new int[most];
    Arrays.fill(sizes, 0, tokens.size(), 1);
    before = new Neighbours(most);
    after = new Neighbours(most);
    queue = new FirstPairs(words).enqueue(pairs);
  }

  /// Merges until there are enough tokens, or no pair occurs `minimumFrequency` times.
  ///
  /// @param merged told how many tokens there are, from time to time
  public void run(int vocabularySize, long minimumFrequency, IntConsumer merged)
      throws InterruptedException {
    while (tokens.size() < vocabularySize && !queue.isEmpty()) {
      long pair = queue.topPair();
      long count = pairs.count(pair);
      if (queue.topCount() != count) {
        queue.recountTop(count);
        continue;
      }
      if (count < Math.max(1, minimumFrequency)) {
        break;
      }
      merge(pair);
      if (merges.size() % 256 == 0) {
        merged.accept(tokens.size());
        if (Thread.interrupted()) {
          throw new InterruptedException(
              "training was interrupted; the counted words are kept where they were");
        }
      }
    }
    merged.accept(tokens.size());
  }

  private void merge(long pair) {
    int left = (int) (pair >>> 32);
    int right = (int) pair;
    int merged = token(left, right);
    merges.remove(pair);
    merges.put(pair, new Merge(left, right, merged));
    int start = queue.topStart();
    int end = start + queue.topLength();
    queue.removeTop();
    int[] lists = queue.words();
    for (int i = start; i < end; i++) {
      replace(lists[i], left, right, merged);
    }
    pairs.reserve(before.size() + after.size());
    for (int i = 0; i < before.size(); i++) {
      int symbol = before.symbol(i);
      if (before.isListed(symbol)) {
        before.place(symbol, pairs.add(PairCounts.key(symbol, merged), before.sum(symbol)));
      }
    }
    for (int i = 0; i < after.size(); i++) {
      int symbol = after.symbol(i);
      if (fits(symbol, merged)) {
        // What stands before and after itself is one pair, listed on one side.
        (symbol == merged ? before : after)
            .place(symbol, pairs.add(PairCounts.key(merged, symbol), after.sum(symbol)));
      }
    }
    // In a run of one symbol a new pair may go again at once: so it is taken off last.
    for (int i = 0; i < before.size(); i++) {
      int symbol = before.symbol(i);
      pairs.subtract(PairCounts.key(symbol, left), before.sum(symbol));
    }
    for (int i = 0; i < after.size(); i++) {
      int symbol = after.symbol(i);
      pairs.subtract(PairCounts.key(right, symbol), after.sum(symbol));
    }
    queue.reserve(before.listed() + after.listed());
    before.enqueue(queue, pairs, symbol -> PairCounts.key(symbol, merged));
    after.enqueue(queue, pairs, symbol -> PairCounts.key(merged, symbol));
  }

  private int token(int left, int right) {
    String tail = tokens.get(right);
    String spelling =
        tokens.get(left) + (tail.startsWith(prefix) ? tail.substring(prefix.length()) : tail);
    Integer id = ids.putIfAbsent(spelling, tokens.size());
    if (id != null) {
      return id;
    }
    sizes[tokens.size()] = sizes[left] + sizes[right];
    tokens.add(spelling);
    return tokens.size() - 1;
  }

  private boolean fits(int one, int other) {
    return sizes[one] + sizes[other] < maxTokenLength;
  }

  /// Merges a pair in one word, and notes what stood beside it.
  private void replace(int word, int left, int right, int merged) {
    int[] data = words.data();
    int from = word + SymbolWords.HEAD;
    int to = from + data[word];
    int i = from;
    while (i + 1 < to && (data[i] != left || data[i + 1] != right)) {
      i++;
    }
    if (i + 1 >= to) {
      return;
    }
    long count = words.count(word);
    int kept = i;
    for (; i < to; i++, kept++) {
      int symbol = data[i];
      if (symbol != left || i + 1 == to || data[i + 1] != right) {
        data[kept] = symbol;
        continue;
      }
      if (kept > from) {
        int neighbour = data[kept - 1];
        before.add(neighbour, count);
        if (fits(neighbour, merged)) {
          before.list(neighbour, word);
        }
      }
      i++;
      if (i + 1 < to) {
        int neighbour = data[i + 1];
        after.add(neighbour, count);
        if (fits(neighbour, merged)) {
          (neighbour == merged ? before : after).list(neighbour, word);
        }
      }
      data[kept] = merged;
    }
    data[word] = kept - from;
  }

  /// The tokens by id.
  public List<String> tokens() {
    return tokens;
  }

  /// The merges by rank.
  public List<Merge> merges() {
    return List.copyOf(merges.values());
  }
}
