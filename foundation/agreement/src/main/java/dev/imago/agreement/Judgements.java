package dev.imago.agreement;

import java.util.Arrays;

/// Who gave which item which label: a sparse matrix items × raters, where what is missing is not
/// there. Items, raters and labels are numbers from 0; what they are called is the caller's.
public final class Judgements {
  private final int raters;
  private final int labels;

  /// Where each item's judgements begin, and one past the last.
  private final int[] start;

  private final int[] rater;
  private final int[] label;
  private final long[] time;

  private Judgements(int raters, int labels, int[] start, int[] rater, int[] label, long[] time) {
    this.raters = raters;
    this.labels = labels;
    this.start = start;
    this.rater = rater;
    this.label = label;
    this.time = time;
  }

  /// Judgements while they come in, in any order.
  public static final class Builder {
    private final int items;
    private final int raters;
    private final int labels;
    private int[] item = new int[1 << 10];
    private int[] rater = new int[1 << 10];
    private int[] label = new int[1 << 10];
    private long[] time = new long[1 << 10];
    private int size;

    private Builder(int items, int raters, int labels) {
      this.items = items;
      this.raters = raters;
      this.labels = labels;
    }

    public Builder add(int item, int rater, int label) {
      return add(item, rater, label, 0);
    }

    /// @param time when it was given, in milliseconds since 1970, for [Judgements#between]
    /// @throws IndexOutOfBoundsException where there is no such item, rater or label
    public Builder add(int item, int rater, int label, long time) {
      check("item", item, items);
      check("rater", rater, raters);
      check("label", label, labels);
      if (size == this.item.length) {
        int more = 2 * size;
        this.item = Arrays.copyOf(this.item, more);
        this.rater = Arrays.copyOf(this.rater, more);
        this.label = Arrays.copyOf(this.label, more);
        this.time = Arrays.copyOf(this.time, more);
      }
      this.item[size] = item;
      this.rater[size] = rater;
      this.label[size] = label;
      this.time[size++] = time;
      return this;
    }

    private static void check(String what, int value, int bound) {
      if (value < 0 || value >= bound) {
        throw new IndexOutOfBoundsException(
            "%s %,d is outside 0 … %,d".formatted(what, value, bound - 1));
      }
    }

    /// @throws IllegalArgumentException where a rater judged an item twice
    public Judgements build() {
      int[] start = new int[items + 1];
      for (int i = 0; i < size; i++) {
        start[item[i] + 1]++;
      }
      for (int i = 0; i < items; i++) {
        start[i + 1] += start[i];
      }
      int[] next = Arrays.copyOf(start, items);
      int[] byRater = new int[size];
      int[] byLabel = new int[size];
      long[] byTime = new long[size];
      for (int i = 0; i < size; i++) {
        int at = next[item[i]]++;
        for (int j = start[item[i]]; j < at; j++) {
          if (byRater[j] == rater[i]) {
            throw new IllegalArgumentException(
                "rater %,d judged item %,d twice; keep the last of them"
                    .formatted(rater[i], item[i]));
          }
        }
        byRater[at] = rater[i];
        byLabel[at] = label[i];
        byTime[at] = time[i];
      }
      return new Judgements(raters, labels, start, byRater, byLabel, byTime);
    }
  }

  public static Builder builder(int items, int raters, int labels) {
    return new Builder(items, raters, labels);
  }

  /// @param table of each item the label of each rater; −1 where there is none
  public static Judgements of(int labels, int[]... table) {
    var builder = builder(table.length, table.length == 0 ? 0 : table[0].length, labels);
    for (int i = 0; i < table.length; i++) {
      for (int r = 0; r < table[i].length; r++) {
        if (table[i][r] >= 0) {
          builder.add(i, r, table[i][r]);
        }
      }
    }
    return builder.build();
  }

  public int items() {
    return start.length - 1;
  }

  public int raters() {
    return raters;
  }

  public int labels() {
    return labels;
  }

  /// Of all items.
  public int size() {
    return start[items()];
  }

  /// Where an item's judgements begin; those of the next begin where they end.
  int from(int item) {
    return start[item];
  }

  int to(int item) {
    return start[item + 1];
  }

  /// How many judged an item.
  public int count(int item) {
    return start[item + 1] - start[item];
  }

  int rater(int judgement) {
    return rater[judgement];
  }

  int label(int judgement) {
    return label[judgement];
  }

  /// The label that a rater gave an item; −1 where none.
  public int label(int item, int by) {
    for (int j = start[item]; j < start[item + 1]; j++) {
      if (rater[j] == by) {
        return label[j];
      }
    }
    return -1;
  }

  @FunctionalInterface
  private interface Kept {
    boolean test(int judgement);
  }

  private Judgements only(Kept kept) {
    int[] from = new int[items() + 1];
    int[] by = new int[size()];
    int[] given = new int[size()];
    long[] at = new long[size()];
    int n = 0;
    for (int item = 0; item < items(); item++) {
      for (int j = start[item]; j < start[item + 1]; j++) {
        if (kept.test(j)) {
          by[n] = rater[j];
          given[n] = label[j];
          at[n++] = time[j];
        }
      }
      from[item + 1] = n;
    }
    return new Judgements(
        raters, labels, from, Arrays.copyOf(by, n), Arrays.copyOf(given, n), Arrays.copyOf(at, n));
  }

  /// What two raters gave, as raters 0 and 1.
  public Judgements pair(int a, int b) {
    Judgements two = only(j -> rater[j] == a || rater[j] == b);
    int[] renamed = Arrays.stream(two.rater).map(r -> r == a ? 0 : 1).toArray();
    return new Judgements(2, labels, two.start, renamed, two.label, two.time);
  }

  /// Whether it is this label (1) or another (0): agreement on one label.
  public Judgements on(int one) {
    int[] whether = Arrays.stream(label).map(l -> l == one ? 1 : 0).toArray();
    return new Judgements(raters, 2, start, rater, whether, time);
  }

  /// What was given from one time, in milliseconds, up to and without another.
  public Judgements between(long from, long to) {
    return only(j -> time[j] >= from && time[j] < to);
  }

  /// The first and the last time at which a label was given; empty where none was.
  public long[] times() {
    return size() == 0
        ? new long[0]
        : new long[] {
          Arrays.stream(time).min().orElseThrow(), Arrays.stream(time).max().orElseThrow()
        };
  }

  /// Some items by number, repeats included, as a bootstrap draws them.
  public Judgements drawn(int[] drawn) {
    int[] from = new int[drawn.length + 1];
    for (int i = 0; i < drawn.length; i++) {
      from[i + 1] = from[i] + count(drawn[i]);
    }
    int n = from[drawn.length];
    int[] by = new int[n];
    int[] given = new int[n];
    long[] at = new long[n];
    for (int i = 0; i < drawn.length; i++) {
      System.arraycopy(rater, start[drawn[i]], by, from[i], count(drawn[i]));
      System.arraycopy(label, start[drawn[i]], given, from[i], count(drawn[i]));
      System.arraycopy(time, start[drawn[i]], at, from[i], count(drawn[i]));
    }
    return new Judgements(raters, labels, from, by, given, at);
  }
}
