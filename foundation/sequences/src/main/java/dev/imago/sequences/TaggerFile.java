package dev.imago.sequences;

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

/// A tagger's file, big-endian: `IMGTAGGR`, version, kind; tags; of a random field its templates,
/// features, their tags and weights, of a hidden Markov model its words and logarithms; and the
/// CRC-32 of all before.
public final class TaggerFile {
  private static final long MAGIC = 0x494d475441474752L; // IMGTAGGR
  private static final int VERSION = 1;
  private static final int CRF = 0;
  private static final int HMM = 1;
  private static final int MOST_TAGS = 1 << 16;

  private TaggerFile() {}

  public static void write(SequenceTagger model, Path file) {
    var crc = new CRC32();
    try (var out =
        new DataOutputStream(
            new BufferedOutputStream(
                new CheckedOutputStream(Files.newOutputStream(file), crc), 1 << 16))) {
      out.writeLong(MAGIC);
      out.writeInt(VERSION);
      switch (model) {
        case CrfModel crf -> {
          out.writeInt(CRF);
          strings(out, crf.tags());
          strings(out, crf.templates().lines());
          strings(out, crf.features());
          for (int start : crf.starts()) {
            out.writeInt(start);
          }
          for (int tag : crf.featureTags()) {
            out.writeInt(tag);
          }
          floats(out, crf.weights());
        }
        case HmmModel hmm -> {
          out.writeInt(HMM);
          strings(out, hmm.tags());
          strings(out, hmm.words());
          floats(out, hmm.first());
          floats(out, hmm.steps());
          for (double[] comes : hmm.comes()) {
            floats(out, comes);
          }
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

  private static void floats(DataOutputStream out, double[] values) throws IOException {
    for (double value : values) {
      out.writeFloat((float) value);
    }
  }

  /// @throws IllegalArgumentException where the file is no such model, or not whole
  public static SequenceTagger read(Path file) {
    var crc = new CRC32();
    try (var stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        var in = new DataInputStream(new CheckedInputStream(stream, crc))) {
      long size = Files.size(file);
      if (size < 24 || in.readLong() != MAGIC) {
        throw broken(file, "it is no tagger");
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw broken(file, "its version is %d, and %d is read".formatted(version, VERSION));
      }
      int kind = in.readInt();
      List<String> tags = strings(in, size, MOST_TAGS, file);
      SequenceTagger read =
          switch (kind) {
            case CRF -> crf(in, tags, size, file);
            case HMM -> hmm(in, tags, size, file);
            default -> throw broken(file, "its kind is " + kind);
          };
      int check = (int) crc.getValue();
      if (in.readInt() != check || in.read() >= 0) {
        throw broken(file, "its checksum is wrong");
      }
      return read;
    } catch (EOFException e) {
      throw broken(file, "it is cut off");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CrfModel crf(DataInputStream in, List<String> tags, long size, Path file)
      throws IOException {
    FeatureTemplates templates;
    try {
      templates = FeatureTemplates.of(strings(in, size, MOST_TAGS, file));
    } catch (IllegalArgumentException e) {
      throw broken(file, String.valueOf(e.getMessage()));
    }
    List<String> features = strings(in, size, Integer.MAX_VALUE, file);
    int[] starts = new int[features.size() + 1];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = in.readInt();
      if (starts[i] < (i == 0 ? 0 : starts[i - 1]) || starts[i] > size / 4) {
        throw broken(file, "a feature begins at %d".formatted(starts[i]));
      }
    }
    int[] featureTags = new int[starts[features.size()]];
    for (int i = 0; i < featureTags.length; i++) {
      featureTags[i] = in.readInt();
      if (featureTags[i] < 0 || featureTags[i] >= tags.size()) {
        throw broken(file, "a feature has tag %d".formatted(featureTags[i]));
      }
    }
    long steps = templates.steps() ? (long) tags.size() * tags.size() : 0;
    double[] weights = floats(in, featureTags.length + steps, size, file);
    return new CrfModel(templates, tags, features, starts, featureTags, weights);
  }

  private static HmmModel hmm(DataInputStream in, List<String> tags, long size, Path file)
      throws IOException {
    List<String> words = strings(in, size, Integer.MAX_VALUE, file);
    long n = tags.size();
    if (n == 0 || words.isEmpty() || n * words.size() * 4 > size) {
      throw broken(file, "it is too short for its %d words".formatted(words.size()));
    }
    double[] first = floats(in, n, size, file);
    double[] steps = floats(in, n * n, size, file);
    double[][] comes = new double[words.size()][];
    for (int w = 0; w < comes.length; w++) {
      comes[w] = floats(in, n, size, file);
    }
    return new HmmModel(tags, first, steps, words, comes);
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

  private static double[] floats(DataInputStream in, long count, long bytes, Path file)
      throws IOException {
    if (count * 4 > bytes) {
      throw broken(file, "it tells of %d numbers".formatted(count));
    }
    double[] values = new double[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }

  private static IllegalArgumentException broken(Path file, String what) {
    return new IllegalArgumentException(
        "%s cannot be used: %s; train it again".formatted(file, what));
  }
}
