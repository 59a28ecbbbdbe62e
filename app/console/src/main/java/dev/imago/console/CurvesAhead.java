package dev.imago.console;

import dev.imago.console.curves.CurveStore;
import dev.imago.console.runs.RunCatalog;
import dev.imago.console.runs.RunEntry;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Reads the long curves of the newest runs before anybody looks, and of runs that go on.
final class CurvesAhead implements AutoCloseable {
  private static final int EVERY_SECONDS = 5;

  /// Of fewer runs than copies stay: else one would push out the other's, and each start read all.
  private static final int MOST_RUNS = 32;

  private final RunCatalog catalog;
  private final CurveStore curves;
  private final ScheduledExecutorService reader =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform()
              .daemon()
              .name("imago-console-curves")
              .priority(Thread.MIN_PRIORITY)
              .factory());
  private long generation = -1;
  private long heard;

  private CurvesAhead(RunCatalog catalog, CurveStore curves) {
    this.catalog = catalog;
    this.curves = curves;
  }

  static CurvesAhead start(RunCatalog catalog, CurveStore curves) {
    var ahead = new CurvesAhead(catalog, curves);
    var _ = ahead.reader.scheduleWithFixedDelay(ahead::read, 0, EVERY_SECONDS, TimeUnit.SECONDS);
    return ahead;
  }

  private void read() {
    RunCatalog.Snapshot now = catalog.snapshot();
    if (now.generation() == generation || now.unread() > 0) {
      return; // nothing new, or older ones are still to come
    }
    generation = now.generation();
    long newest = heard;
    int prepared = 0;
    for (RunEntry run : now.runs()) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      if (run.heard() > heard) {
        newest = Math.max(newest, run.heard());
        if (prepared < MOST_RUNS && curves.prepare(run.folder())) {
          prepared++;
        }
      }
    }
    heard = newest;
  }

  /// Ends at once, and within a tenth of a second where it is reading.
  @Override
  public void close() {
    reader.shutdownNow();
  }
}
