package dev.imago.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tables as others write them, byte by byte: one row, nothing packed.
class ParquetRowsTest {
  private static final int REQUIRED = 0;
  private static final int REPEATED = 2;
  private static final int INT32 = 1;
  private static final int INT64 = 2;
  private static final int INT96 = 3;
  private static final int MAP = 1;
  private static final int UINT_32 = 13;
  private static final int UINT_64 = 14;
  private static final int INT_8 = 15;

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<ThriftStruct> schema = new ArrayList<>();
  private final List<ThriftStruct> chunks = new ArrayList<>();

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void chunk(int type, List<String> path, int values, byte[] page) {
    byte[] header =
        new ThriftStruct()
            .i32(1, 0)
            .i32(2, page.length)
            .i32(3, page.length)
            .struct(5, new ThriftStruct().i32(1, values).i32(2, 0).i32(3, 3).i32(4, 3))
            .bytes();
    var about =
        new ThriftStruct()
            .i32(1, type)
            .i32s(2, List.of(0, 3))
            .texts(3, path)
            .i32(4, 0)
            .i64(5, values)
            .i64(6, header.length + page.length)
            .i64(7, header.length + page.length)
            .i64(9, out.size());
    chunks.add(new ThriftStruct().i64(2, out.size()).struct(3, about));
    out.writeBytes(header);
    out.writeBytes(page);
  }

  private void number(String name, int type, int converted, byte[] value) {
    schema.add(new ThriftStruct().i32(1, type).i32(3, REQUIRED).text(4, name).i32(6, converted));
    chunk(type, List.of(name), 1, value);
  }

  private String row(int columns) throws Exception {
    schema.addFirst(new ThriftStruct().text(4, "schema").i32(5, columns));
    byte[] footer =
        new ThriftStruct()
            .i32(1, 2)
            .structs(2, schema)
            .i64(3, 1)
            .structs(
                4, List.of(new ThriftStruct().structs(1, chunks).i64(2, out.size() - 4L).i64(3, 1)))
            .bytes();
    out.writeBytes(footer);
    out.writeBytes(little(4).putInt(footer.length).array());
    out.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
    Path file = folder.resolve("a.parquet");
    Files.write(file, out.toByteArray());
    var lines = new ByteArrayOutputStream();
    ParquetRows.write(file, lines);
    return lines.toString(StandardCharsets.UTF_8).strip();
  }

  @Test
  void numbersOfEveryWidthAreNumbersAndTimesOf96BitsHaveNoZone() throws Exception {
    out.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
    number("small", INT32, INT_8, little(4).putInt(-2).array());
    number("u32", INT32, UINT_32, little(4).putInt(-1).array());
    number("u64", INT64, UINT_64, little(8).putLong(-1).array());
    schema.add(new ThriftStruct().i32(1, INT96).i32(3, REQUIRED).text(4, "time"));
    // 2009-01-13 is the Julian day 2,454,845.
    byte[] time = little(12).putLong(3_725_410_000_001L).putInt(2_454_845).array();
    chunk(INT96, List.of("time"), 1, time);
    assertEquals(
        "{\"small\":-2,\"u32\":4294967295,\"u64\":18446744073709551615,"
            + "\"time\":\"2009-01-13T01:02:05.410000001\"}",
        row(4));
  }

  @Test
  void aMapWithoutValuesIsTheListOfItsKeys() throws Exception {
    out.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
    schema.add(new ThriftStruct().i32(3, REQUIRED).text(4, "set").i32(5, 1).i32(6, MAP));
    schema.add(new ThriftStruct().i32(3, REPEATED).text(4, "key_value").i32(5, 1));
    schema.add(new ThriftStruct().i32(1, INT32).i32(3, REQUIRED).text(4, "key"));
    // Levels of repetition 0 and 1, then of definition 1 twice, each as runs after their length.
    ByteBuffer page = little(4 + 4 + 4 + 2 + 8);
    page.putInt(4).put(new byte[] {2, 0, 2, 1}).putInt(2).put(new byte[] {4, 1});
    page.putInt(7).putInt(-8);
    chunk(INT32, List.of("set", "key_value", "key"), 2, page.array());
    assertEquals("{\"set\":[7,-8]}", row(1));
  }
}
