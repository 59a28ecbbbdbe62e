package dev.imago.data;

/// Where a split is cut into shards: a function of its documents' lengths, in their order.
public final class ShardCutter {
  /// UTF-16 units of text after which a shard is full: about 64 MB of English.
  private static final long SHARD_CHARS = 64L << 20;

  private int shards;
  private long chars = SHARD_CHARS;

  /// The number, from 0, of the shard that the next document goes to.
  ///
  /// @param length its text's, in UTF-16 units
  public int shard(int length) {
    if (chars >= SHARD_CHARS) {
      shards++;
      chars = 0;
    }
    chars += length;
    return shards - 1;
  }

  /// How many shards there are so far.
  public int shards() {
    return shards;
  }

  /// A shard's file name.
  ///
  /// @param split a [Split]'s file name, `raw` or `rejects`
  public static String name(String split, int shard) {
    return "%s-%05d.jsonl.zst".formatted(split, shard);
  }
}
