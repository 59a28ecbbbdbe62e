package dev.imago.ngram;

import static dev.imago.ngram.TrieLayout.F32;
import static dev.imago.ngram.TrieLayout.I32;
import static dev.imago.ngram.TrieLayout.I64;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/// An n-gram model in a mapped file: opened at once whatever its size, shared by threads and
/// processes, asked without allocation.
///
/// Probabilities are log₁₀, as ARPA files have them. The words before a word are ids, of which the
/// last N − 1 count; a sentence begins with [#begin].
public final class NgramModel implements AutoCloseable {
  /// log₁₀ p of what a model without `<unk>` does not know, as KenLM has it.
  public static final float NEVER = -100;

  private static final long COPIED = 1L << 24;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment file;
  private final TrieLayout layout;
  private final long[] bases;
  private final int order;
  private final int words;
  private final int unknown;
  private final int begin;
  private final int end;

  private NgramModel(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < TrieLayout.HEADER_BYTES) {
        throw broken(path, "it has %d bytes, fewer than its header".formatted(size));
      }
      file = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
    }
    if (file.get(I64, 0) != TrieLayout.MAGIC) {
      throw broken(path, "it is no n-gram model");
    }
    if (file.get(I32, 8) != TrieLayout.VERSION) {
      throw broken(
          path,
          "its version is %d, and %d is read".formatted(file.get(I32, 8), TrieLayout.VERSION));
    }
    if (file.get(I32, TrieLayout.CHECK_AT) != TrieLayout.check(file)) {
      throw broken(path, "its header's checksum is wrong");
    }
    order = file.get(I32, 12);
    layout = layout(path, order);
    if (layout.levelAt(order + 1) != file.byteSize()) {
      throw broken(
          path,
          "it has %d bytes, and its header tells of %d"
              .formatted(file.byteSize(), layout.levelAt(order + 1)));
    }
    words = layout.words();
    unknown = word(path, 24, -1);
    begin = word(path, 28, 0);
    end = word(path, 32, 0);
    bases = new long[order + 1];
    for (int n = 1; n <= order; n++) {
      bases[n] = layout.levelAt(n);
    }
  }

  private TrieLayout layout(Path path, int n) {
    if (n < 1 || n > NgramSettings.MOST_ORDER) {
      throw broken(path, "its order is " + n);
    }
    long[] counts = new long[n];
    for (int i = 0; i < n; i++) {
      counts[i] = file.get(I64, 48 + 8L * i);
      if (counts[i] < 0 || counts[i] > TrieLayout.MOST || counts[0] > Integer.MAX_VALUE - 8) {
        throw broken(path, "n-grams of order %d = %d".formatted(i + 1, counts[i]));
      }
    }
    int slotBits = file.get(I32, 36);
    long wordBytes = file.get(I64, 40);
    if (slotBits < 1 || slotBits > 33 || 1L << slotBits <= counts[0] || wordBytes < 0) {
      throw broken(path, "its table of words has no such size");
    }
    return new TrieLayout(n, wordBytes, slotBits, counts);
  }

  private int word(Path path, long at, int least) {
    int id = file.get(I32, at);
    if (id < least || id >= words) {
      throw broken(path, "word %d of %d".formatted(id, words));
    }
    return id;
  }

  private static IllegalArgumentException broken(Path path, String what) {
    return new IllegalArgumentException(
        "%s cannot be used: %s; build or convert it again".formatted(path, what));
  }

  /// Opens a model that [NgramTrainer] or [ArpaReader] wrote.
  ///
  /// @throws IllegalArgumentException where it is none, or not whole
  public static NgramModel open(Path path) {
    try {
      return new NgramModel(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// N.
  public int order() {
    return order;
  }

  /// V, `<s>` included.
  public int vocabularySize() {
    return words;
  }

  /// How many n-grams of an order there are.
  public long count(int n) {
    return layout.counts()[n - 1];
  }

  /// What its words are.
  public NgramUnit unit() {
    return NgramUnit.values()[Math.floorMod(file.get(I32, 20), NgramUnit.values().length)];
  }

  /// How it was smoothed; nothing where a file did not tell.
  public Optional<Smoothing> smoothing() {
    int place = file.get(I32, 16) - 1;
    Smoothing[] all = Smoothing.values();
    return place < 0 || place >= all.length ? Optional.empty() : Optional.of(all[place]);
  }

  /// Whether probabilities sum to 1, as far as is known.
  public boolean normalised() {
    return smoothing().map(Smoothing::normalised).orElse(true);
  }

  /// The file's size.
  public long bytes() {
    return file.byteSize();
  }

  public int begin() {
    return begin;
  }

  public int end() {
    return end;
  }

  /// The id of `<unk>`, or −1.
  public int unknown() {
    return unknown;
  }

  /// The id of a word; [#unknown] where it is not known.
  public int id(String word) {
    byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
    int mask = (1 << layout.slotBits()) - 1;
    int slot = WordIds.hash(utf8, 0, utf8.length) & mask;
    for (int tries = 0; tries <= words; tries++) {
      int id = file.get(I32, layout.slotsAt() + 4L * slot) - 1;
      if (id < 0 || id >= words) {
        return unknown;
      }
      if (Arrays.equals(TrieWriter.letters(file, layout, id), utf8)) {
        return id;
      }
      slot = slot + 1 & mask;
    }
    return unknown;
  }

  /// The ids of words.
  public int[] ids(String... given) {
    return Arrays.stream(given).mapToInt(this::id).toArray();
  }

  public String word(int id) {
    return new String(
        TrieWriter.letters(file, layout, java.util.Objects.checkIndex(id, words)),
        StandardCharsets.UTF_8);
  }

  /// log₁₀ p(ids[at] | ids[from … at − 1]).
  public double log10(int[] ids, int from, int at) {
    return walk(ids, from, at, false);
  }

  /// How long the n-gram is that was found for ids[at]: 1 … N; 0 where the word is not known.
  public int length(int[] ids, int from, int at) {
    return (int) walk(ids, from, at, true);
  }

  private double walk(int[] ids, int from, int at, boolean length) {
    int word = ids[at];
    if (word < 0 || word >= words) {
      return length ? 0 : NEVER;
    }
    int found = 1;
    long entry = bases[1] + (long) word * TrieLayout.WORD_STRIDE;
    double p = file.get(F32, entry);
    for (int i = at - 1; found < order && i >= from; i--) {
      entry = child(found, entry, ids[i]);
      if (entry < 0) {
        break;
      }
      found++;
      p = file.get(F32, entry + 4);
    }
    if (length) {
      return word == unknown ? 0 : found;
    }
    return found < order && at > from ? p + backOff(ids, from, at, found) : p;
  }

  /// The weights of the contexts of `shortest` words and more.
  private double backOff(int[] ids, int from, int at, int shortest) {
    int longest = Math.min(order - 1, at - from);
    double sum = 0;
    long entry = -1;
    for (int n = 1; n <= longest; n++) {
      int id = ids[at - n];
      if (n == 1) {
        entry = id < 0 || id >= words ? -1 : bases[1] + (long) id * TrieLayout.WORD_STRIDE;
      } else {
        entry = child(n - 1, entry, id);
      }
      if (entry < 0) {
        break;
      }
      if (n >= shortest) {
        sum += file.get(F32, entry + (n == 1 ? 4 : 8));
      }
    }
    return sum;
  }

  /// log₁₀ of the back-off weight of the context ids[from … to − 1]; 0 where it is not there.
  double weight(int[] ids, int from, int to) {
    return backOff(ids, from, to, to - from);
  }

  /// The entry of level n + 1 for one more word before; −1 where there is none.
  private long child(int n, long parent, int word) {
    int strideOfParent = layout.stride(n);
    long firstAt = parent + (n == 1 ? 8 : 12);
    long low = Integer.toUnsignedLong(file.get(I32, firstAt));
    long high = Integer.toUnsignedLong(file.get(I32, firstAt + strideOfParent)) - 1;
    int stride = layout.stride(n + 1);
    long base = bases[n + 1];
    while (low <= high) {
      long middle = low + high >>> 1;
      int at = file.get(I32, base + middle * stride);
      if (at < word) {
        low = middle + 1;
      } else if (at > word) {
        high = middle - 1;
      } else {
        return base + middle * stride;
      }
    }
    return -1;
  }

  /// A sentence's words, each with what it took: `<s>` before them is not told, `</s>` after them
  /// is.
  ///
  /// @param words ids, without `<s>` and `</s>`
  public SentenceScore sentence(int... words) {
    int[] ids = new int[words.length + 2];
    ids[0] = begin;
    System.arraycopy(words, 0, ids, 1, words.length);
    ids[ids.length - 1] = end;
    double[] logs = new double[words.length + 1];
    int[] lengths = new int[logs.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = log10(ids, 0, i + 1);
      lengths[i] = length(ids, 0, i + 1);
    }
    return new SentenceScore(logs, lengths);
  }

  /// log₁₀ p of each word that can follow, by id; of `<s>` −∞.
  ///
  /// @param context ids
  public double[] successors(int... context) {
    int[] ids = Arrays.copyOf(context, context.length + 1);
    double[] logs = new double[words];
    for (int word = 0; word < words; word++) {
      ids[context.length] = word;
      logs[word] = word == begin ? Double.NEGATIVE_INFINITY : log10(ids, 0, context.length);
    }
    return logs;
  }

  /// Writes the same file elsewhere.
  public void copyTo(Path to) {
    try (FileChannel channel =
        FileChannel.open(
            to,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (long at = 0; at < file.byteSize(); at += COPIED) {
        var bytes = file.asSlice(at, Math.min(COPIED, file.byteSize() - at)).asByteBuffer();
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A walk over all n-grams.
  TriePath path() {
    return new TriePath(file, layout);
  }

  /// A walk over the same file, mapped for writing.
  TriePath path(MemorySegment mapped) {
    return new TriePath(mapped, layout);
  }

  @Override
  public void close() {
    arena.close();
  }

  /// The words of this model, as those of another.
  WordIds copyOfWords() {
    var copy = new WordIds(false);
    for (int id = 0; id < words; id++) {
      copy.add(word(id));
    }
    return copy;
  }

  static boolean isModel(byte[] start) {
    return start.length >= 8
        && MemorySegment.ofArray(start)
                .get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN), 0)
            == TrieLayout.MAGIC;
  }
}
