package dev.imago.metrics;

/// The edits that make a reference of a hypothesis where a run of words may move for one edit: the
/// shift that helps most, again and again, as Tercom searches (Snover et al. 2006, §3), with
/// sacreBLEU's limits on the search.
final class ShiftedEdits {
  private static final int LONGEST_SHIFT = 10;
  private static final int FARTHEST_SHIFT = 50;
  private static final int MOST_CANDIDATES = 1000;

  private final String[] reference;
  private final BeamedEdits edits;
  private int candidates;

  /// @param gain edits that it saves before its own
  private record Shift(int gain, int length, int start, int to, String[] words) {
    /// More gain; then the longer run, the earlier one, the earlier place.
    boolean beats(Shift other) {
      if (gain != other.gain) {
        return gain > other.gain;
      }
      if (length != other.length) {
        return length > other.length;
      }
      return start != other.start ? start < other.start : to < other.to;
    }
  }

  ShiftedEdits(String[] reference) {
    this.reference = reference;
    this.edits = new BeamedEdits(reference);
  }

  int of(String[] hypothesis) {
    if (reference.length == 0) {
      return hypothesis.length;
    }
    String[] words = hypothesis;
    int shifts = 0;
    candidates = 0;
    while (true) {
      int before = edits.keep(words);
      Shift best = best(words, before);
      if (candidates >= MOST_CANDIDATES || best.gain <= 0) {
        return shifts + before;
      }
      shifts++;
      words = best.words;
    }
  }

  private Shift best(String[] words, int before) {
    BeamedEdits.Alignment aligned = edits.alignment();
    var best = new Shift(Integer.MIN_VALUE, 0, 0, 0, words);
    for (int start = 0; start < words.length; start++) {
      int first = Math.max(0, start - FARTHEST_SHIFT);
      int last = Math.min(reference.length - 1, start + FARTHEST_SHIFT);
      for (int at = first; at <= last; at++) {
        for (int length = 1; common(words, start, at, length); length++) {
          boolean wrong =
              any(aligned.wrongWords(), start, length) && any(aligned.wrongReference(), at, length);
          int stands = aligned.places()[at];
          if (wrong && (stands < start || stands >= start + length)) {
            best = best(words, before, aligned.places(), start, at, length, best);
            if (candidates >= MOST_CANDIDATES) {
              return best;
            }
          }
        }
      }
    }
    return best;
  }

  /// Whether a run of a length within the bounds is the same, of which the shorter one is.
  private boolean common(String[] words, int start, int at, int length) {
    return length <= LONGEST_SHIFT
        && start + length <= words.length
        && at + length <= reference.length
        && words[start + length - 1].equals(reference[at + length - 1]);
  }

  private static boolean any(boolean[] wrong, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (wrong[i]) {
        return true;
      }
    }
    return false;
  }

  /// Moves a run before, and behind each word of, the run that it is the same as.
  private Shift best(
      String[] words, int before, int[] places, int start, int at, int length, Shift known) {
    Shift best = known;
    int tried = -1;
    for (int i = at - 1; i < at + length; i++) {
      int to = i < 0 ? 0 : places[i] + 1;
      if (to == tried) {
        continue;
      }
      tried = to;
      String[] moved = moved(words, start, length, to);
      candidates++;
      var shift =
          new Shift(before - edits.of(moved, Math.min(start, to)), length, start, to, moved);
      if (shift.beats(best)) {
        best = shift;
      }
    }
    return best;
  }

  private static String[] moved(String[] words, int start, int length, int to) {
    String[] moved = new String[words.length];
    int end = start + length;
    // Where the place is within the run, it is counted without the run.
    int before = to < start ? to : to > end ? to - length : Math.min(to, words.length - length);
    int next = 0;
    for (int i = 0; i < words.length && next < before; i++) {
      if (i < start || i >= end) {
        moved[next++] = words[i];
      }
    }
    System.arraycopy(words, start, moved, next, length);
    next += length;
    int passed = 0;
    for (int i = 0; i < words.length; i++) {
      if ((i < start || i >= end) && passed++ >= before) {
        moved[next++] = words[i];
      }
    }
    return moved;
  }
}
