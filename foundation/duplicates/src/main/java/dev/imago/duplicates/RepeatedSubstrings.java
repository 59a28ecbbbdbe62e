package dev.imago.duplicates;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Substrings of at least so many characters that stand several times in a set of texts, within one
/// or in several. After Lee et al. 2022, arXiv:2107.06499; the answer is that of a suffix array: a
/// character goes where some window of the length around it stands elsewhere too, earlier where one
/// copy is kept. Which is earlier, the texts' content says, not their order: texts by the hash of
/// all their characters, and in a text from its beginning.
///
/// A character is a code point: nothing is cut within one. No substring reaches from one text into
/// another.
///
/// Three passes: texts to disk, while the minimizers of their windows are counted in a table of
/// bounded size ([SubstringWindows], [TwiceSeen]); the windows whose minimizer came twice to a sort
/// on disk by their hash; windows of the same hash compared, character by character.
public final class RepeatedSubstrings implements AutoCloseable {
  /// Stands between two texts: half a character at the end of one is no whole one with the
  /// beginning of the next.
  private static final String BETWEEN = "\0";

  private final int length;
  private final boolean keepsOne;
  private final Path folder;
  private final long memoryBytes;
  private final SubstringWindows windows;
  private final TwiceSeen minimizers;
  private final TextStore arrived;

  /// Two a text: where it begins in `arrived`, and how long it is.
  private final LongFile texts;

  /// By the hash of all characters: hash, place, number.
  private final LongSorter order;

  private boolean decided;

  /// @param characters of the shortest substring that counts
  /// @param keepsOne whether one of several copies stays
  /// @param folder to work in; it is made
  /// @param memoryBytes on the heap
  public RepeatedSubstrings(int characters, boolean keepsOne, Path folder, long memoryBytes) {
    Bounds.whole("characters", characters, 2, 1 << 16, "100 and more are usual");
    this.length = characters;
    this.keepsOne = keepsOne;
    this.folder = folder;
    this.memoryBytes = memoryBytes;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFile.failure("make", folder, e);
    }
    windows = new SubstringWindows(characters);
    minimizers = new TwiceSeen(memoryBytes / 2);
    arrived = new TextStore(folder.resolve("arrived.bin"));
    texts = new LongFile(folder.resolve("texts.bin"));
    order = new LongSorter(folder, "texts", 3, memoryBytes / 8);
  }

  /// Takes a text.
  ///
  /// @param place its number among all, at least 0, from whatever it is counted
  public void add(long place, String text) {
    long number = texts.size() / 2;
    texts.add(arrived.add(text));
    texts.add(text.length());
    order.add(Mixing.of(text, 0, text.length()), place, number);
    windows.of(
        text.toCharArray(),
        (at, hash, minimizer, first) -> {
          if (first) {
            minimizers.add(minimizer);
          }
        });
  }

  /// What is to go: once.
  public Cuts decide() {
    if (decided) {
      throw new IllegalStateException("it was decided");
    }
    decided = true;
    arrived.map();
    try (var store = new TextStore(folder.resolve("texts-in-order.bin"));
        var starts = new LongFile(folder.resolve("starts.bin"));
        var met = new LongSorter(folder, "windows", 2, memoryBytes / 2)) {
      look(store, starts, met);
      store.map();
      return cuts(store, starts, met, false)
          .orElseGet(() -> cuts(store, starts, met, true).orElseThrow());
    }
  }

  /// @return nothing where two windows of one hash differ and `exactly` was not asked
  private Optional<Cuts> cuts(TextStore store, LongFile starts, LongSorter met, boolean exactly) {
    try (var gone = new LongSorter(folder, "gone", 2, memoryBytes / 4);
        var stretches = new LongSorter(folder, "stretches", 3, memoryBytes / 8)) {
      compare(store, met, gone, exactly);
      if (!join(store, starts, gone, stretches)) {
        return Optional.empty();
      }
      var all = new LongFile(folder.resolve("cuts.bin"));
      try (LongSorter.Cursor cursor = stretches.sorted()) {
        while (cursor.next()) {
          for (long each : cursor.record) {
            all.add(each);
          }
        }
      }
      return Optional.of(new Cuts(all));
    }
  }

  /// Brings the texts in order, and gathers the windows that may be repeated, with where they
  /// begin.
  ///
  /// @param starts two a text: where it begins in `store`, and its place
  private void look(TextStore store, LongFile starts, LongSorter met) {
    try (LongSorter.Cursor cursor = order.sorted()) {
      while (cursor.next()) {
        long number = cursor.record[2];
        char[] text = arrived.read(texts.get(2 * number), (int) texts.get(2 * number + 1));
        long start = store.add(java.nio.CharBuffer.wrap(text));
        store.add(BETWEEN);
        starts.add(start);
        starts.add(cursor.record[1]);
        windows.of(
            text,
            (at, hash, minimizer, first) -> {
              if (minimizers.twice(minimizer)) {
                met.add(hash, start + at);
              }
            });
      }
    }
  }

  /// Which windows are the same as an earlier one, or with none kept as any other: each, and where
  /// that one begins.
  ///
  /// @param exactly whether windows are compared here, one by one all over the store; else those of
  ///   one hash are taken to be the same, which [#join] holds to the texts
  private void compare(TextStore store, LongSorter met, LongSorter gone, boolean exactly) {
    try (LongSorter.Cursor cursor = met.sorted()) {
      // Different windows of one hash, most often one: where each begins, and whether it went.
      long[] firsts = new long[4];
      boolean[] told = new boolean[4];
      int count = 0;
      long hash = 0;
      while (cursor.next()) {
        long at = cursor.record[1];
        if (count == 0 || cursor.record[0] != hash) {
          hash = cursor.record[0];
          count = 0;
        }
        int same = 0;
        while (same < count && exactly && !same(store, firsts[same], at)) {
          same++;
        }
        if (same == count) {
          if (count == firsts.length) {
            firsts = Arrays.copyOf(firsts, 2 * count);
            told = Arrays.copyOf(told, 2 * count);
          }
          firsts[count] = at;
          told[count++] = false;
        } else {
          gone.add(at, firsts[same]);
          if (!keepsOne && !told[same]) {
            gone.add(firsts[same], at);
            told[same] = true;
          }
        }
      }
    }
  }

  private boolean same(TextStore store, long a, long b) {
    return store.same(a, b, units(store, a));
  }

  /// UTF-16 units of the window that begins here.
  private long units(TextStore store, long from) {
    long at = from;
    for (int i = 0; i < length; i++) {
      at = next(store, at);
    }
    return at - from;
  }

  /// Where the character after this one begins.
  private static long next(TextStore store, long at) {
    return at + 1 < store.units()
            && Character.isHighSurrogate(store.unit(at))
            && Character.isLowSurrogate(store.unit(at + 1))
        ? at + 2
        : at + 1;
  }

  /// Windows that overlap or touch are one stretch of their text.
  ///
  /// @return whether each is the same as the one that it is said to be
  private boolean join(TextStore store, LongFile starts, LongSorter gone, LongSorter stretches) {
    try (LongSorter.Cursor cursor = gone.sorted()) {
      long text = 0;
      long from = -1;
      long last = -1;
      long lastOther = -1;
      long end = -1;
      long otherEnd = -1;
      while (cursor.next()) {
        long at = cursor.record[0];
        long other = cursor.record[1];
        // Where the windows before were neighbours of these, only the last character is new: most
        // of a copy is read in its order, not window by window all over the store.
        long lastEnd = end;
        if (last >= 0 && next(store, last) == at && next(store, lastOther) == other) {
          long begins = end;
          long otherBegins = otherEnd;
          end = next(store, end);
          otherEnd = next(store, otherEnd);
          if (!store.same(begins, otherBegins, end - begins)) {
            return false;
          }
        } else {
          long units = units(store, at);
          end = at + units;
          otherEnd = other + units;
          if (!store.same(at, other, units)) {
            return false;
          }
        }
        last = at;
        lastOther = other;
        long owner = text;
        while (2 * owner + 2 < starts.size() && starts.get(2 * owner + 2) <= at) {
          owner++;
        }
        if (from >= 0 && (owner != text || at > lastEnd)) {
          long start = starts.get(2 * text);
          stretches.add(starts.get(2 * text + 1), from - start, lastEnd - start);
          from = -1;
        }
        text = owner;
        from = from < 0 ? at : from;
      }
      if (from >= 0) {
        long start = starts.get(2 * text);
        stretches.add(starts.get(2 * text + 1), from - start, end - start);
      }
    }
    return true;
  }

  @Override
  public void close() {
    arrived.close();
    texts.close();
    order.close();
  }
}
