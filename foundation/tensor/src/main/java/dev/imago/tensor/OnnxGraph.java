package dev.imago.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// An ONNX graph that is put together node by node, each value named as it comes.
final class OnnxGraph {
  /// The version of ONNX's operators that nodes are of: the first with `LayerNormalization`.
  static final int OPERATOR_SET = 17;

  private final List<Onnx.Node> nodes = new ArrayList<>();
  private final SequencedMap<String, Gguf.Pending> tensors = new LinkedHashMap<>();
  private final List<Port> inputs = new ArrayList<>();
  private final List<Port> outputs = new ArrayList<>();
  private final Map<String, String> known = new HashMap<>();

  /// An input or output of the graph.
  ///
  /// @param lengths a number each, or the name of one that is free
  record Port(String name, DataType type, List<String> lengths) {
    Port {
      lengths = List.copyOf(lengths);
    }
  }

  /// A node of one output, which nothing but its inputs tells from others: the same again is the
  /// same value.
  String node(String operator, String... in) {
    return node(operator, Map.of(), in);
  }

  String node(String operator, Map<String, Onnx.Attribute> attributes, String... in) {
    String key = operator + Arrays.toString(in) + new java.util.TreeMap<>(attributes);
    return known.computeIfAbsent(key, _ -> nodes(operator, attributes, 1, in).getFirst());
  }

  /// A node of several outputs.
  List<String> nodes(
      String operator, Map<String, Onnx.Attribute> attributes, int count, String... in) {
    var out = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      out.add("%s_%d%s".formatted(operator, nodes.size(), i == 0 ? "" : "_" + i));
    }
    nodes.add(new Onnx.Node(operator, List.of(in), out, attributes));
    return out;
  }

  /// Another name for a value.
  String name(String value, String name) {
    nodes.add(new Onnx.Node("Identity", List.of(value), List.of(name), Map.of()));
    return name;
  }

  String input(String name, DataType type, String... lengths) {
    if (inputs.stream().noneMatch(i -> i.name().equals(name))) {
      inputs.add(new Port(name, type, List.of(lengths)));
    }
    return name;
  }

  void output(String name, DataType type, String... lengths) {
    outputs.add(new Port(name, type, List.of(lengths)));
  }

  /// A tensor of the file, once.
  String tensor(String name, DataType type, long[] shape, Gguf.Pending.Content content) {
    tensors.computeIfAbsent(name, _ -> new Gguf.Pending(type, shape, content));
    return name;
  }

  /// A number by itself.
  String real(float value) {
    HostTensor tensor = HostTensor.of(new float[] {value});
    return tensor("real " + value, DataType.F32, new long[0], () -> tensor);
  }

  String reals(String name, float... values) {
    HostTensor tensor = HostTensor.of(values, values.length);
    return tensor(name, DataType.F32, tensor.shape(), () -> tensor);
  }

  /// A whole number by itself.
  String whole(long value) {
    HostTensor tensor = wholes(new long[] {value}, new long[0]);
    return tensor("whole " + value, DataType.I64, new long[0], () -> tensor);
  }

  /// A list of whole numbers, such as a shape.
  String wholes(long... values) {
    HostTensor tensor = wholes(values, new long[] {values.length});
    return tensor("wholes " + Arrays.toString(values), DataType.I64, tensor.shape(), () -> tensor);
  }

  private static HostTensor wholes(long[] values, long[] shape) {
    var data = java.lang.foreign.MemorySegment.ofArray(new byte[8 * values.length]);
    for (int i = 0; i < values.length; i++) {
      data.set(HostTensor.I64, 8L * i, values[i]);
    }
    return new HostTensor(DataType.I64, shape, data);
  }

  List<Onnx.Node> nodes() {
    return nodes;
  }

  SequencedMap<String, Gguf.Pending> tensors() {
    return tensors;
  }

  List<Port> inputs() {
    return inputs;
  }

  List<Port> outputs() {
    return outputs;
  }
}
