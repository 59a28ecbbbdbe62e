package dev.imago.evaluate;

import dev.imago.data.TokenShards;
import java.util.Arrays;

/// How often each token follows each other one in a stream of tokens, as sorted rows.
///
/// Counted in as few passes over the memory-mapped stream as the working memory allows: a pass
/// takes a range of contexts, either into a dense table (one pass for the whole of a vocabulary of
/// up to 8,192) or, where that range would be narrow, by gathering and sorting the successors. The
/// result holds 8 bytes for each distinct pair. Counts stop at 2³¹ − 1.
///
/// *V vocabulary, P distinct pairs.*
final class BigramCounts {
  /// Cells of the dense table: 256 MiB at most, 64 MiB at V = 4,096.
  static final int TABLE_CELLS = 1 << 26;

  /// Successors gathered in one pass: 64 MiB.
  static final int GATHERED = 1 << 24;

  private static final int BLOCK = 1 << 16;

  private final TokenShards tokens;
  private final int vocabulary;
  private final int[] rows;
  private int[] successors = new int[1 << 12];
  private int[] counts = new int[1 << 12];
  private int size;

  /// Counts every adjacent pair of the stream; documents are parted by the end-of-text id, so the
  /// first token of a document follows that.
  BigramCounts(TokenShards tokens) throws InterruptedException {
    this(tokens, TABLE_CELLS, GATHERED);
  }

  BigramCounts(TokenShards tokens, int tableCells, int gathered) throws InterruptedException {
    this.tokens = tokens;
    this.vocabulary = tokens.vocabularySize();
    this.rows = new int[vocabulary + 1];
    long[] uses = uses();
    int from = 0;
    while (from < vocabulary) {
      int dense = (int) Math.min(vocabulary, from + Math.max(1L, tableCells / vocabulary));
      int sparse = from;
      long sum = 0;
      while (sparse < vocabulary && sum + uses[sparse] <= gathered) {
        sum += uses[sparse++];
      }
      if (sparse > dense) {
        gather(from, sparse, uses, (int) sum);
        from = sparse;
      } else {
        tabulate(from, dense);
        from = dense;
      }
    }
    successors = Arrays.copyOf(successors, size);
    counts = Arrays.copyOf(counts, size);
  }

  int vocabulary() {
    return vocabulary;
  }

  /// P.
  int distinct() {
    return size;
  }

  /// The index of a context's first pair; of `vocabulary()`, P.
  int row(int context) {
    return rows[context];
  }

  /// The successor of pair i in 0 … P − 1; they ascend within a row.
  int successor(int i) {
    return successors[i];
  }

  /// How often pair i was seen, at least 1.
  int count(int i) {
    return counts[i];
  }

  /// How often a token followed a context, 0 where never.
  int count(int context, int token) {
    int at = Arrays.binarySearch(successors, rows[context], rows[context + 1], token);
    return at < 0 ? 0 : counts[at];
  }

  /// A stretch of the stream, whose first token is the last one of the stretch before.
  private interface Stretch {
    void count(int[] ids);
  }

  /// Stretches, not pairs, so that each pass is one tight loop of its own.
  private void each(Stretch stretch) throws InterruptedException {
    for (long at = 0; at + 1 < tokens.size(); at += BLOCK) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      int[] ids = new int[(int) Math.min(BLOCK + 1, tokens.size() - at)];
      tokens.read(at, ids);
      stretch.count(ids);
    }
  }

  private long[] uses() throws InterruptedException {
    long[] uses = new long[vocabulary];
    each(
        ids -> {
          for (int i = 0; i + 1 < ids.length; i++) {
            uses[ids[i]]++;
          }
        });
    return uses;
  }

  private void tabulate(int from, int to) throws InterruptedException {
    int[] table = new int[(to - from) * vocabulary];
    each(
        ids -> {
          for (int i = 0; i + 1 < ids.length; i++) {
            if (ids[i] >= from && ids[i] < to) {
              int cell = (ids[i] - from) * vocabulary + ids[i + 1];
              table[cell] += table[cell] == Integer.MAX_VALUE ? 0 : 1;
            }
          }
        });
    for (int context = from; context < to; context++) {
      for (int token = 0; token < vocabulary; token++) {
        int count = table[(context - from) * vocabulary + token];
        if (count > 0) {
          append(token, count);
        }
      }
      rows[context + 1] = size;
    }
  }

  private void gather(int from, int to, long[] uses, int sum) throws InterruptedException {
    int[] gathered = new int[sum];
    int[] ends = new int[to - from];
    for (int c = 1; c < ends.length; c++) {
      ends[c] = ends[c - 1] + (int) uses[from + c - 1];
    }
    each(
        ids -> {
          for (int i = 0; i + 1 < ids.length; i++) {
            if (ids[i] >= from && ids[i] < to) {
              gathered[ends[ids[i] - from]++] = ids[i + 1];
            }
          }
        });
    int start = 0;
    for (int context = from; context < to; context++) {
      int end = ends[context - from];
      Arrays.sort(gathered, start, end);
      for (int i = start; i < end; ) {
        int run = i;
        while (i < end && gathered[i] == gathered[run]) {
          i++;
        }
        append(gathered[run], i - run);
      }
      rows[context + 1] = size;
      start = end;
    }
  }

  private void append(int token, int count) {
    if (size == successors.length) {
      successors = Arrays.copyOf(successors, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    successors[size] = token;
    counts[size++] = count;
  }
}
