package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.OnnxOperations.Numbers;
import dev.imago.tensor.OnnxOperations.Reads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxWriterTest {
  private static final int ROWS = 40;
  private static final int COLUMNS = 30;

  @TempDir Path folder;

  private static float number(String name, int i) {
    return name.hashCode() % 100 + i / 8f;
  }

  private static OnnxWeight matrix(String name) {
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(name, i);
    }
    HostTensor tensor = HostTensor.of(values, ROWS, COLUMNS);
    return new OnnxWeight(name, tensor.shape(), () -> tensor);
  }

  private static OnnxOperations graph() {
    var ops = new OnnxOperations(Numbers.F32, Reads.WHOLE);
    OnnxActivation x = ops.gather(matrix("table"), Operations.Index.TOKEN, 0);
    ops.tokens(ops.linear(ops.add(x, x), matrix("last"), null));
    return ops;
  }

  @Test
  void a_file_is_read_back_node_by_node() throws IOException {
    Path file = folder.resolve("model.onnx");
    graph().write(file);
    assertTrue(!Files.exists(folder.resolve("model.onnx.data")));
    try (Onnx read = Onnx.open(file)) {
      assertEquals(OnnxGraph.OPERATOR_SET, read.operatorSet());
      assertEquals("Gather", read.nodes().get(1).operator());
      assertEquals("logits", read.outputs().getFirst());
      HostTensor table = read.tensors().get("table");
      assertEquals(number("table", 7), table.toFloats()[7]);
    }
  }

  @Test
  void the_same_graph_gives_the_same_bytes() throws IOException {
    Path first = folder.resolve("first.onnx");
    Path second = folder.resolve("second.onnx");
    graph().write(first);
    graph().write(second);
    assertEquals(-1, Files.mismatch(first, second));
  }

  @Test
  void tensors_that_do_not_fit_lie_beside_at_the_places_that_the_file_tells() throws IOException {
    Path file = folder.resolve("model.onnx");
    graph().write(file, 5000);
    assertTrue(Files.size(file) < 5000);
    byte[] data = Files.readAllBytes(folder.resolve("model.onnx.data"));
    Map<String, Map<String, String>> places = places(file);
    assertEquals(2, places.size());
    places.forEach(
        (name, place) -> {
          assertEquals("model.onnx.data", place.get("location"));
          assertEquals(4L * ROWS * COLUMNS, Long.parseLong(place.get("length")));
          int offset = Integer.parseInt(place.get("offset"));
          assertEquals(0, offset % 4096);
          float found =
              java.lang.foreign.MemorySegment.ofArray(data).get(HostTensor.F32, offset + 4L * 9);
          assertEquals(number(name, 9), found);
        });
    var refused = assertThrows(BrokenFileException.class, () -> Onnx.open(file).close());
    assertTrue(refused.getMessage().contains("lies in another file"));
  }

  @Test
  void a_tensor_of_zeros_is_written_sparse_and_is_smaller() throws IOException {
    float[] values = new float[ROWS * COLUMNS];
    values[7] = 1.5f;
    values[ROWS * COLUMNS - 1] = -2;
    HostTensor tensor = HostTensor.of(values, ROWS, COLUMNS);
    var ops = new OnnxOperations(Numbers.F32, Reads.WHOLE);
    var pruned = new OnnxWeight("pruned", tensor.shape(), () -> tensor);
    ops.tokens(ops.gather(pruned, Operations.Index.TOKEN, 0));
    Path file = folder.resolve("model.onnx");
    ops.write(file);
    assertTrue(Files.size(file) < 4L * ROWS * COLUMNS / 2);
    byte[] found = sparse(file);
    var message = java.lang.foreign.MemorySegment.ofArray(found);
    // values {dims 2, type 1, name, raw}, places {dims 2, type 7, raw}, dims 40 and 30
    byte[] end = {0x18, ROWS, 0x18, COLUMNS};
    for (int i = 0; i < end.length; i++) {
      assertEquals(end[i], found[found.length - end.length + i]);
    }
    long places = found.length - end.length - 16;
    assertEquals(7, message.get(HostTensor.I64, places));
    assertEquals(ROWS * COLUMNS - 1, message.get(HostTensor.I64, places + 8));
    assertEquals(1.5f, message.get(HostTensor.F32, 2 + 2 + 2 + 2 + 6 + 2));
    try (Onnx read = Onnx.open(file)) {
      HostTensor filled = read.tensors().get("pruned");
      assertArrayEquals(new long[] {ROWS, COLUMNS}, filled.shape());
      assertArrayEquals(values, filled.toFloats());
    }
  }

  private Path sparseFile(List<Long> places, int placesRank, long... shape) throws IOException {
    int n = places.size() / placesRank;
    var values =
        new ProtoMessage().number(1, n).number(2, 1).text(8, "s").text(9, "\0".repeat(4 * n));
    var where = new ProtoMessage().number(1, n);
    if (placesRank > 1) {
      where.number(1, placesRank);
    }
    where.number(2, 7);
    places.forEach(p -> where.number(7, p));
    var sparse = new ProtoMessage().message(1, values).message(2, where);
    for (long length : shape) {
      sparse.number(3, length);
    }
    Path file = folder.resolve("sparse.onnx");
    var model = new ProtoMessage().message(7, new ProtoMessage().message(15, sparse));
    try (var out = Files.newOutputStream(file)) {
      model.writeTo(out);
    }
    return file;
  }

  @Test
  void a_sparse_tensor_of_broken_places_or_of_a_size_that_nothing_vouches_for_is_refused()
      throws IOException {
    try (Onnx read = Onnx.open(sparseFile(List.of(0L, 1L, 2L, 3L), 2, 3, 4))) {
      assertArrayEquals(new long[] {3, 4}, read.tensors().get("s").shape());
    }
    for (List<Long> places :
        List.of(List.of(12L), List.of(-1L), List.of(4L, 4L), List.of(5L, 3L))) {
      refused(sparseFile(places, 1, 3, 4), "«s» has a value at");
    }
    refused(sparseFile(List.of(0L, 4L), 2, 3, 4), "«s» has a value at -1");
    refused(sparseFile(List.of(0L), 1, 1 << 20, 1 << 20), "may take");
    refused(sparseFile(List.of(0L), 1, Long.MAX_VALUE, 4), "may take");
    refused(sparseFile(List.of(0L), 1, 3, -4), "has the shape");
  }

  private static void refused(Path file, String why) {
    var refused = assertThrows(BrokenFileException.class, () -> Onnx.open(file).close());
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  /// The one sparse tensor of a file.
  private static byte[] sparse(Path file) throws IOException {
    byte[] to = {};
    try (var mapped = new MappedFile(file)) {
      var model = new ProtoFields(file, mapped.bytes());
      while (model.next()) {
        if (model.field() != 7) {
          model.skip();
          continue;
        }
        ProtoFields graph = model.message();
        while (graph.next()) {
          if (graph.field() == 15) {
            to = graph.bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
          } else {
            graph.skip();
          }
        }
      }
    }
    return to;
  }

  private static Map<String, Map<String, String>> places(Path file) throws IOException {
    var to = new HashMap<String, Map<String, String>>();
    try (var mapped = new MappedFile(file)) {
      var model = new ProtoFields(file, mapped.bytes());
      while (model.next()) {
        if (model.field() != 7) {
          model.skip();
          continue;
        }
        ProtoFields graph = model.message();
        while (graph.next()) {
          if (graph.field() == 5) {
            tensor(graph.message(), to);
          } else {
            graph.skip();
          }
        }
      }
    }
    return to;
  }

  private static void tensor(ProtoFields tensor, Map<String, Map<String, String>> to)
      throws IOException {
    String name = "";
    var place = new HashMap<String, String>();
    while (tensor.next()) {
      switch (tensor.field()) {
        case 8 -> name = tensor.text();
        case 13 -> {
          ProtoFields entry = tensor.message();
          entry.next();
          String key = entry.text();
          entry.next();
          place.put(key, entry.text());
        }
        default -> tensor.skip();
      }
    }
    if (!place.isEmpty()) {
      to.put(name, place);
    }
  }

  @Test
  void bytes_of_a_row_are_its_numbers_by_one_scale() throws IOException {
    var ops = new OnnxOperations(Numbers.INT8, Reads.WHOLE);
    ops.tokens(ops.gather(matrix("table"), Operations.Index.TOKEN, 0));
    Path file = folder.resolve("model.onnx");
    ops.write(file);
    try (Onnx read = Onnx.open(file)) {
      long[] codes = read.tensors().get("table.codes").toLongs();
      float[] scales = read.tensors().get("table.scales").toFloats();
      for (int i = 0; i < codes.length; i++) {
        float scale = scales[i / COLUMNS];
        assertEquals(number("table", i), (codes[i] - 128) * scale, 0.5001f * scale);
      }
    }
  }
}
