package dev.imago.crawl;

/// How a crawl is gone on with that its folder holds already.
public enum CrawlStart {
  /// With what waits; one that has ended asks nothing.
  GO_ON,
  /// And with what was asked for when it was killed: its servers may be asked for it twice.
  ASK_DOUBTFUL,
  /// One that has ended begins anew, and asks its pages whether they have changed.
  ANEW
}
