package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class BlockFormatTest {
  @TempDir Path folder;

  private static String hash(float[] values) {
    try {
      byte[] sha =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  HostTensor.of(values, values.length)
                      .data()
                      .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
      return HexFormat.of().formatHex(sha);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int check(String answers) {
    int types = 0;
    for (String line : answers.lines().toList()) {
      String[] parts = line.split(" ");
      DataType type = DataType.valueOf(parts[0]);
      byte[] blocks = HexFormat.of().parseHex(parts[1]);
      long numbers = (long) blocks.length / type.blockBytes() * type.blockSize();
      var tensor = new HostTensor(type, new long[] {numbers}, MemorySegment.ofArray(blocks));
      assertEquals(parts[2], hash(tensor.toFloats()), type.name());
      types++;
    }
    return types;
  }

  @Test
  void blocks_of_all_types_become_the_floats_of_gguf_py_bit_for_bit() throws IOException {
    try (var recorded = BlockFormatTest.class.getResourceAsStream("gguf-types.txt")) {
      assertEquals(15, check(new String(recorded.readAllBytes(), StandardCharsets.UTF_8)));
    }
  }

  @Test
  @Tag("conformance")
  void a_thousand_blocks_of_each_type_do_too() throws IOException {
    Path script = Path.of(System.getProperty("imago.root", "../..")).resolve("conformance");
    assertEquals(
        15,
        check(
            PythonPeers.python(folder, Files.readString(script.resolve("gguf_types.py")), "1000")));
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL",
        "IQ4_XS", "MXFP4"
      })
  void rows_in_vectors_are_the_plain_floats(DataType type) {
    HostTensor matrix = RandomBlocks.matrix(type, 3, 768, new Random(1));
    RowKernel kernel = CpuWeight.kernel(matrix);
    float[] plain = matrix.toFloats();
    float[] rows = new float[plain.length + 1];
    for (int row = 0; row < 3; row++) {
      kernel.expand(matrix.data(), row * type.bytes(768), 768, rows, row * 768 + 1);
    }
    for (int i = 0; i < plain.length; i++) {
      assertEquals(plain[i] + 0f, rows[i + 1] + 0f, "number " + i); // whatever sign a zero has
    }
  }

  /// The root of the mean squared error of standard normal numbers.
  @ParameterizedTest
  @CsvSource({
    "Q4_0,0.0855",
    "Q5_0,0.0425",
    "Q5_1,0.0339",
    "Q8_0,0.0055",
    "Q4_K,0.0735",
    "Q5_K,0.0365",
    "Q6_K,0.0165"
  })
  void quantized_numbers_are_near_and_important_columns_nearer(DataType type, double bound) {
    var random = new Random(3);
    float[] values = new float[64 * 512];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    HostTensor exact = HostTensor.of(values, 64, 512);
    float[] importance = new float[512];
    for (int i = 0; i < 512; i++) {
      importance[i] = i % 4 == 0 ? 20 : 1;
    }
    float[] plain = exact.to(type).toFloats();
    float[] weighted = exact.to(type, importance).toFloats();
    double all = 0;
    double before = 0;
    double after = 0;
    for (int i = 0; i < values.length; i++) {
      all += Math.pow(plain[i] - values[i], 2);
      before += i % 4 == 0 ? Math.pow(plain[i] - values[i], 2) : 0;
      after += i % 4 == 0 ? Math.pow(weighted[i] - values[i], 2) : 0;
    }
    assertEquals(bound, Math.sqrt(all / values.length), bound * 0.08);
    if (type == DataType.Q8_0) {
      assertEquals(before, after);
    } else {
      assertTrue(after < 0.97 * before, after + " of " + before);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"})
  void odd_blocks_stay_what_they_are_and_impossible_ones_are_refused(DataType type) {
    float[] zeros = new float[256];
    assertArrayEquals(zeros, HostTensor.of(zeros, 256).to(type).toFloats());
    float[] same = new float[256];
    Arrays.fill(same, 0.5f);
    assertArrayEquals(same, HostTensor.of(same, 256).to(type).toFloats(), 0.005f);
    Arrays.fill(same, -0.5f);
    assertArrayEquals(same, HostTensor.of(same, 256).to(type).toFloats(), 0.005f);
    for (float wrong : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 1e30f}) {
      float[] block = new float[256];
      block[7] = wrong;
      var message =
          assertThrows(IllegalArgumentException.class, () -> HostTensor.of(block, 256).to(type));
      assertTrue(message.getMessage().contains("keep F32"), message.getMessage());
    }
    assertThrows(
        IllegalArgumentException.class, () -> HostTensor.of(zeros, 256).to(type, new float[3]));
  }

  @Test
  void numbers_of_blocks_are_not_of_whole_numbers() {
    HostTensor matrix = RandomBlocks.matrix(DataType.Q4_K, 1, 256, new Random(2));
    assertThrows(IllegalArgumentException.class, matrix::toLongs);
    assertEquals(List.of(256L), List.of(matrix.size()));
    assertArrayEquals(matrix.toFloats(), matrix.to(DataType.F32).toFloats());
  }

  @Test
  void threads_change_no_bit_and_no_failure() {
    var random = new java.util.Random(3);
    float[] values = new float[300 * 1024];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    HostTensor exact = HostTensor.of(values, 300, 1024);
    for (DataType type : new DataType[] {DataType.Q4_0, DataType.Q4_K, DataType.Q6_K}) {
      assertEquals(exact.to(type), exact.to(type, null, 3), type.name());
    }
    values[70_000] = Float.NaN;
    values[290_000] = Float.NaN;
    HostTensor broken = HostTensor.of(values, 300, 1024);
    String alone = refusal(broken, 1);
    assertTrue(alone.contains("numbers from 69888 on"), alone);
    assertEquals(alone, refusal(broken, 4));
  }

  private static String refusal(HostTensor tensor, int threads) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> tensor.to(DataType.Q4_K, null, threads))
            .getMessage());
  }

  @Test
  void whole_numbers_are_rounded_as_the_library_rounds_them() {
    var random = new java.util.Random(4);
    float[] edges = {0.49999997f, -0.49999997f, 0.5f, -0.5f, -0.50000006f, 1e-30f, -1e-30f, 1e30f};
    for (int i = 0; i < 200_000; i++) {
      float x =
          i < edges.length
              ? edges[i]
              : i % 3 == 0 ? random.nextInt(-80, 80) / 2f : (float) random.nextGaussian() * 40;
      assertEquals(Math.clamp(Math.round(x), -32, 31), ScaleSearch.whole(x, -32, 31), "" + x);
      assertEquals(Math.clamp(Math.round(x), 0, 15), ScaleSearch.whole(x, 0, 15), "" + x);
    }
  }
}
