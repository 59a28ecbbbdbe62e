package dev.imago.console.runs;

import java.text.Collator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The runs that a query admits, in its order. Sorting is by numbers where a field has some, else
/// by its texts as the reader's language sorts them; pinned runs come first, runs without the field
/// last.
///
/// A page of the list is picked without sorting all: what a reader sees is the first few of a
/// hundred thousand.
public final class RunListing {
  /// Where so small a share is wanted, picking is quicker than sorting.
  private static final int SHARE = 8;

  /// Above so many different texts they are names of runs, of digits and Latin letters.
  private static final int MOST_COLLATED = 20_000;

  private final RunEntry[] runs;
  private final double[] by;
  private final boolean[] pinned;

  /// By which runs are ordered in place of numbers; null where these do.
  private String @Nullable [] texts;

  private final boolean descending;
  private final int total;

  private RunListing(RunEntry[] runs, RunQuery query, Map<String, RunMarks.Mark> marks, int total) {
    this.runs = runs;
    this.by = new double[runs.length];
    this.pinned = new boolean[runs.length];
    this.descending = query.descending();
    this.total = total;
    for (int i = 0; !marks.isEmpty() && i < runs.length; i++) {
      RunMarks.Mark mark = marks.get(runs[i].key());
      pinned[i] = mark != null && mark.pinned();
    }
  }

  public static RunListing of(
      List<RunEntry> newestFirst, RunQuery query, Map<String, RunMarks.Mark> marks, Locale locale) {
    RunEntry[] admitted =
        newestFirst.stream()
            .filter(r -> query.admits(r, marks.getOrDefault(r.key(), RunMarks.Mark.NONE)))
            .toArray(RunEntry[]::new);
    var listing = new RunListing(admitted, query, marks, newestFirst.size());
    listing.place(query.sort(), locale);
    return listing;
  }

  private void place(String field, Locale locale) {
    boolean numbers = false;
    var column = new RunColumn(field);
    for (int i = 0; i < runs.length; i++) {
      by[i] = column.number(runs[i]);
      numbers |= !Double.isNaN(by[i]);
    }
    if (!numbers) {
      ranks(column, locale);
    }
  }

  /// The place of each run's text among all texts where these are few, since to compare them in the
  /// reader's language is dear; else the texts themselves.
  private void ranks(RunColumn column, Locale locale) {
    var places = new HashMap<String, Integer>();
    var all = new String[runs.length];
    for (int i = 0; i < runs.length; i++) {
      all[i] = column.text(runs[i]);
      if (places.size() < MOST_COLLATED) {
        places.put(all[i], 0);
      }
    }
    if (places.size() >= MOST_COLLATED) {
      texts = all;
      for (int i = 0; i < all.length; i++) {
        by[i] = all[i].isEmpty() ? Double.NaN : 0;
      }
      return;
    }
    String[] sorted = places.keySet().toArray(String[]::new);
    Arrays.sort(sorted, Collator.getInstance(locale));
    for (int i = 0; i < sorted.length; i++) {
      places.put(sorted[i], i);
    }
    for (int i = 0; i < all.length; i++) {
      by[i] = all[i].isEmpty() ? Double.NaN : places.getOrDefault(all[i], 0);
    }
  }

  /// The order of two runs by their indices; they came newest first, and equal ones stay so.
  private int compare(int a, int b) {
    if (pinned[a] != pinned[b]) {
      return pinned[a] ? -1 : 1;
    }
    boolean none = Double.isNaN(by[a]);
    if (none || Double.isNaN(by[b])) {
      int last = Boolean.compare(none, Double.isNaN(by[b]));
      return last != 0 ? last : Integer.compare(a, b);
    }
    int order = texts == null ? Double.compare(by[a], by[b]) : texts[a].compareTo(texts[b]);
    order = descending ? -order : order;
    return order != 0 ? order : Integer.compare(a, b);
  }

  /// How many runs the query admits.
  public int size() {
    return runs.length;
  }

  /// How many there are whatever the query.
  public int total() {
    return total;
  }

  /// All of them, in order.
  public List<RunEntry> runs() {
    return first(runs.length);
  }

  private List<RunEntry> first(int count) {
    Integer[] order;
    if (count < runs.length / SHARE) {
      var kept = new PriorityQueue<Integer>(count + 1, (a, b) -> compare(b, a)); // worst first
      for (int i = 0; i < runs.length; i++) {
        Integer worst = kept.size() < count ? null : kept.peek();
        if (worst == null || compare(i, worst) < 0) {
          kept.add(i);
          if (kept.size() > count) {
            kept.remove();
          }
        }
      }
      order = kept.toArray(Integer[]::new);
    } else {
      order = IntStream.range(0, runs.length).boxed().toArray(Integer[]::new);
    }
    Arrays.sort(order, this::compare);
    var first = new ArrayList<RunEntry>(count);
    for (int i = 0; i < count; i++) {
      first.add(runs[order[i]]);
    }
    return first;
  }

  public int pages() {
    return Math.max(1, (runs.length + RunQuery.ROWS - 1) / RunQuery.ROWS);
  }

  public List<RunEntry> page(int page) {
    int from = Math.min(runs.length, (Math.clamp(page, 1, pages()) - 1) * RunQuery.ROWS);
    int end = Math.min(runs.length, from + RunQuery.ROWS);
    return first(end).subList(from, end);
  }

  /// The fields that a reader may choose as columns, with how many of these runs have each: `s:`
  /// for settings, `m:` for metrics, those of most runs first.
  ///
  /// @param word that stands in the name; empty for any
  public List<Map.Entry<String, Integer>> fields(String word, int most) {
    var counts = new TreeMap<String, Integer>();
    count("m:", r -> r.last().names(), word, counts);
    count("s:", r -> r.settings().names(), word, counts);
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(most)
        .toList();
  }

  /// Runs share the arrays of their names, so there are few.
  private void count(
      String kind, Function<RunEntry, String[]> names, String word, Map<String, Integer> counts) {
    var lists = new IdentityHashMap<String[], Integer>();
    for (int i = 0; i < runs.length; ) {
      String[] list = names.apply(runs[i]);
      int from = i;
      while (i < runs.length && names.apply(runs[i]) == list) {
        i++;
      }
      lists.merge(list, i - from, Integer::sum);
    }
    String wanted = word.toLowerCase(Locale.ROOT);
    lists.forEach(
        (list, n) -> {
          for (String name : list) {
            if (wanted.isEmpty() || name.toLowerCase(Locale.ROOT).contains(wanted)) {
              counts.merge(kind + name, n, Integer::sum);
            }
          }
        });
  }
}
