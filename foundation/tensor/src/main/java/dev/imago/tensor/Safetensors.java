package dev.imago.tensor;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A safetensors file, memory-mapped: a little-endian `uint64` length, that many bytes of JSON
/// which tell each tensor's type, shape and place, then the tensors, end to end.
/// <https://huggingface.co/docs/safetensors>
///
/// Everything that the header claims is checked against the file before a tensor can be asked for:
/// names once, known types, sizes that follow from shapes, places that neither overlap nor leave a
/// gap nor pass the end.
public final class Safetensors implements AutoCloseable {
  /// As the reference implementation: a longer header is an attack.
  private static final long MAX_HEADER = 100_000_000;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final MappedFile mapped;
  private final SequencedMap<String, HostTensor> tensors = new LinkedHashMap<>();
  private final SequencedMap<String, String> metadata = new LinkedHashMap<>();

  private Safetensors(MappedFile mapped) throws BrokenFileException {
    this.mapped = mapped;
    MemorySegment all = mapped.bytes();
    long size = all.byteSize();
    if (size < 8) {
      throw new BrokenFileException(
          mapped.path(), 0, "%d bytes are fewer than the 8 of a header's length".formatted(size));
    }
    long length = all.get(HostTensor.I64, 0);
    long most = Math.min(MAX_HEADER, size - 8);
    if (length < 2 || length > most) {
      throw new BrokenFileException(
          mapped.path(),
          0,
          "a header of %s bytes is not within 2 … %d"
              .formatted(Long.toUnsignedString(length), most));
    }
    read(mapped.path(), all, length, tensors, metadata);
  }

  /// Maps a file and checks its header.
  ///
  /// @throws BrokenFileException naming the offset at which the file leaves the format
  public static Safetensors open(Path file) throws IOException {
    var mapped = new MappedFile(file);
    try {
      return new Safetensors(mapped);
    } catch (IOException | RuntimeException e) {
      mapped.close();
      throw e;
    }
  }

  private record Place(String name, DataType type, long[] shape, long begin, long end) {}

  private static void read(
      Path file,
      MemorySegment all,
      long length,
      Map<String, HostTensor> tensors,
      Map<String, String> metadata)
      throws BrokenFileException {
    JsonNode header;
    try {
      header = JSON.readTree(all.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE));
    } catch (JacksonException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw new BrokenFileException(file, 8 + at, "its header: " + e.getOriginalMessage());
    }
    if (!header.isObject()) {
      throw new BrokenFileException(file, 8, "its header is no JSON object");
    }
    var places = new ArrayList<Place>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals("__metadata__")) {
        readMetadata(file, entry.getValue(), metadata);
      } else {
        places.add(place(file, entry.getKey(), entry.getValue()));
      }
    }
    places.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
    long start = 8 + length;
    long at = 0;
    String before = "the header";
    for (Place place : places) {
      if (place.begin != at) {
        String what =
            place.begin < at
                ? "%s overlaps %s: it begins at %d of the data, and that ends at %d"
                : "nothing holds the bytes before %s, after %s: it begins at %d of the data, and"
                    + " that ends at %d";
        throw new BrokenFileException(
            file, start + place.begin, what.formatted(shown(place), before, place.begin, at));
      }
      before = shown(place);
      at = place.end;
      if (at > all.byteSize() - start) {
        throw new BrokenFileException(
            file,
            all.byteSize(),
            "the file ends, and %s would reach to byte %d".formatted(shown(place), start + at));
      }
    }
    if (at != all.byteSize() - start) {
      throw new BrokenFileException(
          file,
          start + at,
          "%d bytes after the last tensor belong to none".formatted(all.byteSize() - start - at));
    }
    for (Place p : places) {
      MemorySegment data = all.asSlice(start + p.begin, p.end - p.begin);
      tensors.put(p.name, new HostTensor(p.type, p.shape, data));
    }
  }

  private static void readMetadata(Path file, JsonNode node, Map<String, String> metadata)
      throws BrokenFileException {
    if (!node.isObject()) {
      throw new BrokenFileException(file, 8, "__metadata__ is no JSON object");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isString()) {
        throw new BrokenFileException(
            file, 8, "__metadata__." + Excerpt.of(entry.getKey()) + " is no string");
      }
      metadata.put(entry.getKey(), entry.getValue().asString());
    }
  }

  private static String shown(Place place) {
    return Excerpt.of(place.name);
  }

  private static Place place(Path file, String fullName, JsonNode node) throws BrokenFileException {
    String name = Excerpt.of(fullName);
    String typeName = node.path("dtype").asString("");
    DataType type =
        DataType.ofSafetensors(typeName)
            .orElseThrow(
                () ->
                    new BrokenFileException(
                        file,
                        8,
                        "%s has the unknown dtype «%s»".formatted(name, Excerpt.of(typeName))));
    long[] shape = longs(file, name, node.path("shape"));
    long[] offsets = longs(file, name, node.path("data_offsets"));
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw new BrokenFileException(file, 8, name + " has data_offsets that are no range");
    }
    long bytes;
    try {
      bytes = type.bytes(shape);
    } catch (IllegalArgumentException e) {
      throw new BrokenFileException(file, 8, name + ": " + e.getMessage());
    }
    if (bytes != offsets[1] - offsets[0]) {
      throw new BrokenFileException(
          file,
          8,
          "%s has a shape of %d bytes and a place of %d"
              .formatted(name, bytes, offsets[1] - offsets[0]));
    }
    return new Place(fullName, type, shape, offsets[0], offsets[1]);
  }

  private static long[] longs(Path file, String name, JsonNode node) throws BrokenFileException {
    if (!node.isArray()) {
      throw new BrokenFileException(file, 8, name + " lacks a list of shape or data_offsets");
    }
    long[] to = new long[node.size()];
    for (int i = 0; i < to.length; i++) {
      JsonNode n = node.get(i);
      if (!n.isIntegralNumber() || !n.canConvertToLong() || n.asLong() < 0) {
        throw new BrokenFileException(
            file,
            8,
            "%s has «%s» where a length or an offset belongs"
                .formatted(name, Excerpt.of(n.toString())));
      }
      to[i] = n.asLong();
    }
    return to;
  }

  /// All names, in the order of the data.
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /// All tensors by name, in the order of the data.
  public SequencedMap<String, HostTensor> tensors() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  /// A tensor, in place in the mapped file.
  ///
  /// @throws IllegalArgumentException when the file has none of this name
  public HostTensor tensor(String name) {
    HostTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "%s has no tensor «%s»; it has %d others".formatted(mapped.path(), name, tensors.size()));
    }
    return tensor;
  }

  /// What `__metadata__` says, such as `format` → `pt`.
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  @Override
  public void close() {
    mapped.close();
  }

  /// The metadata that transformers asks for.
  public static final Map<String, String> FORMAT_PT = Map.of("format", "pt");

  /// Writes a file: metadata sorted by key; tensors in the map's order, but wider types first, so
  /// that each is aligned to its own type. The same input gives the same bytes.
  ///
  /// Not atomic: give it a temporary path, or one in a draft.
  public static void write(
      Path file, SequencedMap<String, HostTensor> tensors, Map<String, String> metadata)
      throws IOException {
    var order = new ArrayList<>(List.copyOf(tensors.entrySet()));
    order.sort(Comparator.comparingInt(e -> -e.getValue().type().blockBytes()));
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = header.putObject("__metadata__");
      metadata.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(e -> node.put(e.getKey(), e.getValue()));
    }
    long at = 0;
    for (Map.Entry<String, HostTensor> entry : order) {
      HostTensor tensor = entry.getValue();
      if (tensor.type() == DataType.Q8_0) {
        throw new IllegalArgumentException(
            entry.getKey() + " is Q8_0, which safetensors has no name for; write GGUF");
      }
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", tensor.type().name());
      ArrayNode shape = node.putArray("shape");
      for (long length : tensor.shape()) {
        shape.add(length);
      }
      node.putArray("data_offsets").add(at).add(at += tensor.data().byteSize());
    }
    byte[] json = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      int padding = -json.length & 7; // spaces, so that the data begins at a multiple of 8
      littleEndian(out, json.length + padding, 8);
      out.write(json);
      out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
      for (Map.Entry<String, HostTensor> entry : order) {
        copy(entry.getValue().data(), out);
      }
    }
  }

  static void littleEndian(OutputStream out, long value, int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> 8 * i));
    }
  }

  static void copy(MemorySegment data, OutputStream out) throws IOException {
    byte[] buffer = new byte[(int) Math.min(1 << 16, data.byteSize())];
    for (long at = 0; at < data.byteSize(); at += buffer.length) {
      int n = (int) Math.min(buffer.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, buffer, 0, n);
      out.write(buffer, 0, n);
    }
  }
}
