package dev.imago.model;

import dev.imago.tensor.HostTensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a model can do without: numbers, which become 0, or whole parts, without which it is
/// another, smaller shape.
///
/// *D width, F feed-forward width, H query heads, K key–value heads.*
public final class WeightPruning {
  /// Feed-forward rows are kept by so many, where there are: GGUF's blocks.
  private static final int BLOCK = 32;

  private static final Pattern FUSED = Pattern.compile("qkv_proj|gate_up_proj");

  private WeightPruning() {}

  /// What goes.
  public enum Kind {
    /// The smallest numbers of each matrix of the blocks. Han et al. 2015, arXiv:1506.02626.
    MAGNITUDE("magnitude", 0),
    /// The two smallest of each four in a row, the form that sparse tensor cores take. Mishra et
    /// al. 2021, arXiv:2104.08378.
    TWO_OF_FOUR("2:4", 0),
    /// Rows between the feed-forward matrices, as many in each block.
    ROWS("rows", 1),
    /// Key–value heads with the query heads that share them, as many in each block. Michel et al.
    /// 2019, arXiv:1905.10650.
    HEADS("heads", 1),
    /// Whole blocks.
    LAYERS("layers", 1);

    private final String word;
    private final int structure;

    Kind(String word, int structure) {
      this.word = word;
      this.structure = structure;
    }

    /// As settings name it.
    public String word() {
      return word;
    }

    /// Whether it leaves another shape.
    public boolean structured() {
      return structure == 1;
    }

    /// @throws IllegalArgumentException naming those that there are
    public static Kind named(String word) {
      return Stream.of(values())
          .filter(k -> k.word.equals(word.toLowerCase(Locale.ROOT)))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "kind = «%s» is nothing that is pruned; %s are"
                          .formatted(
                              word,
                              String.join(", ", Stream.of(values()).map(Kind::word).toList()))));
    }
  }

  /// The shape that is left.
  ///
  /// @param share that goes, above 0 and below 1
  /// @throws IllegalArgumentException where the architecture has no such parts to itself
  public static ModelShape left(ModelShape shape, Kind kind, double share) {
    return switch (kind) {
      case MAGNITUDE, TWO_OF_FOUR -> shape;
      case ROWS -> {
        String name = named(shape, "intermediate_size", "n_inner", "d_ff");
        int rows = size(shape, name);
        int least = Math.min(BLOCK, rows);
        int kept = (int) Math.round(rows * (1 - share) / least) * least;
        yield with(shape, Map.of(name, Math.max(least, kept)));
      }
      case HEADS -> {
        int heads = size(shape, named(shape, "num_attention_heads"));
        int keys = size(shape, named(shape, "num_key_value_heads"));
        named(shape, "head_dim");
        int kept = Math.max(1, (int) Math.round(keys * (1 - share)));
        yield with(
            shape, Map.of("num_attention_heads", heads / keys * kept, "num_key_value_heads", kept));
      }
      case LAYERS -> {
        String name = named(shape, "num_hidden_layers", "n_layer");
        int kept = Math.max(1, (int) Math.round(shape.layers() * (1 - share)));
        yield with(shape, Map.of(name, kept));
      }
    };
  }

  private static JsonNode json(ModelShape shape) {
    return JsonMapper.shared().readTree(shape.configJson(new Specials(0, List.of())));
  }

  private static int size(ModelShape shape, String name) {
    return json(shape).path(name).asInt();
  }

  private static String named(ModelShape shape, String... names) {
    JsonNode json = json(shape);
    return Arrays.stream(names)
        .filter(n -> json.path(n).isNumber())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a %s has no %s of its own to prune; take another kind"
                        .formatted(shape.architecture(), names[0])));
  }

  private static ModelShape with(ModelShape shape, Map<String, Integer> sizes) {
    var settings = new LinkedHashMap<String, String>();
    sizes.forEach(
        (name, size) -> {
          if (size(shape, name) != size) {
            settings.put(name, Integer.toString(size));
          }
        });
    if (settings.isEmpty()) {
      throw new IllegalArgumentException(
          "so small a share leaves %s as it is; raise it, or take another kind"
              .formatted(shape.description()));
    }
    return ShapeSettings.changed(shape, settings);
  }

  /// The tensors as the operations take them, the smallest numbers of the blocks' matrices 0.
  ///
  /// @param share of each matrix; of [Kind#TWO_OF_FOUR] half of each four
  public static SequencedMap<String, HostTensor> zeroed(
      ModelShape shape, ModelTensors tensors, Kind kind, double share) {
    var to = new LinkedHashMap<String, HostTensor>();
    for (Parameter p : shape.parameters()) {
      if (!p.tied()) {
        HostTensor tensor = tensors.get(p);
        to.put(p.name(), p.adaptable() ? zeroed(tensor, kind, share) : tensor);
      }
    }
    return to;
  }

  private static HostTensor zeroed(HostTensor tensor, Kind kind, double share) {
    float[] values = tensor.toFloats();
    if (kind == Kind.TWO_OF_FOUR) {
      int columns = (int) tensor.shape()[1];
      if (columns % 4 != 0) {
        throw new IllegalArgumentException(
            "rows of %d are no whole fours, of which 2:4 keeps two".formatted(columns));
      }
      for (int at = 0; at < values.length; at += 4) {
        for (int place : smallest(values, at, at + 4, 2)) {
          values[place] = 0;
        }
      }
    } else {
      int count = (int) Math.round(values.length * share);
      float[] sorted = new float[values.length];
      for (int i = 0; i < sorted.length; i++) {
        sorted[i] = Math.abs(values[i]);
      }
      Arrays.sort(sorted);
      float bound = count == 0 ? -1 : sorted[count - 1];
      int left = count;
      for (int i = 0; i < values.length && left > 0; i++) {
        if (Math.abs(values[i]) <= bound) {
          values[i] = 0;
          left--;
        }
      }
    }
    return HostTensor.of(values, tensor.shape());
  }

  private static List<Integer> smallest(float[] values, int from, int to, int count) {
    return IntStream.range(from, to)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> Math.abs(values[i])))
        .limit(count)
        .toList();
  }

  /// The tensors of a smaller shape: in each block the parts that weigh least are left out, by the
  /// sum over its tensors of their share of the squares.
  ///
  /// @param to of [#left], for rows or heads
  public static SequencedMap<String, HostTensor> cut(
      ModelShape from, ModelShape to, ModelTensors tensors, Kind kind) {
    var old = byName(from);
    int units = kind == Kind.HEADS ? size(from, "num_key_value_heads") : 0;
    var kept = new LinkedHashMap<Integer, int[]>();
    for (Parameter p : to.parameters()) {
      Parameter whole = old.get(p.name());
      if (whole != null && !p.tied() && !whole.shape().equals(p.shape())) {
        if (FUSED.matcher(p.name()).find()) {
          throw new IllegalArgumentException(
              "«%s» holds several matrices in one, and is not cut; take another kind"
                  .formatted(p.name()));
        }
        kept.computeIfAbsent(p.block(), block -> kept(from, to, tensors, block, units));
      }
    }
    var made = new LinkedHashMap<String, HostTensor>();
    for (Parameter p : to.parameters()) {
      if (!p.tied()) {
        Parameter whole = Objects.requireNonNull(old.get(p.name()));
        HostTensor tensor = tensors.get(whole);
        int[] stays = kept.get(p.block());
        made.put(p.name(), stays == null ? tensor : taken(tensor, whole, p, stays, units));
      }
    }
    return made;
  }

  private static Map<String, Parameter> byName(ModelShape shape) {
    var to = new LinkedHashMap<String, Parameter>();
    shape.parameters().forEach(p -> to.put(p.name(), p));
    return to;
  }

  /// The parts of a block that weigh most, in their order.
  private static int[] kept(
      ModelShape from, ModelShape to, ModelTensors tensors, int block, int heads) {
    var old = byName(from);
    double[] weight = new double[0];
    int count = 0;
    for (Parameter p : to.parameters()) {
      Parameter whole = old.get(p.name());
      if (whole == null || p.block() != block || whole.shape().equals(p.shape())) {
        continue;
      }
      int axis = whole.rows() == p.rows() ? 1 : 0;
      int units = heads > 0 ? heads : whole.shape().get(axis);
      int run = whole.shape().get(axis) / units;
      count = p.shape().get(axis) / run;
      weight = weight.length == 0 ? new double[units] : weight;
      float[] values = tensors.get(whole).toFloats();
      int columns = whole.isMatrix() ? whole.columns() : 1;
      double[] squares = new double[units];
      double all = 0;
      for (int i = 0; i < values.length; i++) {
        int unit = (axis == 0 ? i / columns : i % columns) / run;
        squares[unit] += (double) values[i] * values[i];
        all += (double) values[i] * values[i];
      }
      for (int u = 0; u < units && all > 0; u++) {
        weight[u] += squares[u] / all;
      }
    }
    double[] weights = weight;
    return IntStream.range(0, weights.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer u) -> -weights[u]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  private static HostTensor taken(
      HostTensor tensor, Parameter whole, Parameter left, int[] kept, int heads) {
    if (whole.shape().equals(left.shape())) {
      return tensor;
    }
    int axis = whole.rows() == left.rows() ? 1 : 0;
    int units = heads > 0 ? heads : whole.shape().get(axis);
    int run = whole.shape().get(axis) / units;
    int columns = whole.isMatrix() ? whole.columns() : 1;
    float[] from = tensor.toFloats();
    float[] to = new float[Math.toIntExact(left.size())];
    int at = 0;
    for (int row : axis == 0 ? places(kept, run) : all(whole.rows())) {
      for (int column : axis == 1 ? places(kept, run) : all(columns)) {
        to[at++] = from[row * columns + column];
      }
    }
    return HostTensor.of(to, left.shape().stream().mapToLong(Integer::longValue).toArray());
  }

  private static int[] places(int[] units, int run) {
    return Arrays.stream(units).flatMap(u -> IntStream.range(u * run, (u + 1) * run)).toArray();
  }

  private static int[] all(int count) {
    return IntStream.range(0, count).toArray();
  }

  /// The tensors of a shape with these blocks alone.
  ///
  /// @param kept the blocks that stay, in their order
  public static SequencedMap<String, HostTensor> withBlocks(
      ModelShape from, ModelShape to, ModelTensors tensors, List<Integer> kept) {
    var old = byName(from);
    var made = new LinkedHashMap<String, HostTensor>();
    for (Parameter p : to.parameters()) {
      if (!p.tied()) {
        String name =
            p.block() < 0
                ? p.name()
                : p.name().replaceFirst("\\.\\d+\\.", "." + kept.get(p.block()) + ".");
        Parameter whole = old.get(name);
        if (whole == null || !whole.shape().equals(p.shape())) {
          throw new IllegalArgumentException(
              "«%s» is of another shape in the blocks that stay".formatted(p.name()));
        }
        made.put(p.name(), tensors.get(whole));
      }
    }
    return made;
  }
}
