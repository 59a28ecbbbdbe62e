package dev.imago.tensor;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;

/// Writes GGUF version 3, aligned to 32.
final class GgufWriter {
  private GgufWriter() {}

  static void write(
      Path file,
      SequencedMap<String, GgufValue> metadata,
      SequencedMap<String, Gguf.Pending> tensors)
      throws IOException {
    if (metadata.containsKey(Gguf.ALIGNMENT)) {
      throw new IllegalArgumentException(Gguf.ALIGNMENT + " is not ours to choose: it is 32");
    }
    var header = new ByteArrayOutputStream();
    number(header, Gguf.MAGIC, 4);
    number(header, Gguf.VERSION, 4);
    number(header, tensors.size(), 8);
    number(header, metadata.size(), 8);
    for (Map.Entry<String, GgufValue> entry : metadata.entrySet()) {
      text(header, entry.getKey());
      value(header, entry.getValue());
    }
    long offset = 0;
    for (Map.Entry<String, Gguf.Pending> entry : tensors.entrySet()) {
      Gguf.Pending tensor = entry.getValue();
      text(header, entry.getKey());
      long[] shape = tensor.shape();
      number(header, shape.length, 4);
      for (int i = shape.length - 1; i >= 0; i--) {
        number(header, shape[i], 8);
      }
      number(header, GgmlType.numberOf(tensor.type()), 4);
      number(header, offset, 8);
      offset = aligned(offset + tensor.type().bytes(shape));
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      header.writeTo(out);
      pad(out, header.size());
      for (Map.Entry<String, Gguf.Pending> entry : tensors.entrySet()) {
        MemorySegment bytes = entry.getValue().bytes(entry.getKey());
        Safetensors.copy(bytes, out);
        pad(out, bytes.byteSize());
      }
    }
  }

  private static long aligned(long offset) {
    return Math.ceilDiv(offset, Gguf.DEFAULT_ALIGNMENT) * Gguf.DEFAULT_ALIGNMENT;
  }

  private static void pad(OutputStream out, long written) throws IOException {
    out.write(new byte[(int) (aligned(written) - written)]);
  }

  private static void number(OutputStream out, long value, int bytes) throws IOException {
    Safetensors.littleEndian(out, value, bytes);
  }

  private static void text(OutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    number(out, utf8.length, 8);
    out.write(utf8);
  }

  private static void type(OutputStream out, GgufValue.Type type) throws IOException {
    number(out, type.ordinal(), 4);
  }

  private static void real(OutputStream out, GgufValue.Type type, double value) throws IOException {
    if (type == GgufValue.Type.FLOAT32) {
      number(out, Float.floatToRawIntBits((float) value), 4);
    } else {
      number(out, Double.doubleToRawLongBits(value), 8);
    }
  }

  private static void list(OutputStream out, GgufValue.Type type, int size) throws IOException {
    type(out, GgufValue.Type.ARRAY);
    type(out, type);
    number(out, size, 8);
  }

  private static void value(OutputStream out, GgufValue value) throws IOException {
    switch (value) {
      case GgufValue.Whole(GgufValue.Type type, long number) -> {
        type(out, type);
        number(out, number, type.leastBytes());
      }
      case GgufValue.Real(GgufValue.Type type, double number) -> {
        type(out, type);
        real(out, type, number);
      }
      case GgufValue.Bool(boolean truth) -> {
        type(out, GgufValue.Type.BOOL);
        number(out, truth ? 1 : 0, 1);
      }
      case GgufValue.Text(String text) -> {
        type(out, GgufValue.Type.STRING);
        text(out, text);
      }
      case GgufValue.Texts texts -> {
        list(out, GgufValue.Type.STRING, texts.values().size());
        for (String text : texts.values()) {
          text(out, text);
        }
      }
      case GgufValue.Wholes wholes -> {
        list(out, wholes.type(), wholes.values().size());
        for (long number : wholes.values()) {
          number(out, number, wholes.type().leastBytes());
        }
      }
      case GgufValue.Reals reals -> {
        list(out, reals.type(), reals.values().size());
        for (double number : reals.values()) {
          real(out, reals.type(), number);
        }
      }
    }
  }
}
