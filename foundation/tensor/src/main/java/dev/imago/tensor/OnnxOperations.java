package dev.imago.tensor;

import dev.imago.tensor.Onnx.Attribute;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The operations as nodes of an ONNX graph: a forward pass that is run on these computes nothing,
/// and writes down what it would compute of any batch.
///
/// Inputs and outputs have the names that Optimum, transformers.js and ONNX Runtime's generators
/// know: `input_ids`, `attention_mask`, `token_type_ids`, `past_key_values.0.key` …; `logits`,
/// `present.0.key` …. Sequences of a batch may be filled up on either side: positions are counted
/// over what the mask has.
///
/// *B sequences of T tokens, S of them with those that were read before, N = B·T, D width, H query
/// heads, K key–value heads, C width of a head.*
public final class OnnxOperations implements Operations<OnnxWeight, OnnxActivation> {
  private final OnnxGraph graph;
  private final Numbers numbers;
  private final OnnxBatch batch;
  private final @Nullable OnnxBatch source;
  private final OnnxAttention attention;
  private @Nullable OnnxActivation pooled;

  /// How the products of matrices are computed.
  public enum Numbers {
    /// In single precision.
    F32,
    /// Of bytes: a weight's with a scale for each row, an input's with one for all of a step, which
    /// is found while it runs.
    INT8
  }

  /// What a graph reads.
  public enum Reads {
    /// Whole sequences.
    WHOLE,
    /// Sequences that go on from the keys and values of an earlier step.
    CACHED,
    /// Answers to the sources that an encoder reads.
    SOURCED
  }

  public OnnxOperations(Numbers numbers, Reads reads) {
    this.graph = new OnnxGraph();
    this.numbers = numbers;
    boolean sourced = reads == Reads.SOURCED;
    this.source = sourced ? OnnxBatch.masked(graph, false) : null;
    this.batch =
        sourced ? OnnxBatch.unmasked(graph) : OnnxBatch.masked(graph, reads == Reads.CACHED);
    this.attention = new OnnxAttention(graph, batch);
  }

  private OnnxOperations(OnnxGraph graph, Numbers numbers, OnnxBatch batch) {
    this.graph = graph;
    this.numbers = numbers;
    this.batch = batch;
    this.source = null;
    this.attention = new OnnxAttention(graph, batch);
  }

  /// Scores of each token, as the output `logits` [B,T,columns].
  public void tokens(OnnxActivation x) {
    graph.name(batch.rows(x), "logits");
    graph.output("logits", DataType.F32, lengths(x, true));
  }

  /// Scores of beginnings and ends, as the outputs `start_logits` and `end_logits` [B,T].
  public void spans(OnnxActivation x) {
    for (String side : List.of("start", "end")) {
      OnnxActivation scores = columns(x, side.equals("start") ? 0 : 1, 1);
      String name = side + "_logits";
      graph.name(graph.node("Reshape", scores.name(), batch.shape()), name);
      graph.output(name, DataType.F32, batch.lengths().toArray(String[]::new));
    }
  }

  /// Scores of each sequence, as the output `logits` [B,columns].
  public void sequences(OnnxActivation x) {
    graph.name(x.name(), "logits");
    graph.output("logits", DataType.F32, lengths(x, false));
  }

  /// A vector of each sequence, as the output `sentence_embedding` [B,D], and what it was pooled
  /// from, as `last_hidden_state` [B,T,D].
  public void vectors(OnnxActivation x) {
    OnnxActivation rows = pooled;
    if (rows == null) {
      throw new IllegalStateException("nothing was pooled");
    }
    graph.name(batch.rows(rows), "last_hidden_state");
    graph.name(x.name(), "sentence_embedding");
    graph.output("last_hidden_state", DataType.F32, lengths(x, true));
    graph.output("sentence_embedding", DataType.F32, lengths(x, false));
  }

  private String[] lengths(OnnxActivation x, boolean tokens) {
    var to = new ArrayList<>(tokens ? batch.lengths() : batch.lengths().subList(0, 1));
    to.add(Integer.toString(x.columns()));
    return to.toArray(String[]::new);
  }

  /// Writes the graph; where it is larger than a file of the format may be, its tensors lie in
  /// another beside it, `NAME.data`. Not atomic.
  public void write(Path file) throws IOException {
    write(file, Integer.MAX_VALUE);
  }

  void write(Path file, long mostBytes) throws IOException {
    new OnnxWriter(graph).write(file, mostBytes);
  }

  @Override
  public OnnxActivation gather(OnnxWeight table, Index index, int from) {
    String rows =
        switch (index) {
          case TOKEN -> batch.tokens();
          case POSITION -> batch.positions();
          // One text where the model knows no second, as RoBERTa.
          case SEGMENT -> table.rows() == 1 ? graph.wholes(0) : batch.segments();
        };
    String at = from == 0 ? rows : graph.node("Add", rows, graph.whole(from));
    return gathered(table, at, numbers == Numbers.INT8 && index == Index.TOKEN);
  }

  @Override
  public OnnxActivation previous(OnnxWeight table, int first) {
    return gathered(table, batch.previous(first), numbers == Numbers.INT8);
  }

  private OnnxActivation gathered(OnnxWeight table, String at, boolean coded) {
    String found;
    if (coded) {
      String codes = floats(graph.node("Gather", table.codes(graph), at));
      String centred = graph.node("Sub", codes, graph.real(128));
      String scales = graph.node("Gather", table.scales(graph), at);
      found = graph.node("Mul", centred, graph.node("Unsqueeze", scales, graph.wholes(1)));
    } else {
      found = graph.node("Gather", table.floats(graph), at);
    }
    return new OnnxActivation(found, table.columns());
  }

  private String floats(String value) {
    return graph.node("Cast", Map.of("to", new Attribute.Whole(1)), value);
  }

  @Override
  public OnnxActivation linear(OnnxActivation x, OnnxWeight weight, @Nullable OnnxWeight bias) {
    if (numbers == Numbers.INT8) {
      return product(x, weight, bias);
    }
    Map<String, Attribute> transposed = Map.of("transB", new Attribute.Whole(1));
    String y =
        bias == null
            ? graph.node("Gemm", transposed, x.name(), weight.floats(graph))
            : graph.node("Gemm", transposed, x.name(), weight.floats(graph), bias.floats(graph));
    return new OnnxActivation(y, weight.rows());
  }

  /// The product of bytes, in the order of nodes that runtimes join into one.
  private OnnxActivation product(OnnxActivation x, OnnxWeight weight, @Nullable OnnxWeight bias) {
    String zero = graph.tensor("zero", DataType.U8, new long[0], OnnxOperations::zero);
    List<String> in = graph.nodes("DynamicQuantizeLinear", Map.of(), 3, x.name());
    String columns = graph.node("Transpose", permutation(1, 0), weight.codes(graph));
    String sums = graph.node("MatMulInteger", in.getFirst(), columns, in.getLast(), zero);
    String scales = graph.node("Mul", in.get(1), weight.scales(graph));
    String y = graph.node("Mul", floats(sums), scales);
    return new OnnxActivation(
        bias == null ? y : graph.node("Add", y, bias.floats(graph)), weight.rows());
  }

  private static HostTensor zero() {
    var data = java.lang.foreign.MemorySegment.ofArray(new byte[] {(byte) 128});
    return new HostTensor(DataType.U8, new long[0], data);
  }

  static Map<String, Attribute> permutation(long... axes) {
    return Map.of("perm", new Attribute.Wholes(java.util.Arrays.stream(axes).boxed().toList()));
  }

  @Override
  public OnnxActivation rmsNorm(OnnxActivation x, OnnxWeight weight, float epsilon, float more) {
    int d = weight.rows();
    boolean heads = d != x.columns();
    String in = heads ? graph.node("Reshape", x.name(), graph.wholes(-1, d)) : x.name();
    Map<String, Attribute> last = Map.of("axes", new Attribute.Wholes(List.of(-1L)));
    String square = graph.node("ReduceMean", last, graph.node("Mul", in, in));
    String root = graph.node("Sqrt", graph.node("Add", square, graph.real(epsilon)));
    String scale = weight.floats(graph);
    String factor = more == 0 ? scale : graph.node("Add", scale, graph.real(more));
    String y = graph.node("Mul", graph.node("Div", in, root), factor);
    return new OnnxActivation(
        heads ? graph.node("Reshape", y, graph.wholes(-1, x.columns())) : y, x.columns());
  }

  @Override
  public OnnxActivation layerNorm(
      OnnxActivation x, OnnxWeight weight, OnnxWeight bias, float epsilon) {
    Map<String, Attribute> attributes = Map.of("epsilon", new Attribute.Real(epsilon));
    return new OnnxActivation(
        graph.node(
            "LayerNormalization", attributes, x.name(), weight.floats(graph), bias.floats(graph)),
        x.columns());
  }

  @Override
  public OnnxActivation apply(Nonlinearity function, OnnxActivation x) {
    String in = x.name();
    String y =
        switch (function) {
          case SILU -> graph.node("Mul", in, graph.node("Sigmoid", in));
          case GELU -> {
            String root = graph.node("Div", in, graph.real((float) Math.sqrt(2)));
            yield half(in, graph.node("Erf", root));
          }
          case GELU_TANH -> {
            String cube = graph.node("Mul", graph.node("Mul", in, in), in);
            String inner = graph.node("Add", in, graph.node("Mul", cube, graph.real(0.044715f)));
            float factor = (float) Math.sqrt(2 / Math.PI);
            yield half(in, graph.node("Tanh", graph.node("Mul", inner, graph.real(factor))));
          }
          case RELU -> graph.node("Relu", in);
          case TANH -> graph.node("Tanh", in);
          case SIGMOID -> graph.node("Sigmoid", in);
        };
    return new OnnxActivation(y, x.columns());
  }

  /// x · (1 + y) / 2.
  private String half(String x, String y) {
    String product = graph.node("Mul", x, graph.node("Add", y, graph.real(1)));
    return graph.node("Mul", product, graph.real(0.5f));
  }

  @Override
  public OnnxActivation gated(Nonlinearity function, OnnxActivation gateUp) {
    int f = gateUp.columns() / 2;
    OnnxActivation gate = apply(function, columns(gateUp, 0, f));
    return new OnnxActivation(graph.node("Mul", gate.name(), columns(gateUp, f, f).name()), f);
  }

  @Override
  public OnnxActivation scale(OnnxActivation x, float factor) {
    return new OnnxActivation(graph.node("Mul", x.name(), graph.real(factor)), x.columns());
  }

  @Override
  public OnnxActivation add(OnnxActivation a, OnnxActivation b) {
    return new OnnxActivation(graph.node("Add", a.name(), b.name()), a.columns());
  }

  @Override
  public OnnxActivation columns(OnnxActivation x, int from, int count) {
    String[] in = {x.name(), graph.wholes(from), graph.wholes(from + count), graph.wholes(1)};
    return new OnnxActivation(graph.node("Slice", in), count);
  }

  @Override
  public OnnxActivation rotate(OnnxActivation x, Rope rope) {
    return attention.rotate(x, rope);
  }

  @Override
  public OnnxActivation attention(
      OnnxActivation q,
      OnnxActivation k,
      OnnxActivation v,
      AttentionShape shape,
      @Nullable OnnxWeight bias) {
    return attention.own(q, k, v, shape, bias);
  }

  @Override
  public @Nullable OnnxOperations source() {
    return source == null ? null : new OnnxOperations(graph, numbers, source);
  }

  @Override
  public OnnxActivation across(
      int layer,
      OnnxActivation q,
      @Nullable OnnxActivation k,
      @Nullable OnnxActivation v,
      AttentionShape shape) {
    if (source == null || k == null || v == null) {
      throw new IllegalStateException("a graph without sources");
    }
    return attention.across(q, k, v, shape, source);
  }

  @Override
  public OnnxActivation recurrent(
      Cell cell,
      int layer,
      OnnxActivation x,
      OnnxWeight input,
      OnnxWeight recurrent,
      OnnxWeight inputBias,
      OnnxWeight recurrentBias) {
    throw new IllegalArgumentException(
        "recurrent layers are not written as ONNX; GGUF has none either: keep the Hugging Face"
            + " folder");
  }

  @Override
  public OnnxActivation recent(int layer, OnnxActivation x, int count) {
    throw new IllegalArgumentException(
        "convolutions over tokens are not written as ONNX; keep the Hugging Face folder");
  }

  @Override
  public OnnxActivation pool(OnnxActivation x, Pooling pooling) {
    pooled = x;
    return batch.pool(x, pooling);
  }
}
