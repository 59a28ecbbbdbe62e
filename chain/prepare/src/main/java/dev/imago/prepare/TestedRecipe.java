package dev.imago.prepare;

import dev.imago.core.Recipe;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A recipe whose `prepare` drops what stands in the test files that it names: the rows that
/// `annotate.heldoutLabels` holds out for `evaluate`. `prepare.decontaminate.heldoutLabels=false`
/// says no.
public final class TestedRecipe {
  private static final String SETTING = "heldoutLabels";

  private TestedRecipe() {}

  /// @return the same recipe where it names no test files, or says no
  public static Recipe of(Recipe recipe) {
    var tests = new ArrayList<String>();
    for (Recipe.Step step : recipe.steps()) {
      if (step.stage().equals("annotate")) {
        JsonNode named = step.settings().path(SETTING);
        if (named.isString()) {
          tests.add(named.stringValue());
        }
        named.forEach(each -> tests.add(each.asString()));
      }
    }
    List<Recipe.Step> steps =
        recipe.steps().stream()
            .map(step -> step.stage().equals("prepare") ? against(step, tests) : step)
            .toList();
    return new Recipe(recipe.name(), recipe.seed(), recipe.folds(), steps, recipe.serve());
  }

  private static Recipe.Step against(Recipe.Step step, List<String> tests) {
    JsonNode asked = step.settings().path("decontaminate");
    if (tests.isEmpty() || !asked.path(SETTING).asBoolean(true)) {
      return step;
    }
    ObjectNode settings = step.settings().deepCopy();
    ObjectNode decontaminate =
        asked.isObject() ? (ObjectNode) asked.deepCopy() : settings.objectNode();
    ArrayNode against = settings.arrayNode();
    if (asked.path("against").isArray()) {
      asked.path("against").forEach(against::add);
    } else if (asked.path("against").isString()) {
      against.add(asked.path("against").stringValue());
    }
    tests.forEach(against::add);
    decontaminate.set("against", against);
    settings.set("decontaminate", decontaminate);
    return new Recipe.Step(step.id(), step.stage(), step.inputs(), settings);
  }
}
