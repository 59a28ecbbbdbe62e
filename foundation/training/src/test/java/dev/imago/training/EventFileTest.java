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

  private static Curve curve(List<Map<String, Number>> points) {
    var curve = new Curve();
    points.forEach(curve::add);
    return curve;
  }

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
    ByteBuffer file = little(EventFile.of(curve(POINTS)));
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

  /// As TensorBoard's text plugin finds it: a tensor of one string, and the plugin's name.
  @Test
  void aSampleIsAnEventWithItsText() {
    var curve = new Curve();
    curve.add(new Curve.Sample(40, 1.5e9, "ROMEO:", "O, speak\nagain"));
    ByteBuffer file = little(EventFile.of(curve));
    file.position(file.getInt(0) + 16); // past the version's record
    int size = (int) file.getLong();
    byte[] data = new byte[size];
    file.getInt();
    file.get(data);
    assertEquals(checksum(data), file.getInt());
    Map<Integer, List<Object>> event = message(little(data));
    assertEquals(List.of(40L), event.get(2));
    Map<Integer, List<Object>> value =
        message(little(message(little(event.get(5).getFirst())).get(1).getFirst()));
    assertEquals("samples/ROMEO:/text_summary", text(value.get(1)));
    Map<Integer, List<Object>> tensor = message(little(value.get(8).getFirst()));
    assertEquals(List.of(7L), tensor.get(1));
    assertEquals("**ROMEO:**\n\n    O, speak\n    again\n", text(tensor.get(8)));
    Map<Integer, List<Object>> plugin =
        message(little(message(little(value.get(9).getFirst())).get(1).getFirst()));
    assertEquals("text", text(plugin.get(1)));
  }

  private static String text(List<Object> bytes) {
    return new String((byte[]) bytes.getFirst(), StandardCharsets.UTF_8);
  }

  /// The first record of a file that TensorFlow wrote: its length is 24, and the checksum of that.
  @Test
  void lengthsHaveTheChecksumThatTensorFlowGivesThem() {
    byte[] length = HexFormat.of().parseHex("1800000000000000");
    byte[] file = EventFile.of(new Curve());
    assertEquals("1800000000000000a37f4b22", HexFormat.of().formatHex(file, 0, 12));
    assertEquals(0x224b7fa3, checksum(length));
  }
}
