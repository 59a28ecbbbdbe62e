package dev.imago.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The type in which keys and values are kept.
public enum CacheType {
  F32(DataType.F32, new CacheRowsF32()),
  F16(DataType.F16, new CacheRowsF16()),
  Q8_0(DataType.Q8_0, new CacheRowsQ80());

  private final DataType type;
  private final CacheRows rows;

  CacheType(DataType type, CacheRows rows) {
    this.type = type;
    this.rows = rows;
  }

  /// The type of a name, in any case.
  ///
  /// @throws IllegalArgumentException naming those that there are
  public static CacheType named(String name) {
    for (CacheType type : values()) {
      if (type.name().equalsIgnoreCase(name)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "«%s» is no type for keys and values; %s are"
            .formatted(
                name,
                Arrays.stream(values())
                    .map(t -> t.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "))));
  }

  /// Whether whole blocks hold heads of this width.
  public boolean keeps(int headWidth) {
    return headWidth % type.blockSize() == 0;
  }

  /// Refuses heads that no whole blocks hold.
  ///
  /// @throws IllegalArgumentException for a width that the type cannot keep
  public void check(int headWidth) {
    if (!keeps(headWidth)) {
      throw new IllegalArgumentException(
          "keys and values in %s need heads of a multiple of %d, and this model's are %d wide; take F16"
              .formatted(this, type.blockSize(), headWidth));
    }
  }

  /// Bytes of one token's keys, or values.
  ///
  /// @param width numbers, whole heads
  long bytes(int width) {
    int blocks = width / type.blockSize();
    // Asked for each head of each token: without a list of lengths.
    return keeps(width) ? (long) blocks * type.blockBytes() : type.bytes(width);
  }

  CacheRows rows() {
    return rows;
  }
}
