package dev.imago.crawl;

import java.util.Map;

/// What a crawl has come to.
///
/// @param asked pages that were asked for
/// @param kept pages whose answers are kept
/// @param unchanged of these, those that were the same as before
/// @param waiting pages that are known and were not asked for, since it ended at maxPages
/// @param inDoubt pages that were asked for when it was killed; they are not asked for again
/// @param refused why pages are not kept, and how many
/// @param passedOver why addresses were not taken up, and how many, since it was last begun
public record CrawlSummary(
    long asked,
    long kept,
    long unchanged,
    long waiting,
    long inDoubt,
    Map<String, Long> refused,
    Map<String, Long> passedOver) {
  public CrawlSummary {
    refused = Map.copyOf(refused);
    passedOver = Map.copyOf(passedOver);
  }
}
