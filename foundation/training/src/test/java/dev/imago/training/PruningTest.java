package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.Parameter;
import dev.imago.model.WeightPruning;
import dev.imago.model.WeightPruning.Kind;
import dev.imago.tensor.HostTensor;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import dev.imago.training.ArchitecturesTest.Recorded;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is taken away of a model that it did without anyway changes no score.
final class PruningTest {
  private static Recorded recorded(String family) throws IOException {
    return ArchitecturesTest.recorded()
        .filter(r -> r.family().equals(family))
        .findFirst()
        .orElseThrow();
  }

  /// A model of these tensors, in the operations' order.
  private static ModelTensors model(ModelShape shape, Map<String, HostTensor> values) {
    Map<String, HostTensor> stored = ModelTensors.forHuggingFace(shape, values);
    return new ModelTensors("made", shape, Form.HUGGING_FACE, stored);
  }

  /// The recorded numbers with some rows and columns of the blocks 0.
  ///
  /// @param idle whether the row, or column, of a matrix is one
  private static Map<String, HostTensor> idle(
      ModelShape shape, String rows, String columns, BiPredicate<Parameter, Integer> idle) {
    var from =
        new ModelTensors("recorded", shape, Form.HUGGING_FACE, ArchitecturesTest.tensors(shape));
    var to = new LinkedHashMap<String, HostTensor>();
    for (Parameter p : shape.parameters()) {
      if (p.tied()) {
        continue;
      }
      float[] values = from.get(p).toFloats();
      boolean byRow = p.name().matches(rows);
      boolean byColumn = p.name().matches(columns);
      int width = p.isMatrix() ? p.columns() : 1;
      for (int i = 0; i < values.length && (byRow || byColumn); i++) {
        if (idle.test(p, byRow ? i / width : i % width)) {
          values[i] = 0;
        }
      }
      to.put(p.name(), HostTensor.of(values, p.shape().stream().mapToLong(n -> n).toArray()));
    }
    return to;
  }

  private static void same(List<float[]> expected, List<float[]> found) {
    for (int r = 0; r < expected.size(); r++) {
      assertArrayEquals(expected.get(r), found.get(r), 1e-5f);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama, .*(gate|up)_proj.*, .*down_proj.*",
    "bert, .*intermediate.*, .*layer.[01].output.dense.weight",
    "gpt2, .*c_fc.*, .*mlp.c_proj.weight"
  })
  void rows_that_do_nothing_go(String family, String rows, String columns) throws IOException {
    ModelShape shape = Architectures.read(recorded(family).config());
    int f =
        shape.parameters().stream()
            .filter(p -> p.name().matches(columns))
            .findFirst()
            .orElseThrow()
            .columns();
    // All but 32 rows, not the first nor the last ones.
    var values = idle(shape, rows, columns, (_, i) -> i % f < 5 || i % f >= 37);
    ModelTensors whole = model(shape, values);
    ModelShape left = WeightPruning.left(shape, Kind.ROWS, 1 - 32.0 / f);
    assertTrue(left.parameterCount() < shape.parameterCount());
    ModelTensors cut = model(left, WeightPruning.cut(shape, left, whole, Kind.ROWS));
    same(ArchitecturesTest.onCpu(shape, whole), ArchitecturesTest.onCpu(left, cut));
  }

  @Test
  void heads_that_do_nothing_go_with_the_keys_that_they_share() throws IOException {
    ModelShape shape = Architectures.read(recorded("qwen3").config());
    int c = shape.keyHeadWidth();
    // The first of two key–value heads, and the two query heads that share it.
    var values =
        idle(
            shape,
            ".*(q|k|v)_proj.weight",
            ".*o_proj.weight",
            (p, i) -> i < (p.name().matches(".*(k|v)_proj.*") ? c : 2 * c));
    ModelTensors whole = model(shape, values);
    ModelShape left = WeightPruning.left(shape, Kind.HEADS, 0.5);
    assertEquals(c, left.keyWidth());
    ModelTensors cut = model(left, WeightPruning.cut(shape, left, whole, Kind.HEADS));
    same(ArchitecturesTest.onCpu(shape, whole), ArchitecturesTest.onCpu(left, cut));
  }

  @Test
  void a_layer_that_does_nothing_goes() throws IOException {
    ModelShape shape = Architectures.read(recorded("llama").config());
    String idle = "model.layers.0.*(o_proj|down_proj).weight";
    ModelTensors whole = model(shape, idle(shape, idle, "none", (_, _) -> true));
    ModelShape left = WeightPruning.left(shape, Kind.LAYERS, 0.5);
    assertEquals(1, left.layers());
    ModelTensors cut = model(left, WeightPruning.withBlocks(shape, left, whole, List.of(1)));
    same(ArchitecturesTest.onCpu(shape, whole), ArchitecturesTest.onCpu(left, cut));
  }

  @ParameterizedTest
  @ValueSource(strings = {"magnitude", "2:4"})
  void zeros_are_the_smallest_numbers(String word) throws IOException {
    Kind kind = Kind.named(word);
    ModelShape shape = Architectures.read(recorded("gpt2").config());
    var whole =
        new ModelTensors("recorded", shape, Form.HUGGING_FACE, ArchitecturesTest.tensors(shape));
    Map<String, HostTensor> made = WeightPruning.zeroed(shape, whole, kind, 0.5);
    for (Parameter p : shape.parameters()) {
      if (p.tied()) {
        continue;
      }
      float[] before = whole.get(p).toFloats();
      float[] after = made.get(p.name()).toFloats();
      if (!p.adaptable()) {
        assertArrayEquals(before, after, p.name());
        continue;
      }
      int run = kind == Kind.TWO_OF_FOUR ? 4 : before.length;
      for (int at = 0; at < before.length; at += run) {
        float largest = 0;
        float least = Float.MAX_VALUE;
        int zeros = 0;
        for (int i = at; i < at + run; i++) {
          if (after[i] == 0) {
            zeros++;
            largest = Math.max(largest, Math.abs(before[i]));
          } else {
            assertEquals(before[i], after[i]);
            least = Math.min(least, Math.abs(before[i]));
          }
        }
        assertEquals(run / 2, zeros);
        assertTrue(largest <= least);
      }
    }
  }

  @Test
  void zeros_stay_zeros_in_training_where_they_are_held() throws Exception {
    ModelShape shape = Architectures.ofDepth(1, 16, 8);
    try (var model = TrainableModel.random(shape, 5, 2, Precision.F32)) {
      var none = assertThrows(InputException.class, model::holdZeros);
      assertTrue(none.getMessage().contains("no number of this one's blocks is 0"));
      MemorySegment weights = model.replicas().values();
      long size = weights.byteSize() / 4;
      Random random = new Random(9);
      for (long i = 0; i < size; i++) {
        if (random.nextBoolean()) {
          weights.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0);
        }
      }
      long blocks =
          shape.parameters().stream()
              .filter(Parameter::adaptable)
              .mapToLong(p -> (long) p.rows() * p.columns())
              .sum();
      long held = model.holdZeros();
      assertEquals(0.5, (double) held / blocks, 0.02);
      int[] ids = random.ints(16 * 6, 0, 16).toArray();
      for (int step = 1; step <= 2; step++) {
        model.replicas().clear();
        double _ = model.accumulate(Batch.of(16, 6, ids, ids), 0.01);
        double _ = model.replicas().update(step, 0.01, new AdamW(0.9, 0.95, 1e-8, 0, 1));
      }
      // What was 0 of the embedding and the norms has learned.
      long zeros =
          LongStream.range(0, size)
              .filter(i -> weights.getAtIndex(ValueLayout.JAVA_FLOAT, i) == 0)
              .count();
      assertEquals(held, zeros);
    }
  }

  @Test
  void what_has_no_such_parts_is_refused_by_name() throws IOException {
    ModelShape bert = Architectures.read(recorded("bert").config());
    var heads =
        assertThrows(
            IllegalArgumentException.class, () -> WeightPruning.left(bert, Kind.HEADS, 0.5));
    assertTrue(heads.getMessage().contains("has no num_key_value_heads of its own to prune"));
    var small =
        assertThrows(
            IllegalArgumentException.class, () -> WeightPruning.left(bert, Kind.LAYERS, 0.01));
    assertTrue(small.getMessage().startsWith("so small a share leaves"));
    var unknown = assertThrows(IllegalArgumentException.class, () -> Kind.named("random"));
    assertEquals(
        "kind = «random» is nothing that is pruned; magnitude, 2:4, rows, heads, layers are",
        unknown.getMessage());
  }
}
