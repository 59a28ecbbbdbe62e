package dev.imago.ngram;

import static dev.imago.ngram.NgramLayout.F32;
import static dev.imago.ngram.NgramLayout.I32;

import java.lang.foreign.MemorySegment;

/// A trie of numbers of 32 bits, which can be changed where it is mapped for that.
final class PlainTrie extends TrieTable {
  private final long[] bases;

  PlainTrie(MemorySegment file, NgramLayout layout) {
    super(file, layout);
    bases = new long[order + 1];
    for (int n = 1; n <= order; n++) {
      bases[n] = layout.levelAt(n);
    }
  }

  private long entry(int n, long at) {
    return bases[n] + at * layout.stride(n);
  }

  private long pAt(int n, long at) {
    return entry(n, at) + (n == 1 ? 0 : 4);
  }

  @Override
  long first(int n, long at) {
    return Integer.toUnsignedLong(file.get(I32, pAt(n, at) + 8));
  }

  @Override
  int word(int n, long at) {
    return file.get(I32, entry(n, at));
  }

  @Override
  float p(int n, long at) {
    return file.get(F32, pAt(n, at));
  }

  @Override
  float weight(int n, long at) {
    return file.get(F32, pAt(n, at) + 4);
  }

  void word(int n, long at, int word) {
    file.set(I32, entry(n, at), word);
  }

  void p(int n, long at, float p) {
    file.set(F32, pAt(n, at), p);
  }

  void weight(int n, long at, float weight) {
    file.set(F32, pAt(n, at) + 4, weight);
  }

  void first(int n, long at, long child) {
    file.set(I32, pAt(n, at) + 8, (int) child);
  }
}
