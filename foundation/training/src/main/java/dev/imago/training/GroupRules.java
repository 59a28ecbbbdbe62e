package dev.imago.training;

import dev.imago.model.Parameter;
import dev.imago.torch.Group;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// [ParameterGroups] bound to one model's table.
final class GroupRules {
  private final ParameterGroups groups;
  private final int blocks;
  private final List<String> bottom;

  /// @throws IllegalArgumentException for a pattern that no parameter has
  GroupRules(ParameterGroups groups, List<Parameter> table) {
    this.groups = groups;
    List<Parameter> own = table.stream().filter(p -> !p.tied()).toList();
    List<String> names = own.stream().map(Parameter::name).toList();
    this.blocks = own.stream().mapToInt(Parameter::block).max().orElse(-1) + 1;
    this.bottom = own.stream().takeWhile(p -> p.block() < 0).map(Parameter::name).toList();
    var patterns = new ArrayList<>(groups.freeze());
    patterns.addAll(groups.noDecay());
    patterns.addAll(groups.learningRates().keySet());
    for (String pattern : patterns) {
      if (names.stream().noneMatch(n -> matches(pattern, n))) {
        throw new IllegalArgumentException(
            "no parameter is called «%s»; they are called %s".formatted(pattern, some(names)));
      }
    }
    if (names.stream().allMatch(n -> any(groups.freeze(), n))) {
      throw new IllegalArgumentException(
          "freeze = %s leaves nothing to train".formatted(groups.freeze()));
    }
  }

  private static String some(List<String> names) {
    var forms = new LinkedHashSet<String>();
    names.forEach(n -> forms.add(n.replaceAll("\\.\\d+\\.", ".*.")));
    return String.join(", ", forms);
  }

  private static boolean matches(String pattern, String name) {
    String[] literal = pattern.split("\\*", -1);
    var regex = new StringBuilder();
    for (int i = 0; i < literal.length; i++) {
      regex.append(i == 0 ? "" : ".*").append(Pattern.quote(literal[i]));
    }
    return name.matches(regex.toString());
  }

  private static boolean any(List<String> patterns, String name) {
    return patterns.stream().anyMatch(p -> matches(p, name));
  }

  /// @param parts stacked into one slot
  /// @param usual what they are without these rules
  /// @throws IllegalArgumentException for parts that are stacked and would train apart
  Group of(List<Parameter> parts, Group usual) {
    Group first = one(parts.getFirst(), usual);
    for (Parameter part : parts) {
      if (!one(part, usual).equals(first)) {
        throw new IllegalArgumentException(
            "%s and %s train as one matrix: freeze or change both, or neither"
                .formatted(parts.getFirst().name(), part.name()));
      }
    }
    return first;
  }

  private Group one(Parameter p, Group usual) {
    if (!usual.trains() || any(groups.freeze(), p.name())) {
      return Group.FROZEN;
    }
    int block = p.block();
    int depth = block >= 0 ? block + 1 : bottom.contains(p.name()) ? 0 : blocks + 1;
    double rate =
        usual.learningRateFactor()
            * (groups.layerDecay() == 1 ? 1 : Math.pow(groups.layerDecay(), blocks + 1 - depth));
    for (Map.Entry<String, Double> own : new TreeMap<>(groups.learningRates()).entrySet()) {
      rate *= matches(own.getKey(), p.name()) ? own.getValue() : 1;
    }
    boolean spared = any(groups.noDecay(), p.name());
    return new Group(
        true, rate, spared ? 0 : usual.weightDecayFactor(), p.isMatrix() && block >= 0);
  }
}
