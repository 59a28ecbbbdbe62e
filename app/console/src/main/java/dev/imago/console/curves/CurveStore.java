package dev.imago.console.curves;

import dev.imago.core.ImagoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The curves of the runs that were looked at last, within a bound of memory. Files are the truth:
/// what is forgotten is read again.
public final class CurveStore {
  /// 32 bytes each.
  private static final long MOST_POINTS = 5_000_000;

  /// A page waits so long for a long file; the rest comes with the next.
  private static final long PATIENCE_NANOS = 700_000_000;

  /// What is read ahead looks up so often whether it is to end.
  private static final long PIECE_NANOS = 100_000_000;

  private final Map<Path, CurveReading> readings = new LinkedHashMap<>(16, 0.75f, true);
  private final Optional<CurveCopy> copies;

  /// Without copies of long files.
  public CurveStore() {
    this.copies = Optional.empty();
  }

  /// @param copies the folder in which long files are kept as columns
  public CurveStore(Path copies) {
    this.copies = Optional.of(new CurveCopy(copies));
  }

  /// Reads a run's long file to its end and leaves a copy of its columns, so that it is there at
  /// once when somebody looks. It is no reading that others wait for, and nothing of it stays in
  /// memory. Ends early when the thread is interrupted.
  ///
  /// @return whether the run has a long file
  public boolean prepare(Path folder) {
    Path file = folder.resolve("metrics.jsonl");
    try {
      if (copies.isEmpty()
          || !Files.isRegularFile(file)
          || Files.size(file) < CurveReading.LONG_BYTES) {
        return false;
      }
      long covered = copies.get().covered(file);
      if (Files.size(file) - covered < Math.max(CurveReading.LONG_BYTES, covered / 4)) {
        return true; // the rest is read in no time
      }
      var reading = new CurveReading(folder, copies);
      double before;
      double share = 0;
      do {
        before = share;
        reading.readOn(System.nanoTime() + PIECE_NANOS);
        share = reading.share();
        if (Thread.currentThread().isInterrupted() || reading.points() > MOST_POINTS) {
          return true; // ended, or more than memory may hold: what is looked at is read then
        }
      } while (share < 1 && share > before); // or to a line that is being written
      reading.keep();
      return true;
    } catch (IOException | ImagoException _) {
      return false; // it went meanwhile, or the disk is full: that keeps nobody from looking
    }
  }

  /// What is known of a run's curves.
  ///
  /// @param names of its metrics
  /// @param problems what could not be read, in words
  /// @param share of its files that was read, up to 1
  public record Known(List<String> names, List<String> problems, double share) {}

  /// A curve as it is asked for.
  ///
  /// @param along which axis
  /// @param smoothing weight, 0 for none
  /// @param from and `to`: the range that is looked at
  /// @param stretches the pixels across
  public record Wish(Axis along, double smoothing, double from, double to, int stretches) {
    public static final Wish WHOLE =
        new Wish(Axis.STEP, 0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 800);
  }

  /// A curve as it is drawn: as it was written, and smoothed.
  ///
  /// @param points how many the file has
  public record Shown(Points raw, Points smooth, long points) {}

  /// The names of a run's metrics, read as far as the files go now.
  public Known known(Path folder) {
    try {
      CurveReading reading = reading(folder);
      synchronized (reading) {
        return new Known(
            List.copyOf(reading.columns().keySet()), reading.problems(), reading.share());
      }
    } catch (IOException e) {
      return new Known(List.of(), List.of(String.valueOf(e.getMessage())), 1);
    }
  }

  /// One metric of a run; without points where it has none.
  public Shown curve(Path folder, String metric, Wish wish) {
    Points whole;
    long points;
    try {
      CurveReading reading = reading(folder);
      synchronized (reading) {
        PointColumn column = reading.columns().get(metric);
        if (column == null) {
          return new Shown(NONE, NONE, 0);
        }
        whole = column.along(wish.along());
        points = column.read();
      }
    } catch (IOException _) {
      return new Shown(NONE, NONE, 0);
    }
    Points smooth = CurveSmoothing.smooth(whole, wish.smoothing());
    return new Shown(
        Thinning.thin(whole.between(wish.from(), wish.to()), wish.stretches()),
        Thinning.thin(smooth.between(wish.from(), wish.to()), wish.stretches()),
        points);
  }

  private static final Points NONE = new Points(new double[0], new double[0]);

  private CurveReading reading(Path folder) throws IOException {
    CurveReading reading;
    synchronized (readings) {
      reading = readings.computeIfAbsent(folder, at -> new CurveReading(at, copies));
    }
    synchronized (reading) {
      reading.readOn(System.nanoTime() + PATIENCE_NANOS);
    }
    synchronized (readings) {
      long held = 0;
      // Entries, since each `get` would count as a use.
      var oldestLast = new ArrayList<>(readings.entrySet()).reversed();
      for (Map.Entry<Path, CurveReading> each : oldestLast) {
        held += each.getValue().points();
        if (held > MOST_POINTS && !each.getKey().equals(folder)) {
          readings.remove(each.getKey());
        }
      }
    }
    return reading;
  }
}
