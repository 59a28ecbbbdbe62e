package dev.imago.cli;

import dev.imago.compress.FileSize;
import dev.imago.core.ConfigException;
import dev.imago.core.Workspace;
import dev.imago.data.TaskModels;
import dev.imago.generate.CacheBudget;
import dev.imago.serve.ServedModels;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of what is served beside the first model, and by which names.
final class ServeModels {
  private static final String KEY = "IMAGO_UPSTREAM_KEY";

  @Option(
      names = "--model",
      paramLabel = "NAME=MODEL",
      description = "A further model, by the name that clients call it by. Repeatable.")
  private List<String> models = List.of();

  @Option(
      names = "--upstream",
      paramLabel = "NAME=URL[,URL][#MODEL]",
      description = {
        "A model of another server that speaks OpenAI's API; MODEL is what it is called there.",
        "Its key: IMAGO_UPSTREAM_KEY_NAME, or IMAGO_UPSTREAM_KEY. Repeatable."
      })
  private List<String> upstreams = List.of();

  @Option(
      names = "--alias",
      paramLabel = "NAME=MODEL[:SHARE],…",
      description =
          "Another name of a model, or of several by shares: best=new:5,old:95. Repeatable.")
  private List<String> aliases = List.of();

  @Option(
      names = "--fallback",
      paramLabel = "NAME=MODEL,…",
      description = "What is asked in order where a model is busy or its server gone. Repeatable.")
  private List<String> fallbacks = List.of();

  @Option(
      names = "--adapter",
      paramLabel = "NAME=ADAPTER[#MODEL]",
      description = {
        "A LoRA adapter in PEFT's form, a folder or an artifact, as a model of its own name;",
        "MODEL is the name of the one that it is of (default: the first). Repeatable."
      })
  private List<String> adapters = List.of();

  @Option(
      names = "--allow-runtime-lora-updating",
      description =
          "Let operators load and unload adapters: /v1/load_lora_adapter, /v1/unload_lora_adapter.")
  private boolean loading;

  @Option(
      names = "--sleep-after",
      paramLabel = "TIME",
      description =
          "Let go the weights, keys and values of a model that generates and that nobody has asked"
              + " for so long, such as 10m; the next request wakes it.")
  private @Nullable String sleepAfter;

  @Option(
      names = "--model-memory",
      paramLabel = "SIZE",
      description =
          "The most that weights, keys and values of all models that are awake may take, such as"
              + " 16GB; where another must wake, the one asked least recently sleeps.")
  private @Nullable String modelMemory;

  /// Whether models sleep.
  boolean sleeps() {
    return sleepAfter != null || modelMemory != null;
  }

  /// Refuses what is of one model that stays, where the model is swapped for what comes into
  /// service.
  void checkSwapped() {
    if (sleeps() || !adapters.isEmpty()) {
      throw new ConfigException(
          "--adapter, --sleep-after and --model-memory are of a model that is named, and this"
              + " server takes what comes into service; name the model");
    }
  }

  /// Refuses sleep where no model would.
  void checkSleeping(Serving first, Opened others) {
    if (sleeps()
        && Stream.concat(Stream.of(first), others.servings().stream())
            .noneMatch(serving -> serving instanceof Serving.Sleeping)) {
      throw new ConfigException(
          "--sleep-after and --model-memory are of models that generate, and none is served; leave"
              + " them out");
    }
  }

  private ServedModels.Sleep sleep() {
    if (!sleeps()) {
      return ServedModels.Sleep.NEVER;
    }
    Optional<Duration> after =
        Optional.ofNullable(sleepAfter).map(text -> AccountsOption.time("--sleep-after", text));
    if (after.isPresent() && after.get().isZero()) {
      throw new ConfigException("--sleep-after = 0 lets nothing be answered; give 1s or more");
    }
    return new ServedModels.Sleep(
        after,
        modelMemory == null ? Long.MAX_VALUE : FileSize.parse("--model-memory", modelMemory));
  }

  private List<ServedModels.Adapter> adapters(Imago imago) {
    var all = new ArrayList<ServedModels.Adapter>();
    for (String option : adapters) {
      String[] pair = pair("--adapter", option, "NAME=ADAPTER");
      int mark = pair[1].lastIndexOf('#');
      String from = mark < 0 ? pair[1] : pair[1].substring(0, mark);
      String model = mark < 0 ? "" : pair[1].substring(mark + 1);
      all.add(new ServedModels.Adapter(pair[0], from, ModelArgument.find(from, imago), model));
    }
    return all;
  }

  /// The further models, opened: who opens them closes them.
  record Opened(ServedModels models, List<Serving> servings) {
    void close() {
      servings.forEach(Serving::close);
    }
  }

  /// Of how many engines the memory for keys and values is.
  CacheBudget part(CacheBudget all) {
    int engines = 1 + models.size();
    return engines == 1 || all.bytes() == Long.MAX_VALUE
        ? all
        : new CacheBudget(
            all.type(), Math.max(1, all.bytes() / engines), all.prefixBytes() / engines);
  }

  /// Refuses what cannot be, without a look at any model.
  ///
  /// @throws ConfigException for an option that says nothing
  void check() {
    models.forEach(option -> pair("--model", option, "NAME=MODEL"));
    upstreams.forEach(ServeModels::upstream);
    adapters.forEach(option -> pair("--adapter", option, "NAME=ADAPTER"));
    var _ = sleep();
    aliases();
    fallbacks();
  }

  /// Opens them, and what the first model tells beside its first task.
  ///
  /// @param first the folder of the first model
  /// @param called its reference
  /// @param name that clients call it by
  /// @throws ConfigException for an option that says nothing
  Opened open(Imago imago, Path first, String called, String name, int threads) {
    var others = new ArrayList<ServedModels.Other>();
    var servings = new ArrayList<Serving>();
    try {
      for (String option : models) {
        String[] pair = pair("--model", option, "NAME=MODEL");
        Path file = Path.of(pair[1]);
        Workspace workspace = new Workspace(imago.workspace());
        boolean here = Files.exists(file);
        Path folder = here ? file : workspace.find(pair[1]).folder();
        String reference =
            here ? String.valueOf(file.getFileName()) : workspace.find(pair[1]).ref().toString();
        Serving serving = Serving.open(folder, threads);
        if (sleeps()) {
          serving = serving.sleeping(Serving.opening(folder, "", imago, threads));
        }
        servings.add(serving);
        others.add(serving.beside(pair[0], reference));
      }
      for (String task : TaskModels.names(first).stream().skip(1).toList()) {
        Serving serving = Serving.open(TaskModels.of(first, task), threads);
        servings.add(serving);
        others.add(serving.beside(task, called));
      }
      upstreams.forEach(option -> others.add(upstream(option)));
      Optional<Function<String, Path>> finder =
          loading ? Optional.of(asked -> ModelArgument.find(asked, imago)) : Optional.empty();
      return new Opened(
          new ServedModels(
              others, aliases(first, name), fallbacks(), adapters(imago), sleep(), finder),
          servings);
    } catch (RuntimeException e) {
      servings.forEach(Serving::close);
      throw e;
    }
  }

  private static ServedModels.Other upstream(String option) {
    String[] pair = pair("--upstream", option, "NAME=URL");
    int mark = pair[1].lastIndexOf('#');
    String model = mark < 0 ? pair[0] : pair[1].substring(mark + 1);
    String urls = mark < 0 ? pair[1] : pair[1].substring(0, mark);
    var addresses = new ArrayList<URI>();
    for (String url : urls.split(",")) {
      try {
        addresses.add(URI.create(url.strip()));
      } catch (IllegalArgumentException e) {
        throw new ConfigException(
            "--upstream %s: %s is no address; give one such as http://10.0.0.2:8000/v1"
                .formatted(pair[0], url),
            e);
      }
    }
    String own = KEY + "_" + pair[0].toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    Optional<String> key =
        Optional.ofNullable(System.getenv(own))
            .or(() -> Optional.ofNullable(System.getenv(KEY)))
            .filter(k -> !k.isBlank());
    return new ServedModels.Other.Elsewhere(pair[0], addresses, model, key);
  }

  private Map<String, Map<String, Double>> aliases() {
    var all = new LinkedHashMap<String, Map<String, Double>>();
    for (String option : aliases) {
      String[] pair = pair("--alias", option, "NAME=MODEL");
      var shares = new LinkedHashMap<String, Double>();
      for (String each : pair[1].split(",")) {
        int mark = each.lastIndexOf(':');
        boolean weighed = mark > 0 && each.substring(mark + 1).matches("\\d+(\\.\\d+)?");
        shares.put(
            (weighed ? each.substring(0, mark) : each).strip(),
            weighed ? Double.parseDouble(each.substring(mark + 1)) : 1);
      }
      all.put(pair[0], shares);
    }
    return all;
  }

  /// With the name of the first model's first task, where it has several.
  private Map<String, Map<String, Double>> aliases(Path first, String name) {
    var all = new LinkedHashMap<>(aliases());
    TaskModels.names(first).stream()
        .limit(1)
        .filter(task -> !task.equals(name))
        .forEach(task -> all.putIfAbsent(task, Map.of(name, 1.0)));
    return all;
  }

  private Map<String, List<String>> fallbacks() {
    var all = new LinkedHashMap<String, List<String>>();
    for (String option : fallbacks) {
      String[] pair = pair("--fallback", option, "NAME=MODEL");
      all.put(pair[0], Arrays.stream(pair[1].split(",")).map(String::strip).toList());
    }
    return all;
  }

  private static String[] pair(String name, String option, String form) {
    int mark = option.indexOf('=');
    if (mark < 1 || mark == option.length() - 1) {
      throw new ConfigException("%s = %s is not of the form %s".formatted(name, option, form));
    }
    return new String[] {option.substring(0, mark).strip(), option.substring(mark + 1).strip()};
  }
}
