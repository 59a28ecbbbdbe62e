package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.prepare.PrepareEngine;
import dev.imago.tokenize.EncodeEngine;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Prepares and encodes with Spark, on this machine: the program that `spark-submit` starts on a
/// cluster, in a JVM of its own, so that none of Spark's jars is beside ours.
///
/// Spark's jars are those of `SPARK_HOME`, else those that the build's profile `spark` fetched.
final class SparkEngine implements PrepareEngine, EncodeEngine {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String BUILD = "mvn -Pspark -pl engines/spark -am -DskipTests package";

  /// Of java.base, what Spark looks into (`JavaModuleOptions` in its launcher).
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "jdk.internal.ref",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private final Path program;
  private final Path jars;
  private final int threads;

  private SparkEngine(Path program, Path jars, int threads) {
    this.program = program;
    this.jars = jars;
    this.threads = threads;
  }

  /// Looks for what it needs, before any work.
  ///
  /// @param root of Imago
  /// @param environment the variables: `SPARK_HOME`
  /// @throws EnvironmentException where something is missing, with what brings it
  static SparkEngine find(Path root, Map<String, String> environment, int threads) {
    Path built = root.resolve("engines/spark/target");
    Path program =
        Stream.of(built.resolve("imago-spark.jar"), root.resolve("lib/spark/imago-spark.jar"))
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(
                () ->
                    new EnvironmentException(
                        "--engine spark needs %s, which is not there; build it once with `%s`"
                            .formatted(built.resolve("imago-spark.jar"), BUILD)));
    String home = environment.get("SPARK_HOME");
    if (home != null && !Files.isDirectory(Path.of(home, "jars"))) {
      throw new EnvironmentException(
          "SPARK_HOME = %s has no folder jars; name an unpacked Spark 4, or unset it"
              .formatted(home));
    }
    Path jars = home == null ? built.resolve("spark-jars") : Path.of(home, "jars");
    if (!Files.isDirectory(jars)) {
      throw new EnvironmentException(
          "--engine spark needs Spark's jars: set SPARK_HOME to an unpacked Spark 4, or fetch them once with `%s`"
              .formatted(BUILD));
    }
    return new SparkEngine(program, jars, threads);
  }

  @Override
  public void prepare(PrepareEngine.Request request, Run run) throws InterruptedException {
    Path output = run.scratch().resolve("spark-output");
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of("--input", request.raw().toUri().toString()));
    for (Path each : request.signatures()) {
      arguments.addAll(List.of("--signatures", each.toUri().toString()));
    }
    if (Files.exists(request.forgotten())) {
      arguments.addAll(List.of("--forgotten", request.forgotten().toString()));
    }
    start("PrepareOnSpark", "prepare", request.rules(), arguments, output, run);
    move(output.resolve("corpus"), request.corpus());
    move(output.resolve("rejects"), request.rejects());
  }

  @Override
  public void encode(EncodeEngine.Request request, Run run) throws InterruptedException {
    Path output = run.scratch().resolve("spark-output");
    List<String> arguments =
        List.of(
            "--corpus",
            request.corpus().toUri().toString(),
            "--vocabulary",
            request.tokenizer().toUri().toString());
    start("EncodeOnSpark", "encode", request.config(), arguments, output, run);
    move(output.resolve("tokens"), request.tokens());
  }

  private static void move(Path from, Path to) {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        AtomicFile.move(file, to.resolve(from.relativize(file)));
      }
    } catch (IOException e) {
      throw AtomicFile.failure("move", from, e);
    }
  }

  private void start(
      String type, String step, Record config, List<String> arguments, Path output, Run run)
      throws InterruptedException {
    Path work = run.scratch().resolve("spark-work");
    Path recipe = run.scratch().resolve("spark.yaml");
    Path log = run.scratch().resolve("spark.log");
    AtomicFile.write(
        recipe,
        JSON.writeValueAsString(
            Map.of("name", step, "stages", Map.of(step, Binder.resolved(config)))));
    try {
      Files.createDirectories(work);
      List<String> command = command(type, work);
      command.add(recipe.toString());
      command.addAll(arguments);
      command.addAll(
          List.of(
              "--output",
              output.toUri().toString(),
              "--master",
              // A task that fails is tried again, as on a cluster.
              "local[%d,4]".formatted(threads),
              "--json"));
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      try {
        int status;
        JsonNode error;
        try (var telling = new Telling(run)) {
          error = telling.follow(process);
          status = process.waitFor();
        }
        if (error != null) {
          throw told(error);
        }
        if (status != 0) {
          throw new EnvironmentException(
              "Spark ended with status %d; %s has its log".formatted(status, log));
        }
      } finally {
        process.destroy();
        process.waitFor();
      }
    } catch (IOException e) {
      throw AtomicFile.failure("start Spark in", work, e);
    }
  }

  private List<String> command(String type, Path work) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String opened : OPENED) {
      command.add("--add-opens=java.base/%s=ALL-UNNAMED".formatted(opened));
    }
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.netty.tryReflectionSetAccessible=true",
            "-XX:+UseParallelGC",
            "-Xmx" + Runtime.getRuntime().maxMemory(),
            "-Djava.io.tmpdir=" + work,
            // Killed or not, this process leaves no job behind that writes on beside the next one.
            "-Dimago.parent=" + ProcessHandle.current().pid(),
            "-Dspark.local.dir=" + work,
            "-Dspark.ui.enabled=false",
            // Nobody else has a part in it.
            "-Dspark.driver.host=127.0.0.1",
            "-Dspark.driver.bindAddress=127.0.0.1",
            "-cp",
            // Ours first: where both have a library, ours is the newer one.
            program + File.pathSeparator + jars.resolve("*"),
            "dev.imago.spark." + type));
    return command;
  }

  private static RuntimeException told(JsonNode error) {
    String message = error.path("error").asString("");
    return switch (error.path("exit").asInt(0)) {
      case 2 -> new ConfigException(message);
      case 3 -> new InputException(message);
      default -> new EnvironmentException(message);
    };
  }

  /// What the program says, told to the run.
  private static final class Telling implements AutoCloseable {
    private final Run run;
    private Progress progress = Progress.NONE;

    Telling(Run run) {
      this.run = run;
    }

    /// @return what ended it, where it says so
    @Nullable JsonNode follow(Process process) throws IOException {
      JsonNode error = null;
      try (var lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("{")) {
            JsonNode said = parsed(line);
            error = said.has("error") ? said : error;
            tell(said);
          }
        }
      }
      return error;
    }

    private static JsonNode parsed(String line) {
      try {
        return JSON.readTree(line);
      } catch (JacksonException e) {
        return JSON.createObjectNode(); // a library's own words
      }
    }

    private void tell(JsonNode said) {
      if (said.has("note")) {
        run.note(said.path("note").asString());
      } else if (said.has("table")) {
        var rows = new ArrayList<List<String>>();
        said.path("rows").forEach(row -> rows.add(strings(row)));
        run.table(said.path("table").asString(), strings(said.path("header")), rows);
      } else if (said.has("step")) {
        progress.close();
        progress = run.progress(said.path("step").asString() + " on Spark", 0, "rounds");
      } else if (said.has("remark")) {
        progress.remark(said.path("remark").asString());
        progress.add(1);
      }
    }

    private static List<String> strings(JsonNode cells) {
      var strings = new ArrayList<String>();
      cells.forEach(cell -> strings.add(cell.asString()));
      return strings;
    }

    @Override
    public void close() {
      progress.close();
    }
  }
}
