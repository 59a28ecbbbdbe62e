package dev.imago.torch;

import dev.imago.tensor.DataType;
import dev.imago.tensor.Nonlinearity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The order of a model's weights in two flat arrays: what trains, group by group, those that decay
/// first; and what is frozen. So each group is one range for the optimizer.
public final class Layout {
  private final List<Slot> slots = new ArrayList<>();
  private @Nullable DataType holding;

  /// The weights of one group, from … to − 1 of the array of what trains.
  record Range(long from, long to, Group group) {}

  /// Adds a weight whose matrices decay.
  ///
  /// @param names of the parts that are stacked by rows
  /// @param rows of each part
  /// @param columns of all parts; 0 for a vector
  public Slot add(List<String> names, List<Integer> rows, int columns) {
    return add(names, rows, columns, columns > 0 ? Group.DECAYING : Group.NOT_DECAYING);
  }

  /// Adds a weight.
  ///
  /// @param group how it is trained
  public Slot add(List<String> names, List<Integer> rows, int columns, Group group) {
    return add(names, rows, columns, group, null);
  }

  private Slot add(
      List<String> names, List<Integer> rows, int columns, Group group, @Nullable Adapter adapter) {
    return add(names, rows, columns, group, adapter, null);
  }

  private Slot add(
      List<String> names,
      List<Integer> rows,
      int columns,
      Group group,
      @Nullable Adapter adapter,
      @Nullable DataType held) {
    Slot slot = new Slot(slots.size(), names, rows, columns, group, adapter, held);
    slots.add(slot);
    return slot;
  }

  /// Holds the frozen matrices of linear layers that are added from now on in blocks of this type,
  /// as far as their rows are whole blocks. Dettmers et al. 2023, arXiv:2305.14314.
  public Layout holding(DataType type) {
    holding = type;
    return this;
  }

  /// Adds frozen matrices of a linear layer.
  public Slot addFrozenLayer(List<String> names, List<Integer> rows, int columns) {
    return addFrozenLayer(names, rows, columns, null);
  }

  private Slot addFrozenLayer(
      List<String> names, List<Integer> rows, int columns, @Nullable Adapter adapter) {
    DataType type = holding;
    boolean fits = type != null && columns > 0 && columns % type.blockSize() == 0;
    return add(names, rows, columns, Group.FROZEN, adapter, fits ? type : null);
  }

  /// Adds frozen matrices and low-rank additions to some of them. An addition's names are the
  /// matrix's, with PEFT's `lora_A` and `lora_B` before their last part.
  ///
  /// @param adapted which parts have one
  public Slot addLowRank(
      List<String> names, List<Integer> rows, int columns, List<Boolean> adapted, Additions how) {
    var downs = new ArrayList<String>();
    var ranks = new ArrayList<Integer>();
    for (int part = 0; part < names.size(); part++) {
      if (adapted.get(part)) {
        int rank = how.ranks().get(part);
        if (rank < 1 || rank > columns) {
          throw new IllegalArgumentException(
              "rank = %d is not within 1 … %d, the columns of %s"
                  .formatted(rank, columns, names.get(part)));
        }
        downs.add(named(names.get(part), "lora_A"));
        ranks.add(rank);
      }
    }
    Slot down = add(downs, ranks, columns, how.down());
    var parts = new ArrayList<Adapter.Part>();
    int next = 0;
    int from = 0;
    for (int part = 0; part < names.size(); part++) {
      if (!adapted.get(part)) {
        parts.add(Adapter.Part.NONE);
        continue;
      }
      List<Integer> own = List.of(rows.get(part));
      String name = names.get(part);
      Slot up = add(List.of(named(name, "lora_B")), own, how.ranks().get(part), how.up());
      Slot magnitude =
          how.magnitudes()
              ? add(List.of(last(name, "lora_magnitude_vector")), own, 0, how.vectors())
              : null;
      int rank = how.ranks().get(part);
      double scale = how.scales().get(part);
      parts.add(new Adapter.Part(next++, from, rank, scale, up, magnitude));
      from += rank;
    }
    var adapter = new Adapter.LowRank(how.dropout(), down, parts);
    return addFrozenLayer(names, rows, columns, adapter);
  }

  /// What low-rank additions are, and how they train.
  ///
  /// @param ranks of each part
  /// @param scales by which they count, above 0
  /// @param dropout of their inputs
  /// @param magnitudes whether lengths of rows are learned beside
  /// @param down how what comes first trains
  /// @param up how what comes last trains
  /// @param vectors how lengths train
  public record Additions(
      List<Integer> ranks,
      List<Double> scales,
      float dropout,
      boolean magnitudes,
      Group down,
      Group up,
      Group vectors) {
    public Additions {
      ranks = List.copyOf(ranks);
      scales = List.copyOf(scales);
      if (!scales.stream().allMatch(scale -> scale > 0) || !(dropout >= 0 && dropout < 1)) {
        throw new IllegalArgumentException(
            "scales = %s are not above 0, or dropout = %s not within 0 … 1"
                .formatted(scales, dropout));
      }
    }
  }

  /// Adds frozen matrices and factors of some of them: PEFT's `ia3_l`.
  ///
  /// @param adapted which parts have one
  /// @param inputs whether factors are of what comes in
  /// @param group how they train
  public Slot addScaled(
      List<String> names,
      List<Integer> rows,
      int columns,
      List<Boolean> adapted,
      boolean inputs,
      Group group) {
    var factors = new ArrayList<@Nullable Slot>();
    for (int part = 0; part < names.size(); part++) {
      int length = inputs ? columns : rows.get(part);
      factors.add(
          adapted.get(part)
              ? add(List.of(last(names.get(part), "ia3_l")), List.of(length), 0, group)
              : null);
    }
    return addFrozenLayer(names, rows, columns, new Adapter.Scaling(inputs, factors));
  }

  /// Adds a frozen matrix with a small network behind what comes out of it.
  ///
  /// @param own before the names of its four parts
  /// @param width of the network, r
  /// @param matrices how its matrices train
  /// @param vectors how its biases train
  public Slot addBottleneck(
      String name,
      int rows,
      int columns,
      String own,
      int width,
      Nonlinearity function,
      Group matrices,
      Group vectors) {
    Slot down = add(List.of(own + "adapter_down.0.weight"), List.of(width), rows, matrices);
    Slot downBias = add(List.of(own + "adapter_down.0.bias"), List.of(width), 0, vectors);
    Slot up = add(List.of(own + "adapter_up.weight"), List.of(rows), width, matrices);
    Slot upBias = add(List.of(own + "adapter_up.bias"), List.of(rows), 0, vectors);
    var adapter = new Adapter.Bottleneck(function, down, downBias, up, upBias);
    return addFrozenLayer(List.of(name), List.of(rows), columns, adapter);
  }

  /// Adds a frozen table of which some rows train: PEFT's `trainable_tokens_delta`.
  ///
  /// @param ids of the rows, each once
  /// @param group how they train
  public Slot addRows(String name, int height, int columns, List<Integer> ids, Group group) {
    String own = last(name, "token_adapter.trainable_tokens_delta");
    Slot rows = add(List.of(own), List.of(ids.size()), columns, group);
    var adapter = new Adapter.Rows(ids, rows);
    return add(List.of(name), List.of(height), columns, Group.FROZEN, adapter);
  }

  /// A name with another last part.
  private static String last(String name, String other) {
    return name.substring(0, name.lastIndexOf('.') + 1) + other;
  }

  private static String named(String name, String adapter) {
    int last = name.lastIndexOf('.') + 1;
    return name.substring(0, last) + adapter + "." + name.substring(last);
  }

  public List<Slot> slots() {
    return List.copyOf(slots);
  }

  /// Numbers that train.
  public long size() {
    return slots.stream().filter(s -> s.group().trains()).mapToLong(Slot::size).sum();
  }

  /// Numbers that do not, and lie there as floats.
  public long frozenSize() {
    return slots.stream()
        .filter(s -> !s.group().trains() && s.held() == null)
        .mapToLong(Slot::size)
        .sum();
  }

  /// The groups that train, in the order of the array.
  List<Range> ranges() {
    return ranges(_ -> true);
  }

  /// The groups of some of what trains, in the order of the array; neighbours that are updated
  /// alike are one.
  List<Range> ranges(Predicate<Slot> which) {
    var ranges = new ArrayList<Range>();
    long[] offsets = offsets();
    slots.stream()
        .filter(s -> s.group().trains() && which.test(s))
        .sorted(Comparator.comparingLong(s -> offsets[s.index()]))
        .forEach(
            slot -> {
              long from = offsets[slot.index()];
              Range last = ranges.isEmpty() ? null : ranges.getLast();
              if (last != null && last.to() == from && alike(last.group(), slot.group())) {
                ranges.removeLast();
                from = last.from();
              }
              ranges.add(new Range(from, offsets[slot.index()] + slot.size(), slot.group()));
            });
    return ranges;
  }

  private static boolean alike(Group a, Group b) {
    return a.learningRateFactor() == b.learningRateFactor()
        && a.weightDecayFactor() == b.weightDecayFactor();
  }

  private List<Group> groups() {
    var distinct =
        new ArrayList<Group>(new LinkedHashSet<>(slots.stream().map(Slot::group).toList()));
    distinct.sort(Comparator.comparingDouble(Group::weightDecayFactor).reversed());
    return distinct;
  }

  /// Where each slot begins, in its own array.
  long[] offsets() {
    long[] offsets = new long[slots.size()];
    long training = 0;
    long frozen = 0;
    for (Group group : groups()) {
      for (Slot slot : slots) {
        if (slot.group().equals(group)) {
          offsets[slot.index()] = group.trains() ? training : frozen;
          training += group.trains() ? slot.size() : 0;
          frozen += group.trains() || slot.held() != null ? 0 : slot.size();
        }
      }
    }
    return offsets;
  }
}
