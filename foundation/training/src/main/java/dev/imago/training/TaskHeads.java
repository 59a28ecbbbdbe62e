package dev.imago.training;

import dev.imago.model.Head;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.torch.Layout;
import dev.imago.torch.Slot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Further last layers on a model's body: each is bound to the places of the body's numbers, and to
/// places of its own for the rest.
final class TaskHeads {
  private final ModelShape shape;
  private final Map<String, Parameter> body = new HashMap<>();
  private final Map<List<String>, Slot> places = new HashMap<>();

  /// @param shape of the first task's model
  /// @param model of it, bound
  /// @param layout where its places are
  TaskHeads(ModelShape shape, Model<Slot> model, Layout layout) {
    this.shape = shape;
    Set<Slot> own = new HashSet<>(model.readout());
    if (!(shape.output() instanceof Output.Embedding)) {
      Head<Slot> head = model.head();
      own.add(head.weight());
      if (head.bias() != null) {
        own.add(head.bias());
      }
    }
    Set<String> tables = AdapterTargets.tables(shape);
    shape.parameters().forEach(p -> body.put(p.name(), p));
    for (Slot slot : layout.slots()) {
      boolean embedding = tables.contains(slot.names().getFirst());
      if (own.contains(slot) && !embedding) {
        slot.names().forEach(body::remove);
      } else {
        places.put(slot.names(), slot);
      }
    }
  }

  /// What a task's own parameters are called among all: as its table has them, behind its name.
  static String named(String task, String parameter) {
    return task + ":" + parameter;
  }

  /// The shape with another last layer.
  ModelShape shape(Output output) {
    return shape.withOutput(output);
  }

  /// The place of a task's parts.
  Slot slot(String task, Layout layout, TuningRules rules, List<Parameter> parts) {
    List<String> names = parts.stream().map(Parameter::name).toList();
    boolean shared = parts.stream().allMatch(p -> p.equals(body.get(p.name())));
    Slot there = shared ? places.get(names) : null;
    return there != null ? there : rules.own(layout, task, parts);
  }
}
