package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.torch.ProcessGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whole processes, over the loopback interface.
class LaunchTest {
  private static final String RECIPE =
      """
      name: tiny
      seed: 7
      stages:
        collect: {sources: ["${root}/foundation/http/src/main"]}
        prepare: {heldoutFraction: 0.2}
        vocabulary: {vocabularySize: 320}
        encode:
        pretrain: {depth: 1, context: 32, batch: 4, accumulate: 2, tokens: 2560, precision: f32,
          checkpointEvery: 5, evaluateEvery: 5, heldoutTokens: 512}
      """;

  @TempDir Path folder;
  private String recipe = "";

  @BeforeEach
  void writeRecipe() throws IOException {
    recipe = Files.writeString(folder.resolve("tiny.yaml"), RECIPE).toString();
  }

  /// A program that runs any command of ours, as `imago` is.
  private Path program() throws IOException {
    boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
    Assumptions.assumeTrue(posix, "skipped: this system starts no shell scripts");
    List<String> words = Tiny.process(folder).command();
    String command =
        words.subList(0, words.size() - 2).stream()
            .map(w -> "'" + w.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    Path script = folder.resolve("imago");
    Files.writeString(script, "#!/bin/sh\nexec " + command + " \"$@\"\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  private Tiny.Result launch(Path workspace, String... words) throws Exception {
    ProcessBuilder process = Tiny.process(workspace, words);
    process.command().add(1, "-Dimago.command=" + program());
    Process started = process.start();
    started.getOutputStream().close();
    String output = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Tiny.Result(started.waitFor(), output);
  }

  private static List<Map<String, Number>> curve(Path workspace) throws IOException {
    try (Stream<Path> runs = Files.list(workspace.resolve("runs"))) {
      Path file =
          runs.filter(r -> r.toString().endsWith("-pretrain"))
              .findFirst()
              .orElseThrow()
              .resolve("metrics.jsonl");
      var points = new ArrayList<Map<String, Number>>();
      for (String line : Files.readAllLines(file)) {
        points.add(
            JsonMapper.shared().readValue(line, new TypeReference<Map<String, Number>>() {}));
      }
      return points;
    }
  }

  @Test
  void twoProcessesTrainAsOneDoes() throws Exception {
    Path both = folder.resolve("both");
    Tiny.Result result = launch(both, "launch", "--processes", "2", "--", "run", recipe);
    assertEquals(0, result.exit(), result.output());
    assertTrue(
        result.output().contains("2 processes share each batch of 4: 2 each"), result.output());
    assertEquals(1, result.output().lines().filter(l -> l.contains("parameters, width")).count());
    assertFalse(result.output().contains("[Gloo]"), result.output());
    Path one = folder.resolve("one");
    assertEquals(0, Tiny.here(one, "run", recipe).exit());
    List<Map<String, Number>> expected = curve(one);
    List<Map<String, Number>> points = curve(both);
    assertEquals(expected.size(), points.size());
    for (int i = 0; i < points.size(); i++) {
      for (String key : List.of("step", "tokens", "loss", "heldoutLoss")) {
        if (expected.get(i).containsKey(key)) {
          double wanted = expected.get(i).get(key).doubleValue();
          assertEquals(wanted, points.get(i).get(key).doubleValue(), 1e-5, key);
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Makes a process one of two, as torchrun does.
  private static void join(ProcessBuilder process, int rank, int port) {
    process
        .environment()
        .putAll(
            Map.of(
                "RANK",
                "" + rank,
                "WORLD_SIZE",
                "2",
                "LOCAL_RANK",
                "" + rank,
                "LOCAL_WORLD_SIZE",
                "2",
                "MASTER_ADDR",
                "127.0.0.1",
                "MASTER_PORT",
                "" + port));
  }

  /// The first is this JVM: it is started with four in a batch, and the other with eight.
  @Test
  void processesThatDisagreeEndBeforeAnyWorkWithOneMessage() throws Exception {
    int port = freePort();
    Path workspace = folder.resolve("workspace");
    ProcessBuilder process = Tiny.process(workspace, "run", recipe, "pretrain.batch=8");
    join(process, 1, port);
    Process other;
    try (var first = ProcessPeers.join(ProcessGroup.Member.of(0, 2, "127.0.0.1", port))) {
      other = process.start();
      other.getOutputStream().close();
      String asked = first.group().hear("recipe/1", Duration.ofMinutes(2)).orElseThrow();
      assertTrue(asked.contains("\"batch\":8"), asked);
      JsonNode own = JsonMapper.shared().readTree(asked.replace("\"batch\":8", "\"batch\":4"));
      Map<String, Object> resolved =
          JsonMapper.shared()
              .convertValue(own.get("recipe"), new TypeReference<Map<String, Object>>() {});
      String message =
          assertThrows(ConfigException.class, () -> first.agree(resolved, Imago.version()))
              .getMessage();
      assertTrue(message.contains("pretrain.batch = 4 in process 0, and 8 in process 1"), message);
      String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(2, other.waitFor(), output);
      assertFalse(output.contains("imago: "), output + ": the first says it");
    }
    assertFalse(Files.exists(workspace.resolve("runs")), "no work has begun");
  }

  @Test
  void aProcessWhoseFirstIsGoneEndsWithOneMessage() throws Exception {
    int port = freePort();
    ProcessBuilder process = Tiny.process(folder.resolve("other"), "run", recipe);
    join(process, 1, port);
    Process other;
    try (var first =
        ProcessGroup.join(ProcessGroup.Member.of(0, 2, "127.0.0.1", port), Duration.ofMinutes(1))) {
      other = process.start();
      assertTrue(first.hear("recipe/1", Duration.ofMinutes(1)).isPresent());
    }
    other.getOutputStream().close();
    String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(4, other.waitFor(), output);
    assertTrue(output.contains("imago: process 0 cannot be reached any more"), output);
    assertFalse(output.contains("frame #"), output);
  }

  @Test
  void whatCannotBeSharedOutIsRefused() throws Exception {
    Tiny.Result result =
        Tiny.here(folder.resolve("none"), "launch", "--processes", "2", "--", "serve");
    assertEquals(2, result.exit());
    assertTrue(result.output().contains("launch is for `run`"), result.output());
    Tiny.Result named =
        Tiny.here(folder.resolve("none"), "launch", "--processes", "2", "--", "show", "run");
    assertTrue(named.output().contains("launch is for `run`"), named.output());
  }

  @Test
  void aMisspeltOptionIsToldOnceAndBeforeAnythingStarts() throws Exception {
    Tiny.Result result =
        Tiny.here(
            folder.resolve("none"), "launch", "--processes", "2", "--", "run", "--inptu", "a");
    assertEquals(2, result.exit());
    List<String> said = result.output().lines().filter(l -> l.startsWith("imago: ")).toList();
    assertEquals(1, said.size(), result.output());
    assertTrue(said.getFirst().contains("did you mean --input?"), result.output());
  }
}
