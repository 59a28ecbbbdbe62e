package dev.imago.training;

import dev.imago.data.TokenShards;

/// Tokens of documents, end to end.
public interface TokenText {
  /// Tokens in all.
  long size();

  /// Copies ids from a position on into `to`, as many as `to` holds; they may be of several
  /// documents.
  void read(long position, int[] to);

  int documents();

  /// The position of a document's first token; of `documents()`, the end.
  long start(int document);

  /// A whole split.
  static TokenText of(TokenShards shards) {
    return new TokenText() {
      @Override
      public long size() {
        return shards.size();
      }

      @Override
      public void read(long position, int[] to) {
        shards.read(position, to);
      }

      @Override
      public int documents() {
        return shards.documents();
      }

      @Override
      public long start(int document) {
        return shards.start(document);
      }
    };
  }

  /// The document that a position is in.
  default int documentAt(long position) {
    int low = 0;
    int high = documents() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (start(middle) <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
