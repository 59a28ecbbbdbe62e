package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.Workspace;
import dev.imago.generate.CacheBudget;
import dev.imago.serve.ServedModels;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
    aliases();
    fallbacks();
  }

  /// Opens them.
  ///
  /// @throws ConfigException for an option that says nothing
  Opened open(Imago imago, int threads) {
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
        servings.add(serving);
        others.add(serving.beside(pair[0], reference));
      }
      upstreams.forEach(option -> others.add(upstream(option)));
      return new Opened(new ServedModels(others, aliases(), fallbacks()), servings);
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
