package dev.imago.ngram;

import static dev.imago.ngram.NgramLayout.F32;
import static dev.imago.ngram.NgramLayout.I32;
import static dev.imago.ngram.NgramLayout.I64;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Writes a model's file from n-grams in suffix order: the words, then each level, whose parents
/// are met in their order while their children come.
final class TrieWriter implements AutoCloseable {
  private final NgramLayout layout;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment file;
  private final PlainTrie trie;
  private final TriePath path;
  private final long[] bases;
  private int level = 1;
  private long base;
  private long written;

  /// @param counts n-grams of each order, from 1 on
  /// @param smoothing null where it is not known
  TrieWriter(
      Path to, NgramWords words, long[] counts, NgramUnit unit, @Nullable Smoothing smoothing) {
    long bytes = 0;
    for (int id = 0; id < words.size(); id++) {
      bytes += words.utf8(id).length;
    }
    if (bytes > NgramLayout.MOST) {
      throw new IllegalArgumentException("the words have more than 4 GB of letters");
    }
    for (long count : counts) {
      if (count > NgramLayout.MOST) {
        throw new IllegalArgumentException(
            "%d n-grams of one order are too many; leave out rare ones (count thresholds)"
                .formatted(count));
      }
    }
    int slotBits = 64 - Long.numberOfLeadingZeros(2L * words.size() - 1);
    layout = new NgramLayout(NgramForm.TRIE, bytes, slotBits, counts.clone());
    try (FileChannel channel =
        FileChannel.open(
            to,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      long size = layout.levelAt(counts.length + 1);
      checkRoom(to, size);
      file = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
    } catch (IOException e) {
      arena.close();
      throw new UncheckedIOException(e);
    }
    header(words, unit, smoothing);
    words(words);
    trie = new PlainTrie(file, layout);
    path = new TriePath(trie);
    bases = new long[counts.length + 1];
    for (int n = 1; n <= counts.length; n++) {
      bases[n] = layout.levelAt(n);
    }
    base = bases[1];
  }

  /// A disk that fills up under a mapped file is no error that can be told: it is looked at before.
  static void checkRoom(Path to, long bytes) throws IOException {
    long free = Files.getFileStore(to).getUsableSpace();
    if (free < bytes) {
      throw new IOException(
          "No space left: %s needs %,d bytes, and %,d are free".formatted(to, bytes, free));
    }
  }

  private void header(NgramWords words, NgramUnit unit, @Nullable Smoothing smoothing) {
    file.set(I64, 0, NgramLayout.MAGIC);
    file.set(I32, 8, NgramLayout.VERSION);
    file.set(I32, 12, layout.order());
    file.set(I32, 16, smoothing == null ? 0 : smoothing.ordinal() + 1);
    file.set(I32, 20, unit.ordinal());
    file.set(I32, 24, words.unknown());
    file.set(I32, 28, words.begin());
    file.set(I32, 32, words.end());
    file.set(I32, 36, layout.slotBits());
    file.set(I64, 40, layout.wordBytes());
    for (int n = 0; n < layout.order(); n++) {
      file.set(I64, 48 + 8L * n, layout.counts()[n]);
    }
    file.set(I32, NgramLayout.CHECK_AT, NgramLayout.check(file));
  }

  private void words(NgramWords words) {
    long end = 0;
    int mask = (1 << layout.slotBits()) - 1;
    for (int id = 0; id < words.size(); id++) {
      byte[] utf8 = words.utf8(id);
      MemorySegment.copy(
          MemorySegment.ofArray(utf8), 0, file, layout.lettersAt() + end, utf8.length);
      end += utf8.length;
      file.set(I32, layout.endsAt() + 4L * id, (int) end);
      int slot = WordIds.hash(utf8, 0, utf8.length) & mask;
      while (file.get(I32, layout.slotsAt() + 4L * slot) != 0) {
        slot = slot + 1 & mask;
      }
      file.set(I32, layout.slotsAt() + 4L * slot, id + 1);
    }
  }

  /// The next word, by id.
  void word(float p, float backOff) {
    long at = base + written++ * NgramLayout.WORD_STRIDE;
    file.set(F32, at, p);
    file.set(F32, at + 4, backOff);
  }

  /// Begins the n-grams of the next order.
  void level(int n) {
    endLevel();
    level = n;
    base = bases[n];
    written = 0;
    path.start(n - 1);
    firstChild(0);
  }

  private void firstChild(long index) {
    trie.first(level - 1, path.at(), index);
  }

  /// Goes to the parent of an n-gram: that of the words behind its first. They come in suffix
  /// order.
  ///
  /// @return log₁₀ p of the parent
  /// @throws IllegalArgumentException where there is none
  double suffix(int[] gram) {
    int difference = path.compare(gram, 1);
    while (difference < 0) {
      if (!path.next()) {
        throw new IllegalArgumentException("an n-gram of order %d has no suffix".formatted(level));
      }
      firstChild(written);
      difference = path.compare(gram, 1);
    }
    if (difference > 0) {
      throw new IllegalArgumentException("an n-gram of order %d has no suffix".formatted(level));
    }
    return path.p();
  }

  /// The next n-gram, below the parent that [#suffix] found.
  void gram(int first, float p, float backOff) {
    long at = base + written++ * layout.stride(level);
    file.set(I32, at, first);
    file.set(F32, at + 4, p);
    if (level < layout.order()) {
      file.set(F32, at + 8, backOff);
    }
  }

  /// An entry by its place, in any order; level n ends with [#end], and the file with [#force].
  void entry(int n, long index, int word, float p, float backOff, long firstChild) {
    long at = bases[n] + index * layout.stride(n);
    if (n > 1) {
      file.set(I32, at, word);
      at += 4;
    }
    file.set(F32, at, p);
    if (n == 1 || n < layout.order()) {
      file.set(F32, at + 4, backOff);
      file.set(I32, at + 8, (int) firstChild);
    }
  }

  /// Where the children of a level's last entry end.
  void end(int n, long entries, long children) {
    entry(n, entries, 0, 0, 0, children);
  }

  private void endLevel() {
    if (level > 1) {
      while (path.next()) {
        firstChild(written);
      }
      trie.first(level - 1, layout.counts()[level - 2], written);
    }
    if (written != layout.counts()[level - 1]) {
      throw new IllegalStateException(
          "level %d has %d of %d".formatted(level, written, layout.counts()[level - 1]));
    }
  }

  /// Ends the file, and sees to it that it is on disk.
  void finish() {
    endLevel();
    force();
  }

  /// Sees to it that all is on disk.
  void force() {
    file.force();
  }

  @Override
  public void close() {
    arena.close();
  }

  /// @throws IllegalArgumentException where the file is broken there
  static byte[] letters(MemorySegment file, NgramLayout layout, int id) {
    long start =
        id == 0 ? 0 : Integer.toUnsignedLong(file.get(I32, layout.endsAt() + 4L * (id - 1)));
    long end = Integer.toUnsignedLong(file.get(I32, layout.endsAt() + 4L * id));
    if (start > end || end > layout.wordBytes()) {
      throw new IllegalArgumentException(
          "word %d of the model's file is broken; build or convert it again".formatted(id));
    }
    return file.asSlice(layout.lettersAt() + start, end - start).toArray(ValueLayout.JAVA_BYTE);
  }
}
