package dev.imago.model.bert;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/// A BERT of two layers as PyTorch's exporter writes one, byte by byte; a test may have nodes
/// changed on their way into the file.
final class TinyGraph {
  static final int VOCABULARY = 20;
  static final int WIDTH = 8;
  static final int HEADS = 2;
  static final int INNER = 16;
  static final int POSITIONS = 12;
  static final int LAYERS = 2;

  /// A node on its way into the file.
  record Node(String operator, List<String> inputs, String output, Map<String, long[]> wholes) {
    Node as(String other) {
      return new Node(other, inputs, output, wholes);
    }

    Node with(String name, long... values) {
      return new Node(operator, inputs, output, Map.of(name, values));
    }
  }

  final Map<String, float[]> weights = new LinkedHashMap<>();
  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
  private final UnaryOperator<Node> change;
  private final Random random = new Random(3);
  private int made;

  TinyGraph(UnaryOperator<Node> change) {
    this.change = change;
  }

  byte[] file() {
    for (String name : List.of("input_ids", "attention_mask", "token_type_ids")) {
      field(graph, 11, message(to -> text(to, 1, name)));
    }
    field(graph, 12, message(to -> text(to, 1, "last_hidden_state")));
    layers(embeddings(), mask());
    return message(
        to -> {
          number(to, 1, 6);
          field(to, 8, message(set -> number(set, 2, 11)));
          field(to, 7, graph.toByteArray());
        });
  }

  private String embeddings() {
    String words = op("Gather", weight("words", VOCABULARY, WIDTH), "input_ids");
    String kinds = op("Gather", weight("kinds", 2, WIDTH), "token_type_ids");
    long[] count = new long[POSITIONS];
    for (int i = 0; i < count.length; i++) {
      count[i] = i;
    }
    String places =
        op(
            "Slice",
            wholes("places", count, 1, POSITIONS),
            whole(0),
            length("input_ids", 1),
            whole(1),
            whole(1));
    String positions = op("Gather", weight("positions", POSITIONS, WIDTH), places);
    return norm(op("Add", op("Add", words, kinds), positions), "embeddings.norm", "");
  }

  private String mask() {
    String row = op("Unsqueeze", Map.of("axes", new long[] {1}), "attention_mask");
    String seen = op("Unsqueeze", Map.of("axes", new long[] {2}), row);
    String real = op("Cast", Map.of(), seen);
    return op("Mul", op("Sub", number(1), real), number(-3.4e38f));
  }

  private void layers(String first, String mask) {
    String x = first;
    for (int i = 0; i < LAYERS; i++) {
      String name = "layer." + i + ".";
      String query = turned(heads(linear(x, name + "query", WIDTH, WIDTH)), 0, 2, 1, 3);
      String key = turned(heads(linear(x, name + "key", WIDTH, WIDTH)), 0, 2, 3, 1);
      String value = turned(heads(linear(x, name + "value", WIDTH, WIDTH)), 0, 2, 1, 3);
      String scores = op("Div", op("MatMul", query, key), number((float) Math.sqrt(4)));
      String shares = op("Softmax", Map.of("axis", new long[] {3}), op("Add", scores, mask));
      String mixed = turned(op("MatMul", shares, value), 0, 2, 1, 3);
      String joined =
          op("Reshape", mixed, op("Concat", length(mixed, 0), length(mixed, 1), whole(WIDTH)));
      String attended = op("Add", linear(joined, name + "output", WIDTH, WIDTH), x);
      String middle = norm(attended, name + "attention.norm", "");
      String up = linear(middle, name + "up", WIDTH, INNER);
      String erf = op("Erf", op("Div", up, number((float) Math.sqrt(2))));
      String gelu = op("Mul", op("Mul", up, op("Add", erf, number(1))), number(0.5f));
      String down = op("Add", linear(gelu, name + "down", INNER, WIDTH), middle);
      x = norm(down, name + "norm", i == LAYERS - 1 ? "last_hidden_state" : "");
    }
  }

  private String norm(String x, String name, String output) {
    String centred = op("Sub", x, op("ReduceMean", Map.of("axes", new long[] {-1}), x));
    String square = op("Pow", centred, number(2));
    String variance = op("ReduceMean", Map.of("axes", new long[] {-1}), square);
    String root = op("Sqrt", op("Add", variance, number(1e-12f)));
    String scaled = op("Mul", op("Div", centred, root), weight(name + ".weight", WIDTH));
    return op("Add", output, Map.of(), List.of(scaled, weight(name + ".bias", WIDTH)));
  }

  private String linear(String x, String name, int in, int out) {
    return op(
        "Add", weight(name + ".bias", out), op("MatMul", x, weight(name + ".weight", in, out)));
  }

  private String heads(String x) {
    return op(
        "Reshape", x, op("Concat", length(x, 0), length(x, 1), whole(HEADS), whole(WIDTH / HEADS)));
  }

  private String turned(String x, long... order) {
    return op("Transpose", Map.of("perm", order), x);
  }

  private String length(String of, int place) {
    String one = op("Gather", op("Shape", of), wholes("", new long[] {place}));
    return op("Unsqueeze", Map.of("axes", new long[] {0}), one);
  }

  private String op(String operator, String... inputs) {
    return op(operator, Map.of(), inputs);
  }

  private String op(String operator, Map<String, long[]> wholes, String... inputs) {
    return op(operator, "", wholes, List.of(inputs));
  }

  private String op(
      String operator, String output, Map<String, long[]> wholes, List<String> inputs) {
    String name = output.isEmpty() ? operator + "_" + made++ : output;
    Node node = change.apply(new Node(operator, inputs, name, wholes));
    field(
        graph,
        1,
        message(
            to -> {
              node.inputs().forEach(input -> text(to, 1, input));
              text(to, 2, node.output());
              text(to, 4, node.operator());
              node.wholes().forEach((key, values) -> field(to, 5, attribute(key, values)));
            }));
    return name;
  }

  private static byte[] attribute(String key, long[] values) {
    return message(
        to -> {
          text(to, 1, key);
          if (key.equals("axis")) {
            number(to, 3, values[0]);
          } else {
            for (long value : values) {
              number(to, 8, value);
            }
          }
        });
  }

  private String weight(String name, int... shape) {
    int size = 1;
    for (int length : shape) {
      size *= length;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    weights.put(name, values);
    return tensor(name, values, shape);
  }

  private String number(float value) {
    return tensor("number_" + made++, new float[] {value});
  }

  private String tensor(String name, float[] values, int... shape) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return tensor(name, 1, raw.array(), shape);
  }

  private String whole(long value) {
    return wholes("", new long[] {value}, 1);
  }

  private String wholes(String name, long[] values, int... shape) {
    ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return tensor(name.isEmpty() ? "whole_" + made++ : name, 7, raw.array(), shape);
  }

  private String tensor(String name, int type, byte[] raw, int... shape) {
    var lengths = new ArrayList<Long>();
    for (int length : shape) {
      lengths.add((long) length);
    }
    field(
        graph,
        5,
        message(
            to -> {
              lengths.forEach(n -> number(to, 1, n));
              number(to, 2, type);
              text(to, 8, name);
              field(to, 9, raw);
            }));
    return name;
  }

  private interface Filling {
    void fill(ByteArrayOutputStream to);
  }

  private static byte[] message(Filling filling) {
    var to = new ByteArrayOutputStream();
    filling.fill(to);
    return to.toByteArray();
  }

  private static void text(ByteArrayOutputStream to, int field, String text) {
    field(to, field, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void field(ByteArrayOutputStream to, int field, byte[] bytes) {
    varint(to, (long) field << 3 | 2);
    varint(to, bytes.length);
    to.writeBytes(bytes);
  }

  private static void number(ByteArrayOutputStream to, int field, long value) {
    varint(to, (long) field << 3);
    varint(to, value);
  }

  private static void varint(ByteArrayOutputStream to, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      to.write((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    to.write((int) left);
  }
}
