package dev.imago.model.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.OnnxEncoder;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Onnx;
import dev.imago.tensor.Operations.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxEncoderTest {
  @TempDir Path folder;

  private OnnxEncoder read(byte[] file) throws IOException {
    Path path = Files.write(folder.resolve("model.onnx"), file);
    try (Onnx graph = Onnx.open(path)) {
      OnnxEncoder encoder = OnnxEncoder.read(graph, Pooling.FIRST);
      var copies = new LinkedHashMap<String, HostTensor>(); // the file is closed behind them
      encoder
          .tensors()
          .forEach((name, t) -> copies.put(name, HostTensor.of(t.toFloats(), t.shape())));
      return new OnnxEncoder(encoder.shape(), copies);
    }
  }

  private String refused(UnaryOperator<TinyGraph.Node> change) {
    byte[] file = new TinyGraph(change).file();
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> read(file)).getMessage());
  }

  private static UnaryOperator<TinyGraph.Node> where(
      String operator, UnaryOperator<TinyGraph.Node> change) {
    return node -> node.operator().equals(operator) ? change.apply(node) : node;
  }

  @Test
  void a_graph_tells_its_shape() throws IOException {
    BertShape shape =
        assertInstanceOf(
            BertShape.class, read(new TinyGraph(UnaryOperator.identity()).file()).shape());
    assertEquals(TinyGraph.VOCABULARY, shape.vocabularySize());
    assertEquals(TinyGraph.WIDTH, shape.width());
    assertEquals(TinyGraph.LAYERS, shape.layers());
    assertEquals(TinyGraph.HEADS, shape.heads());
    assertEquals(TinyGraph.INNER, shape.feedForward());
    assertEquals(TinyGraph.POSITIONS, shape.context());
    assertEquals(2, shape.segments());
    assertEquals(Nonlinearity.GELU, shape.function());
    assertEquals(1e-12f, shape.epsilon());
  }

  @Test
  void each_matrix_stands_under_its_name_and_turned() throws IOException {
    var graph = new TinyGraph(UnaryOperator.identity());
    Map<String, HostTensor> tensors = read(graph.file()).tensors();
    assertArrayEquals(
        graph.weights.get("words"),
        tensors.get("bert.embeddings.word_embeddings.weight").toFloats());
    assertArrayEquals(
        graph.weights.get("layer.1.norm.bias"),
        tensors.get("bert.encoder.layer.1.output.LayerNorm.bias").toFloats());
    float[] from = graph.weights.get("layer.1.up.weight");
    HostTensor up = tensors.get("bert.encoder.layer.1.intermediate.dense.weight");
    assertArrayEquals(new long[] {TinyGraph.INNER, TinyGraph.WIDTH}, up.shape());
    assertEquals(from[3 * TinyGraph.INNER + 5], up.toFloats()[5 * TinyGraph.WIDTH + 3]);
    assertArrayEquals(
        graph.weights.get("layer.0.key.bias"),
        tensors.get("bert.encoder.layer.0.attention.self.key.bias").toFloats());
  }

  @Test
  void an_operator_of_another_model_is_refused_by_name() {
    String said = refused(where("Erf", node -> node.as("Tanh")));
    assertTrue(said.contains("the operator Tanh"), said);
  }

  @Test
  void quantised_numbers_are_refused_with_what_to_get_instead() {
    String said = refused(where("Erf", node -> node.as("MatMulInteger")));
    assertTrue(said.contains("MatMulInteger") && said.contains("not quantised"), said);
  }

  @Test
  void known_operators_in_another_order_are_refused_with_the_place() {
    String said = refused(where("Sqrt", node -> node.as("Erf")));
    assertTrue(said.contains("a layer norm has Sqrt here"), said);
  }

  @Test
  void keys_that_are_not_turned_are_refused() {
    String said =
        refused(
            where(
                "Transpose",
                node -> node.wholes().get("perm")[3] == 1 ? node.with("perm", 0, 2, 1, 3) : node));
    assertTrue(said.contains("another order of axes"), said);
  }

  @Test
  void a_softmax_over_another_axis_is_refused() {
    String said = refused(where("Softmax", node -> node.with("axis", 1)));
    assertTrue(said.contains("the last axis"), said);
  }

  @Test
  void a_file_that_is_cut_or_broken_is_told_so_and_nothing_worse() throws IOException {
    byte[] whole = new TinyGraph(UnaryOperator.identity()).file();
    var random = new Random(11);
    for (int i = 0; i < 400; i++) {
      byte[] file = whole.clone();
      if (i % 2 == 0) {
        file = java.util.Arrays.copyOf(file, random.nextInt(file.length));
      } else {
        file[random.nextInt(file.length)] = (byte) random.nextInt(256);
      }
      try {
        read(file);
      } catch (IOException | IllegalArgumentException e) {
        assertTrue(String.valueOf(e.getMessage()).length() < 600, e.getMessage());
      }
    }
  }
}
