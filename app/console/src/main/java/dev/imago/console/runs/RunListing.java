package dev.imago.console.runs;

import java.text.Collator;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The runs that a query admits, in its order. Sorting is by numbers where a field has some, else by
/// its texts as the reader's language sorts them; pinned runs come first, runs without the field last.
///
/// @param runs all of them, in order
/// @param total how many there are whatever the query
public record RunListing(List<RunEntry> runs, int total) {

  public static RunListing of(
      List<RunEntry> newestFirst, RunQuery query, Map<String, RunMarks.Mark> marks, Locale locale) {
    RunEntry[] admitted =
        newestFirst.stream()
            .filter(r -> query.admits(r, marks.getOrDefault(r.key(), RunMarks.Mark.NONE)))
            .toArray(RunEntry[]::new);
    return new RunListing(ordered(admitted, query, marks, locale), newestFirst.size());
  }

  /// A run with what it is ordered by.
  private record Placed(RunEntry run, boolean pinned, double by) {}

  private static List<RunEntry> ordered(
      RunEntry[] runs, RunQuery query, Map<String, RunMarks.Mark> marks, Locale locale) {
    double[] by = new double[runs.length];
    boolean numbers = false;
    for (int i = 0; i < runs.length; i++) {
      by[i] = runs[i].number(query.sort());
      numbers |= !Double.isNaN(by[i]);
    }
    if (!numbers) {
      ranks(runs, query.sort(), locale, by);
    }
    var placed = new Placed[runs.length];
    for (int i = 0; i < runs.length; i++) {
      RunMarks.Mark mark = marks.get(runs[i].key());
      placed[i] = new Placed(runs[i], mark != null && mark.pinned(), by[i]);
    }
    // They come newest first, and the sort is stable: equal ones stay so.
    Arrays.sort(
        placed,
        (a, b) -> {
          if (a.pinned() != b.pinned()) {
            return a.pinned() ? -1 : 1;
          }
          boolean none = Double.isNaN(a.by());
          if (none || Double.isNaN(b.by())) {
            return Boolean.compare(none, Double.isNaN(b.by()));
          }
          return query.descending()
              ? Double.compare(b.by(), a.by())
              : Double.compare(a.by(), b.by());
        });
    return Arrays.stream(placed).map(Placed::run).toList();
  }

  /// The place of each run's text among all texts: these are few, and comparing them is dear.
  private static void ranks(RunEntry[] runs, String field, Locale locale, double[] by) {
    var places = new HashMap<String, Integer>();
    for (RunEntry run : runs) {
      places.put(run.text(field), 0);
    }
    String[] texts = places.keySet().toArray(String[]::new);
    Collator collator = Collator.getInstance(locale);
    if (texts.length < 20_000) {
      Arrays.sort(texts, collator);
    } else {
      Arrays.sort(texts); // names of runs, which are made of digits and Latin letters
    }
    for (int i = 0; i < texts.length; i++) {
      places.put(texts[i], i);
    }
    for (int i = 0; i < runs.length; i++) {
      String text = runs[i].text(field);
      by[i] = text.isEmpty() ? Double.NaN : places.getOrDefault(text, 0);
    }
  }

  public int pages() {
    return Math.max(1, (runs.size() + RunQuery.ROWS - 1) / RunQuery.ROWS);
  }

  public List<RunEntry> page(int page) {
    int from = Math.min(runs.size(), (Math.clamp(page, 1, pages()) - 1) * RunQuery.ROWS);
    return runs.subList(from, Math.min(runs.size(), from + RunQuery.ROWS));
  }

  /// The fields that a reader may choose as columns, with how many of these runs have each: `s:` for
  /// settings, `m:` for metrics, those of most runs first.
  ///
  /// @param word that stands in the name; empty for any
  public List<Map.Entry<String, Integer>> fields(String word, int most) {
    var settings = new IdentityHashMap<String[], Integer>();
    var metrics = new IdentityHashMap<String[], Integer>();
    for (RunEntry run : runs) {
      settings.merge(run.settings().names(), 1, Integer::sum);
      metrics.merge(run.last().names(), 1, Integer::sum);
    }
    var counts = new TreeMap<String, Integer>();
    metrics.forEach((names, n) -> count("m:", names, n, word, counts));
    settings.forEach((names, n) -> count("s:", names, n, word, counts));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(most)
        .toList();
  }

  private static void count(
      String kind, String[] names, int n, String word, Map<String, Integer> counts) {
    String wanted = word.toLowerCase(Locale.ROOT);
    for (String name : names) {
      if (wanted.isEmpty() || name.toLowerCase(Locale.ROOT).contains(wanted)) {
        counts.merge(kind + name, n, Integer::sum);
      }
    }
  }
}
