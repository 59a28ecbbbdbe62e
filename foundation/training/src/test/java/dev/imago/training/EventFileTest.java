package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EventFileTest {
  private static final List<Map<String, Number>> POINTS =
      List.of(
          Map.of("step", 1, "time", 1.5e9, "loss", 4.25, "learningRate", 1e-3),
          Map.of("step", 300, "time", 1.5e9 + 2, "loss", 2.5, "heldoutLoss", 3));

  /// One message of protocol buffers: field → its values, in order.
  private static Map<Integer, List<Object>> message(ByteBuffer data) {
    var fields = new LinkedHashMap<Integer, List<Object>>();
    while (data.hasRemaining()) {
      long key = varint(data);
      Object value =
          switch ((int) key & 7) {
            case 0 -> varint(data);
            case 1 -> data.getDouble();
            case 2 -> {
              byte[] bytes = new byte[(int) varint(data)];
              data.get(bytes);
              yield bytes;
            }
            case 5 -> data.getFloat();
            default -> throw new AssertionError("wire type of key " + key);
          };
      fields.computeIfAbsent((int) key >> 3, _ -> new ArrayList<>()).add(value);
    }
    return fields;
  }

  private static long varint(ByteBuffer data) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = data.get();
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  private static ByteBuffer little(Object bytes) {
    return ByteBuffer.wrap((byte[]) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// CRC-32C bit by bit, and its mask, as TensorFlow's `record_writer` documents them.
  private static int checksum(byte[] data) {
    int crc = -1;
    for (byte b : data) {
      crc ^= b & 0xff;
      for (int i = 0; i < 8; i++) {
        crc = (crc >>> 1) ^ ((crc & 1) * 0x82F63B78);
      }
    }
    crc = ~crc;
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }

  @Test
  void everyPointIsAnEventWithItsScalars() {
    ByteBuffer file = little(EventFile.of(POINTS));
    var events = new ArrayList<Map<Integer, List<Object>>>();
    while (file.hasRemaining()) {
      byte[] length = new byte[8];
      file.get(length);
      assertEquals(checksum(length), file.getInt());
      byte[] data = new byte[(int) little(length).getLong()];
      file.get(data);
      assertEquals(checksum(data), file.getInt());
      events.add(message(little(data)));
    }
    assertEquals(3, events.size());
    assertArrayEquals(
        "brain.Event:2".getBytes(StandardCharsets.UTF_8),
        (byte[]) events.getFirst().get(3).getFirst());
    Map<Integer, List<Object>> last = events.getLast();
    assertEquals(List.of(1.5e9 + 2), last.get(1));
    assertEquals(List.of(300L), last.get(2));
    var scalars = new LinkedHashMap<String, Object>();
    for (Object value : message(little(last.get(5).getFirst())).get(1)) {
      Map<Integer, List<Object>> fields = message(little(value));
      String tag = new String((byte[]) fields.get(1).getFirst(), StandardCharsets.UTF_8);
      scalars.put(tag, fields.get(2).getFirst());
    }
    assertEquals(Map.of("loss/train", 2.5f, "loss/heldout", 3f), scalars);
  }

  /// The first record of a file that TensorFlow wrote: its length is 24, and the checksum of that.
  @Test
  void lengthsHaveTheChecksumThatTensorFlowGivesThem() {
    byte[] length = HexFormat.of().parseHex("1800000000000000");
    byte[] file = EventFile.of(List.of());
    assertEquals("1800000000000000a37f4b22", HexFormat.of().formatHex(file, 0, 12));
    assertEquals(0x224b7fa3, checksum(length));
  }
}
