package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Reads a GGUF header: a cursor that cannot pass the file's end.
final class GgufReader {
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_NAME = 1 << 16;

  /// Of so many pairs it is known where they begin, whatever their keys; a model has a few dozen.
  private static final int MAX_PLACES = 256;

  private final Path file;
  private final MemorySegment all;
  private final SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
  private final long tensorCount;

  /// Where pairs begin, for what is refused later.
  private final Map<String, Long> places = new HashMap<>();

  private long at;

  GgufReader(Path file, MemorySegment all) throws BrokenFileException {
    this.file = file;
    this.all = all;
    int magic = (int) whole(GgufValue.Type.UINT32);
    if (magic != Gguf.MAGIC) {
      throw broken(
          0, "it begins with %08x, not with «GGUF»".formatted(Integer.reverseBytes(magic)));
    }
    int version = (int) whole(GgufValue.Type.UINT32);
    if (version != 2 && version != Gguf.VERSION) {
      throw broken(4, "its version is %d; 2 and 3 are supported".formatted(version));
    }
    // A tensor's entry takes 24 bytes at least: name length, dimensions, type, offset.
    this.tensorCount = count(24, "tensors");
    // A pair takes 13 at least: key length, type, one byte.
    long pairs = count(13, "metadata pairs");
    for (long i = 0; i < pairs; i++) {
      long start = at;
      String key = name("a key");
      if (key.isEmpty()) {
        throw broken(start, "a key is empty, and has 1 character at least");
      }
      if (places.size() < MAX_PLACES || key.equals(Gguf.ALIGNMENT) || key.startsWith("split.")) {
        places.put(key, start);
      }
      if (metadata.putIfAbsent(key, value(type())) != null) {
        throw broken(start, "the key «%s» comes twice".formatted(Excerpt.of(key)));
      }
    }
  }

  SequencedMap<String, GgufValue> metadata() {
    return metadata;
  }

  private record Entry(String name, long where, GgmlType type, long[] shape, long offset) {
    long end() {
      return offset + type.bytes(shape);
    }

    String shown() {
      return Excerpt.of(name);
    }
  }

  /// Checks all tensors' places.
  ///
  /// @param to gets those that can be read
  /// @param unread gets the others' names and types
  void tensors(Map<String, HostTensor> to, Map<String, String> unread) throws BrokenFileException {
    long alignment = alignment();
    var entries = new ArrayList<Entry>();
    for (long i = 0; i < tensorCount; i++) {
      entries.add(entry(alignment));
    }
    long start = Math.ceilDiv(at, alignment) * alignment;
    long room = Math.max(0, all.byteSize() - start);
    for (Entry e : entries) {
      long bytes = e.type.bytes(e.shape);
      if (e.offset > room || bytes > room - e.offset) {
        throw broken(
            e.where,
            "%s wants %d bytes from %d on, and the file has %d"
                .formatted(e.shown(), bytes, start + e.offset, all.byteSize()));
      }
      if (to.containsKey(e.name) || unread.containsKey(e.name)) {
        throw broken(e.where, "the tensor «%s» comes twice".formatted(e.shown()));
      }
      if (e.type.readAs().isPresent()) {
        MemorySegment data = all.asSlice(start + e.offset, bytes);
        to.put(e.name, new HostTensor(e.type.readAs().get(), e.shape, data));
      } else {
        unread.put(e.name, e.type.name());
      }
    }
    entries.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::end));
    for (int i = 1; i < entries.size(); i++) {
      Entry before = entries.get(i - 1);
      Entry e = entries.get(i);
      if (e.offset < before.end()) {
        throw broken(e.where, "%s overlaps %s".formatted(e.shown(), before.shown()));
      }
    }
  }

  private long alignment() throws BrokenFileException {
    GgufValue value = metadata.get(Gguf.ALIGNMENT);
    if (value == null) {
      return Gguf.DEFAULT_ALIGNMENT;
    }
    if (value instanceof GgufValue.Whole(GgufValue.Type type, long alignment)
        && type == GgufValue.Type.UINT32
        && Long.bitCount(alignment) == 1
        && alignment <= 1 << 20) {
      return alignment;
    }
    throw broken(
        Gguf.ALIGNMENT, "general.alignment = %s is no power of two up to 2^20".formatted(value));
  }

  private Entry entry(long alignment) throws BrokenFileException {
    long where = at;
    String name = name("a tensor's name");
    String shown = Excerpt.of(name);
    long dimensions = whole(GgufValue.Type.UINT32);
    if (dimensions > MAX_DIMENSIONS) {
      throw broken(where, "%s has %d dimensions, more than 4".formatted(shown, dimensions));
    }
    long[] shape = new long[(int) dimensions];
    for (int i = shape.length - 1; i >= 0; i--) { // the file has the fastest first
      shape[i] = whole(GgufValue.Type.INT64);
    }
    int number = (int) whole(GgufValue.Type.UINT32);
    GgmlType type =
        GgmlType.numbered(number)
            .orElseThrow(
                () ->
                    broken(where, "%s is of type %d, which ggml has not".formatted(shown, number)));
    long offset = whole(GgufValue.Type.UINT64);
    if (offset < 0 || offset % alignment != 0) {
      throw broken(
          where,
          "%s is at offset %s, no multiple of %d"
              .formatted(shown, Long.toUnsignedString(offset), alignment));
    }
    try {
      Math.addExact(offset, type.bytes(shape));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw broken(where, shown + ": " + e.getMessage());
    }
    return new Entry(name, where, type, shape, offset);
  }

  /// Tells that a pair cannot be right.
  BrokenFileException broken(String key, String what) {
    return broken(places.getOrDefault(key, 0L), what);
  }

  private BrokenFileException broken(long offset, String what) {
    return new BrokenFileException(file, offset, what);
  }

  private void need(long bytes, String what) throws BrokenFileException {
    if (bytes < 0 || bytes > all.byteSize() - at) {
      throw broken(
          at,
          "%s of %s bytes, and %d are left"
              .formatted(what, Long.toUnsignedString(bytes), all.byteSize() - at));
    }
  }

  /// A count of things that take at least so many bytes each.
  private long count(int leastBytes, String things) throws BrokenFileException {
    long where = at;
    long count = whole(GgufValue.Type.UINT64);
    if (count < 0 || count > (all.byteSize() - at) / leastBytes || count > Integer.MAX_VALUE - 8) {
      throw broken(
          where,
          "it announces %s %s, more than %d bytes can hold"
              .formatted(Long.toUnsignedString(count), things, all.byteSize() - at));
    }
    return count;
  }

  private long whole(GgufValue.Type type) throws BrokenFileException {
    need(type.leastBytes(), "a number");
    long from = at;
    at += type.leastBytes();
    return switch (type) {
      case UINT8, BOOL -> Byte.toUnsignedLong(all.get(ValueLayout.JAVA_BYTE, from));
      case INT8 -> all.get(ValueLayout.JAVA_BYTE, from);
      case UINT16 -> Short.toUnsignedLong(all.get(HostTensor.I16, from));
      case INT16 -> all.get(HostTensor.I16, from);
      case UINT32 -> Integer.toUnsignedLong(all.get(HostTensor.I32, from));
      case INT32 -> all.get(HostTensor.I32, from);
      case UINT64, INT64 -> all.get(HostTensor.I64, from);
      case FLOAT32, FLOAT64, STRING, ARRAY ->
          throw new IllegalArgumentException(type + " is no whole number");
    };
  }

  private double real(GgufValue.Type type) throws BrokenFileException {
    need(type.leastBytes(), "a number");
    long from = at;
    at += type.leastBytes();
    return type == GgufValue.Type.FLOAT32
        ? all.get(HostTensor.F32, from)
        : all.get(HostTensor.F64, from);
  }

  private String name(String what) throws BrokenFileException {
    long where = at;
    String name = text();
    if (name.length() > MAX_NAME) {
      throw broken(where, "%s has %d characters".formatted(what, name.length()));
    }
    return name;
  }

  private String text() throws BrokenFileException {
    long length = whole(GgufValue.Type.UINT64);
    need(length, "a string");
    byte[] utf8 = all.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    // Much the faster way for a vocabulary; it puts U+FFFD where bytes are no characters.
    String text = new String(utf8, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0
        && !Arrays.equals(utf8, text.getBytes(StandardCharsets.UTF_8))) {
      throw broken(at, "a string is not UTF-8");
    }
    at += length;
    return text;
  }

  private GgufValue.Type type() throws BrokenFileException {
    long number = whole(GgufValue.Type.UINT32);
    GgufValue.Type[] types = GgufValue.Type.values();
    if (number >= types.length) {
      throw broken(at - 4, "%d is no type of a value".formatted(number));
    }
    return types[(int) number];
  }

  private GgufValue value(GgufValue.Type type) throws BrokenFileException {
    return switch (type) {
      case STRING -> new GgufValue.Text(text());
      case BOOL -> new GgufValue.Bool(whole(type) != 0);
      case FLOAT32, FLOAT64 -> new GgufValue.Real(type, real(type));
      case ARRAY -> array();
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 ->
          new GgufValue.Whole(type, whole(type));
    };
  }

  private GgufValue array() throws BrokenFileException {
    GgufValue.Type type = type();
    if (type == GgufValue.Type.ARRAY) {
      throw broken(at - 4, "a list of lists, which is not supported");
    }
    int n = (int) count(type.leastBytes(), "values of a list");
    return switch (type) {
      case STRING -> {
        List<String> values = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
          values.add(text());
        }
        yield new GgufValue.Texts(values);
      }
      case FLOAT32, FLOAT64 -> {
        List<Double> values = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
          values.add(real(type));
        }
        yield new GgufValue.Reals(type, values);
      }
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, BOOL, ARRAY -> {
        List<Long> values = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
          values.add(whole(type));
        }
        yield new GgufValue.Wholes(type, values);
      }
    };
  }
}
