package dev.imago.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The graph of an ONNX file, memory-mapped: its nodes, and the tensors that are constant in it.
/// <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>
///
/// All lengths and shapes are checked against the file before a tensor can be asked for. Sparse
/// tensors are filled up. What a node computes is for who reads the graph.
public final class Onnx implements AutoCloseable {
  /// A node.
  ///
  /// @param operator its type, with its domain before it where that is not ONNX's own
  /// @param inputs names of values; an empty one is left out
  public record Node(
      String operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, Attribute> attributes) {
    public Node {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
      attributes = Map.copyOf(attributes);
    }

    /// A list of whole numbers; empty where the attribute is none or is not there.
    public List<Long> wholes(String name) {
      return attributes.get(name) instanceof Attribute.Wholes(List<Long> values)
          ? values
          : List.of();
    }

    /// A whole number.
    public Optional<Long> whole(String name) {
      return attributes.get(name) instanceof Attribute.Whole(long value)
          ? Optional.of(value)
          : Optional.empty();
    }
  }

  /// What a node is told beside its inputs.
  public sealed interface Attribute {
    record Whole(long value) implements Attribute {}

    record Real(float value) implements Attribute {}

    record Text(String value) implements Attribute {}

    record Wholes(List<Long> values) implements Attribute {
      public Wholes {
        values = List.copyOf(values);
      }
    }

    record Values(HostTensor tensor) implements Attribute {}

    /// A graph, a list of texts, or something else that is not read.
    record Other() implements Attribute {}
  }

  private static final int MOST_DIMENSIONS = 8;

  private final MappedFile mapped;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, HostTensor> tensors = new LinkedHashMap<>();
  private final List<String> inputs = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private final OnnxSparse sparse;
  private long operatorSet;

  private Onnx(MappedFile mapped) throws IOException {
    this.mapped = mapped;
    this.sparse = new OnnxSparse(mapped.bytes().byteSize());
    boolean found = false;
    ProtoFields model = new ProtoFields(mapped.path(), mapped.bytes());
    while (model.next()) {
      switch (model.field()) {
        case 7 -> {
          graph(model.message());
          found = true;
        }
        case 8 -> operators(model.message());
        default -> model.skip();
      }
    }
    if (!found) {
      throw new BrokenFileException(mapped.path(), 0, "it holds no graph, as an ONNX file does");
    }
    checkNames();
  }

  /// Maps a file and reads its graph.
  ///
  /// @throws BrokenFileException naming the offset at which the file leaves the format
  public static Onnx open(Path file) throws IOException {
    var mapped = new MappedFile(file);
    try {
      return new Onnx(mapped);
    } catch (IOException | RuntimeException e) {
      mapped.close();
      throw e;
    }
  }

  private void operators(ProtoFields set) throws IOException {
    String domain = "";
    long version = 0;
    while (set.next()) {
      switch (set.field()) {
        case 1 -> domain = set.text();
        case 2 -> version = set.number();
        default -> set.skip();
      }
    }
    if (isOwn(domain)) {
      operatorSet = version;
    }
  }

  private static boolean isOwn(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private void graph(ProtoFields graph) throws IOException {
    while (graph.next()) {
      switch (graph.field()) {
        case 1 -> node(graph.message());
        case 5 -> put(tensor(graph.message()), graph);
        case 11 -> inputs.add(name(graph.message()));
        case 12 -> outputs.add(name(graph.message()));
        case 15 -> put(sparse.read(graph.message()), graph);
        default -> graph.skip();
      }
    }
  }

  private void put(Named tensor, ProtoFields at) throws IOException {
    if (tensors.put(tensor.name(), tensor.value()) != null) {
      throw at.broken("a second tensor is called «%s»".formatted(tensor.name()));
    }
  }

  private static String name(ProtoFields value) throws IOException {
    String name = "";
    while (value.next()) {
      if (value.field() == 1) {
        name = value.text();
      } else {
        value.skip();
      }
    }
    return name;
  }

  private void node(ProtoFields node) throws IOException {
    var in = new ArrayList<String>();
    var out = new ArrayList<String>();
    var attributes = new LinkedHashMap<String, Attribute>();
    String operator = "";
    String domain = "";
    while (node.next()) {
      switch (node.field()) {
        case 1 -> in.add(node.text());
        case 2 -> out.add(node.text());
        case 4 -> operator = node.text();
        case 5 -> attribute(node.message(), attributes);
        case 7 -> domain = node.text();
        default -> node.skip();
      }
    }
    String type = isOwn(domain) ? operator : domain + "." + operator;
    if (type.equals("Constant")
        && out.size() == 1
        && attributes.get("value") instanceof Attribute.Values(HostTensor value)) {
      put(new Named(out.getFirst(), value), node);
      return;
    }
    nodes.add(new Node(type, in, out, attributes));
  }

  private void attribute(ProtoFields attribute, Map<String, Attribute> to) throws IOException {
    String name = "";
    Attribute value = new Attribute.Other();
    var wholes = new ArrayList<Long>();
    while (attribute.next()) {
      switch (attribute.field()) {
        case 1 -> name = attribute.text();
        case 2 -> value = new Attribute.Real(attribute.real());
        case 3 -> value = new Attribute.Whole(attribute.number());
        case 4 -> value = new Attribute.Text(attribute.text());
        case 5 -> value = new Attribute.Values(tensor(attribute.message()).value());
        case 8 -> attribute.numbers(wholes::add);
        default -> attribute.skip();
      }
    }
    to.put(name, wholes.isEmpty() ? value : new Attribute.Wholes(wholes));
  }

  record Named(String name, HostTensor value) {}

  static Named tensor(ProtoFields tensor) throws IOException {
    var shape = new ArrayList<Long>();
    String name = "";
    long type = 0;
    MemorySegment raw = MemorySegment.NULL;
    var wholes = new ArrayList<Long>();
    MemorySegment floats = MemorySegment.NULL;
    while (tensor.next()) {
      switch (tensor.field()) {
        case 1 -> tensor.numbers(shape::add);
        case 2 -> type = tensor.number();
        case 4 -> floats = tensor.bytes();
        case 5, 7 -> tensor.numbers(wholes::add);
        case 8 -> name = tensor.text();
        case 9 -> raw = tensor.bytes();
        case 13, 14 ->
            throw tensor.broken(
                "«%s» lies in another file; get the model as one file".formatted(name));
        default -> tensor.skip();
      }
    }
    DataType stored = type(type);
    if (stored == null) {
      throw tensor.broken(
          "«%s» holds numbers of the type %d, which is not read".formatted(name, type));
    }
    long[] lengths = lengths(shape, name, tensor);
    MemorySegment data = raw;
    if (!wholes.isEmpty()) {
      data = packed(stored, wholes);
    } else if (floats.byteSize() > 0 && stored == DataType.F32) {
      data = floats;
    }
    try {
      return new Named(name, new HostTensor(stored, lengths, data));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw tensor.broken("«%s»: %s".formatted(name, e.getMessage()));
    }
  }

  static long[] lengths(List<Long> shape, String name, ProtoFields at) throws IOException {
    long[] lengths = shape.stream().mapToLong(Long::longValue).toArray();
    if (lengths.length > MOST_DIMENSIONS || Arrays.stream(lengths).anyMatch(n -> n < 0)) {
      throw at.broken("«%s» has the shape %s".formatted(name, shape));
    }
    return lengths;
  }

  /// Numbers that the file holds one by one.
  private static MemorySegment packed(DataType type, List<Long> wholes) {
    int width = type.blockBytes();
    byte[] to = new byte[wholes.size() * width];
    for (int i = 0; i < wholes.size(); i++) {
      for (int b = 0; b < width; b++) {
        to[i * width + b] = (byte) (wholes.get(i) >>> 8 * b);
      }
    }
    return MemorySegment.ofArray(to);
  }

  /// The type of this number; null for one that is not read.
  private static @Nullable DataType type(long number) {
    return switch ((int) Math.clamp(number, -1, 99)) {
      case 1 -> DataType.F32;
      case 2 -> DataType.U8;
      case 3 -> DataType.I8;
      case 5 -> DataType.I16;
      case 6 -> DataType.I32;
      case 7 -> DataType.I64;
      case 9 -> DataType.BOOL;
      case 10 -> DataType.F16;
      case 11 -> DataType.F64;
      case 16 -> DataType.BF16;
      default -> null;
    };
  }

  /// The number of a type.
  static int number(DataType type) {
    for (int number = 1; number <= 16; number++) {
      if (type(number) == type) {
        return number;
      }
    }
    throw new IllegalArgumentException(type + " is no type of ONNX");
  }

  /// Each value is made once, and before it is read: there is no circle.
  private void checkNames() throws BrokenFileException {
    Set<String> made = new HashSet<>(tensors.keySet());
    made.addAll(inputs);
    made.add("");
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (!made.contains(input)) {
          throw broken("%s reads «%s», which nothing before it makes", node, input);
        }
      }
      for (String output : node.outputs()) {
        if (!output.isEmpty() && !made.add(output)) {
          throw broken("%s makes «%s», which is there already", node, output);
        }
      }
    }
    for (String output : outputs) {
      if (!made.contains(output)) {
        throw new BrokenFileException(
            mapped.path(), 0, "nothing makes its result «%s»".formatted(Excerpt.of(output)));
      }
    }
  }

  private BrokenFileException broken(String what, Node node, String value) {
    return new BrokenFileException(
        mapped.path(), 0, what.formatted(Excerpt.of(node.operator()), Excerpt.of(value)));
  }

  /// In the file's order, without those that make a constant tensor.
  public List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /// What is constant: weights, and what nodes of the type Constant make.
  public Map<String, HostTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  public List<String> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  public List<String> outputs() {
    return Collections.unmodifiableList(outputs);
  }

  /// The version of ONNX's own operators; 0 where the file does not say.
  public long operatorSet() {
    return operatorSet;
  }

  @Override
  public void close() {
    mapped.close();
  }
}
