package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our files against the `safetensors` and `gguf` packages.
@Tag("conformance")
final class FilesConformanceTest {
  @TempDir Path folder;

  private static HostTensor random(int rows, int columns) {
    var random = new Random(5);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      // Ties of the rounding too: multiples of half a step of a block whose maximum is 127.
      values[i] =
          i % 64 < 32
              ? (float) random.nextGaussian() * 0.3f
              : i % 32 == 0 ? 127 : (random.nextInt(509) - 254) / 2f;
    }
    return HostTensor.of(values, rows, columns);
  }

  @Test
  void quantized_blocks_equal_the_reference_bit_for_bit() throws IOException {
    HostTensor tensor = random(200, 256);
    var file = new LinkedHashMap<String, HostTensor>();
    file.put("w", tensor);
    Safetensors.write(folder.resolve("in.safetensors"), file, Safetensors.FORMAT_PT);
    PythonPeers.python(
        folder,
        """
        import numpy as np
        from safetensors.numpy import load_file, save_file
        from gguf.quants import quantize, GGMLQuantizationType as T
        w = load_file("in.safetensors")["w"]
        save_file({"q": quantize(w, T.Q8_0), "h": quantize(w, T.F16)}, "out.safetensors")
        """);
    try (Safetensors out = Safetensors.open(folder.resolve("out.safetensors"))) {
      assertArrayEquals(
          out.tensor("q").data().toArray(ValueLayout.JAVA_BYTE),
          tensor.to(DataType.Q8_0).data().toArray(ValueLayout.JAVA_BYTE));
      assertArrayEquals(out.tensor("h").toFloats(), tensor.to(DataType.F16).toFloats());
    }
  }

  @Test
  void the_gguf_package_reads_what_we_write() throws IOException {
    HostTensor tensor = random(4, 64);
    var metadata = new LinkedHashMap<String, GgufValue>();
    metadata.put("general.architecture", new GgufValue.Text("llama"));
    metadata.put("tokenizer.ggml.tokens", new GgufValue.Texts(List.of("a", "Ġé")));
    metadata.put("llama.rope.freq_base", GgufValue.f32(10000f));
    var tensors = new LinkedHashMap<String, Gguf.Pending>();
    for (DataType type : List.of(DataType.F32, DataType.F16, DataType.Q8_0)) {
      tensors.put(type.name(), new Gguf.Pending(type, tensor.shape(), () -> tensor.to(type)));
    }
    Gguf.write(folder.resolve("m.gguf"), metadata, tensors);
    String out =
        PythonPeers.python(
            folder,
            """
            from gguf import GGUFReader, dequantize
            r = GGUFReader("m.gguf")
            print([f.contents() for f in r.fields.values()][3:])
            for t in r.tensors: print(t.name, [int(n) for n in t.shape], float(dequantize(t.data, t.tensor_type)[1, 33]))
            """);
    StringBuilder expected = new StringBuilder("['llama', ['a', 'Ġé'], 10000.0]\n");
    for (DataType type : List.of(DataType.F32, DataType.F16, DataType.Q8_0)) {
      double value = tensor.to(type).toFloats()[64 + 33];
      expected.append(type).append(" [64, 4] ").append(value).append("\n");
    }
    assertEquals(expected.toString(), out);
  }

  @Test
  void we_read_what_the_gguf_package_writes() throws IOException {
    PythonPeers.python(
        folder,
        """
        import numpy as np
        from gguf import GGUFWriter
        w = GGUFWriter("m.gguf", "llama"); w.add_block_count(3); w.add_token_list(["x", "y"])
        w.add_tensor("t", np.arange(6, dtype=np.float32).reshape(2, 3))
        w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
        """);
    try (Gguf read = Gguf.open(folder.resolve("m.gguf"))) {
      assertEquals(GgufValue.u32(3), read.metadata().get("llama.block_count"));
      assertEquals(
          new GgufValue.Texts(List.of("x", "y")), read.metadata().get("tokenizer.ggml.tokens"));
      assertArrayEquals(new long[] {2, 3}, read.tensor("t").shape());
      assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, read.tensor("t").toFloats());
    }
  }
}
