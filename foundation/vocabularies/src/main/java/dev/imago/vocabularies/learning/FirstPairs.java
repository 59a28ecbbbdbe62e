package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// Counts the pairs of all words before the first merge, and lists the words of each.
final class FirstPairs {
  private final SymbolWords words;
  private final PairNumbers numbers = new PairNumbers();

  // By the pair's number.
  private long[] counts = new long[1 << 12];
  private int[] lengths = new int[1 << 12];
  private int[] lastWords = new int[1 << 12];

  FirstPairs(SymbolWords words) {
    this.words = words;
  }

  /// Counts into `pairs`, and gives a queue of them all.
  MergeQueue enqueue(PairCounts pairs) throws InterruptedException {
    forEach(
        (number, word) -> {
          if (number == counts.length) {
            counts = Arrays.copyOf(counts, 2 * number);
            lengths = Arrays.copyOf(lengths, 2 * number);
            lastWords = Arrays.copyOf(lastWords, 2 * number);
          }
          if (counts[number] == 0 || lastWords[number] != word) {
            lengths[number]++;
            lastWords[number] = word;
          }
          counts[number] += words.count(word);
        });
    long highest = 0;
    long listed = 0;
    for (int n = 0; n < numbers.size(); n++) {
      highest = Math.max(highest, counts[n]);
      listed += lengths[n];
    }
    var queue = new MergeQueue(highest);
    queue.reserve(listed);
    pairs.reserve(numbers.size());
    int[] ends = new int[numbers.size()];
    for (int n = 0; n < ends.length; n++) {
      ends[n] = queue.newList(lengths[n]);
      pairs.add(numbers.pair(n), counts[n]);
      queue.add(counts[n], numbers.pair(n), ends[n], lengths[n]);
    }
    Arrays.fill(lastWords, -1);
    int[] lists = queue.words();
    forEach(
        (number, word) -> {
          if (lastWords[number] != word) {
            lastWords[number] = word;
            lists[ends[number]++] = word;
          }
        });
    return queue;
  }

  private interface Visitor {
    void pair(int number, int word);
  }

  private void forEach(Visitor visitor) throws InterruptedException {
    int[] data = words.data();
    int visited = 0;
    for (int word = 0; word < words.end(); ) {
      int to = word + SymbolWords.HEAD + data[word];
      for (int i = word + SymbolWords.HEAD; i + 1 < to; i++) {
        visitor.pair(numbers.add(data[i], data[i + 1]), word);
      }
      word = to;
      if ((++visited & 0xffff) == 0 && Thread.interrupted()) {
        throw new InterruptedException("training was interrupted");
      }
    }
  }
}
