package dev.imago.duplicates;

import dev.imago.core.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Makes the [Traits] of texts. A pure function, to be called by any number of threads.
public final class Signer {
  private static final long[] NONE = {};

  private final DuplicateRules rules;
  private final Shingles shingles = new Shingles();
  private final MinHash minHash;

  public Signer(DuplicateRules rules) {
    this.rules = rules;
    this.minHash = new MinHash(rules.bands(), rules.rows());
  }

  /// @param address where the text was found; empty where that is not known
  public Traits sign(String text, String address) {
    return sign(text, text.getBytes(StandardCharsets.UTF_8), address);
  }

  /// @param utf8 the text's bytes, for whom has them
  public Traits sign(String text, byte[] utf8, String address) {
    ByteBuffer digest = ByteBuffer.wrap(Hashing.sha256().digest(utf8));
    long[] all = rules.near() ? shingles.of(text) : NONE;
    return new Traits(
        digest.getLong(),
        digest.getLong(),
        rules.addresses() ? number(address) : 0,
        minHash.bands(minHash.signature(all)),
        all);
  }

  private static long number(String address) {
    if (address.isEmpty()) {
      return 0;
    }
    String canonical = CanonicalAddress.of(address);
    return canonical.isEmpty() ? 0 : Mixing.of(canonical, 0, canonical.length()) | 1;
  }

  /// Shared shingles in all shingles (Jaccard) of two texts.
  public double similarity(String a, String b) {
    return Shingles.similarity(
        Shingles.distinct(shingles.of(a)), Shingles.distinct(shingles.of(b)));
  }
}
