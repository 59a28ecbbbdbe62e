package dev.imago.training;

import dev.imago.core.ConfigException;
import dev.imago.model.AdapterFile;
import dev.imago.model.BottleneckConfig;
import dev.imago.model.ModelShape;
import dev.imago.model.Parameter;
import dev.imago.model.VirtualTokens;
import dev.imago.tensor.Nonlinearity;
import dev.imago.torch.Group;
import dev.imago.torch.Layout;
import dev.imago.torch.LearnedTokens;
import dev.imago.torch.Slot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What of one model trains, and how: a [Tuning] and its groups, bound to its parameters.
///
/// @param read the parameters, by name, that a file had numbers for
/// @param groups what trains otherwise than the rest
/// @param targets of an adapter; null where there is none
record TuningRules(
    Tuning tuning,
    Map<String, Parameter> read,
    GroupRules groups,
    @Nullable AdapterTargets targets) {
  TuningRules {
    read = Map.copyOf(read);
  }

  /// The place of what stands before each text, where that is learned.
  ///
  /// @throws ConfigException where the model has no place for it
  Optional<LearnedTokens> virtual(Layout layout, ModelShape shape) {
    if (!(tuning instanceof Tuning.Adapted(AdapterSettings own, _)) || !own.kind().virtual()) {
      return Optional.empty();
    }
    boolean keys = own.kind() == AdapterSettings.Kind.PREFIX;
    try {
      int width = VirtualTokens.width(shape, keys);
      Group group = new Group(true, own.rate(), 1);
      Slot slot =
          layout.add(List.of(AdapterFile.VIRTUAL), List.of(own.virtualTokens()), width, group);
      return Optional.of(new LearnedTokens(slot, keys));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("tune.adapter.kind: " + e.getMessage(), e);
    }
  }

  /// The place of parts that are stacked by rows.
  Slot slot(Layout layout, List<Parameter> parts) {
    Parameter first = parts.getFirst();
    boolean kept = first.equals(read.get(first.name()));
    double decay = first.decays() ? 1 : 0;
    Group trains = new Group(true, 1, decay);
    return switch (tuning) {
      case Tuning.All _ -> whole(layout, parts, trains);
      case Tuning.Nothing _ -> whole(layout, parts, Group.FROZEN);
      case Tuning.NewOnly _ -> whole(layout, parts, kept ? Group.FROZEN : trains);
      case Tuning.Slower(double factor) ->
          whole(layout, parts, kept ? new Group(true, factor, decay) : trains);
      case Tuning.Adapted(AdapterSettings adapter, _) ->
          kept ? adapted(layout, parts, adapter, trains) : whole(layout, parts, trains);
    };
  }

  /// The place of parts that a task has for itself, and that train.
  Slot own(Layout layout, String task, List<Parameter> parts) {
    Parameter first = parts.getFirst();
    return layout.add(
        parts.stream().map(p -> TaskHeads.named(task, p.name())).toList(),
        rows(parts),
        first.columns(),
        groups.of(parts, new Group(true, 1, first.decays() ? 1 : 0)));
  }

  private Slot whole(Layout layout, List<Parameter> parts, Group group) {
    return layout.add(
        names(parts), rows(parts), parts.getFirst().columns(), groups.of(parts, group));
  }

  private Slot adapted(
      Layout layout, List<Parameter> parts, AdapterSettings adapter, Group trains) {
    AdapterTargets own = targets;
    if (own == null) {
      throw new IllegalStateException("an adapter without targets");
    }
    if (own.tables().contains(parts.getFirst().name())) {
      Parameter table = parts.getFirst();
      return layout.addRows(
          table.name(),
          table.rows(),
          table.columns(),
          own.tokens(),
          new Group(true, adapter.rate(), trains.weightDecayFactor()));
    }
    long whole = parts.stream().filter(own::trains).count();
    if (whole > 0 && whole < parts.size()) {
      throw new IllegalArgumentException(
          "%s and what is stacked with it train as one: name all of %s, or none"
              .formatted(parts.getFirst().name(), names(parts)));
    }
    if (adapter.kind() == AdapterSettings.Kind.BOTTLENECK && whole == 0) {
      Parameter layer = parts.getFirst();
      Optional<String> before = BottleneckConfig.before(layer.name());
      if (before.isPresent()) {
        return layout.addBottleneck(
            layer.name(),
            layer.rows(),
            layer.columns(),
            before.get(),
            adapter.bottleneck(layer.rows()),
            Nonlinearity.SILU,
            new Group(true, adapter.rate(), 1),
            new Group(true, adapter.rate(), 0));
      }
    }
    List<Boolean> which = parts.stream().map(own::adapts).toList();
    if (whole == 0 && !which.contains(true) && parts.stream().allMatch(Parameter::adaptable)) {
      return layout.addFrozenLayer(names(parts), rows(parts), parts.getFirst().columns());
    }
    if (whole > 0 || !which.contains(true)) {
      return whole(layout, parts, whole > 0 ? trains : Group.FROZEN);
    }
    int columns = parts.getFirst().columns();
    Group vectors = new Group(true, adapter.rate(), 0);
    if (adapter.kind() == AdapterSettings.Kind.IA3) {
      boolean inputs = AdapterTargets.fed(parts.getFirst());
      return layout.addScaled(names(parts), rows(parts), columns, which, inputs, vectors);
    }
    return layout.addLowRank(
        names(parts),
        rows(parts),
        columns,
        which,
        new Layout.Additions(
            parts.stream().map(p -> adapter.rank(AdapterTargets.module(p))).toList(),
            parts.stream().map(p -> adapter.scale(AdapterTargets.module(p))).toList(),
            (float) adapter.dropout(),
            adapter.kind() == AdapterSettings.Kind.DORA,
            new Group(true, adapter.rate(), 1),
            new Group(true, adapter.rate() * adapter.rateOfB(), 1),
            vectors));
  }

  private static List<String> names(List<Parameter> parts) {
    return parts.stream().map(Parameter::name).toList();
  }

  private static List<Integer> rows(List<Parameter> parts) {
    return parts.stream().map(Parameter::rows).toList();
  }
}
