package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A recipe whose steps from the first `tune` on run once for each fold of its labels: `folds: 5`.
/// Each fold's steps are steps of their own, so that what is done stays done, and what was broken
/// off goes on in its fold; a last step tells of all.
final class FoldedRecipe {
  private static final Set<String> REPEATED = Set.of("tune", "evaluate");
  private static final Set<String> LABEL = Set.of("annotate", "label");

  private FoldedRecipe() {}

  /// @return the same recipe where it has no folds
  static Recipe of(Recipe recipe) {
    if (recipe.folds() == 0) {
      return recipe;
    }
    int first =
        IntStream.range(0, recipe.steps().size())
            .filter(i -> recipe.steps().get(i).stage().equals("tune"))
            .findFirst()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "folds = %d is of recipes that tune on labels, and %s has no step tune; leave it out"
                            .formatted(recipe.folds(), recipe.name())));
    List<Recipe.Step> repeated = recipe.steps().subList(first, recipe.steps().size());
    String labels = labels(recipe, repeated, first);
    var steps = new ArrayList<>(recipe.steps().subList(0, first));
    var scores = new ArrayList<String>();
    for (int fold = 1; fold <= recipe.folds(); fold++) {
      steps.addAll(fold(recipe.folds(), fold, labels, repeated, scores));
    }
    if (scores.isEmpty()) {
      throw new ConfigException(
          "folds = %d measures each fold, and %s has no step evaluate after tune; add it, or leave folds out"
              .formatted(recipe.folds(), recipe.name()));
    }
    steps.add(new Recipe.Step("folds", "folds", Map.of("scores", scores), empty()));
    return new Recipe(recipe.name(), recipe.seed(), recipe.folds(), steps, recipe.serve());
  }

  private static ObjectNode empty() {
    return JsonMapper.shared().createObjectNode();
  }

  /// Where the labels come from that are dealt out.
  private static String labels(Recipe recipe, List<Recipe.Step> repeated, int first) {
    for (Recipe.Step step : repeated) {
      if (!REPEATED.contains(step.stage())) {
        throw new ConfigException(
            "folds = %d repeats tune and evaluate, and %s goes on with %s, which is of one model; leave one of them out"
                .formatted(recipe.folds(), recipe.name(), step.id()));
      }
    }
    List<String> named = repeated.getFirst().inputs().getOrDefault("labels", List.of());
    if (named.size() == 1) {
      return named.getFirst();
    }
    String found = "";
    for (Recipe.Step step : recipe.steps().subList(0, first)) {
      if (LABEL.contains(step.stage())) {
        found = step.id() + ".labels";
        if (!step.settings().path("heldoutLabels").isEmpty()) {
          throw new ConfigException(
              "folds = %d holds out every row once, and %s.heldoutLabels names rows that are held out always; leave one of them out"
                  .formatted(recipe.folds(), step.id()));
        }
      }
    }
    if (found.isEmpty()) {
      throw new ConfigException(
          "folds = %d deals out labels, and no step of %s before tune makes any; bind them: tune.inputs.labels=labels/HASH"
              .formatted(recipe.folds(), recipe.name()));
    }
    return found;
  }

  private static List<Recipe.Step> fold(
      int folds, int fold, String labels, List<Recipe.Step> repeated, List<String> scores) {
    var steps = new ArrayList<Recipe.Step>();
    String own = "fold-" + fold;
    ObjectNode settings = empty().put("folds", folds).put("fold", fold);
    steps.add(new Recipe.Step(own, "fold", Map.of("labels", List.of(labels)), settings));
    var tuned = new ArrayList<String>();
    var names = new LinkedHashMap<String, String>();
    for (Recipe.Step step : repeated) {
      String id = step.id() + "-" + fold;
      var inputs = new LinkedHashMap<String, List<String>>();
      step.inputs()
          .forEach(
              (input, bound) ->
                  inputs.put(input, bound.stream().map(b -> renamed(b, names)).toList()));
      inputs.put("labels", List.of(own + ".labels"));
      if (step.stage().equals("tune")) {
        tuned.add(id + ".tuned");
      } else {
        inputs.putIfAbsent("tuned", List.copyOf(tuned));
        inputs.putIfAbsent("tokens", List.of()); // the text is the same in every fold
        scores.add(id + ".scores");
      }
      names.put(step.id(), id);
      steps.add(new Recipe.Step(id, step.stage(), inputs, step.settings()));
    }
    return steps;
  }

  /// An output of a step that is repeated is that of its own fold.
  private static String renamed(String bound, Map<String, String> names) {
    int dot = bound.lastIndexOf('.');
    String step = bound.substring(0, Math.max(0, dot));
    return names.containsKey(step) ? names.get(step) + bound.substring(dot) : bound;
  }
}
