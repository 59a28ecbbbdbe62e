package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// x [N,in] · weight[out,in]ᵀ + bias, its rows shared out among a team.
final class LinearKernel implements Team.Body {
  /// From as many tokens on, rows are made floats and packed first.
  private static final int PANEL_TOKENS = 4;

  /// Numbers of activations that are gone through for each panel: half of a small second-level
  /// cache.
  private static final int TILE = 1 << 17;

  private static final int ROWS = PanelKernels.ROWS;

  private final Team team;
  private final Team.Body packing = this::pack;

  // What the product at work is of: set before the team begins, and let go after it.
  private List<CpuWeight.Run> runs = List.of();
  private CpuActivation x = NONE;
  private CpuActivation y = NONE;
  private float[] packed = NO_NUMBERS;
  private int passes;
  private int packingRuns;

  private static final float[] NO_NUMBERS = {};
  private static final CpuActivation NONE = CpuActivation.zeros(0, 1);

  /// One product at a time.
  LinearKernel(Team team) {
    this.team = team;
  }

  static CpuActivation run(Team team, CpuActivation x, CpuWeight weight, @Nullable CpuWeight bias) {
    CpuActivation y = CpuActivation.zeros(x.rows(), weight.rows());
    new LinearKernel(team).run(x, weight, bias, y);
    return y;
  }

  /// @param y [N,out], whatever is in it before
  void run(CpuActivation x, CpuWeight weight, @Nullable CpuWeight bias, CpuActivation y) {
    run(x, weight, y);
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
  }

  private void run(CpuActivation x, CpuWeight weight, CpuActivation y) {
    if (weight.columns() != x.columns()) {
      throw new IllegalArgumentException(
          "a weight [%d,%d] does not fit an input of width %d"
              .formatted(weight.rows(), weight.columns(), x.columns()));
    }
    this.x = x;
    this.y = y;
    runs = weight.runs(team.threads());
    packed = x.rows() < PANEL_TOKENS ? NO_NUMBERS : packed(x);
    team.run(runs.size(), (long) x.rows() * x.columns() * weight.rows(), this);
    this.x = NONE;
    this.y = NONE;
    packed = NO_NUMBERS;
  }

  @Override
  public void run(int task, int thread) {
    CpuWeight.Run run = runs.get(task);
    if (packed == NO_NUMBERS) {
      rows(team, thread, run, x, y);
    } else {
      panels(team, thread, run, x, packed, y);
    }
  }

  private float[] packed(CpuActivation x) {
    float[] to = team.shared(PanelKernels.packed(x.rows(), x.columns()));
    packed = to;
    passes = (x.rows() + PanelKernels.TOKENS - 1) / PanelKernels.TOKENS;
    packingRuns = Math.min(passes, 2 * team.threads());
    team.run(packingRuns, (long) x.rows() * x.columns(), packing);
    return to;
  }

  private void pack(int run, int thread) {
    for (int pass = run * passes / packingRuns; pass < (run + 1) * passes / packingRuns; pass++) {
      PanelKernels.packTokens(
          x.data(), pass * PanelKernels.TOKENS, x.rows() - 1, x.columns(), packed);
    }
  }

  /// A few tokens: each row as it is stored, or a few rows made floats.
  private static void rows(
      Team team, int thread, CpuWeight.Run task, CpuActivation x, CpuActivation y) {
    if (!task.kernel().fused()) {
      floats(team, thread, task, x, y);
      return;
    }
    int columns = x.columns();
    MemorySegment w = task.part().data();
    long rowBytes = task.rowBytes();
    for (int row = task.from(); row < task.to(); row++) {
      for (int n = 0; n < x.rows(); n++) {
        y.data()[n * y.columns() + task.yAt() + row - task.from()] =
            task.kernel().dot(w, row * rowBytes, columns, x.data(), n * columns);
      }
    }
  }

  private static void floats(
      Team team, int thread, CpuWeight.Run task, CpuActivation x, CpuActivation y) {
    int columns = x.columns();
    MemorySegment w = task.part().data();
    long rowBytes = task.rowBytes();
    int most = columns % 32 == 0 ? PanelKernels.DOTS : 1;
    float[] sums = team.sums(thread);
    float[] floats = team.scratch(thread, most * columns);
    for (int from = task.from(); from < task.to(); from += most) {
      int rows = Math.min(most, task.to() - from);
      for (int r = 0; r < rows; r++) {
        task.kernel().expand(w, (from + r) * rowBytes, columns, floats, r * columns);
      }
      for (int n = 0; n < x.rows(); n++) {
        int yAt = n * y.columns() + task.yAt() + from - task.from();
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
      Team team, int thread, CpuWeight.Run task, CpuActivation x, float[] packed, CpuActivation y) {
    int columns = x.columns();
    MemorySegment w = task.part().data();
    long rowBytes = task.rowBytes();
    // A panel, packed, and after it room for a row that is not.
    float[] panel = team.scratch(thread, (ROWS + 1) * columns);
    int rowAt = ROWS * columns;
    // Of its own: with the team's, a prompt took 1.4 times as long (measured; the cause is not
    // known).
    float[] sums = new float[PanelKernels.SUMS];
    int whole = columns & -Lanes.COUNT;
    int over = columns - whole;
    float[] ends = over == 0 ? NO_NUMBERS : new float[ROWS * over];
    int tile = Math.max(8, TILE / columns / 8 * 8);
    for (int first = 0; first < x.rows(); first += tile) {
      int tokens = Math.min(tile, x.rows() - first);
      for (int from = task.from(); from < task.to(); from += ROWS) {
        int rows = Math.min(ROWS, task.to() - from);
        for (int r = 0; r < rows; r++) {
          task.kernel().expand(w, (from + r) * rowBytes, columns, panel, rowAt);
          PanelKernels.packRow(panel, rowAt, columns, panel, r);
          if (over > 0) {
            System.arraycopy(panel, rowAt + whole, ends, r * over, over);
          }
        }
        int yAt = first * y.columns() + task.yAt() + from - task.from();
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
