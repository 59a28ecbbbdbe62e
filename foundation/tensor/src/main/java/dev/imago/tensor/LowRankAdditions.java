package dev.imago.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Low-rank additions to a model's weights, for those of a step's sequences that have them: y = W ·
/// x + scale · B · (A · x). Hu et al. 2021, arXiv:2106.09685. Sequences with others, or with none,
/// share a step with them, and each token's numbers are the same bits as alone.
///
/// Immutable and thread-safe; its numbers lie off the heap, and go when nobody has it any more.
public final class LowRankAdditions {
  /// Ranks are filled up with zeros to whole vectors of any machine.
  private static final int WHOLE = 16;

  private final Map<CpuWeight, Added> byWeight = new HashMap<>();
  private final long bytes;

  /// What is added to one of the matrices that are stacked in a weight.
  ///
  /// @param firstRow of the matrix in the weight
  /// @param up B, [out,r], its rows in the weight's order
  /// @param down A, [r,in]
  /// @param scale by which the product counts
  public record Addition(int firstRow, HostTensor up, HostTensor down, double scale) {}

  /// @param down the matrices A of all parts, stacked by rows [Σr,in]
  private record Added(CpuWeight down, List<Up> ups) {}

  /// @param firstRank where the part's rows of `down` begin
  /// @param matrix scale · B [out,r], filled up
  private record Up(int firstRow, int firstRank, int rank, CpuWeight matrix) {}

  /// @param additions of each weight; what is added beyond its rows, or is of another width, is
  ///   refused
  /// @throws IllegalArgumentException for shapes that do not fit
  public LowRankAdditions(Map<CpuWeight, List<Addition>> additions) {
    additions.forEach((weight, parts) -> byWeight.put(weight, added(weight, parts)));
    this.bytes =
        byWeight.values().stream()
            .mapToLong(
                a -> a.down.bytes() + a.ups.stream().mapToLong(up -> up.matrix.bytes()).sum())
            .sum();
  }

  /// Bytes that they take.
  public long bytes() {
    return bytes;
  }

  private static Added added(CpuWeight weight, List<Addition> parts) {
    var downs = new ArrayList<HostTensor>();
    var ups = new ArrayList<Up>();
    int firstRank = 0;
    for (Addition part : parts) {
      long[] down = part.down.shape();
      long[] up = part.up.shape();
      if (down.length != 2
          || up.length != 2
          || down[0] != up[1]
          || down[1] != weight.columns()
          || part.firstRow < 0
          || part.firstRow + up[0] > weight.rows()) {
        throw new IllegalArgumentException(
            "%s · %s from row %d on does not fit a weight [%d,%d]"
                .formatted(part.up, part.down, part.firstRow, weight.rows(), weight.columns()));
      }
      int rank = (int) down[0];
      downs.add(offHeap(part.down.toFloats(), down));
      ups.add(new Up(part.firstRow, firstRank, rank, filledUp(part, rank)));
      firstRank += rank;
    }
    return new Added(CpuWeight.matrix(downs), List.copyOf(ups));
  }

  private static CpuWeight filledUp(Addition part, int rank) {
    int rows = (int) part.up.shape()[0];
    int columns = (rank + WHOLE - 1) / WHOLE * WHOLE;
    float[] from = part.up.toFloats();
    float[] to = new float[Math.multiplyExact(rows, columns)];
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < rank; k++) {
        to[row * columns + k] = (float) (part.scale * from[row * rank + k]);
      }
    }
    return CpuWeight.matrix(List.of(offHeap(to, rows, columns)));
  }

  private static HostTensor offHeap(float[] values, long... shape) {
    MemorySegment memory = Arena.ofAuto().allocate(4L * values.length, 64);
    MemorySegment.copy(values, 0, memory, HostTensor.F32, 0, values.length);
    return new HostTensor(DataType.F32, shape, memory);
  }

  /// Adds to a product what the sequences of a step have.
  ///
  /// @param x [N,in], a row for each token of the step
  /// @param y [N,out], changed
  static void add(
      Team team, ForwardBatch batch, CpuWeight weight, CpuActivation x, CpuActivation y) {
    if (batch.additions().isEmpty()) {
      return;
    }
    batch
        .additions()
        .forEach(
            (additions, rows) -> {
              Added added = additions.byWeight.get(weight);
              if (added != null) {
                if (x.rows() != batch.size()) {
                  throw new IllegalStateException(
                      "%d rows of a step of %d tokens: whose they are is not known"
                          .formatted(x.rows(), batch.size()));
                }
                add(team, added, rows, x, y);
              }
            });
  }

  private static void add(Team team, Added added, int[] rows, CpuActivation x, CpuActivation y) {
    CpuActivation own = rows.length == x.rows() ? x : x.rows(rows);
    CpuActivation inner = LinearKernel.run(team, own, added.down, null);
    for (Up up : added.ups) {
      CpuActivation part = CpuActivation.zeros(rows.length, up.matrix.columns());
      for (int n = 0; n < rows.length; n++) {
        System.arraycopy(
            inner.data(),
            n * inner.columns() + up.firstRank,
            part.data(),
            n * part.columns(),
            up.rank);
      }
      CpuActivation more = LinearKernel.run(team, part, up.matrix, null);
      for (int n = 0; n < rows.length; n++) {
        int to = rows[n] * y.columns() + up.firstRow;
        int from = n * more.columns();
        for (int i = 0; i < more.columns(); i++) {
          y.data()[to + i] += more.data()[from + i];
        }
      }
    }
  }

  /// Of each additions that a step's tokens have, in the order in which they come, those tokens.
  static Map<LowRankAdditions, int[]> rows(KeyValues[] sequences) {
    boolean any = false;
    for (KeyValues sequence : sequences) {
      any |= sequence.additions() != null;
    }
    if (!any) {
      return Map.of();
    }
    Map<LowRankAdditions, List<Integer>> rows = new LinkedHashMap<>();
    for (int n = 0; n < sequences.length; n++) {
      @Nullable LowRankAdditions own = sequences[n].additions();
      if (own != null) {
        rows.computeIfAbsent(own, _ -> new ArrayList<>()).add(n);
      }
    }
    var to = new LinkedHashMap<LowRankAdditions, int[]>();
    rows.forEach((own, some) -> to.put(own, some.stream().mapToInt(n -> n).toArray()));
    return to;
  }
}
