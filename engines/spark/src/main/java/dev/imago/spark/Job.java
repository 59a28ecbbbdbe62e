package dev.imago.spark;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.Hashing;
import dev.imago.core.ImagoException;
import dev.imago.core.Recipe;
import dev.imago.spark.RemoteFiles.Written;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the programs of this module share: a recipe, an output, a session.
abstract class Job implements Callable<Integer> {
  /// Tasks of a shuffle where nothing else is said: each takes a share of the memory.
  private static final int LEAST_PARTITIONS = 8;

  /// As of a process that was ended by SIGTERM.
  private static final int ORPHANED = 143;

  @Parameters(
      paramLabel = "RECIPE [STEP.SETTING=VALUE …]",
      arity = "1..*",
      description = "A recipe's file, then settings to change.")
  private List<String> words = List.of();

  @Option(
      names = "--output",
      paramLabel = "URI",
      required = true,
      description = "A folder for what is made, on any file system that Hadoop reads.")
  String output = "";

  @Option(
      names = "--master",
      paramLabel = "MASTER",
      description = "Spark's master, such as local[4]; spark-submit says it by itself.")
  private @Nullable String master;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Tasks of a shuffle (default: twice the cores, 8 at least).")
  private int partitions;

  @Option(names = "--json", description = "Say what happens as JSON, an object a line.")
  private boolean json;

  JobReporter told = new JobReporter(System.out, false);

  static int main(Job job, String[] arguments) {
    return new CommandLine(job)
        .setExecutionExceptionHandler(
            (e, line, _) -> {
              ImagoException known = known(e);
              if (known == null) {
                throw e;
              }
              job.told.error(String.valueOf(known.getMessage()), known.exitCode(), line.getErr());
              return known.exitCode();
            })
        .execute(arguments);
  }

  /// The error of ours that ended a job, wherever it was thrown.
  private static @Nullable ImagoException known(@Nullable Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof ImagoException known) {
        return known;
      }
    }
    return null;
  }

  /// Ends with the program that started it, where that says who it is: two jobs that write to the
  /// same folder, one of them orphaned, would spoil it.
  private static void endWithParent() {
    Long parent = Long.getLong("imago.parent");
    if (parent != null) {
      ProcessHandle.of(parent)
          .map(ProcessHandle::onExit)
          .orElseGet(() -> CompletableFuture.completedFuture(ProcessHandle.current()))
          .thenRun(() -> Runtime.getRuntime().halt(ORPHANED));
    }
  }

  @Override
  public Integer call() throws Exception {
    endWithParent();
    told = new JobReporter(System.out, json);
    Recipe recipe = recipe();
    SparkConf conf = new SparkConf().setIfMissing("spark.app.name", "imago " + recipe.name());
    if (master != null) {
      conf.setMaster(master);
    }
    if (!conf.contains("spark.master")) {
      throw new ConfigException("no master is named; start it with spark-submit, or say --master");
    }
    try (var spark = new JavaSparkContext(conf)) {
      var files = new RemoteFiles(new SerializableConfiguration(spark.hadoopConfiguration()));
      try {
        run(recipe, spark, files);
      } finally {
        files.delete(RemoteFiles.attempts(output));
      }
    }
    return 0;
  }

  abstract void run(Recipe recipe, JavaSparkContext spark, RemoteFiles files) throws Exception;

  int partitions(JavaSparkContext spark) {
    return partitions > 0 ? partitions : Math.max(LEAST_PARTITIONS, 2 * spark.defaultParallelism());
  }

  private Recipe recipe() {
    List<String> overrides = words.subList(1, words.size());
    for (String word : overrides) {
      if (word.indexOf('=') < 1) {
        throw new ConfigException(
            "two recipes, «%s» and «%s»: run one at a time".formatted(words.getFirst(), word));
      }
    }
    return Recipe.read(
        Path.of(words.getFirst()),
        overrides,
        Map.of(
            "jdk",
            System.getProperty("java.home"),
            "root",
            Path.of("").toAbsolutePath().toString()));
  }

  /// The settings of a recipe's one step of a stage; the defaults where it has none.
  static <C extends Record> C settings(Recipe recipe, String stage, C defaults) {
    Optional<Recipe.Step> step = step(recipe, stage);
    return step.isEmpty()
        ? defaults
        : Binder.bind(step.get().id(), step.get().settings(), defaults);
  }

  static Optional<Recipe.Step> step(Recipe recipe, String stage) {
    List<Recipe.Step> steps =
        recipe.steps().stream().filter(step -> step.stage().equals(stage)).toList();
    if (steps.size() > 1) {
      throw new ConfigException(
          "the recipe has %d steps of the stage %s, and a job is one; leave the others out"
              .formatted(steps.size(), stage));
    }
    steps.stream()
        .filter(step -> !step.inputs().isEmpty())
        .findFirst()
        .ifPresent(
            step -> {
              throw new ConfigException(
                  "%s.inputs = %s names artifacts of a workspace, which a cluster has not; name files on the command line"
                      .formatted(step.id(), step.inputs()));
            });
    return steps.stream().findFirst();
  }

  /// Says what was made, under the name that it has as an artifact in a workspace.
  void tellMade(String kind, String folder, List<Written> written) {
    var files = new ArrayList<>(written);
    files.sort(Comparator.comparing(Written::name));
    MessageDigest digest = Hashing.sha256();
    digest.update((kind + "\n").getBytes(StandardCharsets.UTF_8));
    for (Written file : files) {
      digest.update(
          "%s\0%d\0%s\n"
              .formatted(file.name(), file.bytes(), file.sha256())
              .getBytes(StandardCharsets.UTF_8));
    }
    told.made(folder, kind + "/" + Hashing.hex(digest));
  }
}
