package dev.imago.tensor;

import java.util.ArrayList;
import java.util.List;

/// x [N,in] · weight[out,in]ᵀ, its rows shared out among a team.
final class LinearKernel {
  /// From as many tokens on, rows are made floats first.
  private static final int PANEL_TOKENS = 4;

  /// Numbers of activations that are gone through for each panel: half of a small second-level
  /// cache.
  private static final int TILE = 1 << 17;

  private static final int ROWS = RowKernels.ROWS;

  private LinearKernel() {}

  /// A run of rows of one part.
  private record Task(HostTensor part, int from, int to, int yAt) {}

  static Activation run(Team team, Activation x, CpuWeight weight) {
    if (weight.columns() != x.columns()) {
      throw new IllegalArgumentException(
          "a weight [%d,%d] does not fit an input of width %d"
              .formatted(weight.rows(), weight.columns(), x.columns()));
    }
    Activation y = Activation.zeros(x.rows(), weight.rows());
    List<Task> tasks = tasks(weight, team.threads());
    team.run(tasks.size(), (task, thread) -> run(team, thread, tasks.get(task), x, y));
    return y;
  }

  /// About eight tasks a thread, so that one that is held up holds up little.
  private static List<Task> tasks(CpuWeight weight, int threads) {
    int wanted = threads == 1 ? 1 : 8 * threads;
    int size = Math.max(16, (weight.rows() / wanted + ROWS - 1) / ROWS * ROWS);
    var tasks = new ArrayList<Task>();
    int yAt = 0;
    for (HostTensor part : weight.parts()) {
      int rows = (int) part.shape()[0];
      for (int from = 0; from < rows; from += size) {
        tasks.add(new Task(part, from, Math.min(rows, from + size), yAt + from));
      }
      yAt += rows;
    }
    return tasks;
  }

  private static void run(Team team, int thread, Task task, Activation x, Activation y) {
    int columns = x.columns();
    int whole = task.from + (task.to - task.from) / ROWS * ROWS;
    float[] panel = team.scratch(thread, ROWS * columns);
    int tile = Math.max(PANEL_TOKENS, TILE / columns / PANEL_TOKENS * PANEL_TOKENS);
    for (int first = 0; first < x.rows(); first += tile) {
      int last = Math.min(x.rows(), first + tile);
      for (int row = task.from; row < whole; row += ROWS) {
        int yAt = task.yAt + row - task.from;
        if (x.rows() < PANEL_TOKENS) {
          for (int n = first; n < last; n++) {
            RowKernels.dot4(
                task.part, columns, row, x.data(), n * columns, y.data(), n * y.columns() + yAt);
          }
        } else {
          panel(task.part, row, panel, x, first, last, y, yAt);
        }
      }
      for (int row = whole; row < task.to; row++) {
        PanelKernels.expand(task.part, columns, row, panel, 0);
        for (int n = first; n < last; n++) {
          y.data()[n * y.columns() + task.yAt + row - task.from] =
              PanelKernels.dot(panel, 0, x.data(), n * columns, columns);
        }
      }
    }
  }

  private static void panel(
      HostTensor part,
      int row,
      float[] panel,
      Activation x,
      int first,
      int last,
      Activation y,
      int yAt) {
    int columns = x.columns();
    for (int r = 0; r < ROWS; r++) {
      PanelKernels.expand(part, columns, row + r, panel, r * columns);
    }
    int n = first;
    for (; n + 4 <= last; n += 4) {
      PanelKernels.dot4x4(
          panel, x.data(), n * columns, columns, y.data(), n * y.columns() + yAt, y.columns());
    }
    for (; n < last; n++) {
      for (int r = 0; r < ROWS; r++) {
        y.data()[n * y.columns() + yAt + r] =
            PanelKernels.dot(panel, r * columns, x.data(), n * columns, columns);
      }
    }
  }
}
