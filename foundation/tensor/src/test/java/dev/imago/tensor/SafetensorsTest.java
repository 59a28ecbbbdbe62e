package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void what_is_written_is_read_again_and_twice_the_same_bytes() throws IOException {
    var tensors = new LinkedHashMap<String, HostTensor>();
    tensors.put(
        "half", new HostTensor(DataType.F16, new long[] {3}, MemorySegment.ofArray(new byte[6])));
    tensors.put("b", HostTensor.of(new float[] {1, -2, 3.5f, 4, 5, 6}, 2, 3));
    tensors.put("a", HostTensor.of(new float[] {7}));
    tensors.put("none", HostTensor.of(new float[0], 0, 4));
    Path file = folder.resolve("model.safetensors");
    Path again = folder.resolve("again.safetensors");
    Safetensors.write(file, tensors, Safetensors.FORMAT_PT);
    Safetensors.write(again, tensors, Safetensors.FORMAT_PT);
    assertEquals(-1, Files.mismatch(file, again));
    try (Safetensors read = Safetensors.open(file)) {
      assertEquals(List.of("b", "a", "none", "half"), List.copyOf(read.names()));
      assertEquals(tensors, read.tensors());
      assertArrayEquals(new float[] {1, -2, 3.5f, 4, 5, 6}, read.tensor("b").toFloats());
      assertArrayEquals(new long[] {2, 3}, read.tensor("b").shape());
      assertArrayEquals(new long[] {}, read.tensor("a").shape());
      assertEquals(Map.of("format", "pt"), read.metadata());
      String message =
          assertThrows(IllegalArgumentException.class, () -> read.tensor("c")).toString();
      assertTrue(message.contains("«c»"), message);
    }
  }

  private Path file(String header, int dataBytes) throws IOException {
    var out = new ByteArrayOutputStream();
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Safetensors.littleEndian(out, json.length, 8);
    out.write(json);
    out.write(new byte[dataBytes]);
    return Files.write(folder.resolve("broken.safetensors"), out.toByteArray());
  }

  private void refuses(String header, int dataBytes, String reason) throws IOException {
    Path file = file(header, dataBytes);
    String message =
        assertThrows(BrokenFileException.class, () -> Safetensors.open(file)).toString();
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains("at byte"), message);
  }

  @Test
  void a_header_that_lies_is_refused_with_offset_and_reason() throws IOException {
    String f = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%s]}}";
    refuses(f.formatted("0,8"), 4, "the file ends, and a would reach to byte");
    refuses(f.formatted("0,8"), 12, "4 bytes after the last tensor belong to none");
    refuses(f.formatted("4,12"), 12, "nothing holds the bytes before a, after the header");
    refuses(f.formatted("8,0"), 8, "no range");
    refuses(f.formatted("-8,0"), 8, "«-8»");
    refuses(f.formatted("0,4"), 4, "a shape of 8 bytes and a place of 4");
    refuses(f.formatted("0,8,9"), 8, "no range");
    refuses("{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "«F33»");
    refuses("{\"a\":{\"dtype\":\"Q8_0\",\"shape\":[32],\"data_offsets\":[0,34]}}", 34, "«Q8_0»");
    refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", 8, "lacks a list");
    refuses(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}",
        8,
        "more than 2^63");
    refuses(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}}",
        6,
        "b overlaps a: it begins at 2 of the data, and that ends at 4");
    String a = "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}";
    refuses("{" + a + "," + a + "}", 4, "uplicate");
    refuses("{" + a, 4, "its header");
    refuses("[]", 0, "no JSON object");
    refuses("{\"__metadata__\":{\"a\":1}}", 0, "no string");
  }

  @Test
  void a_length_past_the_file_is_refused_before_anything_is_allocated() throws IOException {
    Path file = folder.resolve("huge.safetensors");
    for (long length : new long[] {Long.MAX_VALUE, -1, 1L << 40, 9, 0}) {
      var out = new ByteArrayOutputStream();
      Safetensors.littleEndian(out, length, 8);
      out.write(new byte[8]);
      Files.write(file, out.toByteArray());
      assertThrows(BrokenFileException.class, () -> Safetensors.open(file));
    }
    Files.write(file, new byte[5]);
    assertThrows(BrokenFileException.class, () -> Safetensors.open(file));
  }

  @Test
  void no_damaged_byte_ends_in_anything_but_a_file_or_a_message() throws IOException {
    var tensors = new LinkedHashMap<String, HostTensor>();
    tensors.put("w", HostTensor.of(new float[64], 8, 8));
    tensors.put("v", HostTensor.of(new float[8], 8));
    Path file = folder.resolve("fuzz.safetensors");
    Safetensors.write(file, tensors, Safetensors.FORMAT_PT);
    byte[] whole = Files.readAllBytes(file);
    var random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = java.util.Arrays.copyOf(whole, whole.length - random.nextInt(3) * 5);
      for (int k = random.nextInt(4); k >= 0; k--) {
        damaged[random.nextInt(Math.min(200, damaged.length))] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try (Safetensors read = Safetensors.open(file)) {
        read.tensors().values().forEach(t -> t.data().byteSize());
      } catch (BrokenFileException e) {
        assertTrue(e.toString().contains("at byte"), e.toString());
      }
    }
  }
}
