package dev.imago.corpus;

import dev.imago.core.Hashing;
import java.nio.ByteBuffer;
import java.util.Optional;

/// What is said of one document by itself, without its text.
///
/// @param language ISO 639-1, `java`, or `und`
/// @param form what kind of text it is; nothing for code
/// @param bytesIn UTF-8 bytes as collected
/// @param bytes UTF-8 bytes once clean
/// @param licence UTF-8 bytes of a licence comment that was stripped
/// @param broken the first rule broken, other than that of length
/// @param length the rule of length, where that is broken: it may step back for all ([FormRules])
/// @param signature of MinHash; empty where `broken` is present, where there are no words, and
///   where near duplicates are not asked for
public record Judgement(
    String language,
    Optional<TextForm> form,
    long bytesIn,
    long bytes,
    long licence,
    Optional<BrokenRule> broken,
    Optional<BrokenRule> length,
    Fingerprint fingerprint,
    int[] signature) {

  /// The first 128 bits of a clean text's SHA-256.
  public record Fingerprint(long high, long low) {
    static Fingerprint of(byte[] utf8) {
      var digest = ByteBuffer.wrap(Hashing.sha256().digest(utf8));
      return new Fingerprint(digest.getLong(), digest.getLong());
    }
  }
}
