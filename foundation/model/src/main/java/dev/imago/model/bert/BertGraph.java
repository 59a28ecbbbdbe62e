package dev.imago.model.bert;

import dev.imago.model.Affine;
import dev.imago.model.Dropout;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Onnx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A BERT found in an ONNX graph as PyTorch writes one, whatever its tensors are called: each node
/// from the result back to the ids stands where the forward pass of [BertModel] has it.
///
/// Its sizes, heads, layers, epsilon and function are what the graph computes with.
public final class BertGraph {
  private static final String RESULT = "last_hidden_state";

  /// What transformers drops while it trains a BERT; a graph for use has none to say so.
  private static final float USUAL_DROPOUT = 0.1f;

  /// All that a graph like this is made of.
  private static final Set<String> OPERATORS =
      Set.of(
          "Add",
          "Cast",
          "Concat",
          "Constant",
          "Div",
          "Erf",
          "Gather",
          "Gelu",
          "LayerNormalization",
          "MatMul",
          "Mul",
          "Pow",
          "ReduceMean",
          "Relu",
          "Reshape",
          "Shape",
          "Slice",
          "Softmax",
          "Sqrt",
          "Sub",
          "Transpose",
          "Unsqueeze");

  private final OnnxValues values;
  private final BertGraphParts parts;
  private final List<Layer> layers = new ArrayList<>();
  private BertGraphParts.Norm norm;
  private BertGraphParts.Embeddings embeddings;

  private record Layer(
      BertGraphParts.Attention attention,
      BertGraphParts.Linear output,
      BertGraphParts.Norm attentionNorm,
      BertGraphParts.Linear up,
      Nonlinearity function,
      BertGraphParts.Linear down,
      BertGraphParts.Norm norm) {}

  private BertGraph(Onnx graph) {
    this.values = new OnnxValues(graph);
    this.parts = new BertGraphParts(values);
    String at = result(graph);
    this.norm = parts.norm(at);
    while (!parts.isEmbeddings(norm.input())) {
      Layer layer = layer();
      layers.addFirst(layer);
      norm = parts.norm(layer.attention().input());
    }
    this.embeddings = parts.embeddings(norm.input());
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("the graph is no BERT: it has no layer");
    }
  }

  /// Finds it.
  ///
  /// @throws IllegalArgumentException naming the operator, or the value, that no BERT has there
  public static BertGraph of(Onnx graph) {
    for (Onnx.Node node : graph.nodes()) {
      if (!OPERATORS.contains(node.operator())) {
        boolean quantised = node.operator().matches(".*(Integer|uantizeLinear|NBits).*");
        throw new IllegalArgumentException(
            quantised
                ? "the graph computes with quantised numbers (the operator %s), and those of full precision are read: get the model that is not quantised"
                    .formatted(node.operator())
                : "the graph has the operator %s, which no BERT of ours computes"
                    .formatted(node.operator()));
      }
    }
    return new BertGraph(graph);
  }

  private static String result(Onnx graph) {
    if (graph.outputs().contains(RESULT)) {
      return RESULT;
    }
    if (graph.outputs().size() != 1) {
      throw new IllegalArgumentException(
          "which of the results %s are the rows of the tokens cannot be told; one is called %s or alone"
              .formatted(String.join(", ", graph.outputs()), RESULT));
    }
    return graph.outputs().getFirst();
  }

  /// The layer whose last norm was just read.
  private Layer layer() {
    BertGraphParts.Sum second = parts.sum(norm.input(), "the feed-forward layer");
    BertGraphParts.Activation between = parts.activation(second.added().input());
    BertGraphParts.Linear up = parts.linear(between.input(), "the feed-forward layer");
    if (!up.input().equals(second.residual())) {
      throw values.unlike(up.input(), "the feed-forward layer reads what it is added to");
    }
    BertGraphParts.Norm middle = parts.norm(second.residual());
    BertGraphParts.Sum first = parts.sum(middle.input(), "attention");
    BertGraphParts.Attention attention = parts.attention(first.added().input(), first.residual());
    return new Layer(
        attention, first.added(), middle, up, between.function(), second.added(), norm);
  }

  /// Its shape, checked: every layer has the same sizes, heads, epsilon and function.
  public ModelShape shape(Output.Embedding output) {
    long[] words = values.weight(embeddings.words(), 2, "the embedding").shape();
    long[] segments = values.weight(embeddings.segments(), 2, "the embedding").shape();
    long[] positions = values.weight(embeddings.positions(), 2, "the embedding").shape();
    Layer first = layers.getFirst();
    long[] up = values.weight(first.up().weight(), 2, "the feed-forward layer").shape();
    for (Layer layer : layers) {
      same("heads", first.attention().heads(), layer.attention().heads());
      same("function", first.function(), layer.function());
      same("epsilon", norm.epsilon(), layer.attentionNorm().epsilon());
      same("epsilon", norm.epsilon(), layer.norm().epsilon());
      same("width of a head", words[1], layer.attention().heads() * layer.attention().headWidth());
    }
    if (embeddings.longest() < positions[0]) {
      throw new IllegalArgumentException(
          "the graph has %d positions and counts to %d"
              .formatted(positions[0], embeddings.longest()));
    }
    return new BertShape(
        BertShape.Kind.BERT,
        whole("words", words[0], 1 << 24),
        whole("width", words[1], 1 << 16),
        layers.size(),
        whole("heads", first.attention().heads(), 1 << 16),
        whole("feed-forward", up[1], 1 << 20),
        whole("positions", positions[0], 1 << 20),
        0,
        whole("segments", segments[0], 1024),
        first.function(),
        (float) norm.epsilon(),
        output,
        new Dropout(USUAL_DROPOUT, USUAL_DROPOUT, USUAL_DROPOUT, USUAL_DROPOUT, false));
  }

  private static void same(String what, Object first, Object other) {
    if (!first.equals(other)) {
      throw new IllegalArgumentException(
          "the graph's %s is %s in one place and %s in another, and a BERT has one"
              .formatted(what, first, other));
    }
  }

  private static int whole(String what, long value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException("%s = %d are not 1 … %d".formatted(what, value, most));
    }
    return (int) value;
  }

  /// Its numbers, by the names of the table, as the operations take them.
  ///
  /// @throws IllegalArgumentException for a tensor of another shape than the model's
  public Map<String, HostTensor> tensors(ModelShape of) {
    if (!(of instanceof BertShape shape)) {
      throw new IllegalArgumentException("a %s is no BERT".formatted(of.architecture()));
    }
    var to = new HashMap<String, HostTensor>();
    var table = new BertTable(shape);
    put(to, table.tokens, embeddings.words(), false);
    put(to, table.positions, embeddings.positions(), false);
    put(to, table.segments, embeddings.segments(), false);
    put(to, table.norm, norm);
    for (int i = 0; i < layers.size(); i++) {
      Layer from = layers.get(i);
      BertTable.Layer row = table.layers.get(i);
      List<BertGraphParts.Linear> heads = from.attention().linears();
      for (int part = 0; part < heads.size(); part++) {
        put(to, row.qkv().weight().get(part), heads.get(part).weight(), true);
        put(to, row.qkv().bias().get(part), heads.get(part).bias(), false);
      }
      put(to, row.output(), from.output());
      put(to, row.attentionNorm(), from.attentionNorm());
      put(to, row.up(), from.up());
      put(to, row.down(), from.down());
      put(to, row.norm(), from.norm());
    }
    return to;
  }

  private void put(Map<String, HostTensor> to, Affine.Parameters at, BertGraphParts.Linear linear) {
    put(to, at.weight().getFirst(), linear.weight(), true);
    put(to, at.bias().getFirst(), linear.bias(), false);
  }

  private void put(Map<String, HostTensor> to, Affine.Parameters at, BertGraphParts.Norm of) {
    put(to, at.weight().getFirst(), of.weight(), false);
    put(to, at.bias().getFirst(), of.bias(), false);
  }

  /// @param turned whether the graph holds it as [in,out]
  private void put(Map<String, HostTensor> to, Parameter at, String name, boolean turned) {
    HostTensor tensor = values.weight(name, at.shape().size(), at.name());
    HostTensor value = turned ? turned(tensor) : tensor;
    List<Long> is = java.util.Arrays.stream(value.shape()).boxed().toList();
    if (!is.equals(at.shape().stream().map(Integer::longValue).toList())) {
      throw new IllegalArgumentException(
          "«%s» of the graph is %s, and %s of this model is %s"
              .formatted(name, is, at.name(), at.shape()));
    }
    to.put(at.name(), value);
  }

  private static HostTensor turned(HostTensor tensor) {
    int rows = Math.toIntExact(tensor.shape()[0]);
    int columns = Math.toIntExact(tensor.shape()[1]);
    float[] from = tensor.toFloats();
    float[] to = new float[from.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        to[c * rows + r] = from[r * columns + c];
      }
    }
    return HostTensor.of(to, columns, rows);
  }
}
