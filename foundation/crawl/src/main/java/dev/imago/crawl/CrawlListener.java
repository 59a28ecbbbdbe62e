package dev.imago.crawl;

/// Told of a crawl as it goes. Called by several threads.
public interface CrawlListener {
  /// A page was asked for, and is kept or not.
  void page(String address);

  /// What people should know, a line.
  void note(String line);

  /// All hosts ask to wait.
  default void waiting(String host, long millis) {}
}
