// Past 400 lines: every operation of the processor, each beside its plain twin.
package dev.imago.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The operations on the CPU, by the Vector API, on weights used in place in their mapped files.
///
/// One instance is one step: the tokens of a [ForwardBatch]. A token's results do not depend, in
/// any bit, on the other sequences of its step nor on the number of threads.
public final class CpuOperations implements Operations<CpuWeight, CpuActivation> {
  private static final int[] NONE = {};

  /// Rows of a step from which on what is done to each number is shared among the threads.
  private static final int MANY_ROWS = 16;

  /// What a number costs in a norm and in a function such as GELU, in products about.
  private static final long NORM_WORK = 8;

  private static final long FUNCTION_WORK = 24;

  private final CpuBackend backend;
  private final ForwardBatch batch;
  private final @Nullable Activations kept;

  /// @param kept where results go; null for memory of their own
  CpuOperations(CpuBackend backend, ForwardBatch batch, @Nullable Activations kept) {
    this.backend = backend;
    this.batch = batch;
    this.kept = kept;
  }

  /// Numbers for a result, with whatever is in them.
  private CpuActivation made(int rows, int columns) {
    return kept == null ? CpuActivation.zeros(rows, columns) : kept.take(rows, columns);
  }

  @Override
  public CpuActivation block(CpuActivation x, UnaryOperator<CpuActivation> body) {
    if (kept == null) {
      return body.apply(x);
    }
    int mark = kept.mark();
    return kept.release(mark, body.apply(x));
  }

  @Override
  public CpuActivation block(
      CpuActivation x,
      @Nullable CpuActivation other,
      BiFunction<CpuActivation, @Nullable CpuActivation, CpuActivation> body) {
    if (kept == null) {
      return body.apply(x, other);
    }
    int mark = kept.mark();
    return kept.release(mark, body.apply(x, other));
  }

  @Override
  public CpuActivation previous(CpuWeight table, int first) {
    int[] ids = new int[batch.size()];
    KeyValues[] of = new KeyValues[ids.length];
    for (int n = 0; n < ids.length; n++) {
      of[n] = batch.sequence(n);
      boolean begins = batch.position(n) == 0;
      if (!begins && (n == 0 || of[n - 1] != of[n])) {
        throw new IllegalArgumentException("a sequence's ids have to be read in one step");
      }
      ids[n] = begins ? first : batch.id(n - 1);
    }
    return new CpuOperations(backend, new ForwardBatch(ids, of), kept)
        .gather(table, Index.TOKEN, 0);
  }

  @Override
  public CpuActivation gather(CpuWeight stored, Index index, int from) {
    OnnxRounding rounding = index == Index.TOKEN ? backend.rounding() : null;
    CpuWeight table = rounding == null ? stored : rounding.matrix(stored);
    CpuActivation y = made(batch.size(), table.columns());
    HostTensor part = table.parts().getFirst();
    RowKernel kernel = table.kernels().getFirst();
    long rowBytes = part.type().bytes(table.columns());
    for (int n = 0; n < batch.size(); n++) {
      int row =
          switch (index) {
            case TOKEN -> batch.id(n);
            case POSITION -> batch.position(n);
            // One text where the model knows no second, as RoBERTa.
            case SEGMENT -> Math.min(batch.segment(n), table.rows() - 1);
          };
      VirtualRows virtual = backend.virtual();
      if (virtual != null && index == Index.TOKEN && row >= VirtualRows.FIRST) {
        virtual.embed(row, y.data(), n * table.columns(), table.columns());
        continue;
      }
      if (row < 0 || row >= table.rows() - from) {
        throw new IllegalArgumentException(
            "%s %d is not in 0 … %d"
                .formatted(
                    index == Index.POSITION ? "position" : "token id",
                    row,
                    table.rows() - from - 1));
      }
      kernel.expand(
          part.data(), (row + from) * rowBytes, table.columns(), y.data(), n * table.columns());
    }
    return y;
  }

  @Override
  public CpuActivation linear(CpuActivation x, CpuWeight weight, @Nullable CpuWeight bias) {
    backend.product(weight, x);
    OnnxRounding rounding = backend.rounding();
    if (rounding != null) {
      return LinearKernel.run(backend.team(), OnnxRounding.input(x), rounding.matrix(weight), bias);
    }
    CpuActivation y = made(x.rows(), weight.rows());
    backend.linear().run(x, weight, bias, y);
    LowRankAdditions.add(backend.team(), batch, weight, x, y);
    Bottleneck.Weights behind = weight.bottleneck();
    return behind == null ? y : behind.behind(this, y);
  }

  /// The operations on some rows of the step, such as those of which scores are wanted.
  ///
  /// @param chosen tokens of the step; all of them where none is named
  public CpuOperations rows(int... chosen) {
    return chosen.length == 0 ? this : new CpuOperations(backend, batch.rows(chosen), kept);
  }

  @Override
  public CpuActivation rmsNorm(CpuActivation x, CpuWeight weight, float epsilon, float more) {
    float[] scale = weight.vector();
    int d = scale.length;
    if (d < 1 || x.columns() % d != 0) {
      throw new IllegalArgumentException(
          "a vector of %d does not divide a width of %d".formatted(d, x.columns()));
    }
    CpuActivation y = made(x.rows(), x.columns());
    each(
        x.rows(),
        NORM_WORK * x.columns(),
        n -> {
          for (int at = n * x.columns(); at < (n + 1) * x.columns(); at += d) {
            float square = PanelKernels.dot(x.data(), at, x.data(), at, d);
            float inverse = (float) (1 / Math.sqrt(square / d + epsilon));
            for (int i = 0; i < d; i++) {
              y.data()[at + i] = x.data()[at + i] * inverse * (scale[i] + more);
            }
          }
        });
    return y;
  }

  @Override
  public CpuActivation layerNorm(CpuActivation x, CpuWeight weight, CpuWeight bias, float epsilon) {
    int d = x.columns();
    float[] scale = vector(weight, d);
    float[] shift = vector(bias, d);
    CpuActivation y = made(x.rows(), d);
    each(
        x.rows(),
        NORM_WORK * d,
        n -> {
          int at = n * d;
          double sum = 0;
          for (int i = 0; i < d; i++) {
            sum += x.data()[at + i];
          }
          float mean = (float) (sum / d);
          for (int i = 0; i < d; i++) {
            y.data()[at + i] = x.data()[at + i] - mean;
          }
          float square = PanelKernels.dot(y.data(), at, y.data(), at, d);
          float inverse = (float) (1 / Math.sqrt(square / d + epsilon));
          for (int i = 0; i < d; i++) {
            y.data()[at + i] = y.data()[at + i] * inverse * scale[i] + shift[i];
          }
        });
    return y;
  }

  /// Does something with each row, on all threads where a text is read; of a few rows, such as the
  /// next token of some answers, it is over before another thread is there.
  ///
  /// @param work of a row, in products about
  private void each(int rows, long work, IntConsumer row) {
    if (rows < MANY_ROWS) {
      for (int n = 0; n < rows; n++) {
        row.accept(n);
      }
    } else {
      backend.team().run(rows, work * rows, (n, thread) -> row.accept(n));
    }
  }

  private static float[] vector(CpuWeight weight, int length) {
    float[] vector = weight.vector();
    if (vector.length != length) {
      throw new IllegalArgumentException(
          "a vector of %d does not fit a width of %d".formatted(vector.length, length));
    }
    return vector;
  }

  @Override
  public CpuActivation apply(Nonlinearity function, CpuActivation x) {
    CpuActivation y = made(x.rows(), x.columns());
    int d = x.columns();
    each(
        x.rows(),
        FUNCTION_WORK * d,
        n -> ElementKernels.apply(function, x.data(), n * d, y.data(), n * d, d));
    return y;
  }

  @Override
  public CpuActivation gated(Nonlinearity function, CpuActivation gateUp) {
    int f = gateUp.columns() / 2;
    CpuActivation y = made(gateUp.rows(), f);
    each(
        y.rows(),
        FUNCTION_WORK * f,
        n -> {
          int gate = n * 2 * f;
          int at = n * f;
          ElementKernels.apply(function, gateUp.data(), gate, y.data(), at, f);
          for (int i = 0; i < f; i++) {
            y.data()[at + i] *= gateUp.data()[gate + f + i];
          }
        });
    return y;
  }

  @Override
  public CpuActivation scale(CpuActivation x, float factor) {
    CpuActivation y = made(x.rows(), x.columns());
    for (int i = 0; i < y.rows() * y.columns(); i++) {
      y.data()[i] = x.data()[i] * factor;
    }
    return y;
  }

  @Override
  public CpuActivation add(CpuActivation a, CpuActivation b) {
    if (a.rows() != b.rows() || a.columns() != b.columns()) {
      throw new IllegalArgumentException("two activations of different shapes do not add");
    }
    CpuActivation y = made(a.rows(), a.columns());
    int d = a.columns();
    each(
        a.rows(),
        d,
        n -> {
          for (int i = n * d; i < (n + 1) * d; i++) {
            y.data()[i] = a.data()[i] + b.data()[i];
          }
        });
    return y;
  }

  @Override
  public CpuActivation columns(CpuActivation x, int from, int count) {
    if (from < 0 || count < 1 || from + count > x.columns()) {
      throw new IllegalArgumentException(
          "columns %d … %d are not within 0 … %d"
              .formatted(from, from + count - 1, x.columns() - 1));
    }
    CpuActivation y = made(x.rows(), count);
    for (int n = 0; n < x.rows(); n++) {
      System.arraycopy(x.data(), n * x.columns() + from, y.data(), n * count, count);
    }
    return y;
  }

  @Override
  public CpuActivation rotate(CpuActivation x, Rope rope) {
    int c = rope.headWidth();
    if (x.columns() % c != 0) {
      throw new IllegalArgumentException(
          "a width of %d is no whole number of heads of %d".formatted(x.columns(), c));
    }
    int positions = 0;
    for (int n = 0; n < batch.size(); n++) {
      positions = Math.max(positions, batch.position(n) + 1);
    }
    int[] lengths = rope.varies() ? lengths() : NONE;
    for (int n = 0; n < lengths.length; n++) {
      batch.sequence(n).dependOnPieces();
    }
    RotaryTable table = backend.rotary(rope, positions);
    CpuActivation y = made(x.rows(), x.columns());
    System.arraycopy(x.data(), 0, y.data(), 0, x.rows() * x.columns());
    for (int n = 0; n < x.rows(); n++) {
      RotaryTable own = rope.varies() ? backend.rotary(rope.at(lengths[n]), positions) : table;
      for (int head = 0; head < x.columns() / c; head++) {
        own.turn(y.data(), n * x.columns() + head * c, batch.position(n));
      }
    }
    return y;
  }

  /// How long each token's sequence is at the end of this step.
  private int[] lengths() {
    Map<KeyValues, Integer> longest = new IdentityHashMap<>();
    for (int n = 0; n < batch.size(); n++) {
      longest.merge(batch.sequence(n), batch.position(n) + 1, Math::max);
    }
    int[] lengths = new int[batch.size()];
    for (int n = 0; n < lengths.length; n++) {
      lengths[n] = longest.getOrDefault(batch.sequence(n), 0);
    }
    return lengths;
  }

  @Override
  public CpuActivation attention(
      CpuActivation q,
      CpuActivation k,
      CpuActivation v,
      AttentionShape shape,
      @Nullable CpuWeight bias) {
    int keyWidth = shape.kvHeads() * shape.headWidth();
    if (q.columns() != shape.heads() * shape.headWidth()
        || k.columns() != keyWidth
        || v.columns() != keyWidth) {
      throw new IllegalArgumentException(
          "queries, keys and values of %d, %d and %d do not fit %s"
              .formatted(q.columns(), k.columns(), v.columns(), shape));
    }
    if (shape.buckets().isPresent() != (bias != null)) {
      throw new IllegalArgumentException("a bias and its buckets come together");
    }
    VirtualRows virtual = backend.virtual();
    for (int n = 0; n < batch.size() && virtual != null; n++) {
      if (batch.id(n) >= VirtualRows.FIRST) {
        virtual.place(
            batch.id(n), shape.cache().orElse(0), k.data(), v.data(), n * keyWidth, keyWidth);
      }
    }
    float @Nullable [] table = bias == null ? null : bias.parts().getFirst().toFloats();
    CpuActivation y = made(batch.size(), q.columns());
    backend.attention().run(batch, q, k, v, shape, table, y);
    return y;
  }

  @Override
  public @Nullable CpuOperations source() {
    List<KeyValues> unread = unread();
    if (unread.isEmpty()) {
      return null;
    }
    int count = unread.stream().mapToInt(s -> s.sourceIds().length).sum();
    int[] ids = new int[count];
    KeyValues[] of = new KeyValues[count];
    int at = 0;
    for (KeyValues sequence : unread) {
      int length = sequence.sourceIds().length;
      System.arraycopy(sequence.sourceIds(), 0, ids, at, length);
      Arrays.fill(of, at, at + length, sequence.source());
      at += length;
    }
    return new CpuOperations(backend, new ForwardBatch(ids, of), null);
  }

  /// The step's sequences whose sources were not read before, each once.
  private List<KeyValues> unread() {
    var to = new ArrayList<KeyValues>();
    Set<KeyValues> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int n = 0; n < batch.size(); n++) {
      KeyValues sequence = batch.sequence(n);
      if (seen.add(sequence) && sequence.source().length() == 0) {
        to.add(sequence);
      }
    }
    return to;
  }

  @Override
  public CpuActivation across(
      int layer,
      CpuActivation q,
      @Nullable CpuActivation k,
      @Nullable CpuActivation v,
      AttentionShape shape) {
    int width = shape.kvHeads() * shape.headWidth();
    List<KeyValues> unread = unread();
    if ((k == null || v == null) && !unread.isEmpty()) {
      throw new IllegalArgumentException("%d sources were not read".formatted(unread.size()));
    }
    if (k != null && v != null) {
      int at = 0;
      for (KeyValues sequence : unread) {
        KeyValues source = sequence.source();
        for (int i = 0; i < source.limit(); i++) {
          source.write(layer, i, k.data(), v.data(), at, width);
          at += width;
        }
      }
    }
    CpuActivation y = made(batch.size(), q.columns());
    backend.attention().across(batch, layer, q, shape, y);
    return y;
  }

  @Override
  public CpuActivation recurrent(
      Cell cell,
      int layer,
      CpuActivation x,
      CpuWeight input,
      CpuWeight recurrent,
      CpuWeight inputBias,
      CpuWeight recurrentBias) {
    return RecurrentKernel.run(
        backend.team(), batch, cell, layer, x, input, recurrent, inputBias, recurrentBias);
  }

  @Override
  public CpuActivation recent(int layer, CpuActivation x, int count) {
    int d = x.columns();
    int before = (count - 1) * d;
    CpuActivation y = made(x.rows(), before + d);
    for (int n = 0; n < x.rows(); n++) {
      float[] state = batch.sequence(n).state(layer, before);
      int at = n * (before + d);
      System.arraycopy(state, 0, y.data(), at, before);
      System.arraycopy(x.data(), n * d, y.data(), at + before, d);
      System.arraycopy(y.data(), at + d, state, 0, before);
    }
    return y;
  }

  @Override
  public CpuActivation pool(CpuActivation x, Pooling pooling) {
    Map<KeyValues, List<Integer>> rows = new LinkedHashMap<>();
    for (int n = 0; n < batch.size(); n++) {
      rows.computeIfAbsent(batch.sequence(n), _ -> new ArrayList<>()).add(n);
    }
    CpuActivation y = made(rows.size(), x.columns());
    int to = 0;
    for (List<Integer> sequence : rows.values()) {
      List<Integer> chosen =
          switch (pooling) {
            case FIRST -> List.of(sequence.getFirst());
            case LAST -> List.of(sequence.getLast());
            case MEAN -> sequence;
          };
      for (int i = 0; i < x.columns(); i++) {
        double sum = 0;
        for (int n : chosen) {
          sum += x.data()[n * x.columns() + i];
        }
        y.data()[to + i] = (float) (sum / chosen.size());
      }
      to += x.columns();
    }
    return y;
  }
}
