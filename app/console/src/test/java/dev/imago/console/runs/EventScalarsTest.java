package dev.imago.console.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventScalarsTest {
  /// `Event(wall_time=12.5, step=3, Summary(Value(tag="loss", simple_value=0.5)))`, as TensorFlow's
  /// protocol buffers write it.
  private static final String SIMPLE = "09000000000000294010032a0d0a0b0a046c6f7373150000003f";

  /// The same with `tensor {dtype: DT_FLOAT, tensor_shape {}, float_val: 0.25}`, as PyTorch's
  /// `add_scalar(new_style=True)` writes it.
  private static final String TENSOR =
      "09000000000000294010042a130a110a046c6f737342090801120 02d0000803e".replace(" ", "");

  @TempDir private Path folder;

  private static byte[] record(byte[] data) {
    ByteBuffer out = ByteBuffer.allocate(16 + data.length).order(ByteOrder.LITTLE_ENDIAN);
    byte[] length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
    return out.put(length).putInt(masked(length)).put(data).putInt(masked(data)).array();
  }

  private static int masked(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  private Path file(byte[]... parts) throws IOException {
    Path file = folder.resolve("events.out.tfevents.1");
    try (var out = Files.newOutputStream(file)) {
      for (byte[] part : parts) {
        out.write(part);
      }
    }
    return file;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static long read(Path file, long from, List<String> to) throws IOException {
    return EventScalars.read(
        file,
        from,
        (tag, step, time, value) -> to.add("%s %d %s %s".formatted(tag, step, time, value)));
  }

  @Test
  void readsScalarsOfBothForms() throws IOException {
    var found = new ArrayList<String>();
    Path file = file(record(bytes(SIMPLE)), record(bytes(TENSOR)));
    assertEquals(Files.size(file), read(file, 0, found));
    assertEquals(List.of("loss 3 12.5 0.5", "loss 4 12.5 0.25"), found);
  }

  @Test
  void leavesAHalfWrittenTailForTheNextTime() throws IOException {
    byte[] whole = record(bytes(SIMPLE));
    byte[] half = java.util.Arrays.copyOf(record(bytes(TENSOR)), 20);
    var found = new ArrayList<String>();
    long offset = read(file(whole, half), 0, found);
    assertEquals(whole.length, offset);
    assertEquals(1, found.size());
    read(file(whole, record(bytes(TENSOR))), offset, found);
    assertEquals(2, found.size());
  }

  @Test
  void refusesAWrongChecksumWithItsPlace() throws IOException {
    byte[] broken = record(bytes(SIMPLE));
    broken[15] ^= 1;
    Path file = file(record(bytes(SIMPLE)), broken);
    String said =
        assertThrows(BrokenEventsException.class, () -> read(file, 0, new ArrayList<>()))
            .getMessage();
    assertTrue(said.contains("record at byte " + record(bytes(SIMPLE)).length), said);
  }

  @Test
  void refusesALengthThatNoRecordHas() throws IOException {
    byte[] length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 40).array();
    byte[] head =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(length)
            .putInt(masked(length))
            .array();
    Path file = file(head);
    assertThrows(BrokenEventsException.class, () -> read(file, 0, new ArrayList<>()));
  }

  @Test
  void noBytesDoWorseThanBeRefused() throws IOException {
    var random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] event = bytes(TENSOR);
      for (int change = random.nextInt(1, 4); change > 0; change--) {
        event[random.nextInt(event.length)] = (byte) random.nextInt();
      }
      Path file = file(record(event));
      try {
        read(file, 0, new ArrayList<>());
      } catch (BrokenEventsException refused) {
        assertTrue(refused.getMessage().contains("byte 0"));
      }
    }
  }
}
