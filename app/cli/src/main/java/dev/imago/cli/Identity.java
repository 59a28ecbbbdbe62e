package dev.imago.cli;

import dev.imago.core.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Who a recipe's model is. `serve.name` is made of the documents' file name, or of the recipe's
/// own, where nobody gave one; and what `serve` says of the model (name, about, hint) is handed to
/// `compress`, whose files carry it wherever they go.
final class Identity {
  private static final List<String> CARRIED = List.of("name", "about", "hint");
  private static final int LONGEST = 48;

  private Identity() {}

  /// @param ownDocuments whether the sources were named on the command line, and not by the recipe
  static Recipe of(Recipe recipe, boolean ownDocuments) {
    ObjectNode serve = recipe.serve().deepCopy();
    if (blank(serve.get("name"))) {
      List<String> sources = ownDocuments ? sources(recipe) : List.of();
      serve.put("name", sources.isEmpty() ? name(List.of(recipe.name())) : name(sources));
    }
    var steps = new ArrayList<Recipe.Step>();
    for (Recipe.Step step : recipe.steps()) {
      if (!step.stage().equals("compress")) {
        steps.add(step);
        continue;
      }
      ObjectNode settings = step.settings().deepCopy();
      for (String key : CARRIED) {
        if (!settings.has(key) && !blank(serve.get(key))) {
          settings.set(key, serve.get(key));
        }
      }
      steps.add(new Recipe.Step(step.id(), step.stage(), step.inputs(), settings));
    }
    return new Recipe(recipe.name(), recipe.seed(), recipe.folds(), steps, serve);
  }

  private static boolean blank(@org.jspecify.annotations.Nullable JsonNode value) {
    return value == null || value.isNull() || value.isString() && value.stringValue().isBlank();
  }

  private static List<String> sources(Recipe recipe) {
    var sources = new ArrayList<String>();
    for (Recipe.Step step : recipe.steps()) {
      JsonNode named = step.stage().equals("collect") ? step.settings().get("sources") : null;
      if (named == null) {
        continue;
      }
      for (JsonNode source :
          named.isArray() ? named : JsonMapper.shared().createArrayNode().add(named)) {
        if (source.isString()) {
          sources.add(fileName(source.stringValue()));
        }
      }
    }
    return sources;
  }

  private static String fileName(String source) {
    Path name = Path.of(source).toAbsolutePath().normalize().getFileName();
    return name == null ? "" : name.toString();
  }

  /// `Les Misérables.txt.gz` → `imago-les-misérables`; of several, the first and how many more.
  static String name(List<String> files) {
    String first = slug(files.getFirst());
    String more = files.size() == 1 ? "" : "-and-" + (files.size() - 1) + "-more";
    return first.isEmpty() ? "imago" + more : "imago-" + first + more;
  }

  private static String slug(String file) {
    // Endings of a file's kind go, one after the other; «v1.5» keeps its point as a dash.
    String base = file;
    for (String cut = ""; !cut.equals(base); ) {
      cut = base;
      base =
          cut.replaceFirst(
              "(?i)(?<=.)\\.(txt|md|java|jsonl?|csv|tsv|zip|tar|gz|tgz|bz2|xz|zst|html?|text)$",
              "");
    }
    String words =
        base.toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{M}\\p{N}]+", "-")
            .replaceAll("^-+|-+$", "");
    if (words.codePointCount(0, words.length()) <= LONGEST) {
      return words;
    }
    return words.substring(0, words.offsetByCodePoints(0, LONGEST)).replaceAll("-+$", "");
  }
}
