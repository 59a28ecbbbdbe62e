package dev.imago.duplicates;

import java.nio.file.Path;

/// Texts that stay, by what they have in common with others: a bucket for each band, fingerprint or
/// address that at least two texts share.
final class Buckets implements AutoCloseable {
  /// Of each bucket, one more than the number of the latest link; 0 of an empty one.
  private final LongFile heads;

  /// Two a link: a text's number, and one more than the number of the link before it.
  private final LongFile links;

  Buckets(Path folder) {
    heads = new LongFile(folder.resolve("heads.bin"));
    links = new LongFile(folder.resolve("links.bin"));
  }

  void add(long bucket, long number) {
    long link = links.size() / 2;
    links.add(number);
    links.add(heads.get(bucket));
    heads.set(bucket, link + 1);
  }

  /// The latest link of a bucket; −1 of an empty one.
  long latest(long bucket) {
    return heads.get(bucket) - 1;
  }

  /// The link before one; −1 of the first.
  long before(long link) {
    return links.get(2 * link + 1) - 1;
  }

  /// The text of a link.
  long number(long link) {
    return links.get(2 * link);
  }

  @Override
  public void close() {
    heads.close();
    links.close();
  }
}
