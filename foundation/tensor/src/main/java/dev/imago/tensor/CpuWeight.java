package dev.imago.tensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A weight for the CPU kernels: matrices on the same input, used in place wherever their files are
/// mapped, or one vector.
public final class CpuWeight {
  private final List<HostTensor> parts;
  private final List<RowKernel> kernels;
  private final float[] vector;
  private final int rows;
  private final int columns;
  private final Bottleneck.@Nullable Weights bottleneck;
  private volatile @Nullable Split split;

  /// A run of rows of one part, which one thread computes.
  ///
  /// @param rowBytes from row to row
  record Run(HostTensor part, RowKernel kernel, int from, int to, int yAt, long rowBytes) {}

  /// All rows in runs, as so many threads share them.
  private record Split(int threads, List<Run> runs) {}

  private CpuWeight(List<HostTensor> parts, float[] vector, int rows, int columns) {
    this(parts, vector, rows, columns, null);
  }

  private CpuWeight(
      List<HostTensor> parts,
      float[] vector,
      int rows,
      int columns,
      Bottleneck.@Nullable Weights bottleneck) {
    this.bottleneck = bottleneck;
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

  /// This matrix with a small network behind what comes out of it.
  public CpuWeight with(Bottleneck behind) {
    return new CpuWeight(parts, vector, rows, columns, behind.weights());
  }

  /// What stands behind it; null for nothing.
  Bottleneck.@Nullable Weights bottleneck() {
    return bottleneck;
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

  /// All rows in runs, about eight a thread, so that one that is held up holds up little.
  List<Run> runs(int threads) {
    Split known = split;
    if (known == null || known.threads != threads) {
      known = new Split(threads, split(threads));
      split = known;
    }
    return known.runs;
  }

  private List<Run> split(int threads) {
    int most = PanelKernels.ROWS;
    int wanted = threads == 1 ? 1 : 8 * threads;
    int size = Math.max(4 * most, (rows / wanted + most - 1) / most * most);
    var runs = new ArrayList<Run>();
    int yAt = 0;
    for (int i = 0; i < parts.size(); i++) {
      int count = (int) parts.get(i).shape()[0];
      long rowBytes = parts.get(i).type().bytes(columns);
      for (int from = 0; from < count; from += size) {
        int to = Math.min(count, from + size);
        runs.add(new Run(parts.get(i), kernels.get(i), from, to, yAt + from, rowBytes));
      }
      yAt += count;
    }
    return List.copyOf(runs);
  }

  float[] vector() {
    return vector;
  }
}
