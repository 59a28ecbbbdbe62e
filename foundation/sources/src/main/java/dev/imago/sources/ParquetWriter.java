package dev.imago.sources;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a flat Parquet table, each column optional: plain values under zstd, in row groups of
/// bounded size, so that neither its writer nor its readers hold more than one (Apache Parquet's
/// format 2.9, data pages of version 1).
public final class ParquetWriter implements AutoCloseable {
  /// What a column holds, with its number among Parquet's types.
  public enum Type {
    BOOLEAN(0),
    INT64(2),
    DOUBLE(5),
    /// UTF-8.
    STRING(6);

    private final int id;

    Type(int id) {
      this.id = id;
    }
  }

  public record Column(String name, Type type) {}

  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
  private static final int ZSTD = 6;
  private static final int PLAIN = 0;
  private static final int RLE = 3;
  private static final int LEVEL = 3;
  private static final int PAGE_BYTES = 1 << 20;

  /// A chunk of a column in a row group.
  private record Chunk(long offset, long values, long unpacked, long packed) {}

  private record Group(List<Chunk> chunks, long rows) {}

  private final OutputStream out;
  private final List<Column> columns;
  private final long groupBytes;
  private final List<Values> open = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private long offset;
  private long rows;
  private long allRows;

  /// @param groupBytes the values that a row group holds before the next begins, in bytes
  public ParquetWriter(OutputStream out, List<Column> columns, long groupBytes) throws IOException {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a table without columns");
    }
    this.out = out;
    this.columns = List.copyOf(columns);
    this.groupBytes = groupBytes;
    columns.forEach(column -> open.add(new Values(column.type())));
    write(MAGIC);
  }

  /// @param values one of each column: Boolean, Long, Double, String, or null
  public void row(@Nullable Object[] values) throws IOException {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          "%d values for %d columns".formatted(values.length, columns.size()));
    }
    long bytes = 0;
    for (int i = 0; i < values.length; i++) {
      open.get(i).add(values[i]);
      bytes += open.get(i).bytes();
    }
    rows++;
    if (bytes >= groupBytes) {
      endGroup();
    }
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    offset += bytes.length;
  }

  private void endGroup() throws IOException {
    var chunks = new ArrayList<Chunk>();
    for (Values values : open) {
      values.endPage();
      long from = offset;
      long unpacked = 0;
      for (Page page : values.pages) {
        byte[] packed = Zstd.compress(page.bytes(), LEVEL);
        byte[] header = header(page, packed.length);
        write(header);
        write(packed);
        unpacked += header.length + page.bytes().length;
      }
      chunks.add(new Chunk(from, rows, unpacked, offset - from));
      values.pages.clear();
      values.pageBytes = 0;
    }
    groups.add(new Group(chunks, rows));
    allRows += rows;
    rows = 0;
  }

  private static byte[] header(Page page, int packed) {
    var thrift = new ThriftStruct();
    thrift.i32(1, 0).i32(2, page.bytes().length).i32(3, packed);
    thrift.struct(
        5, new ThriftStruct().i32(1, page.values()).i32(2, PLAIN).i32(3, RLE).i32(4, RLE));
    return thrift.bytes();
  }

  /// Writes the last row group and the footer; the stream stays open.
  @Override
  public void close() throws IOException {
    if (rows > 0) {
      endGroup();
    }
    var schema = new ArrayList<ThriftStruct>();
    schema.add(new ThriftStruct().text(4, "schema").i32(5, columns.size()));
    for (Column column : columns) {
      var element = new ThriftStruct().i32(1, column.type().id).i32(3, 1).text(4, column.name());
      if (column.type() == Type.STRING) {
        element.i32(6, 0).struct(10, new ThriftStruct().struct(1, new ThriftStruct()));
      }
      schema.add(element);
    }
    var written = new ArrayList<ThriftStruct>();
    for (Group group : groups) {
      written.add(group(group));
    }
    byte[] footer =
        new ThriftStruct()
            .i32(1, 2)
            .structs(2, schema)
            .i64(3, allRows)
            .structs(4, written)
            .text(6, "imago")
            .bytes();
    write(footer);
    write(little(4).putInt(footer.length).array());
    write(MAGIC);
    out.flush();
  }

  private ThriftStruct group(Group group) {
    var chunks = new ArrayList<ThriftStruct>();
    long bytes = 0;
    for (int i = 0; i < columns.size(); i++) {
      Chunk chunk = group.chunks().get(i);
      bytes += chunk.unpacked();
      var about =
          new ThriftStruct()
              .i32(1, columns.get(i).type().id)
              .i32s(2, List.of(PLAIN, RLE))
              .texts(3, List.of(columns.get(i).name()))
              .i32(4, ZSTD)
              .i64(5, chunk.values())
              .i64(6, chunk.unpacked())
              .i64(7, chunk.packed())
              .i64(9, chunk.offset());
      chunks.add(new ThriftStruct().i64(2, chunk.offset()).struct(3, about));
    }
    return new ThriftStruct().structs(1, chunks).i64(2, bytes).i64(3, group.rows());
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private record Page(byte[] bytes, int values) {}

  /// The values of a column in the row group that is open.
  private static final class Values {
    private final Type type;
    private final List<Page> pages = new ArrayList<>();
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private final ByteArrayOutputStream levels = new ByteArrayOutputStream();
    private long pageBytes;
    private int values;
    private int level;
    private int run;
    private int bits;
    private int bitCount;

    Values(Type type) {
      this.type = type;
    }

    long bytes() {
      return pageBytes + plain.size();
    }

    void add(@Nullable Object value) {
      int now = value == null ? 0 : 1;
      if (now != level) {
        endRun();
        level = now;
      }
      run++;
      values++;
      if (value != null) {
        switch (type) {
          case BOOLEAN -> {
            bits |= ((Boolean) value ? 1 : 0) << bitCount;
            if (++bitCount == 8) {
              endBits();
            }
          }
          case INT64 -> plain.writeBytes(little(8).putLong((Long) value).array());
          case DOUBLE -> plain.writeBytes(little(8).putDouble((Double) value).array());
          case STRING -> {
            byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
            plain.writeBytes(little(4).putInt(text.length).array());
            plain.writeBytes(text);
          }
        }
      }
      if (plain.size() >= PAGE_BYTES) {
        endPage();
      }
    }

    private void endBits() {
      if (bitCount > 0) {
        plain.write(bits);
      }
      bits = 0;
      bitCount = 0;
    }

    /// A run of equal levels: its length and one byte.
    private void endRun() {
      if (run > 0) {
        ThriftStruct.varint(levels, (long) run << 1);
        levels.write(level);
      }
      run = 0;
    }

    void endPage() {
      endRun();
      endBits();
      if (values == 0) {
        return;
      }
      var page = new ByteArrayOutputStream();
      page.writeBytes(little(4).putInt(levels.size()).array());
      page.writeBytes(levels.toByteArray());
      page.writeBytes(plain.toByteArray());
      pages.add(new Page(page.toByteArray(), values));
      pageBytes += page.size();
      values = 0;
      plain.reset();
      levels.reset();
    }
  }
}
