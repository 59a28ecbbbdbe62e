package dev.imago.core;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A recipe checked against the stages that there are: every setting bound, every input wired,
/// before any work starts.
public final class Plan {
  private final Recipe recipe;
  private final List<Node<?>> nodes;

  /// A step with its config, and where each of its inputs comes from.
  ///
  /// @param wiring input name → the step and output that it is bound to
  record Node<C extends Record>(
      String id, Stage<?, C, ?> stage, C config, Map<String, Source> wiring) {}

  /// An output of an earlier step.
  record Source(String step, String output) {
    @Override
    public String toString() {
      return step + "." + output;
    }
  }

  private Plan(Recipe recipe, List<Node<?>> nodes) {
    this.recipe = recipe;
    this.nodes = List.copyOf(nodes);
  }

  public Recipe recipe() {
    return recipe;
  }

  List<Node<?>> nodes() {
    return nodes;
  }

  /// The settings of all steps whose stage is set by such a record, in order.
  public <C extends Record> List<C> configs(Class<C> type) {
    return nodes.stream().map(Node::config).filter(type::isInstance).map(type::cast).toList();
  }

  /// Checks a recipe.
  ///
  /// @param stages all there are
  /// @throws ConfigException for the first thing that cannot be
  public static Plan of(Recipe recipe, List<Stage<?, ?, ?>> stages) {
    var byName = new LinkedHashMap<String, Stage<?, ?, ?>>();
    stages.forEach(s -> byName.put(s.name(), s));
    var nodes = new ArrayList<Node<?>>();
    for (Recipe.Step step : recipe.steps()) {
      Stage<?, ?, ?> stage = byName.get(step.stage());
      if (stage == null) {
        throw new ConfigException(
            "stages.%s: there is no stage «%s»%s"
                .formatted(step.id(), step.stage(), Nearest.hint(step.stage(), byName.keySet())));
      }
      nodes.add(node(step, stage, nodes));
    }
    return new Plan(recipe, nodes);
  }

  private static <C extends Record> Node<C> node(
      Recipe.Step step, Stage<?, C, ?> stage, List<Node<?>> earlier) {
    C config = Binder.bind(step.id(), step.settings(), stage.defaults());
    stage.check(config);
    var wiring = new LinkedHashMap<String, Source>();
    RecordComponent[] components = stage.inputs().getRecordComponents();
    for (String bound : step.inputs().keySet()) {
      List<String> valid = Arrays.stream(components).map(RecordComponent::getName).toList();
      if (!valid.contains(bound)) {
        throw new ConfigException(
            "%s.inputs.%s: no such input%s"
                .formatted(step.id(), bound, Nearest.hint(bound, valid)));
      }
    }
    for (RecordComponent input : components) {
      wiring.put(input.getName(), source(step, input, earlier));
    }
    return new Node<>(step.id(), stage, config, wiring);
  }

  private static Source source(Recipe.Step step, RecordComponent input, List<Node<?>> earlier) {
    String wanted = step.inputs().get(input.getName());
    for (Node<?> node : earlier.reversed()) {
      for (RecordComponent output : node.stage().outputs().getRecordComponents()) {
        boolean named =
            wanted == null
                ? output.getName().equals(input.getName())
                : wanted.equals(node.id() + "." + output.getName());
        if (named && output.getType() == input.getType()) {
          return new Source(node.id(), output.getName());
        }
      }
    }
    throw new ConfigException(
        "%s: no earlier step leaves a %s named «%s»; put the step that makes it before, or bind it with inputs: {%s: step.output}"
            .formatted(
                step.id(),
                input.getType().getSimpleName(),
                wanted == null ? input.getName() : wanted,
                input.getName()));
  }

  /// The resolved recipe: every setting with its value, every input with its source.
  public Map<String, Object> resolved() {
    var stages = new LinkedHashMap<String, Object>();
    for (Node<?> node : nodes) {
      var fields = new LinkedHashMap<String, Object>();
      if (!node.id().equals(node.stage().name())) {
        fields.put("stage", node.stage().name());
      }
      if (!node.wiring().isEmpty()) {
        var inputs = new LinkedHashMap<String, Object>();
        node.wiring().forEach((name, source) -> inputs.put(name, source.toString()));
        fields.put("inputs", inputs);
      }
      fields.putAll(Binder.resolved(node.config()));
      stages.put(node.id(), fields);
    }
    var top = new LinkedHashMap<String, Object>();
    top.put("name", recipe.name());
    top.put("seed", recipe.seed());
    top.put("stages", stages);
    if (!recipe.serve().isEmpty()) {
      top.put("serve", Json.MAPPER.convertValue(recipe.serve(), Map.class));
    }
    return top;
  }
}
