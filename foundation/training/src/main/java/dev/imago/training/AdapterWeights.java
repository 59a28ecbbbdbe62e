package dev.imago.training;

import dev.imago.model.AdapterChange;
import dev.imago.model.AdapterFile;
import dev.imago.model.ModelShape;
import dev.imago.model.Parameter;
import dev.imago.model.VirtualTokens;
import dev.imago.tensor.Bottleneck;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.torch.Adapter;
import dev.imago.torch.LearnedTokens;
import dev.imago.torch.PrincipalParts;
import dev.imago.torch.Replicas;
import dev.imago.torch.Slot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// An adapter in training: how it begins, goes on from a file, and is merged.
///
/// *r rank.*
///
/// @param shape of the model with it
/// @param virtual what stands before each text; null for nothing
/// @param begun of each matrix that began as its largest singular values, what it began as
record AdapterWeights(
    ModelShape shape,
    AdapterSettings settings,
    AdapterTargets targets,
    Replicas replicas,
    @Nullable LearnedTokens virtual,
    Map<String, PrincipalParts> begun) {
  /// Deviation of keys and values at the beginning, as PEFT's embeddings have it.
  private static final double DEVIATION = 1;

  /// Deviation of bottlenecks at the beginning, beyond twice of which no number is.
  private static final double NEAR_NOTHING = 0.01;

  AdapterWeights(
      ModelShape shape,
      AdapterSettings settings,
      AdapterTargets targets,
      Replicas replicas,
      @Nullable LearnedTokens virtual) {
    this(shape, settings, targets, replicas, virtual, new HashMap<>());
  }

  /// A matrix and what is added to it.
  record Place(Slot weight, int part, Adapter.LowRank adapter, Adapter.Part own) {
    String name() {
      return weight.names().get(part);
    }

    int rows() {
      return weight.rows().get(part);
    }
  }

  /// All of them, in the order of the model.
  List<Place> additions() {
    return replicas.layout().slots().stream()
        .<Place>mapMulti(
            (slot, to) -> {
              if (slot.adapter() instanceof Adapter.LowRank adapter) {
                for (int part = 0; part < slot.names().size(); part++) {
                  if (adapter.parts().get(part).up() != null) {
                    to.accept(new Place(slot, part, adapter, adapter.parts().get(part)));
                  }
                }
              }
            })
        .toList();
  }

  MemorySegment down(Place place) {
    return replicas.value(place.adapter.down(), place.own.down());
  }

  MemorySegment up(Place place) {
    return replicas.value(Objects.requireNonNull(place.own.up()), 0);
  }

  /// Fills what is added, once the model's own numbers are there: nothing changes by it, but for
  /// rounding.
  ///
  /// @param draw a matrix that begins within ±1/√in, as PyTorch's linear layers
  void begin(BiConsumer<MemorySegment, Double> draw) {
    for (Place place : additions()) {
      if (settings.kind() == AdapterSettings.Kind.PISSA) {
        principal(place);
      } else {
        draw.accept(down(place), 1 / Math.sqrt(place.weight.columns()));
      }
      Slot magnitude = place.own.magnitude();
      if (magnitude != null) {
        lengths(replicas.floats(place.weight, place.part), replicas.value(magnitude, 0));
      }
    }
    for (Slot slot : replicas.layout().slots()) {
      if (slot.adapter() instanceof Adapter.Rows(List<Integer> ids, Slot rows)) {
        MemorySegment table = replicas.value(slot, 0);
        long bytes = 4L * slot.columns();
        for (int i = 0; i < ids.size(); i++) {
          MemorySegment.copy(table, ids.get(i) * bytes, replicas.value(rows, 0), i * bytes, bytes);
        }
      }
      if (slot.adapter() instanceof Adapter.Scaling(boolean _, List<Slot> factors)) {
        for (Slot own : factors) {
          if (own != null) {
            fill(replicas.value(own, 0), 1);
          }
        }
      }
    }
  }

  /// Fills what stands before each text: embeddings as tokens drawn by chance have them (Lester et
  /// al. 2021, section 3.2), keys and values at random.
  ///
  /// @param embedding the model's [V,D]
  void beginVirtual(MemorySegment embedding, Random random) {
    if (virtual == null) {
      return;
    }
    MemorySegment to = replicas.value(virtual.slot(), 0);
    if (virtual.keys()) {
      for (long i = 0; i < to.byteSize() / 4; i++) {
        to.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * DEVIATION));
      }
      return;
    }
    long row = 4L * shape.width();
    for (long at = 0; at < to.byteSize(); at += row) {
      long from = random.nextInt(shape.vocabularySize()) * row;
      MemorySegment.copy(embedding, from, to, at, row);
    }
  }

  /// Fills bottlenecks: with so small numbers, and biases of 0, they change next to nothing
  /// (Houlsby et al. 2019, section 2.1).
  void beginBottlenecks(Random random) {
    for (Slot slot : replicas.layout().slots()) {
      if (slot.adapter() instanceof Adapter.Bottleneck own) {
        for (Slot matrix : List.of(own.down(), own.up())) {
          MemorySegment to = replicas.value(matrix, 0);
          for (long i = 0; i < to.byteSize() / 4; i++) {
            double value = random.nextGaussian() * NEAR_NOTHING;
            double bound = 2 * NEAR_NOTHING;
            to.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) Math.clamp(value, -bound, bound));
          }
        }
        fill(replicas.value(own.downBias(), 0), 0);
        fill(replicas.value(own.upBias(), 0), 0);
      }
    }
  }

  private static void fill(MemorySegment memory, float value) {
    for (long i = 0; i < memory.byteSize() / 4; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
  }

  private static void lengths(float[] weight, MemorySegment to) {
    int rows = (int) (to.byteSize() / 4);
    int columns = weight.length / rows;
    for (int r = 0; r < rows; r++) {
      double squares = 0;
      for (int c = 0; c < columns; c++) {
        double value = weight[r * columns + c];
        squares += value * value;
      }
      to.setAtIndex(ValueLayout.JAVA_FLOAT, r, (float) Math.sqrt(squares));
    }
  }

  private void principal(Place place) {
    MemorySegment weight = MemorySegment.ofArray(replicas.floats(place.weight, place.part));
    int rows = place.rows();
    int columns = place.weight.columns();
    int rank = place.own.rank();
    if (rank > Math.min(rows, columns)) {
      throw new IllegalArgumentException(
          "rank = %d is above the %d singular values of %s"
              .formatted(rank, Math.min(rows, columns), place.name()));
    }
    double scale = place.own.scale();
    var parts = PrincipalParts.of(weight, rows, columns, rank, scale);
    float[] rest = weight.toArray(ValueLayout.JAVA_FLOAT);
    AdapterChange.add(rest, rows, columns, parts.up(), parts.down(), -scale, null);
    replicas.set(place.weight, place.part, rest);
    put(parts.up(), up(place));
    put(parts.down(), down(place));
    begun.put(place.name(), parts);
  }

  private static void put(float[] values, MemorySegment to) {
    if (4L * values.length != to.byteSize()) {
      throw new IllegalArgumentException(
          "%d numbers do not fill a place of %d".formatted(values.length, to.byteSize() / 4));
    }
    MemorySegment.copy(values, 0, to, ValueLayout.JAVA_FLOAT, 0, values.length);
  }

  /// Puts the numbers of an adapter on disk in the places of this one's.
  ///
  /// @param own the places of the model's own parameters
  /// @throws IllegalArgumentException where the two are not of the same places
  void load(AdapterFile file, Map<String, Slot> own) {
    var left = new TreeMap<>(file.changes(shape));
    Optional<VirtualTokens> before = file.virtualTokens(shape);
    if (virtual != null && before.isPresent()) {
      put(before.get().values().toFloats(), replicas.value(virtual.slot(), 0));
    }
    for (Place place : additions()) {
      if (!(left.remove(place.name())
          instanceof
          AdapterChange.LowRank(HostTensor up, HostTensor down, double _, HostTensor magnitude))) {
        throw new IllegalArgumentException(
            "it adds nothing to «%s», and this one does".formatted(place.name()));
      }
      put(up.toFloats(), up(place));
      put(down.toFloats(), down(place));
      Slot lengths = place.own.magnitude();
      if (lengths != null && magnitude != null) {
        put(magnitude.toFloats(), replicas.value(lengths, 0));
      }
    }
    Map<String, Bottleneck> behind = file.bottlenecks(shape);
    for (Slot slot : replicas.layout().slots()) {
      if (slot.adapter() instanceof Adapter.Bottleneck places) {
        Bottleneck values = behind.get(slot.names().getFirst());
        if (values == null || values.function() != places.function()) {
          throw new IllegalArgumentException(
              "it has no bottleneck behind «%s» whose function is %s"
                  .formatted(slot.names().getFirst(), places.function()));
        }
        put(values.down().toFloats(), replicas.value(places.down(), 0));
        put(values.downBias().toFloats(), replicas.value(places.downBias(), 0));
        put(values.up().toFloats(), replicas.value(places.up(), 0));
        put(values.upBias().toFloats(), replicas.value(places.upBias(), 0));
      }
      if (slot.adapter() instanceof Adapter.Rows(List<Integer> ids, Slot rows)
          && left.get(slot.names().getFirst())
              instanceof AdapterChange.Rows(List<Integer> theirs, HostTensor values)
          && ids.equals(theirs)) {
        left.remove(slot.names().getFirst());
        put(values.toFloats(), replicas.value(rows, 0));
      }
      if (slot.adapter() instanceof Adapter.Scaling(boolean inputs, List<Slot> factors)) {
        for (int part = 0; part < factors.size(); part++) {
          Slot factor = factors.get(part);
          if (factor != null
              && left.remove(slot.names().get(part))
                  instanceof AdapterChange.Factors(HostTensor values, boolean columns)) {
            if (columns != inputs) {
              throw new IllegalArgumentException(
                  "its factors of «%s» are of %s"
                      .formatted(slot.names().get(part), columns ? "inputs" : "outputs"));
            }
            put(values.toFloats(), replicas.value(factor, 0));
          }
        }
      }
    }
    left.values().removeIf(change -> change instanceof AdapterChange.Factors); // of biases
    for (Parameter p : shape.parameters()) {
      if (left.remove(p.name()) instanceof AdapterChange.Replaced(HostTensor values)) {
        Slot to = own.get(p.name());
        if (to == null || !to.group().trains()) {
          throw new IllegalArgumentException("it has a «%s» of its own".formatted(p.name()));
        }
        put(
            (p.transposed() ? turned(values) : values).toFloats(),
            replicas.value(to, to.names().indexOf(p.name())));
      }
    }
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "it changes «%s», and this one does not".formatted(left.firstKey()));
    }
  }

  /// [in,out] as [out,in].
  static HostTensor turned(HostTensor tensor) {
    int rows = (int) tensor.shape()[0];
    int columns = (int) tensor.shape()[1];
    float[] from = tensor.toFloats();
    float[] to = new float[from.length];
    for (int i = 0; i < from.length; i++) {
      to[i % columns * rows + i / columns] = from[i];
    }
    return HostTensor.of(to, columns, rows);
  }

  /// Puts merged numbers in the place of those that are adapted.
  void merge(Map<String, HostTensor> values) {
    replicas.settle(); // of tokens' rows their tables are the merged ones, in place
    for (Place place : additions()) {
      int columns = place.weight.columns();
      float[] merged = replicas.floats(place.weight, place.part);
      Slot magnitude = place.own.magnitude();
      AdapterChange.add(
          merged,
          place.rows(),
          columns,
          up(place).toArray(ValueLayout.JAVA_FLOAT),
          down(place).toArray(ValueLayout.JAVA_FLOAT),
          place.own.scale(),
          magnitude == null ? null : replicas.value(magnitude, 0).toArray(ValueLayout.JAVA_FLOAT));
      values.put(place.name(), HostTensor.of(merged, place.rows(), columns));
    }
    for (Slot slot : replicas.layout().slots()) {
      if (slot.adapter() instanceof Adapter.Scaling(boolean inputs, List<Slot> factors)) {
        for (int part = 0; part < factors.size(); part++) {
          Slot own = factors.get(part);
          if (own != null) {
            scale(slot.names().get(part), own, inputs, values);
          }
        }
      }
    }
  }

  private void scale(String name, Slot own, boolean inputs, Map<String, HostTensor> values) {
    HostTensor factors =
        new HostTensor(DataType.F32, new long[] {own.rows().getFirst()}, replicas.value(own, 0));
    var change = new AdapterChange.Factors(factors, inputs);
    values.computeIfPresent(name, (_, base) -> change.of(base));
    if (!inputs) {
      String bias = AdapterTargets.module(name) + ".bias";
      values.computeIfPresent(
          bias, (_, base) -> new AdapterChange.Factors(factors, false).of(base));
    }
  }
}
