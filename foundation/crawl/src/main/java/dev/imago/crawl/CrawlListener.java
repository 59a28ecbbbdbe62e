package dev.imago.crawl;

import dev.imago.core.Counted;
import dev.imago.core.Progress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Told of a crawl as it goes. Called by several threads.
public interface CrawlListener {
  /// A page was asked for, and is kept or not.
  void page(String address);

  /// What people should know, a line.
  void note(String line);

  /// All hosts ask to wait.
  ///
  /// @param host the one that may be asked first, with its port
  /// @param millis until then
  default void waiting(String host, long millis) {}

  /// Shows pages as progress, and beside it who is waited for, where that is long.
  ///
  /// @param notes what people should know, a line each
  static CrawlListener of(Progress progress, Consumer<String> notes) {
    var waits = new AtomicBoolean();
    return new CrawlListener() {
      @Override
      public void page(String address) {
        if (waits.compareAndSet(true, false)) {
          progress.remark("");
        }
        progress.add(1);
      }

      @Override
      public void note(String line) {
        notes.accept(line);
      }

      @Override
      public void waiting(String host, long millis) {
        if (millis > 10_000) {
          waits.set(true);
          progress.remark("waits for %s: %s".formatted(host, Counted.of(millis / 1000, "seconds")));
        }
      }
    };
  }
}
