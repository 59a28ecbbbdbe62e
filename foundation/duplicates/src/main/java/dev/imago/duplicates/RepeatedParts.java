package dev.imago.duplicates;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Lines or paragraphs that stand in more than so many texts of a set: menus, imprints, notices.
/// They are counted by 64-bit hashes, sorted on disk. A part without a letter or digit is none.
public final class RepeatedParts implements AutoCloseable {
  /// What a text is parted into.
  public enum Part {
    LINES,
    /// Lines up to a blank one.
    PARAGRAPHS
  }

  /// Is given a part, from and to, without the line's end behind it.
  @FunctionalInterface
  private interface EachPart {
    void part(int from, int to);
  }

  private final Part part;
  private final long most;
  private final Path folder;
  private final LongSorter hashes;

  /// @param most texts in which a part may stand
  /// @param folder to work in; it is made
  /// @param memoryBytes on the heap
  public RepeatedParts(Part part, long most, Path folder, long memoryBytes) {
    Bounds.whole("most", most, 1, Long.MAX_VALUE);
    this.part = part;
    this.most = most;
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFile.failure("make", folder, e);
    }
    hashes = new LongSorter(folder, "parts", 1, memoryBytes);
  }

  /// Takes a text; what stands in it several times counts once.
  public void add(String text) {
    var all = new HashList();
    each(part, text, (from, to) -> all.add(hash(text, from, to)));
    long[] here = Arrays.copyOf(all.hashes, all.count);
    Arrays.sort(here);
    for (int i = 0; i < here.length; i++) {
      if (here[i] != 0 && (i == 0 || here[i] != here[i - 1])) {
        hashes.add(here[i]);
      }
    }
  }

  private static final class HashList {
    private long[] hashes = new long[16];
    private int count;

    void add(long hash) {
      if (count == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * count);
      }
      hashes[count++] = hash;
    }
  }

  /// Which parts there are too many of: once.
  public Common decide() {
    var common = new LongFile(folder.resolve("common-parts.bin"));
    try (LongSorter.Cursor cursor = hashes.sorted()) {
      long hash = 0;
      long count = 0;
      while (cursor.next()) {
        count = cursor.record[0] == hash ? count + 1 : 1;
        hash = cursor.record[0];
        if (count == most + 1) {
          common.add(hash);
        }
      }
    }
    return new Common(part, common);
  }

  @Override
  public void close() {
    hashes.close();
  }

  private static void each(Part part, String text, EachPart to) {
    int from = 0;
    while (from < text.length()) {
      int end = part == Part.LINES ? lineEnd(text, from) : paragraphEnd(text, from);
      to.part(from, end);
      from = end + 1;
    }
  }

  private static int lineEnd(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  /// Where the last line before a blank one ends; a blank line is a paragraph of its own.
  private static int paragraphEnd(String text, int from) {
    int end = lineEnd(text, from);
    if (blank(text, from, end)) {
      return end;
    }
    while (end < text.length()) {
      int next = lineEnd(text, end + 1);
      if (blank(text, end + 1, next)) {
        return end;
      }
      end = next;
    }
    return end;
  }

  private static boolean blank(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Character.isWhitespace(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /// Of a part without its blanks at both ends; 0 of one without a letter or digit.
  private static long hash(String text, int from, int to) {
    int first = from;
    int last = to;
    while (first < last && Character.isWhitespace(text.charAt(first))) {
      first++;
    }
    while (last > first && Character.isWhitespace(text.charAt(last - 1))) {
      last--;
    }
    boolean said = false;
    for (int i = first; i < last && !said; i++) {
      said = Character.isLetterOrDigit(text.charAt(i)) || Character.isSurrogate(text.charAt(i));
    }
    return said ? Mixing.of(text, first, last) | 1 : 0;
  }

  /// The parts that stand in too many texts; asked by any number of threads.
  public static final class Common implements AutoCloseable {
    private final Part part;
    private final LongFile hashes;

    Common(Part part, LongFile hashes) {
      this.part = part;
      this.hashes = hashes;
    }

    /// How many there are.
    public long size() {
      return hashes.size();
    }

    /// A text without them; itself where it has none.
    public String without(String text) {
      var left = new StringBuilder();
      int[] gone = {0};
      each(
          part,
          text,
          (from, to) -> {
            int end = Math.min(text.length(), to + 1);
            long hash = hash(text, from, to);
            if (hash != 0 && has(hash)) {
              gone[0] += end - from;
            } else {
              left.append(text, from, end);
            }
          });
      return gone[0] == 0 ? text : left.toString();
    }

    private boolean has(long hash) {
      long low = 0;
      long high = hashes.size() - 1;
      while (low <= high) {
        long middle = (low + high) >>> 1;
        long met = hashes.get(middle);
        if (met == hash) {
          return true;
        }
        low = met < hash ? middle + 1 : low;
        high = met > hash ? middle - 1 : high;
      }
      return false;
    }

    @Override
    public void close() {
      hashes.close();
    }
  }
}
