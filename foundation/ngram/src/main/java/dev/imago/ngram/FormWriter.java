package dev.imago.ngram;

import static dev.imago.ngram.NgramLayout.FORM_AT;
import static dev.imago.ngram.NgramLayout.I32;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes a trie's model in another form: header and words are the same, the longer n-grams are
/// not.
final class FormWriter {
  private FormWriter() {}

  static void write(TrieTable from, MemorySegment file, NgramForm form, Path to) {
    NgramLayout old = from.layout;
    var layout = new NgramLayout(form, old.wordBytes(), old.slotBits(), old.counts());
    long size = layout.levelAt(layout.order() + 1);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
      TrieWriter.checkRoom(to, size);
      MemorySegment written = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
      MemorySegment.copy(file, 0, written, 0, Math.min(size, layout.levelAt(2)));
      header(written, form);
      switch (form.structure()) {
        case HASH -> HashTable.write(from, layout, written);
        case TRIE -> {
          if (form.isQuantized()) {
            PackedTrie.write(from, layout, written);
          } else {
            plain(from, new PlainTrie(written, layout));
          }
        }
      }
      written.force();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void header(MemorySegment file, NgramForm form) {
    file.set(I32, 8, form.isPlain() ? NgramLayout.VERSION : NgramLayout.VERSION_OF_FORMS);
    file.set(I32, FORM_AT, form.structure().ordinal());
    file.set(I32, FORM_AT + 4, form.bits());
    file.set(I32, FORM_AT + 8, form.weightBits());
    file.set(I32, NgramLayout.CHECK_AT, NgramLayout.check(file));
  }

  /// What was quantised keeps its bins' means.
  private static void plain(TrieTable from, PlainTrie to) {
    int order = to.order;
    for (int n = 2; n <= order; n++) {
      long count = to.layout.counts()[n - 1];
      for (long at = 0; at < count; at++) {
        to.word(n, at, from.word(n, at));
        to.p(n, at, from.p(n, at));
        if (n < order) {
          to.weight(n, at, from.weight(n, at));
          to.first(n, at, from.first(n, at));
        }
      }
      if (n < order) {
        to.first(n, count, from.first(n, count));
      }
    }
  }
}
