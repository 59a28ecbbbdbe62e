package dev.imago.linear;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/// A linear model's file, big-endian: `IMGLINEA`, version, kind, the settings, classes, features
/// (each its length in bytes and UTF-8), idf where there is one, the weights as `float32`, and the
/// CRC-32 of all before.
public final class LinearFile {
  private static final long MAGIC = 0x494d474c494e4541L; // IMGLINEA
  private static final int VERSION = 2;
  private static final int MOST_CLASSES = 1 << 20;

  private LinearFile() {}

  public static void write(LinearModel model, Path file) {
    var crc = new CRC32();
    try (var out =
        new DataOutputStream(
            new BufferedOutputStream(
                new CheckedOutputStream(Files.newOutputStream(file), crc), 1 << 16))) {
      LinearSettings settings = model.settings();
      out.writeLong(MAGIC);
      out.writeInt(VERSION);
      out.writeInt(settings.kind().ordinal());
      out.writeInt(settings.words());
      out.writeInt(settings.shortest());
      out.writeInt(settings.longest());
      out.writeInt(settings.minimumTexts());
      out.writeDouble(settings.cost());
      out.writeInt(settings.penalty().ordinal());
      strings(out, model.labels());
      strings(out, model.space().names());
      for (float idf : model.space().idf()) {
        out.writeFloat(idf);
      }
      for (float[] row : model.weights()) {
        for (float weight : row) {
          out.writeFloat(weight);
        }
      }
      out.flush();
      out.writeInt((int) crc.getValue());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void strings(DataOutputStream out, List<String> strings) throws IOException {
    out.writeInt(strings.size());
    for (String string : strings) {
      byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
      out.writeInt(utf8.length);
      out.write(utf8);
    }
  }

  /// @throws IllegalArgumentException where the file is no such model, or not whole
  public static LinearModel read(Path file) {
    var crc = new CRC32();
    try (var stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        var in = new DataInputStream(new CheckedInputStream(stream, crc))) {
      long left = Files.size(file);
      if (left < 48 || in.readLong() != MAGIC) {
        throw broken(file, "it is no linear model");
      }
      int version = in.readInt();
      if (version < 1 || version > VERSION) {
        throw broken(file, "its version is %d, and 1 to %d are read".formatted(version, VERSION));
      }
      LinearSettings settings = settings(in, version, file);
      List<String> labels = strings(in, left, MOST_CLASSES, file);
      List<String> names = strings(in, left, Integer.MAX_VALUE, file);
      int rows = labels.size() == 2 ? 1 : labels.size();
      boolean tfIdf = settings.kind() == LinearKind.LOGISTIC;
      long numbers = (tfIdf ? names.size() : 0) + rows * (names.size() + 1L);
      if (labels.size() < 2 || numbers * 4 > left) {
        throw broken(file, "it is too short for its %d features".formatted(names.size()));
      }
      float[] idf = floats(in, tfIdf ? names.size() : 0);
      float[][] weights = new float[rows][];
      for (int c = 0; c < rows; c++) {
        weights[c] = floats(in, names.size() + 1);
      }
      int check = (int) crc.getValue();
      if (in.readInt() != check || in.read() >= 0) {
        throw broken(file, "its checksum is wrong");
      }
      return new LinearModel(labels, new FeatureSpace(settings, names, idf), weights);
    } catch (EOFException e) {
      throw broken(file, "it is cut off");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LinearSettings settings(DataInputStream in, int version, Path file)
      throws IOException {
    int kind = in.readInt();
    if (kind < 0 || kind >= LinearKind.values().length) {
      throw broken(file, "its kind is " + kind);
    }
    try {
      return new LinearSettings(
          LinearKind.values()[kind],
          in.readInt(),
          in.readInt(),
          in.readInt(),
          in.readInt(),
          in.readDouble(),
          version == 1 || in.readInt() == 0 ? Penalty.L2 : Penalty.L1);
    } catch (IllegalArgumentException e) {
      throw broken(file, String.valueOf(e.getMessage()));
    }
  }

  /// @param bytes of the whole file: nothing is made larger
  private static List<String> strings(DataInputStream in, long bytes, int most, Path file)
      throws IOException {
    int count = in.readInt();
    if (count < 0 || count > most || count * 4L > bytes) {
      throw broken(file, "it tells of %d strings".formatted(count));
    }
    var strings = new ArrayList<String>(count);
    for (int i = 0; i < count; i++) {
      int length = in.readInt();
      if (length < 0 || length > bytes) {
        throw broken(file, "a string has %d bytes".formatted(length));
      }
      byte[] utf8 = in.readNBytes(length);
      if (utf8.length < length) {
        throw new EOFException();
      }
      strings.add(new String(utf8, StandardCharsets.UTF_8));
    }
    return strings;
  }

  private static float[] floats(DataInputStream in, int count) throws IOException {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = in.readFloat();
    }
    return floats;
  }

  private static IllegalArgumentException broken(Path file, String what) {
    return new IllegalArgumentException(
        "%s cannot be used: %s; train it again".formatted(file, what));
  }
}
