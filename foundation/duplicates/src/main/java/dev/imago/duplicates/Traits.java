package dev.imago.duplicates;

import java.io.Serializable;

/// What a text is compared by.
///
/// @param high the first half of its fingerprint, 128 bits of the SHA-256 of its UTF-8
/// @param low the second half
/// @param address its canonical address as a number; 0 where it has none, or none is asked for
/// @param bands a number for each band in which it may meet others; none where it has no words, or
///   near duplicates are not asked for
/// @param shingles its shingles, in order, with repetitions; none without `bands`
public record Traits(long high, long low, long address, long[] bands, long[] shingles)
    implements Serializable {}
