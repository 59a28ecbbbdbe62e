package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.torch.Objective;
import dev.imago.torch.Precision;
import dev.imago.torch.ProcessGroup;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Members of one group, each a thread here, over the loopback interface.
class ProcessesTest {
  private static final long STEPS = 12;
  private static final Duration WAIT = Duration.ofSeconds(60);

  @TempDir Path folder;
  private TokenShards tokens;

  @BeforeEach
  void writeTokens() throws Exception {
    Path place = Files.createDirectories(folder.resolve("tokens"));
    var header = new TokenShards.Header(64, 0);
    TokenShards.writeHeader(place, header);
    try (var writer = new TokenShards.Writer(place, Split.TRAIN, header)) {
      Random random = new Random(5);
      for (int d = 0; d < 20; d++) {
        int start = random.nextInt(63);
        int[] ids = new int[60];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = 1 + (start + i * 5) % 63;
        }
        writer.write(ids, ids.length);
      }
    }
    tokens = TokenShards.open(place, Split.TRAIN);
  }

  @AfterEach
  void closeTokens() {
    tokens.close();
  }

  /// @param batch sequences of a micro-batch, of all processes together
  private void train(@Nullable ProcessGroup group, int batch, long seed, FakeRun run)
      throws InterruptedException {
    Windows windows = new Windows(tokens, 16, batch, 2, 1);
    var settings =
        new Trainer.Settings(
            new Schedule(1e-2, 0.1, 3, STEPS),
            OptimizerKind.ADAMW.with(OptimizerKind.Settings.USUAL, 0.1, 1),
            new Objective.Likelihood(0, 0),
            0.9,
            4,
            60,
            3,
            "test");
    var shape = Architectures.ofDepth("llama", 2, 64, 16);
    try (var model = TrainableModel.random(shape, seed, 1, Precision.F32)) {
      if (group != null) {
        model.join(group);
      }
      new Trainer(model, windows, windows.first(64), settings, run).train();
    }
  }

  private interface Work {
    void run(ProcessGroup group) throws Exception;
  }

  /// What each of the processes threw; null for nothing.
  private static List<@Nullable Throwable> together(int size, Work work) throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var thrown = new ArrayList<@Nullable Throwable>();
    try (var threads = Executors.newFixedThreadPool(size)) {
      var all = new ArrayList<Future<Void>>();
      for (int rank = 0; rank < size; rank++) {
        var member = ProcessGroup.Member.of(rank, size, "127.0.0.1", port);
        Callable<Void> one =
            () -> {
              try (ProcessGroup group = ProcessGroup.join(member, WAIT)) {
                group.connect(WAIT);
                work.run(group);
                group.disconnect();
                group.tell("done/" + group.rank(), "");
                for (int other = 0; group.rank() == 0 && other < group.size(); other++) {
                  group.hear("done/" + other, WAIT); // rank 0 holds the store
                }
              }
              return null;
            };
        all.add(threads.submit(one));
      }
      for (Future<Void> one : all) {
        try {
          one.get();
          thrown.add(null);
        } catch (ExecutionException e) {
          thrown.add(e.getCause());
        }
      }
    }
    return thrown;
  }

  private static void same(FakeRun expected, FakeRun run, String... keys) {
    assertEquals(expected.metrics().size(), run.metrics().size());
    for (int i = 0; i < expected.metrics().size(); i++) {
      Map<String, Number> point = expected.metrics().get(i);
      for (String key : keys) {
        if (point.containsKey(key)) {
          assertEquals(
              point.get(key).doubleValue(),
              run.metrics().get(i).get(key).doubleValue(),
              1e-5,
              key + " of step " + point.get("step"));
        }
      }
    }
  }

  private static final String[] CURVE = {"step", "tokens", "loss", "heldoutLoss", "gradientNorm"};

  @Test
  void twoProcessesGiveTheCurveOfOneWithTheDoubledBatch() throws Exception {
    var alone = new FakeRun(folder.resolve("alone"), 1);
    train(null, 8, 1, alone);
    var runs = List.of(new FakeRun(folder.resolve("0"), 1), new FakeRun(folder.resolve("1"), 1));
    // Four sequences each; the second begins from other weights, and takes the first's.
    var thrown = together(2, g -> train(g, 8, 1 + g.rank(), runs.get(g.rank())));
    thrown.forEach(t -> assertNull(t, String.valueOf(t)));
    same(alone, runs.getFirst(), CURVE);
    same(alone, runs.getLast(), CURVE);
    assertTrue(Files.exists(runs.getFirst().scratch().resolve("checkpoint-0.safetensors")));
    try (var files = Files.list(runs.getLast().scratch())) {
      assertEquals(0, files.count(), "only the first writes");
    }
  }

  @Test
  void sequencesThatDoNotDivideAreSharedOutAllTheSame() throws Exception {
    var alone = new FakeRun(folder.resolve("alone"), 1);
    train(null, 5, 1, alone);
    var runs =
        List.of(
            new FakeRun(folder.resolve("0"), 1),
            new FakeRun(folder.resolve("1"), 1),
            new FakeRun(folder.resolve("2"), 1));
    var thrown = together(3, g -> train(g, 5, 1, runs.get(g.rank())));
    thrown.forEach(t -> assertNull(t, String.valueOf(t)));
    same(alone, runs.getLast(), CURVE);
  }

  @Test
  void aLostProcessEndsTheRestAndOneAloneGoesOn() throws Exception {
    var alone = new FakeRun(folder.resolve("alone"), 1);
    train(null, 8, 1, alone);
    Path first = folder.resolve("0");
    var runs = List.of(new FakeRun(first, 1), new FakeRun(folder.resolve("1"), 1).killedAfter(6));
    var thrown = together(2, g -> train(g, 8, 1, runs.get(g.rank())));
    assertTrue(thrown.getLast() instanceof FakeRun.Killed, String.valueOf(thrown.getLast()));
    assertTrue(thrown.getFirst() instanceof EnvironmentException, String.valueOf(thrown));
    String message = String.valueOf(thrown.getFirst().getMessage());
    assertTrue(message.contains("another process of the training was lost"), message);
    assertTrue(message.contains("after step 6"), message);
    var resumed = new FakeRun(first, 1);
    train(null, 8, 1, resumed);
    assertTrue(resumed.notes().contains("goes on after step 6 of 12"), resumed.notes().toString());
    same(alone, resumed, CURVE);
  }

  @Test
  void allEndAfterTheSameStepWhereOneIsToldToStop() throws Exception {
    Path first = folder.resolve("0");
    var thrown =
        together(
            2,
            g -> {
              if (g.rank() == 1) {
                Thread.currentThread().interrupt();
              }
              train(g, 8, 1, new FakeRun(g.rank() == 0 ? first : folder.resolve("1"), 1));
            });
    for (Throwable one : thrown) {
      assertTrue(one instanceof InterruptedException, String.valueOf(one));
      assertEquals("interrupted after step 1", one.getMessage());
    }
    assertEquals("after step 1 of 12", Trainer.resumesAt(first.resolve("scratch")).orElseThrow());
  }

  @Test
  void theCeilingIsThatOfAllProcessesAsTheirTokensAre() throws Exception {
    double[] ceilings = new double[2];
    var shape = Architectures.ofDepth("llama", 1, 64, 16);
    var thrown =
        together(
            2,
            g -> {
              try (var model = TrainableModel.random(shape, 1, 1, Precision.F32)) {
                model.join(g);
                ceilings[g.rank()] = model.replicas().productRate();
              }
            });
    thrown.forEach(t -> assertNull(t, String.valueOf(t)));
    assertTrue(ceilings[0] > 0);
    assertEquals(ceilings[0], ceilings[1]); // each measured something else
  }

  @Test
  void aProcessWithoutASequenceIsRefused() throws Exception {
    assertEquals(3, Processes.share(null, "pretrain.batch", 3, _ -> {}));
    var thrown =
        together(
            2,
            g -> {
              assertEquals(2, Processes.share(g, "pretrain.batch", 3, _ -> {}));
              var e =
                  assertThrows(
                      ConfigException.class,
                      () -> Processes.share(g, "pretrain.batch", 1, _ -> {}));
              assertTrue(e.getMessage().contains("raise it to 2"), e.getMessage());
            });
    thrown.forEach(t -> assertNull(t, String.valueOf(t)));
  }
}
