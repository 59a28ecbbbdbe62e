package dev.imago.corpus;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The n-grams of a text's words that stand in it more than once. An n-gram can repeat only where
/// both shorter ones within it do, its beginning and its end: asked for sizes that grow, each looks
/// at what the one before found, which is little. (The candidates of a-priori mining, Agrawal and
/// Srikant 1994.)
final class NgramRepeats {
  private final Words words;
  private long @Nullable [] beginnings;

  /// [Hash#GOLDEN] to the size's power.
  private long power;

  /// Of n-grams of so many words `places` are those that repeat; 0 for none yet.
  private int size;

  /// Where n-grams that repeat begin, in order.
  private int[] places = {};

  /// Of each of these, the index of the first of its kind.
  private int[] firsts = {};

  NgramRepeats(Words words) {
    this.words = words;
  }

  /// Characters of all occurrences of the most frequent n-gram; of several, the most.
  ///
  /// @param n how many words
  long mostFrequent(int n) {
    find(n);
    int[] counts = new int[places.length];
    int top = 1;
    long characters = 0;
    for (int i = 0; i < places.length; i++) {
      int count = ++counts[firsts[i]];
      if (count >= top && count > 1) {
        characters = Math.max(count > top ? 0 : characters, count * length(places[i], n));
        top = count;
      }
    }
    return characters;
  }

  /// Characters in n-grams that stood before already, each character once.
  ///
  /// @param n how many words
  long duplicated(int n) {
    find(n);
    long characters = 0;
    int counted = 0;
    for (int i = 0; i < places.length; i++) {
      if (firsts[i] != i) {
        int from = Math.max(places[i], counted);
        counted = places[i] + n;
        characters += length(from, counted - from);
      }
    }
    return characters;
  }

  private long length(int first, int count) {
    long length = 0;
    for (int w = first; w < first + count; w++) {
      length += words.length(w);
    }
    return length;
  }

  private void find(int n) {
    if (n == size) {
      return;
    }
    int[] candidates = candidates(n);
    int[] first = new int[candidates.length];
    boolean[] again = new boolean[candidates.length];
    var seen = new LongIntMap(candidates.length);
    power(n);
    int repeated = 0;
    for (int i = 0; i < candidates.length; i++) {
      int before = seen.putIfAbsent(ngram(candidates[i], n), i);
      first[i] = before >= 0 ? before : i;
      if (before >= 0) {
        repeated += again[before] ? 1 : 2;
        again[before] = true;
        again[i] = true;
      }
    }
    int[] moved = new int[candidates.length];
    places = new int[repeated];
    firsts = new int[repeated];
    int kept = 0;
    for (int i = 0; i < candidates.length; i++) {
      if (again[i]) {
        moved[i] = kept;
        places[kept] = candidates[i];
        firsts[kept++] = moved[first[i]];
      }
    }
    size = n;
  }

  /// Where n-grams that may repeat begin.
  private int[] candidates(int n) {
    int all = Math.max(0, words.count() - n + 1);
    if (size == 0 || n < size) {
      int[] every = new int[all];
      Arrays.setAll(every, i -> i);
      return every;
    }
    // The n-gram's end is one of the shorter ones, too.
    int ahead = n - size;
    int[] some = new int[places.length];
    int count = 0;
    int end = 0;
    for (int place : places) {
      while (end < places.length && places[end] < place + ahead) {
        end++;
      }
      if (end == places.length) {
        break;
      }
      if (places[end] == place + ahead) {
        some[count++] = place;
      }
    }
    return Arrays.copyOf(some, count);
  }

  /// An n-gram's hash, out of those of the two beginnings that it lies between.
  private long ngram(int first, int n) {
    long[] all = beginnings;
    if (all == null) {
      all = beginnings = beginnings();
    }
    return Hash.mix(all[first + n] - all[first] * power + n);
  }

  private void power(int n) {
    power = Hash.GOLDEN;
    for (int i = 1; i < n; i++) {
      power *= Hash.GOLDEN;
    }
  }

  /// Of the first words, none to all: a polynomial over the words' hashes.
  private long[] beginnings() {
    long[] hashes = words.hashes();
    long[] sums = new long[hashes.length + 1];
    for (int w = 0; w < hashes.length; w++) {
      sums[w + 1] = sums[w] * Hash.GOLDEN + hashes[w];
    }
    return sums;
  }
}
