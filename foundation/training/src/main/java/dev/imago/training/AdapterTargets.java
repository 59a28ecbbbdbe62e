package dev.imago.training;

import dev.imago.model.BottleneckConfig;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// [AdapterSettings] bound to one model's table: which parameters an adapter changes, and which
/// train whole beside it. Modules are called as their parameters are, without `weight` or `bias`.
final class AdapterTargets {
  /// Keys, values and what leaves a feed-forward, as the families call them.
  private static final Pattern FACTORED =
      Pattern.compile(
          ".*\\.(k_proj|v_proj|qkv_proj|key|value|c_attn|SelfAttention\\.[kv]|EncDecAttention\\.[kv]|output\\.dense|down_proj|mlp\\.c_proj|wo)");

  /// What leaves a feed-forward: its factors are of the inputs.
  private static final Pattern FED =
      Pattern.compile(".*\\.(output\\.dense|down_proj|mlp\\.c_proj|wo)");

  private final AdapterSettings settings;
  private final List<Parameter> table;
  private final Set<String> adapted = new HashSet<>();
  private final Set<String> whole = new HashSet<>();
  private final Set<String> tables = new TreeSet<>();
  private final List<Integer> tokens;

  /// @param tokens ids of those whose rows train
  /// @throws IllegalArgumentException for a target that the model does not have
  AdapterTargets(AdapterSettings settings, List<Integer> tokens, ModelShape shape) {
    this.settings = settings;
    this.tokens = List.copyOf(tokens);
    this.table = shape.parameters();
    boolean factors = settings.kind() == AdapterSettings.Kind.IA3;
    if (settings.kind().lowRank() || factors) {
      List<Parameter> layers = table.stream().filter(Parameter::adaptable).toList();
      if (settings.targets().isEmpty()) {
        layers.stream()
            .filter(p -> !factors || FACTORED.matcher(module(p)).matches())
            .forEach(p -> adapted.add(p.name()));
        if (adapted.isEmpty()) {
          throw new IllegalArgumentException(
              "targets = [] means what this model has none of; name modules of %s"
                  .formatted(some(layers)));
        }
      }
      settings.targets().forEach(t -> take(t, "targets", layers, adapted));
      List<Parameter> chosen = layers.stream().filter(this::adapts).toList();
      for (String pattern : settings.parts().rankPattern().keySet()) {
        take(pattern, "rankPattern", chosen, new HashSet<>());
      }
      for (String pattern : settings.parts().alphaPattern().keySet()) {
        take(pattern, "alphaPattern", chosen, new HashSet<>());
      }
    }
    if (settings.kind() == AdapterSettings.Kind.BOTTLENECK) {
      checkBottlenecks(shape);
    }
    List<Parameter> own = table.stream().filter(p -> !p.tied()).toList();
    settings.trained().forEach(t -> take(t, "trained", own, whole));
    if (!tokens.isEmpty()) {
      tables.addAll(tables(shape));
    }
    if (!settings.merge() && shape.embedsElsewhere()) {
      checkAlone(tables(shape).iterator().next(), shape);
    }
    for (String name : whole) {
      if (tables.contains(name)) {
        throw new IllegalArgumentException(
            "trained names «%s», and tokens some of its rows; leave out one of the two"
                .formatted(name));
      }
      if (adapted.contains(name)) {
        throw new IllegalArgumentException(
            "trained and targets both name «%s»; leave it out of one".formatted(name));
      }
    }
  }

  /// Refuses what PEFT would keep and not compute.
  private void checkAlone(String embedding, ModelShape shape) {
    if (!tokens.isEmpty() || whole.contains(embedding)) {
      throw new IllegalArgumentException(
          "%s with merge = false: a %s of transformers reads the embedding by its encoder and its decoder, and PEFT changes «%s» beside them; set merge = true"
              .formatted(
                  tokens.isEmpty() ? "trained = «%s»".formatted(module(embedding)) : "tokens",
                  shape.architecture(),
                  module(embedding)));
    }
  }

  private static void checkBottlenecks(ModelShape shape) {
    try {
      BottleneckConfig.check(shape);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("kind: " + e.getMessage(), e);
    }
  }

  /// The embedding, and a last layer of as many rows that is not tied to it.
  static Set<String> tables(ModelShape shape) {
    List<Parameter> matrices =
        shape.parameters().stream().filter(p -> p.isMatrix() && p.block() < 0).toList();
    int rows = shape.vocabularySize();
    var to = new TreeSet<String>();
    matrices.stream().filter(p -> p.rows() == rows).findFirst().ifPresent(p -> to.add(p.name()));
    Parameter last = matrices.getLast();
    boolean writes =
        shape.output() instanceof Output.NextToken || shape.output() instanceof Output.MaskedToken;
    if (writes && !last.tied() && last.rows() == rows) {
      to.add(last.name());
    }
    return to;
  }

  private static void take(String pattern, String setting, List<Parameter> of, Set<String> to) {
    Predicate<String> fits = matching(pattern);
    List<String> found =
        of.stream().filter(p -> fits.test(module(p))).map(Parameter::name).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "%s = «%s» fits nothing here; what can be named is %s"
              .formatted(setting, pattern, some(of)));
    }
    to.addAll(found);
  }

  private static String some(List<Parameter> of) {
    var forms = new LinkedHashSet<String>();
    of.forEach(p -> forms.add(module(p).replaceAll("\\.\\d+\\.", ".*.")));
    return String.join(", ", forms);
  }

  /// What fits an end of a module's name, `*` for any text.
  static Predicate<String> matching(String pattern) {
    var regex = new StringBuilder("(.*\\.)?");
    String[] literal = pattern.split("\\*", -1);
    for (int i = 0; i < literal.length; i++) {
      regex.append(i == 0 ? "" : ".*").append(Pattern.quote(literal[i]));
    }
    return Pattern.compile(regex.toString()).asMatchPredicate();
  }

  /// The name of a parameter's module.
  static String module(Parameter p) {
    return module(p.name());
  }

  static String module(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  /// Whether something is added to it, or multiplied with it.
  boolean adapts(Parameter p) {
    return adapted.contains(p.name());
  }

  /// The same by its name.
  boolean adapts(String parameter) {
    return adapted.contains(parameter);
  }

  /// The tables of which some rows train: the embedding, and a last layer that is not tied to it.
  Set<String> tables() {
    return tables;
  }

  /// Ids of these rows.
  List<Integer> tokens() {
    return tokens;
  }

  /// Whether factors are of its inputs.
  static boolean fed(Parameter p) {
    return FED.matcher(module(p)).matches();
  }

  /// Whether a parameter that a file had numbers for trains whole.
  boolean trains(Parameter p) {
    if (whole.contains(p.name())) {
      return true;
    }
    if (!p.name().endsWith(".bias") && !p.name().matches(".*\\.bias_[a-z]+_l\\d+")) {
      return false;
    }
    return settings.kind() == AdapterSettings.Kind.BITFIT
        || settings.bias() == AdapterSettings.Biases.ALL
        || settings.bias() == AdapterSettings.Biases.ADAPTED
            && adapted.contains(module(p) + ".weight");
  }

  /// The shortest ends of names that mean what is adapted and nothing else, as PEFT reads them.
  List<String> names() {
    return names(adapted);
  }

  /// The same of those whose factors are of the inputs.
  List<String> fedNames() {
    var fed = new HashSet<String>();
    table.stream().filter(p -> adapts(p) && fed(p)).forEach(p -> fed.add(p.name()));
    return names(fed);
  }

  /// Of what is adapted, whatever one number is not the usual of: patterns as PEFT reads them.
  <T> Map<String, T> patterns(Function<String, T> of, T usual) {
    var modules = new TreeMap<T, Set<String>>();
    for (String name : adapted) {
      T own = of.apply(module(name));
      if (!own.equals(usual)) {
        modules.computeIfAbsent(own, _ -> new HashSet<>()).add(name);
      }
    }
    var to = new TreeMap<String, T>();
    modules.forEach((number, names) -> names(names).forEach(name -> to.put(name, number)));
    return to;
  }

  private List<String> names(Set<String> parameters) {
    var modules = new TreeSet<String>();
    parameters.forEach(name -> modules.add(module(name)));
    for (int parts = 1; parts <= 3; parts++) {
      var ends = new TreeSet<String>();
      for (String module : modules) {
        ends.add(end(module, parts));
      }
      boolean alone =
          table.stream()
              .map(AdapterTargets::module)
              .filter(m -> ends.stream().anyMatch(e -> m.equals(e) || m.endsWith("." + e)))
              .allMatch(modules::contains);
      if (alone) {
        return List.copyOf(ends);
      }
    }
    return new ArrayList<>(modules);
  }

  private static String end(String module, int parts) {
    String[] all = module.split("\\.");
    return String.join(".", List.of(all).subList(Math.max(0, all.length - parts), all.length));
  }
}
