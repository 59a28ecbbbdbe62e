package dev.imago.templates.jinja;

import java.util.AbstractList;

/// Python's `range`, which jinja2's sandbox holds to 100,000 numbers.
final class Range extends AbstractList<Object> {
  private static final int MAX_SIZE = 100_000;

  final long from;
  final long to;
  final long step;
  private final int size;

  private Range(long from, long to, long step, int size) {
    this.from = from;
    this.to = to;
    this.step = step;
    this.size = size;
  }

  static Range of(long from, long to, long step) {
    if (step == 0) {
      throw new TemplateException("range() wants a step that is not 0");
    }
    boolean none = step > 0 ? from >= to : from <= to;
    // Bounds are checked as floats first, since their difference may overflow.
    double about = ((double) to - from) / step;
    if (!none && about > MAX_SIZE + 1) {
      throw tooBig(about);
    }
    long size = none ? 0 : Math.ceilDiv(to - from, step);
    if (size > MAX_SIZE) {
      throw tooBig(size);
    }
    return new Range(from, to, step, (int) size);
  }

  private static TemplateException tooBig(double size) {
    return new TemplateException(
        "range() of %.0f numbers is more than the %d that a template may have"
            .formatted(size, MAX_SIZE));
  }

  Range slice(int first, long step, int count) {
    long start = from + first * this.step;
    long by = this.step * step;
    return new Range(start, start + by * count, by, count);
  }

  @Override
  public Object get(int index) {
    return from + index * step;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public String toString() {
    return step == 1
        ? "range(" + from + ", " + to + ")"
        : "range(" + from + ", " + to + ", " + step + ")";
  }
}
