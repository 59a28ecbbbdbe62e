package dev.imago.sources;

import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.StructAccessor;
import dev.hardwood.schema.SchemaNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The rows of a Parquet table as lines of JSON, by Hardwood: lists as arrays, structs as objects,
/// maps as objects by their keys, times as ISO 8601 (with `Z` where the file says that they are
/// UTC's), bytes that are no text as base64.
final class ParquetRows {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ParquetRows() {}

  static void write(Path file, OutputStream lines) throws IOException {
    var out = new BufferedOutputStream(lines, 1 << 16);
    JsonMapper mapper = JsonMapper.shared();
    try (HardwoodContext context = HardwoodContext.create(1);
        ParquetFileReader reader = ParquetFileReader.open(InputFile.of(file), context)) {
      checkPacked(reader.getFileMetaData());
      SchemaNode.GroupNode schema = reader.getFileSchema().getRootNode();
      try (RowReader rows = reader.rowReader()) {
        while (rows.hasNext()) {
          rows.next();
          out.write(mapper.writeValueAsBytes(struct(rows, schema)));
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

  private static ObjectNode struct(StructAccessor struct, SchemaNode.GroupNode schema) {
    ObjectNode row = NODES.objectNode();
    for (int i = 0; i < struct.getFieldCount(); i++) {
      Object value = struct.isNull(i) ? null : struct.getValue(i);
      row.set(struct.getFieldName(i), node(value, schema.children().get(i)));
    }
    return row;
  }

  private static JsonNode node(@Nullable Object value, SchemaNode schema) {
    return switch (value) {
      case null -> NODES.nullNode();
      case String text -> NODES.stringNode(text);
      case Byte number -> NODES.numberNode(number);
      case Short number -> NODES.numberNode(number);
      case Integer number ->
          unsigned(schema)
              ? NODES.numberNode(Integer.toUnsignedLong(number))
              : NODES.numberNode(number);
      case Long number ->
          unsigned(schema) && number < 0
              ? NODES.numberNode(new BigInteger(Long.toUnsignedString(number)))
              : NODES.numberNode(number);
      case Float number ->
          number.isNaN() || number.isInfinite() ? NODES.nullNode() : NODES.numberNode(number);
      case Double number ->
          number.isNaN() || number.isInfinite() ? NODES.nullNode() : NODES.numberNode(number);
      case BigDecimal number -> NODES.numberNode(number);
      case Boolean flag -> NODES.booleanNode(flag);
      case byte[] bytes -> NODES.stringNode(bytes(bytes));
      case PqList list -> {
        ArrayNode array = NODES.arrayNode();
        SchemaNode element = element(schema);
        for (int i = 0; i < list.size(); i++) {
          array.add(node(list.isNull(i) ? null : list.get(i), element));
        }
        yield array;
      }
      case PqMap map -> map(map, (SchemaNode.GroupNode) schema);
      case StructAccessor struct -> struct(struct, (SchemaNode.GroupNode) schema);
      // Times of 96 bits have no zone in the file.
      case Instant time
          when schema instanceof SchemaNode.PrimitiveNode of && of.type() == PhysicalType.INT96 ->
          NODES.stringNode(LocalDateTime.ofInstant(time, ZoneOffset.UTC).toString());
      default -> NODES.stringNode(value.toString());
    };
  }

  /// A map without values is the list of its keys, by Parquet's `LogicalTypes.md`.
  private static JsonNode map(PqMap map, SchemaNode.GroupNode schema) {
    SchemaNode keys = Objects.requireNonNull(schema.getMapKey());
    SchemaNode values = schema.getMapValue();
    if (values == null) {
      ArrayNode array = NODES.arrayNode();
      map.getEntries().forEach(entry -> array.add(node(entry.getKey(), keys)));
      return array;
    }
    ObjectNode object = NODES.objectNode();
    for (PqMap.Entry entry : map.getEntries()) {
      String key = node(entry.getKey(), keys).asString();
      object.set(key, node(entry.isValueNull() ? null : entry.getValue(), values));
    }
    return object;
  }

  /// Of a list; else of what is repeated without one.
  private static SchemaNode element(SchemaNode schema) {
    SchemaNode element =
        schema instanceof SchemaNode.GroupNode group ? group.getListElement() : null;
    return element == null ? schema : element;
  }

  private static boolean unsigned(SchemaNode schema) {
    return schema instanceof SchemaNode.PrimitiveNode of
        && of.logicalType() instanceof LogicalType.IntType type
        && !type.isSigned();
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
