package dev.imago.tokenizers.normalizers;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Takes stretches of text apart, puts marks in order and, where the form says so, puts characters
/// together again, counting for each what [Changes] wants to know: a part after its character's
/// first is put in (1), and a composite adds up its parts' counts, less one for each that it takes
/// in. The order in which marks end up says nothing of where they came from; the counts do.
///
/// The algorithm is that of Unicode Standard Annex #15. For use once, by one thread.
final class Recomposer {
  /// A run of marks shorter than this is sorted in place.
  private static final int SHORT = 24;

  private final UnicodeForm form;
  private final @Nullable Compositions compositions;
  private final Changes changes;

  /// The parts of a stretch: character, count, combining class.
  private int[] parts = new int[32];

  private int[] counts = new int[32];
  private int[] classes = new int[32];
  private int size;

  Recomposer(UnicodeForm form, Changes changes) {
    this.form = form;
    this.compositions = form.compositions();
    this.changes = changes;
  }

  /// Normalizes what has no bearing on its surroundings.
  void normalize(String text, int from, int to) {
    decompose(text, from, to);
    if (compositions == null) {
      for (int i = 0; i < size; i++) {
        changes.put(parts[i], counts[i]);
      }
    } else {
      compose(compositions);
    }
  }

  private void decompose(String text, int from, int to) {
    size = 0;
    int marks = 0;
    for (int at = from, c; at < to; at += Character.charCount(c)) {
      c = text.codePointAt(at);
      String into = form.decomposed(c);
      for (int i = 0, part; i < into.length(); i += Character.charCount(part)) {
        part = into.codePointAt(i);
        int combiningClass = form.combiningClass(part);
        if (combiningClass == 0) {
          sort(marks);
          marks = size + 1;
        }
        if (size == parts.length) {
          parts = Arrays.copyOf(parts, 2 * size);
          counts = Arrays.copyOf(counts, 2 * size);
          classes = Arrays.copyOf(classes, 2 * size);
        }
        parts[size] = part;
        counts[size] = i == 0 ? 0 : 1;
        classes[size++] = combiningClass;
      }
    }
    sort(marks);
  }

  /// Puts the marks from a position to the end in the order of their classes, and those of one
  /// class in the order in which they stand.
  private void sort(int from) {
    if (size - from > SHORT) {
      sortMany(from);
      return;
    }
    for (int i = from + 1; i < size; i++) {
      int part = parts[i];
      int count = counts[i];
      int combiningClass = classes[i];
      int to = i;
      while (to > from && classes[to - 1] > combiningClass) {
        parts[to] = parts[to - 1];
        counts[to] = counts[to - 1];
        classes[to] = classes[to - 1];
        to--;
      }
      parts[to] = part;
      counts[to] = count;
      classes[to] = combiningClass;
    }
  }

  private void sortMany(int from) {
    long[] order = new long[size - from];
    for (int i = 0; i < order.length; i++) {
      order[i] = (long) classes[from + i] << 32 | i;
    }
    Arrays.sort(order);
    int[] oldParts = Arrays.copyOfRange(parts, from, size);
    int[] oldCounts = Arrays.copyOfRange(counts, from, size);
    for (int i = 0; i < order.length; i++) {
      parts[from + i] = oldParts[(int) order[i]];
      counts[from + i] = oldCounts[(int) order[i]];
      classes[from + i] = (int) (order[i] >> 32);
    }
  }

  private void compose(Compositions compositions) {
    int at = 0;
    // Marks with nothing before them stay.
    while (at < size && classes[at] != 0) {
      changes.put(parts[at], counts[at]);
      at++;
    }
    while (at < size) {
      int starter = parts[at];
      int count = counts[at++];
      int waiting = at;
      int blocking = 0;
      int last = -1;
      while (at < size) {
        int combiningClass = classes[at];
        int whole =
            last >= combiningClass ? Compositions.NONE : compositions.of(starter, parts[at]);
        if (whole != Compositions.NONE) {
          starter = whole;
          count += counts[at++] - 1;
        } else if (combiningClass == 0) {
          break;
        } else {
          // What does not go with the starter follows it; the stretch is written over as it is
          // read.
          parts[waiting + blocking] = parts[at];
          counts[waiting + blocking++] = counts[at++];
          last = combiningClass;
        }
      }
      changes.put(starter, count);
      for (int i = waiting; i < waiting + blocking; i++) {
        changes.put(parts[i], counts[i]);
      }
    }
  }
}
