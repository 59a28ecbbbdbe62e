package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// x [N,in] · weight[out,in]ᵀ + bias, its rows shared out among a team.
final class LinearKernel {
  /// From as many tokens on, rows are made floats and packed first.
  private static final int PANEL_TOKENS = 4;

  /// Numbers of activations that are gone through for each panel: half of a small second-level
  /// cache.
  private static final int TILE = 1 << 17;

  private static final int ROWS = PanelKernels.ROWS;

  private LinearKernel() {}

  /// A run of rows of one part.
  private record Task(HostTensor part, RowKernel kernel, int from, int to, int yAt) {}

  static CpuActivation run(Team team, CpuActivation x, CpuWeight weight, @Nullable CpuWeight bias) {
    CpuActivation y = run(team, x, weight);
    if (bias != null) {
      float[] shift = bias.vector();
      if (shift.length != y.columns()) {
        throw new IllegalArgumentException(
            "a bias of %d does not fit an output of width %d".formatted(shift.length, y.columns()));
      }
      for (int n = 0; n < y.rows(); n++) {
        for (int i = 0; i < shift.length; i++) {
          y.data()[n * shift.length + i] += shift[i];
        }
      }
    }
    return y;
  }

  private static CpuActivation run(Team team, CpuActivation x, CpuWeight weight) {
    if (weight.columns() != x.columns()) {
      throw new IllegalArgumentException(
          "a weight [%d,%d] does not fit an input of width %d"
              .formatted(weight.rows(), weight.columns(), x.columns()));
    }
    CpuActivation y = CpuActivation.zeros(x.rows(), weight.rows());
    List<Task> tasks = tasks(weight, team.threads());
    long work = (long) x.rows() * x.columns() * weight.rows();
    if (x.rows() < PANEL_TOKENS) {
      team.run(tasks.size(), work, (task, thread) -> rows(team, thread, tasks.get(task), x, y));
      return y;
    }
    float[] packed = packed(team, x);
    team.run(
        tasks.size(),
        work,
        (task, thread) -> {
          panels(team, thread, tasks.get(task), x, packed, y);
        });
    return y;
  }

  /// About eight tasks a thread, so that one that is held up holds up little.
  private static List<Task> tasks(CpuWeight weight, int threads) {
    int wanted = threads == 1 ? 1 : 8 * threads;
    int size = Math.max(4 * ROWS, (weight.rows() / wanted + ROWS - 1) / ROWS * ROWS);
    var tasks = new ArrayList<Task>();
    int yAt = 0;
    for (int i = 0; i < weight.parts().size(); i++) {
      HostTensor part = weight.parts().get(i);
      int rows = (int) part.shape()[0];
      for (int from = 0; from < rows; from += size) {
        tasks.add(
            new Task(part, weight.kernels().get(i), from, Math.min(rows, from + size), yAt + from));
      }
      yAt += rows;
    }
    return tasks;
  }

  private static float[] packed(Team team, CpuActivation x) {
    int columns = x.columns();
    float[] packed = team.shared(PanelKernels.packed(x.rows(), columns));
    int passes = (x.rows() + PanelKernels.TOKENS - 1) / PanelKernels.TOKENS;
    int runs = Math.min(passes, 2 * team.threads());
    team.run(
        runs,
        x.data().length,
        (run, thread) -> {
          for (int pass = run * passes / runs; pass < (run + 1) * passes / runs; pass++) {
            PanelKernels.packTokens(
                x.data(), pass * PanelKernels.TOKENS, x.rows() - 1, columns, packed);
          }
        });
    return packed;
  }

  /// A few tokens: each row as it is stored, or a few rows made floats.
  private static void rows(Team team, int thread, Task task, CpuActivation x, CpuActivation y) {
    if (!task.kernel.fused()) {
      floats(team, thread, task, x, y);
      return;
    }
    int columns = x.columns();
    MemorySegment w = task.part.data();
    long rowBytes = task.part.type().bytes(columns);
    for (int row = task.from; row < task.to; row++) {
      for (int n = 0; n < x.rows(); n++) {
        y.data()[n * y.columns() + task.yAt + row - task.from] =
            task.kernel.dot(w, row * rowBytes, columns, x.data(), n * columns);
      }
    }
  }

  private static void floats(Team team, int thread, Task task, CpuActivation x, CpuActivation y) {
    int columns = x.columns();
    MemorySegment w = task.part.data();
    long rowBytes = task.part.type().bytes(columns);
    int most = columns % 32 == 0 ? PanelKernels.DOTS : 1;
    float[] sums = new float[8 * Lanes.COUNT];
    float[] floats = team.scratch(thread, most * columns);
    for (int from = task.from; from < task.to; from += most) {
      int rows = Math.min(most, task.to - from);
      for (int r = 0; r < rows; r++) {
        task.kernel.expand(w, (from + r) * rowBytes, columns, floats, r * columns);
      }
      for (int n = 0; n < x.rows(); n++) {
        int yAt = n * y.columns() + task.yAt + from - task.from;
        if (rows == PanelKernels.DOTS) {
          PanelKernels.dots(floats, 0, x.data(), n * columns, columns, sums, y.data(), yAt);
        } else {
          for (int r = 0; r < rows; r++) {
            y.data()[yAt + r] =
                PanelKernels.dot(floats, r * columns, x.data(), n * columns, columns);
          }
        }
      }
    }
  }

  private static void panels(
      Team team, int thread, Task task, CpuActivation x, float[] packed, CpuActivation y) {
    int columns = x.columns();
    MemorySegment w = task.part.data();
    long rowBytes = task.part.type().bytes(columns);
    // A panel, packed, and after it room for a row that is not.
    float[] panel = team.scratch(thread, (ROWS + 1) * columns);
    int rowAt = ROWS * columns;
    float[] sums = new float[PanelKernels.SUMS];
    int whole = columns & -Lanes.COUNT;
    int over = columns - whole;
    float[] ends = new float[ROWS * over];
    int tile = Math.max(8, TILE / columns / 8 * 8);
    for (int first = 0; first < x.rows(); first += tile) {
      int tokens = Math.min(tile, x.rows() - first);
      for (int from = task.from; from < task.to; from += ROWS) {
        int rows = Math.min(ROWS, task.to - from);
        for (int r = 0; r < rows; r++) {
          task.kernel.expand(w, (from + r) * rowBytes, columns, panel, rowAt);
          PanelKernels.packRow(panel, rowAt, columns, panel, r);
          System.arraycopy(panel, rowAt + whole, ends, r * over, over);
        }
        int yAt = first * y.columns() + task.yAt + from - task.from;
        PanelKernels.product(
            panel, rows, packed, first, tokens, columns, sums, y.data(), yAt, y.columns());
        if (over > 0) {
          addEnds(ends, rows, x, first, tokens, y, yAt);
        }
      }
    }
  }

  /// The columns past the last whole vector, one by one.
  private static void addEnds(
      float[] ends, int rows, CpuActivation x, int first, int tokens, CpuActivation y, int yAt) {
    int over = x.columns() % Lanes.COUNT;
    for (int n = 0; n < tokens; n++) {
      int xAt = (first + n + 1) * x.columns() - over;
      for (int r = 0; r < rows; r++) {
        float sum = y.data()[yAt + n * y.columns() + r];
        for (int c = 0; c < over; c++) {
          sum = Math.fma(ends[r * over + c], x.data()[xAt + c], sum);
        }
        y.data()[yAt + n * y.columns() + r] = sum;
      }
    }
  }
}
