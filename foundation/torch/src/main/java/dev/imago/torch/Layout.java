package dev.imago.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The order of a model's weights in two flat arrays: what trains, group by group, those that decay
/// first; and what is frozen. So each group is one range for the optimizer.
public final class Layout {
  private final List<Slot> slots = new ArrayList<>();

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
    Slot slot = new Slot(slots.size(), names, rows, columns, group, adapter);
    slots.add(slot);
    return slot;
  }

  /// Adds frozen matrices and what adapts them. The adapter's names are the matrices', with PEFT's
  /// `lora_A` and `lora_B` before their last part.
  ///
  /// @param rank of the adapter, at least 1
  /// @param alpha by which the adapter counts, divided by its rank
  public Slot addAdapted(
      List<String> names, List<Integer> rows, int columns, int rank, double alpha) {
    if (rank < 1 || rank > columns || !(alpha > 0)) {
      throw new IllegalArgumentException(
          "rank = %d is not within 1 … %d, or alpha = %s is not above 0"
              .formatted(rank, columns, alpha));
    }
    Slot down =
        add(
            names.stream().map(n -> named(n, "lora_A")).toList(),
            Collections.nCopies(names.size(), rank),
            columns);
    var ups = new ArrayList<Slot>();
    for (int part = 0; part < names.size(); part++) {
      ups.add(add(List.of(named(names.get(part), "lora_B")), List.of(rows.get(part)), rank));
    }
    return add(names, rows, columns, Group.FROZEN, new Adapter(rank, alpha / rank, down, ups));
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

  /// Numbers that do not.
  public long frozenSize() {
    return slots.stream().filter(s -> !s.group().trains()).mapToLong(Slot::size).sum();
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
          frozen += group.trains() ? 0 : slot.size();
        }
      }
    }
    return offsets;
  }
}
