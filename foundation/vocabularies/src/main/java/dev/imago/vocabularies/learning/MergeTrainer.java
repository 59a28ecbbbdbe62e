package dev.imago.vocabularies.learning;

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

  /// Words that are loaded together.
  private static final int FETCHED = 32;

  /// Where in a word its second load falls: most words end on the line of their start or on this.
  private static final int FETCHED_ITEMS = 12;

  private final SymbolWords words;
  private final List<String> tokens;
  private final Map<String, Integer> ids = new HashMap<>();
  private final String prefix;
  private final int maxTokenLength;

  /// By id: how many characters of text the token holds.
  private int[] sizes;

  /// By their pairs, in the order of their ranks; the keys are mixed, for a Long's hash of two ids
  /// is poor.
  private final Map<Long, Merge> merges = new LinkedHashMap<>();

  private final PairCounts pairs = new PairCounts();
  private final MergeQueue queue;
  private final Neighbours before;
  private final Neighbours after;

  /// Keeps loads alive that only fetch.
  private int fetched;

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
    Long key = pair * PairCounts.MIX;
    merges.remove(key);
    merges.put(key, new Merge(left, right, merged));
    int start = queue.topStart();
    int end = start + queue.topLength();
    queue.removeTop();
    replace(start, end, left, right, merged);
    pairs.reserve(before.size() + after.size());
    countNew(merged);
    // In a run of one symbol a new pair may go again at once: so what goes is taken off last.
    before.subtract(pairs, left, true);
    after.subtract(pairs, right, false);
    queue.reserve(before.listed() + after.listed());
    before.enqueue(queue, pairs, merged, true);
    after.enqueue(queue, pairs, merged, false);
  }

  private void countNew(int merged) {
    for (int i = 0; i < before.size(); i++) {
      int symbol = before.symbol(i);
      if (before.isListed(symbol)) {
        before.place(symbol, pairs.add(PairCounts.key(symbol, merged), before.sum(symbol)));
      }
    }
    for (int i = 0; i < after.size(); i++) {
      int symbol = after.symbol(i);
      if (fits(symbol, merged)) {
        int place = pairs.add(PairCounts.key(merged, symbol), after.sum(symbol));
        // What stands before and after itself is one pair, listed on one side.
        (symbol == merged ? before : after).place(symbol, place);
      }
    }
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

  /// Merges a pair in the words of a list, and notes what stood beside it.
  private void replace(int start, int end, int left, int right, int merged) {
    int[] lists = queue.words();
    int[] data = words.data();
    int fetchedTo = start;
    for (int w = start; w < end; w++) {
      if (w == fetchedTo) {
        fetchedTo = Math.min(end, w + FETCHED);
        fetch(data, lists, w, fetchedTo);
      }
      int word = lists[w];
      int from = word + SymbolWords.HEAD;
      int to = from + data[word];
      int i = from;
      while (i + 1 < to && (data[i] != left || data[i + 1] != right)) {
        i++;
      }
      int kept = i;
      while (i < to) {
        int symbol = data[i++];
        if (symbol == left && i < to && data[i] == right) {
          symbol = merged;
          i++;
          long count = words.count(word);
          if (kept > from) {
            before.note(data[kept - 1], count, word, fits(data[kept - 1], merged));
          }
          if (i < to) {
            int next = data[i];
            boolean fits = fits(next, merged);
            after.note(next, count, word, fits && next != merged);
            if (fits && next == merged) {
              before.note(next, 0, word, true);
            }
          }
        }
        data[kept++] = symbol;
      }
      data[word] = kept - from;
    }
  }

  /// Loads words that are wanted soon, so that they come from memory side by side: one after the
  /// other, the wait for each is most of the time that training takes.
  private void fetch(int[] data, int[] lists, int from, int to) {
    int last = data.length - 1;
    int sum = 0;
    for (int w = from; w < to; w++) {
      int word = lists[w];
      sum += data[word] + data[Math.min(last, word + FETCHED_ITEMS)];
    }
    fetched = sum;
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
