package dev.imago.cli;

import dev.imago.core.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// One step's progress: done, rate and time left; redrawn in place on a terminal, a line now and
/// then elsewhere.
final class Bar implements Progress {
  static final String CLEAR = "\r\u001b[2K";
  private static final int CELLS = 24;
  private static final long TERMINAL_NANOS = 100_000_000L;
  private static final long PLAIN_NANOS = 10_000_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private final String what;
  private final long total;
  private final String unit;
  private final LongSupplier nanos;
  private final long begun;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong earlier = new AtomicLong();
  private final AtomicLong next;
  private volatile String remark = "";
  private boolean closed;

  Bar(PrintStream err, boolean terminal, String what, long total, String unit, LongSupplier nanos) {
    this.err = err;
    this.terminal = terminal;
    this.what = what;
    this.total = total;
    this.unit = unit;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
    this.next = new AtomicLong(begun + (terminal ? 0 : PLAIN_NANOS));
  }

  @Override
  public void add(long units) {
    done.addAndGet(units);
    draw();
  }

  @Override
  public void resume(long units) {
    earlier.addAndGet(units);
    add(units);
  }

  @Override
  public void remark(String text) {
    remark = text;
    draw();
  }

  private void draw() {
    long now = nanos.getAsLong();
    long due = next.get();
    long pause = terminal ? TERMINAL_NANOS : PLAIN_NANOS;
    if (now - due >= 0 && next.compareAndSet(due, now + pause)) {
      print(line(now), false);
    }
  }

  private synchronized void print(String line, boolean last) {
    if (closed) {
      return;
    }
    closed = last;
    if (terminal) {
      err.print(CLEAR + line + (last ? "\n" : ""));
      err.flush();
    } else {
      err.println(line);
    }
  }

  private String line(long now) {
    double seconds = Math.max(1e-9, (now - begun) / 1e9);
    long units = done.get();
    double rate = (units - earlier.get()) / seconds;
    var line = new StringBuilder("  ").append("%-28s".formatted(what));
    if (total > 0) {
      double share = Math.min(1, (double) units / total);
      if (terminal) {
        int full = (int) Math.round(share * CELLS);
        line.append('▕').append("█".repeat(full)).append(" ".repeat(CELLS - full)).append('▏');
      }
      line.append(" %3d %%  ".formatted((int) (share * 100)));
      line.append(Quantity.of(units)).append(" / ").append(Quantity.of(total, unit));
    } else {
      line.append(Quantity.of(units, unit));
    }
    line.append("  ").append(Quantity.of(rate, unit)).append("/s");
    if (total > units && rate > 0) {
      long left = (long) ((total - units) / rate);
      line.append("  ").append(Quantity.of(Duration.ofSeconds(left))).append(" left");
    }
    return remark.isEmpty() ? line.toString() : line.append("  ").append(remark).toString();
  }

  @Override
  public void close() {
    long now = nanos.getAsLong();
    if (terminal || now - begun >= 1_000_000_000L) {
      Duration took = Duration.ofNanos(now - begun);
      String last = line(now).replaceFirst("  \\S+ left", "") + "  in " + Quantity.of(took);
      print(last, true);
    }
  }
}
