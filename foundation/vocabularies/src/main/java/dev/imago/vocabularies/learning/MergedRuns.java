package dev.imago.vocabularies.learning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/// Several sorted runs as one: the counts of a word that several hold are summed.
///
/// @param runs the runs
record MergedRuns(List<WordRun> runs) implements CountedWords {
  @Override
  public long distinct() {
    return runs.stream().mapToLong(WordRun::distinct).sum();
  }

  @Override
  public long bytes() {
    return runs.stream().mapToLong(WordRun::bytes).sum();
  }

  @Override
  public void forEach(Visitor visitor) {
    var open = new ArrayList<WordRun.Reader>();
    try {
      var queue =
          new PriorityQueue<WordRun.Reader>(
              Math.max(1, runs.size()),
              (a, b) -> Arrays.compareUnsigned(a.word, 0, a.length, b.word, 0, b.length));
      for (WordRun run : runs) {
        var reader = run.reader();
        open.add(reader);
        if (reader.next()) {
          queue.add(reader);
        }
      }
      byte[] word = new byte[64];
      while (!queue.isEmpty()) {
        WordRun.Reader first = queue.peek();
        int length = first.length;
        if (length > word.length) {
          word = new byte[Math.max(length, Math.min(2 * word.length, 1 << 30))];
        }
        System.arraycopy(first.word, 0, word, 0, length);
        long count = 0;
        do {
          WordRun.Reader same = queue.remove();
          count += same.count;
          if (same.next()) {
            queue.add(same);
          }
        } while (!queue.isEmpty()
            && Arrays.equals(queue.peek().word, 0, queue.peek().length, word, 0, length));
        visitor.word(word, 0, length, count);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      close(open);
    }
  }

  private static void close(List<WordRun.Reader> open) {
    for (WordRun.Reader reader : open) {
      try {
        reader.close();
      } catch (IOException e) {
        // It was only read: nothing is lost.
      }
    }
  }
}
