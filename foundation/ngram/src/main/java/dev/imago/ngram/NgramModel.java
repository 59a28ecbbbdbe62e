package dev.imago.ngram;

import static dev.imago.ngram.NgramLayout.I32;
import static dev.imago.ngram.NgramLayout.I64;

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
/// processes.
///
/// Probabilities are log₁₀, as ARPA files have them. The words before a word are ids, of which the
/// last N − 1 count; a sentence begins with [#begin].
public final class NgramModel implements AutoCloseable {
  /// log₁₀ p of what a model without `<unk>` does not know, as KenLM has it.
  public static final float NEVER = -100;

  private static final long COPIED = 1L << 24;

  /// Words that are looked for at once.
  private static final int TOGETHER = 256;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment file;
  private final NgramLayout layout;
  private final NgramTable table;
  private final int order;
  private final int words;
  private final int unknown;
  private final int begin;
  private final int end;

  private NgramModel(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < NgramLayout.HEADER_BYTES) {
        throw broken(path, "it has %d bytes, fewer than its header".formatted(size));
      }
      file = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
    }
    if (file.get(I64, 0) != NgramLayout.MAGIC) {
      throw broken(path, "it is no n-gram model");
    }
    int version = file.get(I32, 8);
    if (version != NgramLayout.VERSION && version != NgramLayout.VERSION_OF_FORMS) {
      throw broken(
          path,
          "its version is %d, and %d and %d are read"
              .formatted(version, NgramLayout.VERSION, NgramLayout.VERSION_OF_FORMS));
    }
    if (file.get(I32, NgramLayout.CHECK_AT) != NgramLayout.check(file)) {
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
    table = NgramTable.of(file, layout);
  }

  private NgramLayout layout(Path path, int n) {
    if (n < 1 || n > NgramSettings.MOST_ORDER) {
      throw broken(path, "its order is " + n);
    }
    long[] counts = new long[n];
    for (int i = 0; i < n; i++) {
      counts[i] = file.get(I64, 48 + 8L * i);
      if (counts[i] < 0 || counts[i] > NgramLayout.MOST || counts[0] > Integer.MAX_VALUE - 8) {
        throw broken(path, "n-grams of order %d = %d".formatted(i + 1, counts[i]));
      }
    }
    int slotBits = file.get(I32, 36);
    long wordBytes = file.get(I64, 40);
    if (slotBits < 1 || slotBits > 33 || 1L << slotBits <= counts[0] || wordBytes < 0) {
      throw broken(path, "its table of words has no such size");
    }
    return new NgramLayout(form(path), wordBytes, slotBits, counts);
  }

  private NgramForm form(Path path) {
    if (file.get(I32, 8) == NgramLayout.VERSION) {
      return NgramForm.TRIE;
    }
    int structure = file.get(I32, NgramLayout.FORM_AT);
    NgramForm.Structure[] all = NgramForm.Structure.values();
    if (structure < 0 || structure >= all.length) {
      throw broken(path, "its structure is number " + structure);
    }
    try {
      return new NgramForm(
          all[structure],
          file.get(I32, NgramLayout.FORM_AT + 4),
          file.get(I32, NgramLayout.FORM_AT + 8));
    } catch (IllegalArgumentException e) {
      throw broken(path, String.valueOf(e.getMessage()));
    }
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

  /// What the file is like.
  public NgramForm form() {
    return layout.form();
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
    float[] found = new float[order];
    int length = table.find(ids, from, at, found, 0);
    if (length == 0) {
      return NEVER;
    }
    return length < order && at > from
        ? found[0] + backOff(ids, from, at - 1, length)
        : (double) found[0];
  }

  /// How long the n-gram is that was found for ids[at]: 1 … N; 0 where the word is not known.
  public int length(int[] ids, int from, int at) {
    return ids[at] == unknown ? 0 : table.find(ids, from, at, new float[order], 0);
  }

  /// The weights of the contexts that end with ids[at], of `shortest` words and more.
  private double backOff(int[] ids, int from, int at, int shortest) {
    float[] found = new float[order];
    return sum(found, 0, shortest, table.find(ids, from, at, found, 0));
  }

  private double sum(float[] found, int at, int shortest, int longest) {
    double sum = 0;
    for (int n = shortest; n <= Math.min(longest, order - 1); n++) {
      sum += found[at + n];
    }
    return sum;
  }

  /// log₁₀ of the back-off weight of the context ids[from … to − 1]; 0 where it is not there.
  double weight(int[] ids, int from, int to) {
    return backOff(ids, from, to - 1, to - from);
  }

  /// log₁₀ p of each word of a text after those before it, many looked for at once: the way to ask
  /// for much. Sentences stand one after another, each with [#begin] before it, whose own number is
  /// 0, and [#end] after it.
  ///
  /// @param ids of words; the first has none before it
  public float[] log10(int... ids) {
    float[] logs = new float[ids.length];
    scores(ids, (at, log10, _) -> logs[at] = ids[at] == begin ? 0 : (float) log10);
    return logs;
  }

  private interface Scored {
    void score(int at, double log10, int length);
  }

  private void scores(int[] ids, Scored to) {
    int most = Math.min(ids.length, TOGETHER);
    // One place before the first of a block: the one that the last block ended with.
    float[] found = new float[(most + 1) * order];
    int[] lengths = new int[most + 1];
    for (int at = 0; at < ids.length; at += most) {
      int count = Math.min(most, ids.length - at);
      int back = at == 0 ? 0 : 1;
      table.findAll(ids, 0, at - back, count + back, found, lengths);
      for (int i = back; i < count + back; i++) {
        int length = lengths[i];
        double log10 = length == 0 ? NEVER : found[i * order];
        if (length > 0 && i > 0) {
          log10 += sum(found, (i - 1) * order, length, lengths[i - 1]);
        }
        to.score(at - back + i, log10, length);
      }
    }
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
    scores(
        ids,
        (at, log10, length) -> {
          if (at > 0) {
            logs[at - 1] = log10;
            lengths[at - 1] = ids[at] == unknown ? 0 : length;
          }
        });
    return new SentenceScore(logs, lengths);
  }

  /// log₁₀ p of each word that can follow, by id; of `<s>` −∞.
  ///
  /// @param context ids
  public double[] successors(int... context) {
    var scorer = new NgramScorer(this);
    return scorer.successors(scorer.after(context));
  }

  /// Writes the model in some form.
  ///
  /// @throws IllegalArgumentException where another form cannot be made of this one
  public void writeTo(Path to, NgramForm form) {
    if (form.equals(form())) {
      copyTo(to);
    } else {
      FormWriter.write(trie(), file, form, to);
    }
  }

  /// Writes the same file elsewhere.
  private void copyTo(Path to) {
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
  ///
  /// @throws IllegalArgumentException where the file has but their hashes
  TriePath path() {
    return new TriePath(trie());
  }

  private TrieTable trie() {
    if (table instanceof TrieTable trie) {
      return trie;
    }
    throw new IllegalArgumentException(
        "hash tables do not tell their n-grams, only answer for them; take the trie or the ARPA"
            + " that they were made of");
  }

  NgramTable table() {
    return table;
  }

  NgramLayout layout() {
    return layout;
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
            == NgramLayout.MAGIC;
  }
}
