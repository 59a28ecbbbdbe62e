package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// x [N,in] · weight[out,in]ᵀ + bias, its rows shared out among a team.
final class LinearKernel {
  /// From as many tokens on, rows are made floats first.
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
    team.run(tasks.size(), work, (task, thread) -> run(team, thread, tasks.get(task), x, y));
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

  private static void run(Team team, int thread, Task task, CpuActivation x, CpuActivation y) {
    int columns = x.columns();
    RowKernel kernel = task.kernel;
    MemorySegment w = task.part.data();
    long rowBytes = task.part.type().bytes(columns);
    if (x.rows() < PANEL_TOKENS && kernel.fused()) {
      for (int row = task.from; row < task.to; row++) {
        for (int n = 0; n < x.rows(); n++) {
          y.data()[n * y.columns() + task.yAt + row - task.from] =
              kernel.dot(w, row * rowBytes, columns, x.data(), n * columns);
        }
      }
      return;
    }
    float[] panel = team.scratch(thread, ROWS * columns);
    float[] sums = new float[PanelKernels.SUMS];
    int tile = Math.max(8, TILE / columns / 8 * 8);
    for (int first = 0; first < x.rows(); first += tile) {
      int last = Math.min(x.rows(), first + tile);
      for (int row = task.from; row < task.to; row += ROWS) {
        int rows = Math.min(ROWS, task.to - row);
        for (int r = 0; r < rows; r++) {
          kernel.expand(w, (row + r) * rowBytes, columns, panel, r * columns);
        }
        PanelKernels.product(
            panel,
            rows,
            x.data(),
            first * columns,
            last - first,
            columns,
            sums,
            y.data(),
            first * y.columns() + task.yAt + row - task.from,
            y.columns());
      }
    }
  }
}
