package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.Chain;
import dev.imago.core.ConfigException;
import dev.imago.core.EnergyMeter;
import dev.imago.core.EnergySettings;
import dev.imago.core.EnergyUse;
import dev.imago.core.InputException;
import dev.imago.core.ResidentMemory;
import dev.imago.core.Workspace;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Throughput;
import dev.imago.tensor.CacheType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// How fast a model reads and writes.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measure how fast a model reads a prompt (pp) and writes an answer (tg), in tokens a second.",
      "The table, the options and the names in JSON are those of llama.cpp's llama-bench."
    },
    footer = {"", "Example:  imago bench model.gguf -p 512 -n 128 -r 5 --output jsonl"})
final class BenchCommand implements Callable<Integer> {
  /// What is printed.
  enum Form {
    MD,
    JSON,
    JSONL
  }

  private static final double GIB = 1L << 30;
  private static final double MIB = 1L << 20;

  @ParentCommand private Imago imago = new Imago();

  @Parameters(paramLabel = "MODEL", description = ModelArgument.DESCRIPTION)
  private String model = "";

  @Option(
      names = {"-p", "--n-prompt"},
      paramLabel = "N",
      split = ",",
      description = "Tokens of a prompt; several with commas, 0 for none (default: 512).")
  private List<Integer> prompts = List.of(512);

  @Option(
      names = {"-n", "--n-gen"},
      paramLabel = "N",
      split = ",",
      description = "Tokens of an answer; several with commas, 0 for none (default: 128).")
  private List<Integer> answers = List.of(128);

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      description = "Runs of each that count, after some that do not (default: 5).")
  private int runs = 5;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      split = ",",
      description = "Compute threads; several with commas (default: the processors).")
  private List<Integer> threads = List.of(Runtime.getRuntime().availableProcessors());

  @Option(
      names = "--kv-cache",
      paramLabel = "TYPE",
      description = "The type of keys and values: f32 (default), f16 or q8_0.")
  private String cache = "f32";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "${COMPLETION-CANDIDATES} (default: md).")
  private Form output = Form.MD;

  @Option(
      names = "--keep",
      description = "Keep the figures with the workspace's artifact, for `imago models`.")
  private boolean keep;

  /// One test and what it gave.
  ///
  /// @param energy of a token; empty where neither counters nor a declared power tell
  private record Row(
      LanguageModel model,
      int threads,
      boolean answer,
      Throughput took,
      Optional<EnergyUse> energy) {
    String test() {
      return (answer ? "tg" : "pp") + took.tokens();
    }
  }

  @Override
  public Integer call() {
    Bounds.whole("--repetitions", runs, 1, 1000);
    threads.forEach(t -> Bounds.whole("--threads", t, 1, 1024));
    prompts.forEach(n -> Bounds.whole("--n-prompt", n, 0, Integer.MAX_VALUE));
    answers.forEach(n -> Bounds.whole("--n-gen", n, 0, Integer.MAX_VALUE));
    if (Stream.concat(prompts.stream(), answers.stream()).allMatch(n -> n == 0)) {
      throw new ConfigException("-p 0 and -n 0 leave nothing to measure; give one of them");
    }
    CacheType type = CacheOptions.budget(cache, "").type();
    Path path = ModelArgument.find(model, imago);
    Workspace workspace = new Workspace(imago.workspace());
    if (keep && !workspace.find(model).folder().equals(path)) {
      throw new ConfigException(
          "--keep keeps figures of artifacts, and %s is a file here; import it, then name weights/…"
              .formatted(model));
    }
    EnergySettings electricity = EnergySettings.of(imago.workspace());
    var objects = new ArrayList<Map<String, Object>>();
    boolean first = true;
    for (int count : threads) {
      try (LanguageModel opened = ModelArgument.open(path, count)) {
        for (boolean answer : new boolean[] {false, true}) {
          for (int tokens : answer ? answers : prompts) {
            if (tokens == 0) {
              continue;
            }
            Row row = row(opened, count, type, answer, tokens, electricity);
            switch (output) {
              case MD -> System.out.print((first ? HEADER : "") + line(row));
              case JSONL -> System.out.println(JsonMapper.shared().writeValueAsString(object(row)));
              case JSON -> {} // printed whole, below
            }
            objects.add(object(row));
            first = false;
          }
        }
      }
    }
    if (output == Form.JSON) {
      System.out.println(
          JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(objects));
    }
    if (keep) {
      var kept = new LinkedHashMap<String, Object>();
      kept.put("machine", Chain.machine());
      kept.put("peak_resident_bytes", ResidentMemory.peakBytes());
      kept.put("tests", objects);
      AtomicFile.write(
          workspace.measured(workspace.find(model).ref()),
          JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(kept));
    }
    return 0;
  }

  private Row row(
      LanguageModel opened,
      int count,
      CacheType type,
      boolean answer,
      int tokens,
      EnergySettings electricity) {
    try (EnergyMeter meter = EnergyMeter.begin(electricity)) {
      long begun = System.nanoTime();
      Throughput took = measured(opened, type, answer, tokens);
      double seconds = (System.nanoTime() - begun) / 1e9;
      // Of runs that count and those that do not: they are the same work.
      Optional<EnergyUse> energy =
          meter.used().map(used -> used.times(1 / seconds / took.meanRate()));
      return new Row(opened, count, answer, took, energy);
    }
  }

  private Throughput measured(LanguageModel opened, CacheType type, boolean answer, int tokens) {
    try {
      return answer
          ? Throughput.ofAnswer(opened, type, tokens, runs)
          : Throughput.ofPrompt(opened, type, tokens, runs);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s %d: %s".formatted(answer ? "-n" : "-p", tokens, e.getMessage()), e);
    }
  }

  private static final String HEADER =
      """
      | model                          |       size |     params | backend    | threads |            test |                  t/s |
      | ------------------------------ | ---------: | ---------: | ---------- | ------: | --------------: | -------------------: |
      """;

  private static String line(Row row) {
    long bytes = row.model.weightBytes();
    return String.format(
        Locale.ROOT,
        "| %-30s | %10s | %10s | %-10s | %7d | %15s | %20s |%n",
        type(row.model),
        bytes < GIB ? decimals(bytes / MIB) + " MiB" : decimals(bytes / GIB) + " GiB",
        parameters(row.model.config().parameterCount()),
        "CPU",
        row.threads,
        row.test(),
        decimals(row.took.meanRate()) + " ± " + decimals(row.took.deviationRate()));
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String parameters(long count) {
    return count < 1_000_000_000 ? decimals(count / 1e6) + " M" : decimals(count / 1e9) + " B";
  }

  /// Such as `llama 43M Q8_0`.
  private static String type(LanguageModel model) {
    long count = model.config().parameterCount();
    String size =
        count < 1_000_000_000 ? Math.round(count / 1e6) + "M" : Math.round(count / 1e9) + "B";
    return "%s %s %s".formatted(model.config().architecture(), size, model.format());
  }

  private Map<String, Object> object(Row row) {
    Throughput took = row.took;
    var object = new LinkedHashMap<String, Object>();
    object.put("build_commit", Imago.version());
    object.put("cpu_info", processor());
    object.put("backends", "CPU");
    object.put("model_filename", model);
    object.put("model_type", type(row.model));
    object.put("model_size", row.model.weightBytes());
    object.put("model_n_params", row.model.config().parameterCount());
    object.put("n_batch", Throughput.BATCH);
    object.put("n_ubatch", Throughput.BATCH);
    object.put("n_threads", row.threads);
    object.put("type_k", cache.toLowerCase(Locale.ROOT));
    object.put("type_v", cache.toLowerCase(Locale.ROOT));
    object.put("n_prompt", row.answer ? 0 : took.tokens());
    object.put("n_gen", row.answer ? took.tokens() : 0);
    object.put("n_depth", 0);
    object.put("test_time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    object.put("avg_ns", took.meanNanos());
    object.put("stddev_ns", took.deviationNanos());
    object.put("avg_ts", took.meanRate());
    object.put("stddev_ts", took.deviationRate());
    object.put("samples_ns", took.nanos());
    object.put("samples_ts", took.rates());
    row.energy.ifPresent(energy -> object.put("token_energy", energy));
    return object;
  }

  /// The processor's name, where the system tells it.
  private static String processor() {
    Path file = Path.of("/proc/cpuinfo");
    try (Stream<String> lines =
        Files.exists(file) ? Files.lines(file, StandardCharsets.UTF_8) : Stream.of()) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch", ""));
    } catch (IOException e) {
      return System.getProperty("os.arch", "");
    }
  }
}
