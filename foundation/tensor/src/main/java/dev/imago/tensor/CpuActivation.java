package dev.imago.tensor;

/// Numbers on their way through a model on the CPU: row-major [N,D].
///
/// @param data N · D numbers, or more: what follows is not read
/// @param rows N
/// @param columns D
public record CpuActivation(float[] data, int rows, int columns) {
  public CpuActivation {
    if (rows < 0 || columns < 1 || data.length < Math.multiplyExact(rows, columns)) {
      throw new IllegalArgumentException(
          "[%d,%d] does not fit %d numbers".formatted(rows, columns, data.length));
    }
  }

  static CpuActivation zeros(int rows, int columns) {
    return new CpuActivation(new float[Math.multiplyExact(rows, columns)], rows, columns);
  }

  /// The same in memory of its own.
  public CpuActivation copy() {
    CpuActivation to = zeros(rows, columns);
    System.arraycopy(data, 0, to.data, 0, rows * columns);
    return to;
  }

  /// The chosen rows, copied.
  public CpuActivation rows(int... chosen) {
    CpuActivation to = zeros(chosen.length, columns);
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(data, chosen[i] * columns, to.data, i * columns, columns);
    }
    return to;
  }

  /// One row, copied.
  public float[] row(int i) {
    return rows(i).data;
  }
}
