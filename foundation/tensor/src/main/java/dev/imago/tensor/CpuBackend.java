package dev.imago.tensor;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What the CPU's steps share: a team of threads, and the rotary angles. One step at a time.
public final class CpuBackend implements AutoCloseable {
  /// Where each length of a sequence has a rope of its own, the tables do not grow without end.
  private static final int MOST_TABLES = 64;

  /// Tokens of a step past which its activations are not kept for the next: an encoder may read a
  /// long text at once, now and then.
  private static final int MOST_KEPT = 256;

  private final Team team;
  private final LinearKernel linear;
  private final AttentionKernel attention;
  private final Activations activations = new Activations();
  private final Map<Rope, RotaryTable> rotary = new IdentityHashMap<>();
  private @Nullable BiConsumer<CpuWeight, CpuActivation> watcher;
  private @Nullable VirtualRows virtual;
  private @Nullable OnnxRounding rounding;

  /// @param threads that compute, at least 1
  /// @throws IllegalStateException when the JVM was started without the Vector API
  public CpuBackend(int threads) {
    this.team = new Team(threads);
    this.linear = new LinearKernel(team);
    this.attention = new AttentionKernel(team);
  }

  /// From now on, steps may have learned vectors before a text: the ids of [#virtualIds].
  ///
  /// @param values [n,D], or [n,L·2·K·C]: of each layer the keys, turned to their positions, then
  ///   the values
  /// @param keys which of the two
  public void stand(HostTensor values, boolean keys) {
    virtual = new VirtualRows(values, keys);
  }

  /// The ids of what stands before each text; none where nothing does.
  public int[] virtualIds() {
    return virtual == null
        ? new int[0]
        : IntStream.range(VirtualRows.FIRST, VirtualRows.FIRST + virtual.count()).toArray();
  }

  @Nullable VirtualRows virtual() {
    return virtual;
  }

  /// Shows every product's weight and input to somebody, from the next step on.
  public void watch(BiConsumer<CpuWeight, CpuActivation> whom) {
    watcher = whom;
  }

  /// From now on, matrices and what they are given are rounded to bytes, as the graph of
  /// [OnnxOperations.Numbers#INT8] rounds them: to tell its loss, not to be fast.
  public void roundAsOnnx() {
    rounding = new OnnxRounding();
  }

  @Nullable OnnxRounding rounding() {
    return rounding;
  }

  void product(CpuWeight weight, CpuActivation x) {
    if (watcher != null) {
      watcher.accept(weight, x);
    }
  }

  /// The operations of one step.
  public CpuOperations step(ForwardBatch batch) {
    return new CpuOperations(this, batch, null);
  }

  /// The same, whose results stand only until the next step of this kind, which takes their memory.
  public CpuOperations passingStep(ForwardBatch batch) {
    return passingStep(batch, MOST_KEPT);
  }

  /// The same, whose memory is kept for the next step only where it has few enough tokens.
  ///
  /// @param most tokens of a step whose memory is kept
  public CpuOperations passingStep(ForwardBatch batch, int most) {
    activations.clear();
    return new CpuOperations(this, batch, batch.size() > most ? null : activations);
  }

  LinearKernel linear() {
    return linear;
  }

  AttentionKernel attention() {
    return attention;
  }

  /// ln Σ e^score of each row: what a score's log-probability is less by.
  public float[] logSumExp(CpuActivation scores) {
    float[] to = new float[scores.rows()];
    int columns = scores.columns();
    team.run(
        scores.rows(),
        8L * scores.rows() * columns,
        (n, thread) -> {
          float[] row = team.scratch(thread, columns);
          System.arraycopy(scores.data(), n * columns, row, 0, columns);
          float most = row[0];
          for (int i = 1; i < columns; i++) {
            most = Math.max(most, row[i]);
          }
          to[n] = most + (float) Math.log(AttentionKernel.exponentials(row, 0, columns, most));
        });
    return to;
  }

  /// The width of the kernels' vectors: 128, 256 or 512.
  public static int vectorBits() {
    VectorModule.require();
    return Lanes.FLOATS.vectorBitSize();
  }

  public int threads() {
    return team.threads();
  }

  Team team() {
    return team;
  }

  RotaryTable rotary(Rope rope, int positions) {
    RotaryTable table = rotary.get(rope);
    if (table == null || table.positions() < positions) {
      if (rotary.size() >= MOST_TABLES) {
        rotary.clear();
      }
      table = new RotaryTable(rope, Math.max(256, Integer.highestOneBit(positions) * 2));
      rotary.put(rope, table);
    }
    return table;
  }

  @Override
  public void close() {
    team.close();
  }
}
