package dev.imago.collect;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What was taken and what was passed over, counted; the first few of each reason are told by name.
final class Tally {
  static final List<String> HEADER = List.of("what", "count", "bytes");

  /// A line for each would bury the rest where one archive has thousands.
  private static final int NOTED_EACH = 5;

  private record Sum(long count, long bytes) {
    Sum plus(long more) {
      return new Sum(count + 1, bytes + more);
    }
  }

  private final Consumer<String> notes;
  private final Map<String, Sum> taken = new TreeMap<>();
  private final Map<Skip, Long> skipped = new EnumMap<>(Skip.class);
  private @Nullable String first;

  Tally(Consumer<String> notes) {
    this.notes = notes;
  }

  void take(Kind kind, long bytes) {
    taken.merge("taken: " + kind.tag(), new Sum(1, bytes), (a, b) -> a.plus(bytes));
  }

  /// A file of a kind that is not read; too common to be told by name.
  void other() {
    skipped.merge(Skip.OTHER, 1L, Long::sum);
  }

  /// @param place the file, entry or line
  /// @param detail what was found there, such as `byte 17`
  void skip(Skip why, String place, String detail) {
    long times = skipped.merge(why, 1L, Long::sum);
    String line = "%s: %s, passed over (%s)".formatted(place, why.words(), detail);
    if (first == null) {
      first = line;
    }
    if (why.noted() && times <= NOTED_EACH) {
      notes.accept(line);
    } else if (why.noted() && times == NOTED_EACH + 1) {
      notes.accept("more of these (%s) are counted in the table".formatted(why.words()));
    }
  }

  long documents() {
    return taken.values().stream().mapToLong(Sum::count).sum();
  }

  /// Why there is nothing, in one line.
  String why() {
    long all = skipped.values().stream().mapToLong(Long::longValue).sum();
    if (first != null) {
      return "%d passed over, the first %s".formatted(all, first);
    }
    return "%s of a kind that is read (%s; a .gz by the ending before it; nothing hidden); name others with --input PATH"
        .formatted(
            all == 0
                ? "there is no file"
                : all == 1 ? "its one file is not" : "none of its %,d files is".formatted(all),
            Kind.ENDINGS);
  }

  List<List<String>> rows() {
    var rows = new ArrayList<List<String>>();
    taken.forEach((what, sum) -> rows.add(List.of(what, number(sum.count), number(sum.bytes))));
    skipped.forEach((why, count) -> rows.add(List.of("not: " + why.words(), number(count), "")));
    return rows;
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
