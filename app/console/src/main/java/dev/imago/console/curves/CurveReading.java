package dev.imago.console.curves;

import dev.imago.console.runs.BrokenEventsException;
import dev.imago.console.runs.EventScalars;
import dev.imago.core.MetricLines;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The curves of one run, read from its files from where the last reading ended.
final class CurveReading {
  private static final int BLOCK_BYTES = 1 << 20;

  private static final int BEGINNING_BYTES = 4_096;

  /// A line that is longer is no line of numbers.
  private static final int LONGEST_LINE = 4 << 20;

  /// A file from which on a copy as columns is worth its room.
  static final int LONG_BYTES = 16 << 20;

  /// More metrics than that are no metrics.
  private static final int MOST_METRICS = 50_000;

  /// What stands on every line, and is an axis.
  private static final Set<String> AXES = Set.of("step", "tokens", "time");

  private final Path folder;
  private final Map<String, PointColumn> columns = new TreeMap<>();
  private final Map<Path, Long> offsets = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  /// Event files that are damaged, and why: what stands before the damage was read once.
  private final Map<Path, String> damaged = new HashMap<>();

  private final Optional<CurveCopy> copies;
  private boolean begun;

  /// With which `metrics.jsonl` began when it was read.
  private byte[] beginning = new byte[0];

  private long bytes;
  private volatile long held;

  /// @param copies where long files are kept as columns; empty for nowhere
  CurveReading(Path folder, Optional<CurveCopy> copies) {
    this.folder = folder;
    this.copies = copies;
  }

  Map<String, PointColumn> columns() {
    return Collections.unmodifiableMap(columns);
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  /// Points that are held since the last reading; asked for while others read.
  long points() {
    return held;
  }

  /// The share of the files that was read.
  double share() throws IOException {
    long all = 0;
    for (Path file : offsets.keySet()) {
      all += Files.exists(file) ? Files.size(file) : 0;
    }
    return all == 0 ? 1 : Math.min(1, (double) bytes / all);
  }

  /// Reads what has come since, until a time is over.
  ///
  /// @param deadlineNanos as [System#nanoTime] has it
  void readOn(long deadlineNanos) throws IOException {
    problems.clear();
    Path metrics = folder.resolve("metrics.jsonl");
    if (Files.isRegularFile(metrics)) {
      take(metrics);
      lines(metrics, deadlineNanos);
    } else {
      events(deadlineNanos);
    }
    bytes = offsets.values().stream().mapToLong(Long::longValue).sum();
    held = columns.values().stream().mapToLong(PointColumn::size).sum();
  }

  /// Begins with what was read before, by an earlier process or ahead.
  private void take(Path file) throws IOException {
    if (begun) {
      return;
    }
    begun = true;
    if (copies.isEmpty() || Files.size(file) < LONG_BYTES) {
      return;
    }
    Optional<CurveCopy.Kept> kept = copies.get().load(file);
    if (kept.isPresent()) {
      columns.putAll(kept.get().columns());
      offsets.put(file, kept.get().bytes());
      beginning = CurveCopy.first(file);
    }
  }

  /// Keeps what was read for a later reading, unless the file is another one by now.
  ///
  /// @throws dev.imago.core.EnvironmentException when the copy cannot be written
  void keep() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    long read = offsets.getOrDefault(file, 0L);
    if (copies.isPresent() && read >= LONG_BYTES && CurveCopy.begins(file, beginning)) {
      copies.get().save(file, read, columns);
    }
  }

  private void lines(Path file, long deadlineNanos) throws IOException {
    long offset = offsets.getOrDefault(file, 0L);
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      if (in.length() < offset) { // written anew
        columns.clear();
        offset = 0;
      }
      byte[] block = new byte[BLOCK_BYTES];
      int filled = 0;
      in.seek(offset);
      while (true) {
        int read = in.read(block, filled, block.length - filled);
        if (read <= 0) {
          break;
        }
        if (offset == 0 && filled == 0) {
          beginning = java.util.Arrays.copyOf(block, Math.min(read, BEGINNING_BYTES));
        }
        filled += read;
        int from = 0;
        for (int at = filled - read; at < filled; at++) {
          if (block[at] == '\n') {
            line(block, from, at - from);
            from = at + 1;
          }
        }
        offset += from;
        System.arraycopy(block, from, block, 0, filled - from);
        filled -= from;
        if (filled == block.length) {
          if (filled >= LONGEST_LINE) {
            problems.add("metrics.jsonl has a line of more than %d bytes".formatted(LONGEST_LINE));
            break;
          }
          block = java.util.Arrays.copyOf(block, filled * 2);
        }
        if (System.nanoTime() > deadlineNanos) {
          break;
        }
      }
    } catch (java.io.FileNotFoundException | NoSuchFileException _) {
      return;
    } finally {
      offsets.put(file, offset);
    }
  }

  private final Row row = new Row();

  /// The numbers of one line, kept while it is read.
  private static final class Row implements MetricLines.Numbers {
    private final List<String> names = new ArrayList<>();
    private double[] values = new double[16];
    private double step;
    private double tokens;
    private double time;

    void clear() {
      names.clear();
      step = Double.NaN;
      tokens = Double.NaN;
      time = Double.NaN;
    }

    @Override
    public void number(String name, double value) {
      switch (name) {
        case "step" -> step = value;
        case "tokens" -> tokens = value;
        case "time" -> time = value;
        default -> {
          if (names.size() == values.length) {
            values = java.util.Arrays.copyOf(values, values.length * 2);
          }
          values[names.size()] = value;
          names.add(name);
        }
      }
    }
  }

  private void line(byte[] block, int from, int length) {
    row.clear();
    if (!MetricLines.read(block, from, length, row)) {
      return;
    }
    for (int i = 0; i < row.names.size(); i++) {
      add(row.names.get(i), row.step, row.tokens, row.time, row.values[i]);
    }
  }

  private void add(String name, double step, double tokens, double time, double value) {
    if (AXES.contains(name)) {
      return;
    }
    PointColumn column = columns.get(name);
    if (column == null) {
      if (columns.size() >= MOST_METRICS) {
        return;
      }
      column = new PointColumn();
      columns.put(name, column);
    }
    column.add(Double.isNaN(step) ? column.read() : step, tokens, time, value);
  }

  private void events(long deadlineNanos) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(f -> String.valueOf(f.getFileName()).contains("tfevents")).sorted().toList();
    } catch (NoSuchFileException _) {
      return;
    }
    for (Path file : files) {
      String damage = damaged.get(file);
      if (damage != null) {
        problems.add(damage);
        continue;
      }
      long offset = offsets.getOrDefault(file, 0L);
      if (Files.size(file) <= offset) {
        continue;
      }
      try {
        offsets.put(
            file,
            EventScalars.read(
                file, offset, (tag, step, time, value) -> add(tag, step, Double.NaN, time, value)));
      } catch (BrokenEventsException e) {
        damaged.put(file, file.getFileName() + ": " + e.getMessage());
        problems.add(file.getFileName() + ": " + e.getMessage());
      }
      if (System.nanoTime() > deadlineNanos) {
        break;
      }
    }
  }
}
