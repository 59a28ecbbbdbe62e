package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import dev.imago.core.Recipe;
import dev.imago.fetch.RemoteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How a command is told its recipe: by name, with settings changed, and on whose documents.
final class RecipeArguments {
  @Parameters(
      paramLabel = "[RECIPE] [STEP.SETTING=VALUE …]",
      arity = "0..*",
      description =
          "A name in recipes/ or a path (default: quickstart; documents with --input or --labels),"
              + " then settings to change.")
  List<String> words = List.of();

  @Option(
      names = "--input",
      paramLabel = "PATH",
      description =
          "Your documents: a folder, a file or an address (https://…, s3://bucket/prefix) of any"
              + " kind that is read: text, HTML, PDF, Office, code, tables, web archives, dumps,"
              + " packed or not. Repeatable.")
  private List<String> inputs = List.of();

  @Option(
      names = "--labels",
      paramLabel = "PATH",
      description = {
        "Your own pairs or conversations, to tune on: a file or a folder of .jsonl, .json, .csv,"
            + " .tsv",
        "(Alpaca, ShareGPT, messages, prompt and completion, preferences). Repeatable.",
        "With the recipe classify: texts with their class, also between tabs; with tag: words with",
        "their tags, in CoNLL's columns.",
        "Without --input their text is the corpus, too."
      })
  private List<Path> labels = List.of();

  /// Whether the documents were named on the command line, and not by the recipe.
  boolean ownDocuments() {
    return !inputs.isEmpty() || words.stream().anyMatch(w -> w.startsWith("collect.sources="));
  }

  /// What there is to say of them before a run.
  List<String> notes() {
    return inputs.isEmpty() && !labels.isEmpty()
        ? List.of("no --input: the text of the labels is the corpus, too")
        : List.of();
  }

  /// The words that name it again, on a command line.
  List<String> said() {
    var said = new ArrayList<>(words);
    inputs.forEach(i -> said.addAll(List.of("--input", i)));
    labels.forEach(l -> said.addAll(List.of("--labels", l.toString())));
    return said;
  }

  /// Reads it.
  ///
  /// @param more settings, which win over those that were given
  Recipe read(List<String> more) {
    var overrides = new ArrayList<String>();
    var names = new ArrayList<String>();
    words.forEach(w -> (w.indexOf('=') > 0 ? overrides : names).add(w));
    if (names.size() > 1) {
      throw new ConfigException(
          "two recipes, «%s» and «%s»: run one at a time".formatted(names.get(0), names.get(1)));
    }
    boolean own = !inputs.isEmpty() || !labels.isEmpty();
    Path file = file(names.isEmpty() ? (own ? "documents" : "quickstart") : names.getFirst());
    if (!labels.isEmpty()) {
      overrides.addFirst("annotate.labels=" + json(paths("--labels", labels)));
    }
    if (own) {
      List<String> sources = inputs.isEmpty() ? paths("--labels", labels) : sources(inputs);
      overrides.addFirst("collect.sources=" + json(sources));
    }
    overrides.addAll(more);
    String jdk = System.getProperty("java.home");
    Recipe recipe =
        labelled(
            Recipe.read(
                file,
                overrides,
                Map.of("jdk", jdk, "root", Imago.root().toAbsolutePath().normalize().toString())));
    Path sources = Path.of(jdk, "lib", "src.zip");
    for (Recipe.Step step : recipe.steps()) {
      if (step.settings().toString().contains(json(sources.toString())) && !Files.exists(sources)) {
        throw new ConfigException(
            ("this JDK came without its source archive (%s): name your own documents with"
                    + " `./imago run --input PATH`, or install the JDK's sources")
                .formatted(sources));
      }
    }
    return recipe;
  }

  /// The rows of `--labels` are those of every step that annotates and names none of its own, as of
  /// intents and of slots.
  private Recipe labelled(Recipe recipe) {
    if (labels.isEmpty()) {
      return recipe;
    }
    var steps = new ArrayList<Recipe.Step>();
    for (Recipe.Step step : recipe.steps()) {
      ObjectNode settings = step.settings().deepCopy();
      if (step.stage().equals("annotate") && !settings.has("labels")) {
        paths("--labels", labels).forEach(settings.putArray("labels")::add);
      }
      steps.add(new Recipe.Step(step.id(), step.stage(), step.inputs(), settings));
    }
    return new Recipe(recipe.name(), recipe.seed(), recipe.folds(), steps, recipe.serve());
  }

  /// Paths from the root, and addresses as they are.
  private static List<String> sources(List<String> given) {
    var sources = new ArrayList<String>();
    for (String each : given) {
      sources.addAll(
          RemoteStore.isRemote(each) ? List.of(each) : paths("--input", List.of(Path.of(each))));
    }
    return sources;
  }

  private static List<String> paths(String option, List<Path> given) {
    for (Path path : given) {
      if (path.toString().isBlank()) {
        throw new ConfigException(
            "%s is empty: name a folder or a file (an unset variable of the shell, perhaps?)"
                .formatted(option));
      }
      if (!Files.exists(path)) {
        throw new ConfigException("%s %s: there is no such file or folder".formatted(option, path));
      }
    }
    return given.stream().map(p -> p.toAbsolutePath().toString()).toList();
  }

  /// JSON, as YAML reads it too. The mapper is no field: `--help` would pay for it.
  private static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value);
  }

  private static Path file(String name) {
    if (name.endsWith(".yaml") || name.endsWith(".yml") || name.contains("/")) {
      return Path.of(name);
    }
    Path file = Imago.root().resolve("recipes").resolve(name + ".yaml");
    if (!Files.exists(file)) {
      throw new ConfigException(
          "there is no recipe «%s»%s; a path with .yaml names one elsewhere"
              .formatted(name, Nearest.hint(name, recipes()).replace("; valid are", ", only")));
    }
    return file;
  }

  /// The names of the recipes that come with Imago.
  static List<String> recipes() {
    try (Stream<Path> files = Files.list(Imago.root().resolve("recipes"))) {
      return files
          .map(f -> String.valueOf(f.getFileName()))
          .filter(n -> n.endsWith(".yaml"))
          .map(n -> n.substring(0, n.length() - ".yaml".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of(); // a program without its recipes still runs those that are named by path
    }
  }
}
