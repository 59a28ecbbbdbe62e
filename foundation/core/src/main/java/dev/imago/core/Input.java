package dev.imago.core;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One input of a stage, as its record of inputs declares it: an artifact, an `Optional` of one, or
/// a `List` of any number.
record Input(String name, Class<? extends Artifact> kind, Arity arity) {
  /// How many artifacts an input takes.
  enum Arity {
    ONE,
    OPTIONAL,
    SEVERAL
  }

  static List<Input> all(Stage<?, ?, ?> stage) {
    return Arrays.stream(stage.inputs().getRecordComponents()).map(Input::of).toList();
  }

  private static Input of(RecordComponent component) {
    if (component.getGenericType() instanceof ParameterizedType generic) {
      Arity arity = generic.getRawType() == List.class ? Arity.SEVERAL : Arity.OPTIONAL;
      return new Input(component.getName(), kind(generic.getActualTypeArguments()[0]), arity);
    }
    return new Input(component.getName(), kind(component.getType()), Arity.ONE);
  }

  private static Class<? extends Artifact> kind(Type type) {
    return ((Class<?>) type).asSubclass(Artifact.class);
  }

  /// A stage's record of inputs.
  ///
  /// @param refs by place
  static <I extends Record> I record(
      Stage<I, ?, ?> stage, Map<String, Ref> refs, Workspace workspace) {
    var artifacts = new LinkedHashMap<String, Artifact>();
    refs.forEach((place, ref) -> artifacts.put(place, workspace.artifact(ref)));
    Object[] values = all(stage).stream().map(i -> i.value(artifacts)).toArray();
    Class<?>[] types =
        Arrays.stream(stage.inputs().getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      var constructor = stage.inputs().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("inputs must be a record: " + stage.inputs(), e);
    }
  }

  /// The place of one of several artifacts.
  String at(int number) {
    return name + "[" + number + "]";
  }

  /// What the stage's record of inputs holds here.
  ///
  /// @param artifacts by place
  Object value(Map<String, Artifact> artifacts) {
    return switch (arity) {
      case ONE -> require(artifacts.get(name));
      case OPTIONAL -> Optional.ofNullable(artifacts.get(name)).map(this::typed);
      case SEVERAL -> {
        var all = new ArrayList<Artifact>();
        for (int i = 0; artifacts.containsKey(at(i)); i++) {
          all.add(require(artifacts.get(at(i))));
        }
        yield List.copyOf(all);
      }
    };
  }

  private Artifact require(@Nullable Artifact artifact) {
    if (artifact == null) {
      throw new IllegalStateException("nothing is bound to " + name);
    }
    return typed(artifact);
  }

  private Artifact typed(Artifact artifact) {
    return Artifact.of(kind, artifact.ref(), artifact.folder());
  }

  /// A wiring as a recipe says it: a source by name, or a list of them.
  static Map<String, Object> resolved(Stage<?, ?, ?> stage, Map<String, Plan.Source> wiring) {
    var inputs = new LinkedHashMap<String, Object>();
    for (Input input : all(stage)) {
      if (input.arity() == Arity.SEVERAL) {
        var several = new ArrayList<String>();
        for (int i = 0; wiring.containsKey(input.at(i)); i++) {
          several.add(String.valueOf(wiring.get(input.at(i))));
        }
        inputs.put(input.name(), several);
      } else if (wiring.containsKey(input.name())) {
        inputs.put(input.name(), String.valueOf(wiring.get(input.name())));
      }
    }
    return inputs;
  }
}
