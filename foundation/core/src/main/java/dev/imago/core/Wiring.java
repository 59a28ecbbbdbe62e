package dev.imago.core;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Binds one step's inputs: each to an output of an earlier step or to an artifact that lies in the
/// workspace, of the kind and in the form that the input takes.
///
/// What a recipe does not bind by hand is bound by name: one input to the latest earlier output of
/// its name and kind, several to all of them, an optional one to the latest or to nothing.
record Wiring(Recipe.Step step, List<Plan.Node<?>> earlier, Function<String, Artifact> workspace) {

  Map<String, Plan.Source> of(List<Input> inputs) {
    List<String> valid = inputs.stream().map(Input::name).toList();
    for (String bound : step.inputs().keySet()) {
      if (!valid.contains(bound)) {
        throw new ConfigException(
            "%s.inputs.%s: no such input%s"
                .formatted(step.id(), bound, Nearest.hint(bound, valid)));
      }
    }
    var wiring = new LinkedHashMap<String, Plan.Source>();
    for (Input input : inputs) {
      List<String> wanted = step.inputs().get(input.name());
      List<Plan.Source> sources =
          wanted == null ? byName(input) : wanted.stream().map(w -> byHand(input, w)).toList();
      bind(input, sources, wiring);
    }
    return wiring;
  }

  private void bind(Input input, List<Plan.Source> sources, Map<String, Plan.Source> wiring) {
    switch (input.arity()) {
      case SEVERAL -> {
        for (int i = 0; i < sources.size(); i++) {
          wiring.put(input.at(i), sources.get(i));
        }
      }
      case OPTIONAL, ONE -> {
        if (sources.size() > 1) {
          throw new ConfigException(
              "%s.inputs.%s names %d artifacts, but it takes one"
                  .formatted(step.id(), input.name(), sources.size()));
        }
        if (sources.size() == 1) {
          wiring.put(input.name(), sources.getFirst());
        } else if (input.arity() == Input.Arity.ONE) {
          throw new ConfigException(
              "%s: no earlier step leaves %s named «%s»; put the step that makes it before, or bind it with inputs: {%s: step.output} or {%s: kind/hash}"
                  .formatted(
                      step.id(),
                      Artifact.form(input.kind()),
                      input.name(),
                      input.name(),
                      input.name()));
        }
      }
    }
  }

  private List<Plan.Source> byName(Input input) {
    var found = new ArrayList<Plan.Source>();
    for (Plan.Node<?> node : earlier) {
      output(node, input.name())
          .filter(o -> o.getType() == input.kind())
          .ifPresent(o -> found.add(new Plan.Output(node.id(), o.getName())));
    }
    return input.arity() == Input.Arity.SEVERAL || found.isEmpty()
        ? Collections.unmodifiableList(found)
        : List.of(found.getLast());
  }

  private static Optional<RecordComponent> output(Plan.Node<?> node, String name) {
    for (RecordComponent output : node.stage().outputs().getRecordComponents()) {
      if (output.getName().equals(name)) {
        return Optional.of(output);
      }
    }
    return Optional.empty();
  }

  private Plan.Source byHand(Input input, String wanted) {
    if (wanted.indexOf('/') > 0) {
      Artifact lying = workspace.apply(wanted);
      if (!Artifact.is(input.kind(), lying.ref(), lying.folder())) {
        throw wrong(input, wanted, "is not that");
      }
      return new Plan.Lying(lying.ref());
    }
    int dot = wanted.lastIndexOf('.');
    String id = wanted.substring(0, Math.max(0, dot));
    var offered = new ArrayList<String>();
    for (Plan.Node<?> node : earlier) {
      for (RecordComponent output : node.stage().outputs().getRecordComponents()) {
        offered.add(node.id() + "." + output.getName());
      }
      if (node.id().equals(id)) {
        Optional<RecordComponent> output = output(node, wanted.substring(dot + 1));
        if (output.isPresent()) {
          return checked(input, wanted, output.get());
        }
      }
    }
    throw new ConfigException(
        "%s.inputs.%s = %s, but no earlier step leaves that%s"
            .formatted(
                step.id(),
                input.name(),
                wanted,
                offered.isEmpty() ? "" : Nearest.hint(wanted, offered)));
  }

  private Plan.Source checked(Input input, String wanted, RecordComponent output) {
    if (output.getType() != input.kind()) {
      throw wrong(
          input, wanted, "is " + Artifact.form(output.getType().asSubclass(Artifact.class)));
    }
    return new Plan.Output(wanted.substring(0, wanted.lastIndexOf('.')), output.getName());
  }

  private ConfigException wrong(Input input, String wanted, String is) {
    return new ConfigException(
        "%s.inputs.%s takes %s, and %s %s"
            .formatted(step.id(), input.name(), Artifact.form(input.kind()), wanted, is));
  }
}
