package dev.imago.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The smallest whole chain, on this repository's own sources.
final class Tiny {
  static final int CHECKPOINT_EVERY = 5;

  private static @Nullable Path chain;

  private Tiny() {}

  private static final String STAGES =
      """
          collect: {sources: ["${root}/foundation/http/src/main"]}
          prepare: {heldoutFraction: 0.2}
          annotate:
          vocabulary: {vocabularySize: 512}
          encode:
          pretrain: {depth: 1, context: 64, batch: 4, accumulate: 2, tokens: 20480, checkpointEvery: %1$d, evaluateEvery: 20, heldoutTokens: 1024}
          tune: {examples: 320, batch: 8, maxEpochs: 100, checkpointEvery: %1$d, evaluateEvery: 20}
          evaluate: {heldoutTokens: 1024, pairs: 4, maxNewTokens: 8, resamples: 100, samples: 2}
          compress: {evaluateTokens: 1024, maxLossIncrease: 0.1}
      """
          .formatted(CHECKPOINT_EVERY)
          .indent(4);

  /// Writes the recipe of the whole chain into a folder.
  static Path recipe(Path folder) throws IOException {
    return recipeWithout(folder, Set.of());
  }

  /// Writes the recipe of the chain into a folder, but for the stages that a test has no use for.
  static Path recipeWithout(Path folder, Set<String> left) throws IOException {
    String stages =
        STAGES
            .lines()
            .filter(line -> !left.contains(line.strip().replaceFirst(":.*", "")))
            .collect(Collectors.joining("\n", "name: tiny\nseed: 7\nstages:\n", "\n"));
    return Files.writeString(folder.resolve("tiny.yaml"), stages);
  }

  /// The workspace of one whole run of the recipe, undisturbed: made once for all tests of a JVM,
  /// which only read it.
  static synchronized Path chain() throws IOException {
    if (chain == null) {
      Path folder = Files.createTempDirectory("imago-tiny");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      Path workspace = folder.resolve("workspace");
      Result result = here(workspace, "run", recipe(folder).toString());
      if (result.exit() != 0) {
        throw new AssertionError(result.output());
      }
      chain = workspace;
    }
    return chain;
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException left) {
      System.err.println("left behind: " + left.getMessage());
    }
  }

  /// A process that runs a command of ours on this test's class path: for steps up to tuning, since
  /// the kernels of vectors are objects to the first compiler.
  static ProcessBuilder process(Path workspace, String... command) {
    var words = new ArrayList<String>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // it lives for seconds, and libtorch does its products
            "-Dimago.root=" + System.getProperty("imago.root"),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.imago.cli.Imago",
            "--workspace",
            workspace.toString()));
    words.addAll(List.of(command));
    return new ProcessBuilder(words).redirectErrorStream(true);
  }

  /// Runs a command in this JVM, which keeps the code that it has compiled for the next one: a
  /// process of its own is for what has to die.
  static Result here(Path workspace, String... command) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var said = new ByteArrayOutputStream();
    try (var told = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      System.setOut(told);
      System.setErr(told);
      var words = new ArrayList<String>(List.of("--workspace", workspace.toString()));
      words.addAll(List.of(command));
      int exit = Imago.execute(words.toArray(String[]::new));
      return new Result(exit, said.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /// Runs a command to its end.
  static Result run(Path workspace, String... command) throws IOException, InterruptedException {
    Process process = process(workspace, command).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    return new Result(process.waitFor(), output);
  }

  /// How a command ended.
  record Result(int exit, String output) {}
}
