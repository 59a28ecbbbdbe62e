package dev.imago.cli;

import dev.imago.alerts.Series;
import dev.imago.core.AtomicFile;
import dev.imago.core.MetricLines;
import dev.imago.core.RunRecord;
import dev.imago.core.RunSummary;
import dev.imago.core.Workspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What runs measure, as alerts look at it: of each file what came since the last look is read on.
final class FollowedRuns {
  /// Alerts look at what is new: of a file that is longer its end is read.
  private static final long MOST_BYTES = 64L << 20;

  private static final int READ_BYTES = 1 << 20;

  private final Workspace workspace;
  private final double reach;
  private final Map<String, Followed> followed = new HashMap<>();

  /// @param reach how far back is looked, in seconds
  FollowedRuns(Workspace workspace, double reach) {
    this.workspace = workspace;
    this.reach = reach;
  }

  private static final class Followed {
    final Map<String, Series> series = new TreeMap<>();
    long read = -1;
  }

  /// Those of runs that are at work, and of those that ended since a time.
  List<Series> series(double since, double now) {
    boolean busy = workspace.busy();
    var all = new ArrayList<Series>();
    Set<String> seen = new HashSet<>();
    for (RunSummary run : workspace.runSummaries()) {
      boolean working = busy && run.status() == RunRecord.Status.RUNNING;
      if (!working && AlertSeries.written(workspace, run.id()) <= since) {
        continue;
      }
      seen.add(run.id());
      Followed each = followed.computeIfAbsent(run.id(), _ -> new Followed());
      readOn(run.id(), each);
      // Else a look that comes long after would find that nothing came any more.
      double end = each.series.values().stream().mapToDouble(Series::last).max().orElse(0);
      if (working || end > since) {
        each.series.values().forEach(one -> one.thin(now - 2 * reach - 3600, 3600));
        each.series.values().forEach(one -> one.endAt(working ? Double.POSITIVE_INFINITY : end));
        all.addAll(each.series.values());
      }
    }
    followed.keySet().retainAll(seen);
    return all;
  }

  private void readOn(String run, Followed of) {
    Path file = workspace.runs().resolve(run).resolve("metrics.jsonl");
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      if (in.length() < of.read) { // written anew
        of.series.clear();
        of.read = -1;
      }
      boolean cut = of.read < 0 && in.length() > MOST_BYTES;
      long from = of.read < 0 ? Math.max(0, in.length() - MOST_BYTES) : of.read;
      if (from == in.length()) {
        return;
      }
      in.seek(from);
      byte[] bytes = new byte[READ_BYTES];
      int held = 0;
      for (int got = in.read(bytes); got > 0; got = in.read(bytes, held, bytes.length - held)) {
        held += got;
        int begin = 0;
        for (int i = 0; i < held; i++) {
          if (bytes[i] == '\n') {
            if (!cut) {
              line(run, of, bytes, begin, i - begin);
            }
            cut = false;
            begin = i + 1;
          }
        }
        if (begin == 0 && held == bytes.length) {
          begin = held; // longer than any line of ours
          cut = true;
        }
        from += begin;
        System.arraycopy(bytes, begin, bytes, 0, held - begin);
        held -= begin;
      }
      of.read = from;
    } catch (FileNotFoundException _) {
      // A run that had nothing to tell.
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private static void line(String run, Followed of, byte[] bytes, int from, int length) {
    var point = new TreeMap<String, Double>();
    boolean whole = MetricLines.read(bytes, from, length, point::put);
    Double time = point.remove("time");
    if (whole && time != null) {
      point.forEach(
          (name, value) ->
              of.series
                  .computeIfAbsent(name, _ -> new Series(name, Map.of("run", run)))
                  .add(time, value));
    }
  }
}
