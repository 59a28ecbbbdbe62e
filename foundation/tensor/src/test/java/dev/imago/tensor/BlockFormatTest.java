package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
        15, check(Peers.python(folder, Files.readString(script.resolve("gguf_types.py")), "1000")));
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

  @Test
  void numbers_of_blocks_are_not_of_whole_numbers() {
    HostTensor matrix = RandomBlocks.matrix(DataType.Q4_K, 1, 256, new Random(2));
    assertThrows(IllegalArgumentException.class, matrix::toLongs);
    assertEquals(List.of(256L), List.of(matrix.size()));
    assertArrayEquals(matrix.toFloats(), matrix.to(DataType.F32).toFloats());
  }
}
