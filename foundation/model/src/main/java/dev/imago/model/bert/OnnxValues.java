package dev.imago.model.bert;

import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Onnx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The values of an ONNX graph, asked for from the result back: what makes each, and which are
/// constant.
final class OnnxValues {
  private final Onnx graph;
  private final Map<String, Onnx.Node> makers = new HashMap<>();

  /// A node's two inputs where one is constant.
  record Split(String constant, String other) {}

  OnnxValues(Onnx graph) {
    this.graph = graph;
    graph.nodes().forEach(node -> node.outputs().forEach(out -> makers.put(out, node)));
  }

  Onnx graph() {
    return graph;
  }

  /// What makes a value; null where it is constant, or an input.
  Onnx.@Nullable Node maker(String value) {
    return makers.get(value);
  }

  /// Whether a value is made by such a node.
  boolean isMade(String value, String operator) {
    Onnx.Node node = makers.get(value);
    return node != null && node.operator().equals(operator);
  }

  /// The node that makes a value.
  ///
  /// @param part of a BERT that it belongs to, for messages
  /// @throws IllegalArgumentException where another makes it
  Onnx.Node made(String value, String operator, String part) {
    Onnx.Node node = makers.get(value);
    if (node == null || !node.operator().equals(operator)) {
      throw unlike(value, "%s has %s here".formatted(part, operator));
    }
    return node;
  }

  /// The complaint that a value is not what a BERT has in its place.
  IllegalArgumentException unlike(String value, String due) {
    Onnx.Node node = makers.get(value);
    String is =
        node != null
            ? "made by " + node.operator()
            : graph.tensors().containsKey(value) ? "a constant" : "an input";
    return new IllegalArgumentException(
        "the graph is no BERT: «%s» is %s, and %s".formatted(value, is, due));
  }

  /// A node's input.
  String input(Onnx.Node node, int place) {
    if (place >= node.inputs().size()) {
      throw new IllegalArgumentException(
          "the graph is no BERT: a node of the type %s has %d inputs"
              .formatted(node.operator(), node.inputs().size()));
    }
    return node.inputs().get(place);
  }

  /// The inputs of a node where exactly one is constant; empty where it is not so.
  Optional<Split> split(Onnx.@Nullable Node node) {
    if (node == null || node.inputs().size() != 2) {
      return Optional.empty();
    }
    String a = node.inputs().get(0);
    String b = node.inputs().get(1);
    boolean first = graph.tensors().containsKey(a);
    if (first == graph.tensors().containsKey(b)) {
      return Optional.empty();
    }
    return Optional.of(first ? new Split(a, b) : new Split(b, a));
  }

  /// The inputs of the node that makes a value, one of which is constant.
  Split split(String value, String operator, String part) {
    return split(made(value, operator, part))
        .orElseThrow(() -> unlike(value, part + " has one constant here"));
  }

  boolean isConstant(String value) {
    return graph.tensors().containsKey(value);
  }

  /// A constant of single precision.
  HostTensor weight(String value, int dimensions, String part) {
    HostTensor tensor = graph.tensors().get(value);
    if (tensor == null || tensor.shape().length != dimensions) {
      throw unlike(value, "%s has a constant of %d dimensions here".formatted(part, dimensions));
    }
    if (tensor.type() != DataType.F32) {
      throw new IllegalArgumentException(
          "«%s» holds numbers of the type %s, and F32 is read; get the model in full precision"
              .formatted(value, tensor.type()));
    }
    return tensor;
  }

  /// A constant that is one number.
  double scalar(String value, String part) {
    HostTensor tensor = graph.tensors().get(value);
    if (tensor == null || tensor.size() != 1 || tensor.type() == DataType.BOOL) {
      throw unlike(value, part + " has one number here");
    }
    return tensor.toFloats()[0];
  }

  /// A constant of whole numbers.
  List<Long> wholes(String value, String part) {
    HostTensor tensor = graph.tensors().get(value);
    if (tensor == null || tensor.type() != DataType.I64 && tensor.type() != DataType.I32) {
      throw unlike(value, part + " has constant whole numbers here");
    }
    var to = new ArrayList<Long>();
    for (long each : tensor.toLongs()) {
      to.add(each);
    }
    return to;
  }

  /// The axes of a node: an attribute, in later versions an input.
  List<Long> axes(Onnx.Node node) {
    return node.inputs().size() > 1 && isConstant(node.inputs().get(1))
        ? wholes(node.inputs().get(1), node.operator())
        : node.wholes("axes");
  }

  /// Whether a value is a length of a tensor: `Unsqueeze(Gather(Shape(of), place))`.
  boolean isLength(String value, String of, int place) {
    Onnx.Node raised = makers.get(value);
    if (raised == null || !raised.operator().equals("Unsqueeze")) {
      return false;
    }
    Onnx.Node chosen = makers.get(raised.inputs().getFirst());
    if (chosen == null || !chosen.operator().equals("Gather") || chosen.inputs().size() != 2) {
      return false;
    }
    Onnx.Node shape = makers.get(chosen.inputs().getFirst());
    HostTensor which = graph.tensors().get(chosen.inputs().get(1));
    return shape != null
        && shape.operator().equals("Shape")
        && shape.attributes().isEmpty()
        && shape.inputs().equals(List.of(of))
        && which != null
        && which.type() == DataType.I64
        && which.size() == 1
        && which.toLongs()[0] == place;
  }
}
