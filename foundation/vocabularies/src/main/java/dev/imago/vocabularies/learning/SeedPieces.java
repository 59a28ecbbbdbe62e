package dev.imago.vocabularies.learning;

import java.util.Arrays;

/// The pieces that Unigram training begins with: every character, and the substrings of the highest
/// frequency times length.
///
/// A substring counts when it occurs twice or more in the texts and is followed by different
/// characters or ends of words: these are the inner nodes of a suffix tree of the texts. They are
/// found in the order of all suffixes of the distinct words, each of which counts as often as its
/// word; that order is only needed to one character past the longest piece. SentencePiece finds the
/// same ones but for ends of words, which it does not tell from the blank that follows.
final class SeedPieces {
  private static final int SMALL = 10;

  private final CharacterWords words;
  private final int[] text;
  private final int maxLength;

  /// Where suffixes start, in their order.
  private final int[] suffixes;

  // The substrings: where one occurs, its length, its score.
  private int[] starts = new int[1 << 12];
  private int[] lengths = new int[1 << 12];
  private long[] scores = new long[1 << 12];
  private int found;

  private SeedPieces(CharacterWords words, int maxLength) throws InterruptedException {
    this.words = words;
    this.maxLength = maxLength;
    text = words.text();
    int[] all = new int[words.size()];
    int size = 0;
    for (int i = 0; i < words.size(); i++) {
      if (!isBoundary(text[i])) {
        all[size++] = i;
      }
    }
    suffixes = Arrays.copyOf(all, size);
    sort(0, size, 0);
    collect();
  }

  /// @param size how many pieces there are at most; characters are in it whatever it is
  /// @param maxLength the most characters of a piece
  static PieceTable of(CharacterWords words, int size, int maxLength) throws InterruptedException {
    var seeds = new SeedPieces(words, maxLength);
    var pieces = new PieceTable();
    double sum = seeds.addCharacters(pieces);
    sum += seeds.addSubstrings(pieces, size);
    double logSum = Math.log(sum);
    for (int piece = 1; piece < pieces.size(); piece++) {
      pieces.score(piece, Math.log(pieces.score(piece)) - logSum);
    }
    return pieces;
  }

  /// No piece holds a NUL, which ends texts in many programs.
  private static boolean isBoundary(int c) {
    return c <= 0;
  }

  private int at(int suffix, int depth) {
    return Math.max(0, text[suffix + depth]);
  }

  /// Multikey quicksort: Bentley and Sedgewick 1997.
  private void sort(int from, int to, int depth) throws InterruptedException {
    while (to - from > 1 && depth <= maxLength) {
      if (to - from <= SMALL) {
        insert(from, to, depth);
        return;
      }
      if (to - from > 1 << 16 && Thread.interrupted()) {
        throw new InterruptedException("training was interrupted");
      }
      int pivot = median(from, to, depth);
      int less = from;
      int more = to;
      for (int i = from; i < more; ) {
        int c = at(suffixes[i], depth);
        if (c < pivot) {
          swap(less++, i++);
        } else if (c > pivot) {
          swap(--more, i);
        } else {
          i++;
        }
      }
      sort(from, less, depth);
      sort(more, to, depth);
      if (pivot == 0) {
        return;
      }
      from = less;
      to = more;
      depth++;
    }
  }

  private int median(int from, int to, int depth) {
    int a = at(suffixes[from], depth);
    int b = at(suffixes[from + to >>> 1], depth);
    int c = at(suffixes[to - 1], depth);
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private void swap(int i, int j) {
    int suffix = suffixes[i];
    suffixes[i] = suffixes[j];
    suffixes[j] = suffix;
  }

  private void insert(int from, int to, int depth) {
    for (int i = from + 1; i < to; i++) {
      int suffix = suffixes[i];
      int at = i;
      while (at > from && isBefore(suffix, suffixes[at - 1], depth)) {
        suffixes[at] = suffixes[at - 1];
        at--;
      }
      suffixes[at] = suffix;
    }
  }

  private boolean isBefore(int one, int other, int depth) {
    for (int d = depth; d <= maxLength; d++) {
      int a = at(one, d);
      int b = at(other, d);
      if (a != b || a == 0) {
        return a < b;
      }
    }
    return false;
  }

  /// How many characters two suffixes share; no more than a piece may have, and one.
  private int shared(int one, int other) {
    int depth = 0;
    while (depth <= maxLength && at(one, depth) == at(other, depth) && at(one, depth) != 0) {
      depth++;
    }
    return depth;
  }

  /// Finds the inner nodes: runs of suffixes that share a beginning and no more.
  private void collect() {
    int[] depths = new int[maxLength + 3];
    int[] samples = new int[maxLength + 3];
    long[] weights = new long[maxLength + 3];
    int top = 0;
    int before = 0;
    for (int i = 0; i < suffixes.length; i++) {
      int after = i + 1 < suffixes.length ? shared(suffixes[i], suffixes[i + 1]) : 0;
      int suffix = suffixes[i];
      long weight = words.count(words.wordAt(suffix));
      int length = length(suffix);
      if (weight > 1 && length > Math.max(before, after)) {
        node(suffix, length, weight);
      }
      while (depths[top] > after) {
        weight += weights[top];
        suffix = samples[top];
        node(suffix, depths[top--], weight);
      }
      if (depths[top] < after) {
        top++;
        depths[top] = after;
        samples[top] = suffix;
        weights[top] = weight;
      } else {
        weights[top] += weight;
      }
      before = after;
    }
  }

  /// The characters of a suffix, two more than a piece may have at most.
  private int length(int suffix) {
    int length = 0;
    while (length < maxLength + 2 && at(suffix, length) != 0) {
      length++;
    }
    return length;
  }

  private void node(int start, int length, long frequency) {
    if (length < 2 || length > maxLength) {
      return;
    }
    if (found == starts.length) {
      starts = Arrays.copyOf(starts, 2 * found);
      lengths = Arrays.copyOf(lengths, 2 * found);
      scores = Arrays.copyOf(scores, 2 * found);
    }
    starts[found] = start;
    lengths[found] = length;
    scores[found++] = frequency * length;
  }

  /// Adds the characters, the most frequent first, of equals the last by code point.
  private double addCharacters(PieceTable pieces) {
    long[] counts = new long[Character.MAX_CODE_POINT + 1];
    for (int word = 0; word < words.words(); word++) {
      for (int i = words.start(word); i < words.end(word); i++) {
        counts[text[i]] += words.count(word);
      }
    }
    counts[0] = 0;
    int[] characters = new int[counts.length];
    int size = 0;
    for (int c = counts.length - 1; c > 0; c--) {
      if (counts[c] > 0) {
        characters[size++] = c;
      }
    }
    characters = Arrays.copyOf(characters, size);
    IndexSort.sort(characters, (one, other) -> Long.compare(counts[other], counts[one]));
    double sum = 0;
    for (int i = 0; i < size; i++) {
      pieces.add(characters, i, i + 1, counts[characters[i]]);
      sum += counts[characters[i]];
    }
    return sum;
  }

  private double addSubstrings(PieceTable pieces, int most) {
    int[] order = new int[found];
    Arrays.setAll(order, i -> i);
    IndexSort.sort(order, this::compare);
    double sum = 0;
    for (int i = 0; i < found && (i == 0 || pieces.size() - 1 < most); i++) {
      int node = order[i];
      pieces.add(text, starts[node], starts[node] + lengths[node], scores[node]);
      sum += scores[node];
    }
    return sum;
  }

  /// The highest score first, of equals the last string by code points.
  private int compare(int one, int other) {
    int order = Long.compare(scores[other], scores[one]);
    return order != 0
        ? order
        : Arrays.compare(
            text,
            starts[other],
            starts[other] + lengths[other],
            text,
            starts[one],
            starts[one] + lengths[one]);
  }
}
