package dev.imago.ngram;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Counts n-grams of the full order: a hash table of them; when it is full, a sorted run on disk.
///
/// A sentence w₁ … wₖ is N − 1 times `<s>`, its words, and `</s>`: each word and `</s>` end one
/// n-gram. A record is N ids and the count in two halves, the upper first.
///
/// With a journal, a run is written between two sentences, and a counting that was killed goes on:
/// it is given the same sentences again, and passes over those that lie in runs.
final class NgramCounter implements AutoCloseable {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final int order;
  private final int width;
  private final int begin;
  private final int end;
  private final int most;
  private final int[] columns;
  private final SortedRuns runs;
  private int[] data;
  private int[] slots = new int[1 << 12];
  private int held;
  private long words;
  private long sentences;
  private final @Nullable CountJournal journal;
  private final CRC32 check = new CRC32();
  private ByteBuffer idsOfSentence = ByteBuffer.allocate(1 << 10);
  private long resumed;
  private long checkOfResumed;
  private boolean keptRuns;

  /// @param journal of a counting that can go on; null of one that cannot
  NgramCounter(
      int order,
      int begin,
      int end,
      long memoryBytes,
      Path folder,
      @Nullable CountJournal journal) {
    this.order = order;
    this.width = order + 2;
    this.begin = begin;
    this.end = end;
    this.columns = suffixOrder(order);
    this.runs = new SortedRuns(folder, "counts", width, columns);
    // Two numbers of each to sort by, and up to four slots: the table doubles.
    this.most = RecordSorter.most(width + 4, memoryBytes);
    this.data = new int[width * Math.min(most, 1024)];
    this.journal = journal;
    if (journal != null) {
      keptRuns = true;
      journal
          .read()
          .filter(state -> runs.take(state.runs()))
          .ifPresent(
              state -> {
                resumed = state.sentences();
                words = state.words();
                checkOfResumed = state.check();
              });
    }
  }

  /// Sentences that an earlier counting left in runs.
  long resumed() {
    return resumed;
  }

  /// All is counted and used: the runs may go.
  void done() {
    keptRuns = false;
  }

  /// The columns of n words, the last first.
  static int[] suffixOrder(int n) {
    int[] columns = new int[n];
    for (int i = 0; i < n; i++) {
      columns[i] = n - 1 - i;
    }
    return columns;
  }

  /// The columns of n words: those of the context, the last first, and then the word after it.
  static int[] contextOrder(int n) {
    int[] columns = new int[n];
    for (int i = 0; i < n - 1; i++) {
      columns[i] = n - 2 - i;
    }
    columns[n - 1] = n - 1;
    return columns;
  }

  /// Compares the first n words of two in suffix order.
  static int compare(int[] a, int[] b, int n) {
    for (int i = n - 1; i >= 0; i--) {
      if (a[i] != b[i]) {
        return Integer.compare(a[i], b[i]);
      }
    }
    return 0;
  }

  /// Counts one sentence.
  void add(int[] ids, int from, int to) {
    if (journal != null) {
      if (sentences >= resumed && held > 0 && held + (long) (to - from + 1) > most) {
        spill();
        journal.write(new CountJournal.State(sentences, words, check.getValue(), runs.stored()));
      }
      note(ids, from, to);
      if (sentences <= resumed) {
        return;
      }
    }
    int[] padded = new int[order - 1 + to - from + 1];
    Arrays.fill(padded, 0, order - 1, begin);
    System.arraycopy(ids, from, padded, order - 1, to - from);
    padded[padded.length - 1] = end;
    for (int at = 0; at + order <= padded.length; at++) {
      count(padded, at);
    }
    words += to - from + 1;
  }

  /// Counts a sentence among those that were given, and refuses others than before.
  private void note(int[] ids, int from, int to) {
    int bytes = 4 * (to - from + 1);
    if (bytes > idsOfSentence.capacity()) {
      idsOfSentence = ByteBuffer.allocate(2 * bytes);
    }
    idsOfSentence.clear();
    idsOfSentence.asIntBuffer().put(ids, from, to - from).put(end);
    check.update(idsOfSentence.limit(bytes));
    if (++sentences == resumed && check.getValue() != checkOfResumed) {
      throw new IllegalArgumentException(
          "the text is not the one whose first %,d sentences were counted; remove the scratch folder and begin again"
              .formatted(resumed));
    }
  }

  /// Words counted, each sentence's end among them.
  long words() {
    return words;
  }

  private void count(int[] padded, int at) {
    int slot = slot(padded, at);
    while (slots[slot] != 0) {
      int record = (slots[slot] - 1) * width;
      if (Arrays.equals(data, record, record + order, padded, at, at + order)) {
        if (++data[record + order + 1] == 0) {
          data[record + order]++;
        }
        return;
      }
      slot = slot + 1 & slots.length - 1;
    }
    if (held == most) {
      spill();
      slot = slot(padded, at);
    } else if (held >= slots.length / 2) {
      rehash();
      slot = slot(padded, at);
      while (slots[slot] != 0) {
        slot = slot + 1 & slots.length - 1;
      }
    }
    int record = held++ * width;
    if (record == data.length) {
      data = Arrays.copyOf(data, width * (int) Math.min(most, held * 2L));
    }
    System.arraycopy(padded, at, data, record, order);
    data[record + order] = 0;
    data[record + order + 1] = 1;
    slots[slot] = held;
  }

  private int slot(int[] ids, int at) {
    long hash = 0;
    for (int i = at; i < at + order; i++) {
      hash = (hash ^ ids[i]) * GOLDEN;
      hash ^= hash >>> 29;
    }
    return (int) (hash * GOLDEN >>> 32) & slots.length - 1;
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    for (int i = 0; i < held; i++) {
      int slot = slot(data, i * width);
      while (slots[slot] != 0) {
        slot = slot + 1 & slots.length - 1;
      }
      slots[slot] = i + 1;
    }
  }

  private void spill() {
    runs.write(data, RadixOrder.of(data, width, held, columns));
    Arrays.fill(slots, 0);
    held = 0;
  }

  /// The n-grams in suffix order, each as often as there are runs at most: once.
  RecordCursor sorted() {
    if (sentences < resumed) {
      throw new IllegalArgumentException(
          "the text has %,d sentences, and %,d were counted before; remove the scratch folder and begin again"
              .formatted(sentences, resumed));
    }
    slots = new int[1];
    if (runs.isEmpty()) {
      int[] all = data;
      int[] sorted = RadixOrder.of(all, width, held, columns);
      data = new int[0];
      return RecordCursor.of(all, sorted, width);
    }
    runs.write(data, RadixOrder.of(data, width, held, columns));
    held = 0;
    data = new int[0];
    return runs.merged();
  }

  @Override
  public void close() {
    data = new int[0];
    if (keptRuns) {
      runs.keep();
      return;
    }
    runs.close();
    if (journal != null) {
      journal.delete();
    }
  }
}
