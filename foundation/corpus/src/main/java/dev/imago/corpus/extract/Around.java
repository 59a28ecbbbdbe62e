package dev.imago.corpus.extract;

import java.nio.file.Path;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What a stream was unpacked out of.
///
/// @param packed how many packed bytes have gone in so far, or go in at all
/// @param budget what its archive may still unpack to
/// @param unpacked the innermost stream that it comes out of; null for a file's own bytes
/// @param layers in how many compressions it stood, one in another
/// @param depth in how many archives it stands, one in another
/// @param places what a position in it is called in the file
/// @param file where its bytes lie on this machine; null where they come out of something
record Around(
    LongSupplier packed,
    Unpacked.Budget budget,
    @Nullable Unpacked unpacked,
    int layers,
    int depth,
    LongFunction<String> places,
    @Nullable Path file) {
  /// A file's own bytes.
  static Around file(LongSupplier packed, Unpacked.Budget budget, SourceFile file) {
    long from = file.from();
    return new Around(
        packed,
        budget,
        null,
        0,
        0,
        position -> String.valueOf(from + position),
        from == 0 ? file.path() : null);
  }

  /// One compression further in.
  Around within(Unpacked stream, LongFunction<String> where) {
    return new Around(packed, budget, stream, layers + 1, depth, where, null);
  }

  /// One of an archive's entries.
  Around entry(LongSupplier packedBytes, @Nullable Unpacked stream) {
    return new Around(packedBytes, budget, stream, 0, depth + 1, String::valueOf, null);
  }
}
