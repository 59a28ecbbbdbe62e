package dev.imago.tensor;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Writes a graph as an ONNX file, one tensor in memory at a time; the same graph gives the same
/// bytes. <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>
///
/// A message of protocol buffers ends at 2 GB: where the tensors do not fit, they go into a file
/// beside, `NAME.data`, each at a multiple of 4096, from where a runtime maps them.
///
/// Within the graph, a tensor of so many zeros that its other numbers with their places take less
/// is a sparse one (`SparseTensorProto`): so of what was pruned. Runtimes fill it up as they load.
final class OnnxWriter {
  /// The format of 2022, of the operators' version that is used.
  private static final int FORMAT = 8;

  private static final int ALIGNMENT = 4096;

  /// Smaller ones, among them shapes, stay in the graph, which is checked by them.
  private static final int SMALL = 1024;

  /// Bytes of a number that is none of a sparse tensor's zeros, and of its place.
  private static final int ENTRY = 4 + 8;

  private final OnnxGraph graph;

  /// Numbers other than 0 of each tensor that is written sparse.
  private final Map<String, Long> sparse = new HashMap<>();

  /// @param graph whole
  OnnxWriter(OnnxGraph graph) {
    this.graph = graph;
  }

  /// @param mostBytes of the file, past which the tensors go beside
  void write(Path file, long mostBytes) throws IOException {
    var before = new ProtoMessage();
    graph.nodes().forEach(node -> before.message(1, node(node)));
    before.text(2, "imago");
    var after = new ProtoMessage();
    graph.inputs().forEach(port -> after.message(11, port(port)));
    graph.outputs().forEach(port -> after.message(12, port(port)));
    findSparse();
    long inside = before.size() + after.size() + 1024L;
    for (Map.Entry<String, Gguf.Pending> tensor : graph.tensors().entrySet()) {
      Long entries = sparse.get(tensor.getKey());
      long bytes = entries == null ? bytes(tensor.getValue()) : ENTRY * entries + 64;
      inside += tensor(tensor.getKey(), tensor.getValue()).size() + 16L + bytes;
    }
    boolean beside = inside > mostBytes;
    if (beside) {
      sparse.clear(); // no place beside is told of a sparse one
    }
    String name = file.getFileName() + ".data";
    var tensors = new ProtoMessage();
    long offset = 0;
    long length = before.size() + after.size();
    for (Map.Entry<String, Gguf.Pending> entry : graph.tensors().entrySet()) {
      ProtoMessage head = tensor(entry.getKey(), entry.getValue());
      long bytes = bytes(entry.getValue());
      Long entries = sparse.get(entry.getKey());
      if (entries != null) {
        long whole = sparse(entry.getKey(), entry.getValue(), entries).length;
        length += new ProtoMessage().opens(15, whole).size() + whole;
      } else if (beside && bytes > SMALL) {
        offset = Math.ceilDiv(offset, ALIGNMENT) * ALIGNMENT;
        place(head, "location", name);
        place(head, "offset", Long.toString(offset));
        place(head, "length", Long.toString(bytes));
        tensors.message(5, head.number(14, 1));
        offset += bytes;
      } else {
        long whole = head.size() + new ProtoMessage().opens(9, bytes).size() + bytes;
        length += new ProtoMessage().opens(5, whole).size() + whole;
      }
    }
    length += tensors.size();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      new ProtoMessage()
          .number(1, FORMAT)
          .text(2, "imago")
          .message(8, new ProtoMessage().text(1, "").number(2, OnnxGraph.OPERATOR_SET))
          .opens(7, length)
          .writeTo(out);
      before.writeTo(out);
      tensors.writeTo(out);
      for (Map.Entry<String, Gguf.Pending> entry : graph.tensors().entrySet()) {
        Long entries = sparse.get(entry.getKey());
        if (entries != null) {
          sparse(entry.getKey(), entry.getValue(), entries).writeTo(out);
        } else if (!beside || bytes(entry.getValue()) <= SMALL) {
          inside(entry.getKey(), entry.getValue(), out);
        }
      }
      after.writeTo(out);
    }
    if (beside) {
      beside(file.resolveSibling(name));
    }
  }

  private static void place(ProtoMessage tensor, String key, String value) {
    tensor.message(13, new ProtoMessage().text(1, key).text(2, value));
  }

  private static void inside(String name, Gguf.Pending tensor, OutputStream out)
      throws IOException {
    long bytes = bytes(tensor);
    ProtoMessage head = tensor(name, tensor).opens(9, bytes);
    new ProtoMessage().opens(5, head.size() + bytes).writeTo(out);
    head.writeTo(out);
    Safetensors.copy(tensor.bytes(name), out);
  }

  private void findSparse() throws IOException {
    for (Map.Entry<String, Gguf.Pending> entry : graph.tensors().entrySet()) {
      Gguf.Pending tensor = entry.getValue();
      long bytes = bytes(tensor);
      if (tensor.type() != DataType.F32 || bytes <= SMALL) {
        continue;
      }
      MemorySegment data = tensor.bytes(entry.getKey());
      long entries = 0;
      for (long at = 0; at < bytes; at += 4) {
        entries += data.get(HostTensor.I32, at) == 0 ? 0 : 1;
      }
      if (ENTRY * entries < bytes) {
        sparse.put(entry.getKey(), entries);
      }
    }
  }

  /// A sparse tensor but for its numbers and their places.
  ///
  /// @param length bytes of the whole message
  private record Sparse(
      Gguf.Pending tensor,
      String name,
      ProtoMessage values,
      ProtoMessage places,
      ProtoMessage shape,
      long length) {
    /// Numbers, then their places in the whole tensor, row by row.
    void writeTo(OutputStream out) throws IOException {
      MemorySegment data = tensor.bytes(name);
      long entries = (length - values.size() - places.size() - shape.size()) / ENTRY;
      new ProtoMessage().opens(15, length).writeTo(out);
      values.writeTo(out);
      for (long at = 0; at < data.byteSize(); at += 4) {
        int bits = data.get(HostTensor.I32, at);
        if (bits != 0) {
          Safetensors.littleEndian(out, bits, 4);
          entries--;
        }
      }
      if (entries != 0) {
        throw new IllegalStateException(name + " changed while it was written");
      }
      places.writeTo(out);
      for (long at = 0; at < data.byteSize(); at += 4) {
        if (data.get(HostTensor.I32, at) != 0) {
          Safetensors.littleEndian(out, at / 4, 8);
        }
      }
      shape.writeTo(out);
    }
  }

  private static Sparse sparse(String name, Gguf.Pending tensor, long entries) {
    var values = new ProtoMessage().number(1, entries).number(2, Onnx.number(DataType.F32));
    values.text(8, name).opens(9, 4 * entries);
    var places = new ProtoMessage().number(1, entries).number(2, Onnx.number(DataType.I64));
    places.opens(9, 8 * entries);
    var shape = new ProtoMessage();
    for (long dimension : tensor.shape()) {
      shape.number(3, dimension);
    }
    ProtoMessage first = new ProtoMessage().opens(1, values.size() + 4 * entries).then(values);
    ProtoMessage second = new ProtoMessage().opens(2, places.size() + 8 * entries).then(places);
    long length = first.size() + second.size() + shape.size() + ENTRY * entries;
    return new Sparse(tensor, name, first, second, shape, length);
  }

  private void beside(Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      long at = 0;
      for (Map.Entry<String, Gguf.Pending> entry : graph.tensors().entrySet()) {
        long bytes = bytes(entry.getValue());
        if (bytes > SMALL) {
          long from = Math.ceilDiv(at, ALIGNMENT) * ALIGNMENT;
          out.write(new byte[(int) (from - at)]);
          Safetensors.copy(entry.getValue().bytes(entry.getKey()), out);
          at = from + bytes;
        }
      }
    }
  }

  private static long bytes(Gguf.Pending tensor) {
    return tensor.type().bytes(tensor.shape());
  }

  /// All of a tensor but its numbers.
  private static ProtoMessage tensor(String name, Gguf.Pending tensor) {
    var to = new ProtoMessage();
    for (long length : tensor.shape()) {
      to.number(1, length);
    }
    return to.number(2, Onnx.number(tensor.type())).text(8, name);
  }

  private static ProtoMessage node(Onnx.Node node) {
    var to = new ProtoMessage();
    node.inputs().forEach(in -> to.text(1, in));
    node.outputs().forEach(out -> to.text(2, out));
    to.text(3, node.outputs().getFirst()).text(4, node.operator());
    new TreeMap<>(node.attributes())
        .forEach((name, value) -> to.message(5, attribute(name, value)));
    return to;
  }

  private static ProtoMessage attribute(String name, Onnx.Attribute value) {
    var to = new ProtoMessage().text(1, name);
    return switch (value) {
      case Onnx.Attribute.Real(float real) -> to.real(2, real).number(20, 1);
      case Onnx.Attribute.Whole(long whole) -> to.number(3, whole).number(20, 2);
      case Onnx.Attribute.Text(String text) -> to.text(4, text).number(20, 3);
      case Onnx.Attribute.Wholes wholes -> {
        wholes.values().forEach(w -> to.number(8, w));
        yield to.number(20, 7);
      }
      case Onnx.Attribute.Values _, Onnx.Attribute.Other _ ->
          throw new IllegalArgumentException(name + " is of no kind that is written");
    };
  }

  private static ProtoMessage port(OnnxGraph.Port port) {
    var shape = new ProtoMessage();
    for (String length : port.lengths()) {
      boolean fixed = Character.isDigit(length.charAt(0));
      shape.message(
          1,
          fixed
              ? new ProtoMessage().number(1, Long.parseLong(length))
              : new ProtoMessage().text(2, length));
    }
    ProtoMessage tensor = new ProtoMessage().number(1, Onnx.number(port.type())).message(2, shape);
    return new ProtoMessage()
        .text(1, port.name())
        .message(2, new ProtoMessage().message(1, tensor));
  }
}
