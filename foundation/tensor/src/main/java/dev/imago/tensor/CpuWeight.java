package dev.imago.tensor;

import java.util.List;

/// A weight for the CPU kernels: matrices on the same input, used in place wherever their files are
/// mapped, or one vector.
public final class CpuWeight {
  private final List<HostTensor> parts;
  private final List<RowKernel> kernels;
  private final float[] vector;
  private final int rows;
  private final int columns;

  private CpuWeight(List<HostTensor> parts, float[] vector, int rows, int columns) {
    this.parts = parts;
    this.kernels = parts.stream().map(CpuWeight::kernel).toList();
    this.vector = vector;
    this.rows = rows;
    this.columns = columns;
  }

  /// Matrices of the same width, stacked by rows. Valid as long as their files are open.
  ///
  /// @param parts of F32, F16, BF16 or a type of blocks, each [rows,columns]
  public static CpuWeight matrix(List<HostTensor> parts) {
    int rows = 0;
    long columns = -1;
    for (HostTensor part : parts) {
      long[] shape = part.shape();
      if (shape.length != 2 || (columns >= 0 && shape[1] != columns)) {
        throw new IllegalArgumentException(part + " is no matrix of the width of " + parts);
      }
      columns = shape[1];
      rows = Math.toIntExact(rows + shape[0]);
    }
    return new CpuWeight(List.copyOf(parts), new float[0], rows, Math.toIntExact(columns));
  }

  /// What computes with a tensor's rows.
  static RowKernel kernel(HostTensor part) {
    RowKernel kernel = RowKernel.of(part.type());
    if (kernel == null) {
      throw new IllegalArgumentException(
          part + " is of a type without a kernel; F32, F16, BF16 and ggml's blocks have one");
    }
    return kernel;
  }

  /// Vectors, copied end to end into one.
  public static CpuWeight vector(List<HostTensor> parts) {
    long length = 0;
    for (HostTensor part : parts) {
      if (part.shape().length != 1) {
        throw new IllegalArgumentException(part + " is no vector");
      }
      length += part.size();
    }
    float[] values = new float[Math.toIntExact(length)];
    int at = 0;
    for (HostTensor part : parts) {
      float[] some = part.toFloats();
      System.arraycopy(some, 0, values, at, some.length);
      at += some.length;
    }
    return new CpuWeight(List.of(), values, values.length, 0);
  }

  /// All rows; a vector's length.
  public int rows() {
    return rows;
  }

  /// Width; 0 for a vector.
  public int columns() {
    return columns;
  }

  /// Bytes that a step reads of it.
  public long bytes() {
    return vector.length * 4L + parts.stream().mapToLong(p -> p.data().byteSize()).sum();
  }

  List<HostTensor> parts() {
    return parts;
  }

  /// What computes with the rows of each part.
  List<RowKernel> kernels() {
    return kernels;
  }

  float[] vector() {
    return vector;
  }
}
