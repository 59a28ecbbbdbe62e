package dev.imago.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Operations.Index;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Gradients on their way while they are made: two processes, each a thread here, over the loopback
/// interface. *V = 23, D = 8.*
class GradientBucketsTest {
  private static final Duration WAIT = Duration.ofSeconds(60);

  private static final class Net {
    final Layout layout = new Layout();
    final Slot embedding = layout.add(List.of("e"), List.of(23), 8);
    final List<Slot> norms = new ArrayList<>();
    final List<Slot> matrices = new ArrayList<>();
    final Slot unused = layout.add(List.of("unused"), List.of(3), 8);
    final ModelWithHead output;

    /// @param tied whether the head is the embedding
    Net(boolean tied) {
      for (int i = 0; i < 4; i++) {
        norms.add(layout.add(List.of("n" + i), List.of(8), 0));
        matrices.add(layout.add(List.of("m" + i), List.of(8), 8));
      }
      Slot head = tied ? embedding : layout.add(List.of("h"), List.of(23), 8);
      output = new ModelWithHead(this::hidden, head, null);
    }

    <X> X hidden(Operations<Slot, X> ops) {
      X x = ops.gather(embedding, Index.TOKEN);
      for (int i = 0; i < 4; i++) {
        X y = ops.linear(ops.rmsNorm(x, norms.get(i), 1e-5f), matrices.get(i), null);
        // The first matrix is used in every block.
        x = ops.add(x, ops.linear(ops.apply(Nonlinearity.TANH, y), matrices.getFirst(), null));
      }
      return x;
    }
  }

  private static float[] trained(Net net, Replicas replicas) throws InterruptedException {
    Random random = new Random(3);
    MemorySegment values = replicas.values();
    for (long i = 0; i < net.layout.size(); i++) {
      values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * 0.3));
    }
    for (int step = 1; step <= 4; step++) {
      replicas.clear();
      for (int micro = 0; micro < 2; micro++) {
        int[] ids = random.ints(6 * 5, 0, 23).toArray();
        int[] targets = random.ints(6 * 5, 0, 23).toArray();
        Batch batch = Batch.of(6, 5, ids, targets);
        if (micro == 0) {
          replicas.accumulate(net.output, Objective.LIKELIHOOD, batch, 1 / 60.0);
        } else {
          replicas.accumulateLast(net.output, Objective.LIKELIHOOD, batch, 1 / 60.0);
        }
      }
      replicas.update(step, 1e-1, new Sgd(0.9, false, 0.1, 1));
    }
    return replicas.values().toArray(ValueLayout.JAVA_FLOAT);
  }

  /// @param bytes of a bucket: each weight by itself, some, and all at once
  @ParameterizedTest
  @CsvSource({"true, 1", "true, 600", "false, 1", "false, 600", "false, 1000000"})
  void theSumsOfTwoProcessesAreThoseOfOne(boolean tied, long bytes) throws Exception {
    float[] alone;
    Net net = new Net(tied);
    try (Replicas replicas = new Replicas(net.layout, 1, Precision.F32)) {
      alone = trained(net, replicas);
    }
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (var threads = Executors.newFixedThreadPool(2)) {
      var both = new ArrayList<Future<float[]>>();
      for (int rank = 0; rank < 2; rank++) {
        var member = ProcessGroup.Member.of(rank, 2, "127.0.0.1", port);
        both.add(
            threads.submit(
                () -> {
                  Net own = new Net(tied);
                  try (ProcessGroup group = ProcessGroup.join(member, WAIT);
                      Replicas replicas = new Replicas(own.layout, 2, Precision.F32)) {
                    group.connect(WAIT);
                    replicas.join(group, bytes);
                    float[] weights = trained(own, replicas);
                    assertEquals("0", replicas.spread("" + group.rank()));
                    assertTrue(replicas.any(group.rank() == 1));
                    group.tell("done/" + group.rank(), "");
                    if (group.rank() == 0) {
                      group.hear("done/1", WAIT); // it holds the store
                    }
                    return weights;
                  }
                }));
      }
      for (Future<float[]> weights : both) {
        assertArrayEquals(alone, weights.get(), 1e-5f);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 11", "600, 4", "1000000, 2"})
  void bucketsCoverAllThatTrainsAndEndWithTheModelsBeginning(long bytes, int count) {
    Layout layout = new Net(false).layout;
    List<GradientBuckets.Bucket> buckets = GradientBuckets.buckets(layout, bytes);
    assertEquals(layout.size(), buckets.stream().mapToLong(b -> b.to() - b.from()).sum());
    assertEquals(0, buckets.getLast().slots().stream().mapToInt(Slot::index).min().orElseThrow());
    assertEquals(count, buckets.size());
  }
}
