package dev.imago.crawl;

import org.jspecify.annotations.Nullable;

/// What the frontier knows of an address.
final class PageState {
  /// Where it is on its way.
  enum Step {
    /// Waits for its turn.
    FOUND,
    /// Was asked for; what came is not known. After a kill it is not asked for again: its server
    /// has been asked.
    ASKED,
    /// Is answered, refused or given up.
    DONE
  }

  final String address;
  final int depth;
  final Via via;
  int hops;
  int attempts;
  Step step = Step.FOUND;

  /// In which archive its records are, and where they end there.
  int archive;

  long end;

  /// What an earlier pass left of it; null for none.
  @Nullable Copy copy;

  PageState(String address, int depth, Via via, int hops) {
    this.address = address;
    this.depth = depth;
    this.via = via;
    this.hops = hops;
  }

  /// How an address was found.
  enum Via {
    SEED,
    LINK,
    REDIRECT,
    FEED,
    /// A page that a sitemap names.
    SITEMAP,
    /// A sitemap itself, which is no page.
    MAP
  }

  /// What is kept of a page.
  ///
  /// @param etag as it was sent, or empty
  /// @param modified Last-Modified as it was sent, or empty
  /// @param digest of its payload
  /// @param record WARC-Record-ID
  /// @param date WARC-Date
  record Copy(String etag, String modified, String digest, String record, String date) {}
}
