package dev.imago.sources;

import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.StructAccessor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The rows of a Parquet table as lines of JSON, by Hardwood: lists as arrays, structs as objects,
/// maps as objects by their keys, times as ISO 8601, bytes that are no text as base64.
final class ParquetRows {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ParquetRows() {}

  static void write(Path file, OutputStream lines) throws IOException {
    var out = new BufferedOutputStream(lines, 1 << 16);
    JsonMapper mapper = JsonMapper.shared();
    try (HardwoodContext context = HardwoodContext.create(1);
        ParquetFileReader reader = ParquetFileReader.open(InputFile.of(file), context)) {
      checkPacked(reader.getFileMetaData());
      try (RowReader rows = reader.rowReader()) {
        while (rows.hasNext()) {
          rows.next();
          out.write(mapper.writeValueAsBytes(struct(rows)));
          out.write('\n');
        }
      }
    } finally {
      // What came before a broken page is of use.
      out.flush();
    }
  }

  /// Brotli would want native code of another library, LZO a library under the GPL.
  private static void checkPacked(FileMetaData table) throws IOException {
    for (RowGroup group : table.rowGroups()) {
      for (ColumnChunk column : group.columns()) {
        CompressionCodec codec = column.metaData().codec();
        if (codec == CompressionCodec.BROTLI || codec == CompressionCodec.LZO) {
          throw new IOException(
              "its column %s is under %s, which is not read here; zstd, Snappy, gzip and LZ4 are"
                  .formatted(column.metaData().pathInSchema(), codec));
        }
      }
    }
  }

  private static ObjectNode struct(StructAccessor struct) {
    ObjectNode row = NODES.objectNode();
    for (int i = 0; i < struct.getFieldCount(); i++) {
      row.set(
          struct.getFieldName(i), struct.isNull(i) ? NODES.nullNode() : node(struct.getValue(i)));
    }
    return row;
  }

  private static JsonNode node(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case String text -> NODES.stringNode(text);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Float number ->
          number.isNaN() || number.isInfinite() ? NODES.nullNode() : NODES.numberNode(number);
      case Double number ->
          number.isNaN() || number.isInfinite() ? NODES.nullNode() : NODES.numberNode(number);
      case BigDecimal number -> NODES.numberNode(number);
      case Boolean flag -> NODES.booleanNode(flag);
      case byte[] bytes -> NODES.stringNode(bytes(bytes));
      case PqList list -> {
        ArrayNode array = NODES.arrayNode();
        for (int i = 0; i < list.size(); i++) {
          array.add(node(list.isNull(i) ? null : list.get(i)));
        }
        yield array;
      }
      case PqMap map -> {
        ObjectNode object = NODES.objectNode();
        for (PqMap.Entry entry : map.getEntries()) {
          String key = node(entry.getKey()).asString();
          object.set(key, node(entry.isValueNull() ? null : entry.getValue()));
        }
        yield object;
      }
      case StructAccessor struct -> struct(struct);
      default -> NODES.stringNode(value.toString());
    };
  }

  /// Tables of old writers have text as bytes.
  private static String bytes(byte[] bytes) {
    var decoder = java.nio.charset.StandardCharsets.UTF_8.newDecoder();
    try {
      return decoder.decode(java.nio.ByteBuffer.wrap(bytes)).toString();
    } catch (java.nio.charset.CharacterCodingException e) {
      return Base64.getEncoder().encodeToString(bytes);
    }
  }
}
