package dev.imago.core;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// A recipe checked against the stages that there are: every setting bound, every input wired,
/// before any work starts.
public final class Plan {
  private final Recipe recipe;
  private final List<Node<?>> nodes;

  /// A step with its config, and where each of its inputs comes from.
  ///
  /// @param wiring input name → what it is bound to; of an input that takes several, `name[0]` …
  record Node<C extends Record>(
      String id, Stage<?, C, ?> stage, C config, Map<String, Source> wiring) {}

  /// What an input is bound to.
  sealed interface Source {}

  /// An output of an earlier step.
  record Output(String step, String output) implements Source {
    @Override
    public String toString() {
      return step + "." + output;
    }
  }

  /// An artifact that lies in the workspace: an earlier recipe's, or imported.
  record Lying(Ref ref) implements Source {
    @Override
    public String toString() {
      return ref.toString();
    }
  }

  private final List<String> notes;

  private Plan(Recipe recipe, List<Node<?>> nodes, List<String> notes) {
    this.recipe = recipe;
    this.notes = List.copyOf(notes);
    this.nodes = List.copyOf(nodes);
  }

  public Recipe recipe() {
    return recipe;
  }

  /// What the recipe's author should know, though it runs: settings under former names, say.
  public List<String> notes() {
    return notes;
  }

  List<Node<?>> nodes() {
    return nodes;
  }

  /// The names of its steps, in order.
  public List<String> steps() {
    return nodes.stream().map(Node::id).toList();
  }

  /// The part of it that a step's result needs, that step included.
  ///
  /// @throws ConfigException where it has no such step
  public Plan upTo(String step) {
    if (!steps().contains(step)) {
      throw new ConfigException(
          "the recipe has no step «%s»%s".formatted(step, Nearest.hint(step, steps())));
    }
    var needed = new HashSet<String>(Set.of(step));
    for (Node<?> node : nodes.reversed()) {
      if (needed.contains(node.id())) {
        for (Source source : node.wiring().values()) {
          if (source instanceof Output output) {
            needed.add(output.step());
          }
        }
      }
    }
    return new Plan(recipe, nodes.stream().filter(n -> needed.contains(n.id())).toList(), notes);
  }

  /// The settings of all steps whose stage is set by such a record, in order.
  public <C extends Record> List<C> configs(Class<C> type) {
    return nodes.stream().map(Node::config).filter(type::isInstance).map(type::cast).toList();
  }

  /// Checks a recipe whose inputs all come from its own steps.
  ///
  /// @param stages all there are
  /// @throws ConfigException for the first thing that cannot be
  public static Plan of(Recipe recipe, List<Stage<?, ?, ?>> stages) {
    return of(
        recipe,
        stages,
        reference -> {
          throw new ConfigException("«%s»: there is no workspace to look in".formatted(reference));
        });
  }

  /// Checks a recipe.
  ///
  /// @param stages all there are
  /// @param workspace where inputs lie that are bound by reference, such as [Workspace#find]
  /// @throws ConfigException for the first thing that cannot be
  public static Plan of(
      Recipe recipe, List<Stage<?, ?, ?>> stages, Function<String, Artifact> workspace) {
    var byName = new LinkedHashMap<String, Stage<?, ?, ?>>();
    stages.forEach(s -> byName.put(s.name(), s));
    var nodes = new ArrayList<Node<?>>();
    var notes = new ArrayList<String>();
    for (Recipe.Step step : recipe.steps()) {
      Stage<?, ?, ?> stage = byName.get(step.stage());
      if (stage == null) {
        throw new ConfigException(
            "stages.%s: there is no stage «%s»%s"
                .formatted(step.id(), step.stage(), Nearest.hint(step.stage(), byName.keySet())));
      }
      nodes.add(node(step, stage, nodes, workspace, notes));
    }
    return new Plan(recipe, nodes, notes);
  }

  private static <C extends Record> Node<C> node(
      Recipe.Step step,
      Stage<?, C, ?> stage,
      List<Node<?>> earlier,
      Function<String, Artifact> workspace,
      List<String> notes) {
    C config = Binder.bind(step.id(), step.settings(), stage.defaults(), notes::add);
    stage.check(config, offered(step, earlier));
    return new Node<>(
        step.id(), stage, config, new Wiring(step, earlier, workspace).of(Input.all(stage)));
  }

  /// The names of the artifacts that earlier steps leave, and of the inputs that a step binds by
  /// hand.
  private static Set<String> offered(Recipe.Step step, List<Node<?>> earlier) {
    var offered = new HashSet<>(step.inputs().keySet());
    for (Node<?> node : earlier) {
      for (RecordComponent output : node.stage().outputs().getRecordComponents()) {
        offered.add(output.getName());
      }
    }
    return offered;
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
        fields.put("inputs", Input.resolved(node.stage(), node.wiring()));
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
