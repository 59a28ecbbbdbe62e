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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GgufTest {
  @TempDir Path folder;

  private static SequencedMap<String, GgufValue> metadata() {
    var to = new LinkedHashMap<String, GgufValue>();
    to.put("general.architecture", new GgufValue.Text("llama"));
    to.put("count", GgufValue.u32(-2));
    to.put("epsilon", GgufValue.f32(1e-5f));
    to.put("yes", new GgufValue.Bool(true));
    to.put("tokens", new GgufValue.Texts(List.of("a", "Ġé", "")));
    to.put("types", GgufValue.i32s(List.of(1, -3)));
    to.put("scores", new GgufValue.Reals(GgufValue.Type.FLOAT64, List.of(0.5, -1e300)));
    to.put("small", new GgufValue.Whole(GgufValue.Type.INT8, -7));
    return to;
  }

  private static Gguf.Pending pending(HostTensor tensor) {
    return new Gguf.Pending(tensor.type(), tensor.shape(), () -> tensor);
  }

  private Path write(String name) throws IOException {
    var tensors = new LinkedHashMap<String, Gguf.Pending>();
    float[] values = new float[3 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = i - 90;
    }
    HostTensor matrix = HostTensor.of(values, 3, 64);
    tensors.put("odd", pending(HostTensor.of(new float[] {1, 2, 3}, 3)));
    tensors.put("m", pending(matrix));
    tensors.put("h", pending(matrix.to(DataType.F16)));
    tensors.put("q", pending(matrix.to(DataType.Q8_0)));
    Path file = folder.resolve(name);
    Gguf.write(file, metadata(), tensors);
    return file;
  }

  @Test
  void what_is_written_is_read_again_and_twice_the_same_bytes() throws IOException {
    Path file = write("a.gguf");
    assertEquals(-1, Files.mismatch(file, write("b.gguf")));
    try (Gguf read = Gguf.open(file)) {
      assertEquals(metadata(), read.metadata());
      assertEquals(List.of("odd", "m", "h", "q"), List.copyOf(read.tensors().keySet()));
      assertArrayEquals(new float[] {1, 2, 3}, read.tensor("odd").toFloats());
      assertArrayEquals(new long[] {3, 64}, read.tensor("q").shape());
      float[] exact = read.tensor("m").toFloats();
      assertArrayEquals(exact, read.tensor("h").toFloats());
      assertArrayEquals(exact, read.tensor("q").toFloats(), 0.5f * 101 / 127 + 0.01f);
      for (HostTensor tensor : read.tensors().values()) {
        assertEquals(0, tensor.data().address() % 32);
      }
    }
  }

  /// A file of one claim: header counts, then these bytes.
  private void refuses(String reason, Claim... claims) throws IOException {
    var out = new ByteArrayOutputStream();
    for (Claim claim : claims) {
      claim.write(out);
    }
    Path file = Files.write(folder.resolve("broken.gguf"), out.toByteArray());
    String message = assertThrows(BrokenFileException.class, () -> Gguf.open(file)).toString();
    assertTrue(message.contains(reason) && message.contains("at byte"), message);
  }

  private interface Claim {
    void write(ByteArrayOutputStream out) throws IOException;
  }

  private static Claim u32(long value) {
    return out -> Safetensors.littleEndian(out, value, 4);
  }

  private static Claim u64(long value) {
    return out -> Safetensors.littleEndian(out, value, 8);
  }

  private static Claim text(String value) {
    return out -> {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      Safetensors.littleEndian(out, utf8.length, 8);
      out.write(utf8);
    };
  }

  @Test
  void a_file_that_lies_is_refused_with_offset_and_reason() throws IOException {
    Claim magic = u32(Gguf.MAGIC);
    Claim three = u32(3);
    refuses("not with «GGUF»", u32(0x12345678), three, u64(0), u64(0));
    refuses("version is 9", magic, u32(9), u64(0), u64(0));
    refuses("a number of 8 bytes", magic, three, u64(0));
    refuses("announces 1000 tensors", magic, three, u64(1000), u64(0));
    refuses("18446744073709551615 metadata", magic, three, u64(0), u64(-1));
    Claim one = u64(1);
    Claim none = u64(0);
    refuses("a string of 999999 bytes", magic, three, none, one, u64(999999), u64(0), u32(0));
    refuses("99 is no type", magic, three, none, one, text("k"), u32(99), u64(0));
    refuses("values of a list", magic, three, none, one, text("k"), u32(9), u32(8), u64(1L << 40));
    refuses("list of lists", magic, three, none, one, text("k"), u32(9), u32(9), u64(1));
    // C3 28 is a first byte without its second; EF BF BD is U+FFFD itself.
    Claim half = u32(0x28C3);
    refuses("not UTF-8", magic, three, none, one, text("k"), u32(8), u64(4), half);
    Path fine = folder.resolve("replacement.gguf");
    var out = new ByteArrayOutputStream();
    for (Claim claim : List.of(magic, three, none, one, text("k"), u32(8), text("\uFFFD"))) {
      claim.write(out);
    }
    try (Gguf gguf = Gguf.open(Files.write(fine, out.toByteArray()))) {
      assertEquals(new GgufValue.Text("\uFFFD"), gguf.metadata().get("k"));
    }
    Claim tensor = text("t");
    refuses("dimensions", magic, three, one, none, tensor, u32(5), u64(1), u32(0), none);
    refuses("type 99, which ggml", magic, three, one, none, tensor, u32(1), u64(1), u32(99), none);
    refuses(
        "the 256 numbers of a Q6_K block",
        magic,
        three,
        one,
        none,
        tensor,
        u32(1),
        u64(1),
        u32(14),
        none);
    Claim long_name = text("n".repeat(800));
    refuses(
        "n… (800 characters) wants 4000 bytes",
        magic,
        three,
        one,
        none,
        long_name,
        u32(1),
        u64(1000),
        u32(0),
        none);
    refuses("no multiple of 32", magic, three, one, none, tensor, u32(1), u64(1), u32(0), u64(4));
    refuses("wants 4000 bytes", magic, three, one, none, tensor, u32(1), u64(1000), u32(0), none);
    refuses("negative", magic, three, one, none, tensor, u32(1), u64(-1), u32(0), none);
    refuses(
        "no multiple of the 32", magic, three, one, none, tensor, u32(1), u64(33), u32(8), none);
    refuses(
        "2^63",
        magic,
        three,
        one,
        none,
        tensor,
        u32(2),
        u64(1L << 40),
        u64(1L << 40),
        u32(0),
        none);
    Claim[] twice = {
      magic, three, u64(2), none, tensor, u32(1), u64(1), u32(0), none, text("u"), u32(1), u64(1),
      u32(0), none, u64(0), u64(0), u64(0), u64(0), u64(0), u64(0)
    };
    refuses("u overlaps t", twice);
    twice[9] = tensor;
    refuses("comes twice", twice);
  }

  /// The kinds of files that llama.cpp's own tests make by hand, `tests/test-gguf.cpp`, beside
  /// those above.
  @Test
  void what_llama_cpp_makes_by_hand_to_be_refused_is_refused() throws IOException {
    Claim magic = u32(Gguf.MAGIC);
    Claim three = u32(3);
    Claim none = u64(0);
    Claim one = u64(1);
    refuses("version is 0", magic, u32(0), none, none);
    refuses("version is 1", magic, u32(1), none, none);
    refuses("18446744073709551615 tensors", magic, three, u64(-1), none);
    refuses("byte 24: a key is empty", magic, three, none, one, text(""), u32(4), u32(1));
    Claim key = text("k");
    refuses(
        "the key «k» comes twice",
        magic,
        three,
        none,
        u64(2),
        key,
        u32(4),
        u32(1),
        key,
        u32(4),
        u32(1));
    Claim alignment = text("general.alignment");
    for (int bad : new int[] {0, 13, 1 << 30}) {
      refuses(
          "byte 24: general.alignment = ", magic, three, none, one, alignment, u32(4), u32(bad));
    }
    // Of another type than it has.
    refuses("byte 24: general.alignment = ", magic, three, none, one, alignment, u32(5), u32(32));
    // Behind more pairs than it is usual to have.
    Claim[] many = new Claim[4 + 3 * 300 + 3];
    System.arraycopy(new Claim[] {magic, three, none, u64(301)}, 0, many, 0, 4);
    for (int at = 4; at < many.length; at += 3) {
      many[at] = at < many.length - 3 ? text("%04d".formatted(at)) : alignment;
      many[at + 1] = u32(4);
      many[at + 2] = u32(0);
    }
    refuses("byte 6024: general.alignment = ", many);
    Claim huge = u64(0x7FFFFFFFFFFFFFC0L);
    refuses(
        "wants 9223372036854775744 bytes",
        magic,
        three,
        u64(2),
        none,
        text("t"),
        u32(1),
        huge,
        u32(24), // I8
        none,
        text("u"),
        u32(1),
        huge,
        u32(24),
        none);
  }

  @Test
  void a_type_that_is_not_read_yet_is_named_and_the_rest_is_read() throws IOException {
    Path file = write("k.gguf");
    byte[] bytes = Files.readAllBytes(file);
    // The tensor «q»: its name, 2 dimensions, 64 and 3, then its type, which becomes Q8_1's number.
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int type = all.indexOf("\1\0\0\0\0\0\0\0q") + 9 + 4 + 16;
    assertEquals(8, bytes[type]);
    bytes[type] = 9;
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 32)); // its blocks are larger
    try (Gguf read = Gguf.open(file)) {
      assertEquals(java.util.Map.of("q", "Q8_1"), read.unread());
      assertEquals(List.of("odd", "m", "h"), List.copyOf(read.tensors().keySet()));
    }
  }

  /// One of the files of a model of two, with tensors of these names.
  private Path part(String name, int number, int all, String... tensors) throws IOException {
    SequencedMap<String, GgufValue> said = number == 0 ? metadata() : new LinkedHashMap<>();
    said.put("split.no", new GgufValue.Whole(GgufValue.Type.UINT16, number));
    said.put("split.count", new GgufValue.Whole(GgufValue.Type.UINT16, 2));
    said.put("split.tensors.count", new GgufValue.Whole(GgufValue.Type.INT32, all));
    var pending = new LinkedHashMap<String, Gguf.Pending>();
    for (String tensor : tensors) {
      pending.put(tensor, pending(HostTensor.of(new float[] {tensor.length(), number}, 2)));
    }
    Path file = folder.resolve(name);
    Gguf.write(file, said, pending);
    return file;
  }

  private static void refused(Path file, String... why) {
    String message = assertThrows(IOException.class, () -> Gguf.open(file)).toString();
    for (String part : why) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void a_model_in_several_files_is_opened_by_its_first_and_copied_into_one() throws IOException {
    Path first = part("m-00001-of-00002.gguf", 0, 3, "a");
    refused(first, "m-00002-of-00002.gguf", "of the model's 2 files");
    Path second = part("m-00002-of-00002.gguf", 1, 3, "bb", "ccc");
    Path whole = folder.resolve("whole.gguf");
    try (Gguf read = Gguf.open(first)) {
      assertEquals(2, read.files());
      assertEquals(metadata(), read.metadata());
      assertEquals(List.of("a", "bb", "ccc"), List.copyOf(read.tensors().keySet()));
      assertArrayEquals(new float[] {3, 1}, read.tensor("ccc").toFloats());
      read.copy(whole);
    }
    try (Gguf read = Gguf.open(whole)) {
      assertEquals(metadata(), read.metadata());
      assertArrayEquals(new float[] {2, 1}, read.tensor("bb").toFloats());
    }
    refused(second, "at byte", "file 2 of 2: name the first, m-00001-of-00002.gguf");
    Path renamed = Files.copy(first, folder.resolve("model.gguf"));
    refused(renamed, "at byte", "-00001-of-00002.gguf, by which the others are found");
    // Of other models: one file of one, of other tensors, with tensors of the first, fewer of them.
    Files.copy(whole, second, StandardCopyOption.REPLACE_EXISTING);
    refused(first, "m-00002-of-00002.gguf is broken", "different models");
    part("m-00002-of-00002.gguf", 1, 4, "bb", "ccc", "d");
    refused(first, "file 2 of 2 with 4 tensors", "different models");
    part("m-00002-of-00002.gguf", 1, 3, "bb", "a");
    refused(first, "m-00002-of-00002.gguf is broken", "the tensor «a» comes twice");
    part("m-00002-of-00002.gguf", 1, 3, "bb");
    refused(first, "split.tensors.count = 3", "have 2");
    part("m-00001-of-00002.gguf", 7, 3, "a");
    refused(first, "split.no = 7 is not in 0 … 1");
    assertEquals(3, Gguf.names("x/q-00001-of-00003.gguf").size());
    assertEquals(List.of("q-00002-of-00003.gguf"), Gguf.names("q-00002-of-00003.gguf"));
  }

  @Test
  void values_are_shown_as_the_file_says_them() {
    assertEquals("«qwen3»", new GgufValue.Text("qwen3").toString());
    assertEquals("1.0E-5", GgufValue.f32(1e-5f).toString());
    assertEquals("4294967294", GgufValue.u32(-2).toString());
    assertEquals("a list of 2 whole numbers", GgufValue.i32s(List.of(1, 2)).toString());
  }

  @Test
  void no_damaged_byte_ends_in_anything_but_a_file_or_a_message() throws IOException {
    byte[] whole = Files.readAllBytes(write("fuzz.gguf"));
    Path file = folder.resolve("damaged.gguf");
    var random = new Random(11);
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = Arrays.copyOf(whole, whole.length - random.nextInt(3) * 7);
      for (int k = random.nextInt(4); k >= 0; k--) {
        damaged[random.nextInt(Math.min(600, damaged.length))] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try (Gguf read = Gguf.open(file)) {
        read.tensors().values().forEach(t -> t.data().byteSize());
      } catch (BrokenFileException e) {
        assertTrue(e.toString().contains("at byte"), e.toString());
      }
    }
  }

  @Test
  void no_damaged_byte_of_several_files_ends_in_anything_else_either() throws IOException {
    Path first = part("m-00001-of-00002.gguf", 0, 3, "a");
    Path second = part("m-00002-of-00002.gguf", 1, 3, "bb", "ccc");
    var random = new Random(14);
    for (Path file : List.of(first, second)) {
      byte[] whole = Files.readAllBytes(file);
      for (int i = 0; i < 500; i++) {
        byte[] damaged = whole.clone();
        for (int k = random.nextInt(3); k >= 0; k--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        Files.write(file, damaged);
        try (Gguf read = Gguf.open(first)) {
          read.tensors().values().forEach(t -> t.data().byteSize());
        } catch (BrokenFileException e) {
          assertTrue(e.toString().contains("at byte"), e.toString());
        } catch (NoSuchFileException e) {
          assertTrue(e.toString().contains("of the model's "), e.toString());
        }
      }
      Files.write(file, whole);
    }
  }

  @Test
  void numbers_that_a_type_cannot_hold_are_refused() {
    HostTensor large = HostTensor.of(new float[] {70_000f, 0}, 2);
    assertThrows(IllegalArgumentException.class, () -> large.to(DataType.F16));
    float[] block = new float[32];
    block[3] = Float.NaN;
    assertThrows(
        IllegalArgumentException.class, () -> HostTensor.of(block, 1, 32).to(DataType.Q8_0));
    assertThrows(
        IllegalArgumentException.class, () -> HostTensor.of(new float[33], 33).to(DataType.Q8_0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new HostTensor(DataType.F32, new long[] {2}, MemorySegment.ofArray(new byte[4])));
  }

  @Test
  void a_block_of_zeros_or_of_almost_nothing_quantizes_to_zeros() {
    for (float value : new float[] {0f, Float.MIN_VALUE, 1e-38f}) {
      float[] block = new float[32];
      Arrays.fill(block, value);
      assertArrayEquals(new float[32], HostTensor.of(block, 32).to(DataType.Q8_0).toFloats());
    }
  }
}
