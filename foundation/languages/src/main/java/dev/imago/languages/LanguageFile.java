package dev.imago.languages;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/// An identifier's file, big-endian: `IMGLANGS`, version, the number of scripts; of each its name,
/// its labels (a count, then each), log2 of its buckets and its rows of longs; the CRC-32 of all
/// before.
public final class LanguageFile {
  private static final long MAGIC = 0x494d474c414e4753L; // IMGLANGS
  private static final int VERSION = 1;
  private static final int MOST_LABELS = 500;
  private static final int MOST_BITS = 20;

  private LanguageFile() {}

  public static void write(LanguageIdentifier identifier, OutputStream to) throws IOException {
    var crc = new CRC32();
    var out = new DataOutputStream(new CheckedOutputStream(to, crc));
    out.writeLong(MAGIC);
    out.writeInt(VERSION);
    List<ScriptWeights> models = identifier.models();
    out.writeInt(models.size());
    for (ScriptWeights model : models) {
      out.writeUTF(model.script().name());
      out.writeInt(model.labels().size());
      for (String label : model.labels()) {
        out.writeUTF(label);
      }
      out.writeInt(model.bits());
      ByteBuffer rows = ByteBuffer.allocate(Long.BYTES * model.rows().length);
      rows.asLongBuffer().put(model.rows());
      out.write(rows.array());
    }
    out.writeLong(crc.getValue());
    out.flush();
  }

  /// @throws IOException for what is no such file, one of another version, or one that is damaged
  public static LanguageIdentifier read(InputStream from) throws IOException {
    var crc = new CRC32();
    var in = new DataInputStream(new CheckedInputStream(new BufferedInputStream(from), crc));
    try {
      if (in.readLong() != MAGIC) {
        throw new IOException("no model of languages; build one with `imago data languages`");
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw new IOException(
            "a model of languages of version %d, and version %d is read; build it again"
                .formatted(version, VERSION));
      }
      var models = new ArrayList<ScriptWeights>();
      int scripts = checked(in.readInt(), Character.UnicodeScript.values().length);
      for (int i = 0; i < scripts; i++) {
        models.add(script(in));
      }
      long told = crc.getValue();
      if (in.readLong() != told) {
        throw new IOException("a model of languages whose checksum is another; build it again");
      }
      return new LanguageIdentifier(models);
    } catch (EOFException e) {
      throw new IOException("a model of languages that is cut short; build it again", e);
    }
  }

  private static ScriptWeights script(DataInputStream in) throws IOException {
    String name = in.readUTF();
    Character.UnicodeScript script;
    try {
      script = Character.UnicodeScript.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new IOException("a model of languages with the script «%s»".formatted(name), e);
    }
    int k = checked(in.readInt(), MOST_LABELS);
    var labels = new ArrayList<String>();
    for (int l = 0; l < k; l++) {
      labels.add(in.readUTF());
    }
    int bits = in.readInt();
    if (k == 0 || bits < 0 || bits > MOST_BITS) {
      throw new IOException("a model of languages that is damaged; build it again");
    }
    int width = ScriptWeights.longs(k);
    int all = k == 1 ? 0 : (1 << bits) * width;
    // Grown as they are read: a damaged count takes no memory.
    long[] rows = new long[Math.min(all, width << 10)];
    int block = rows.length;
    for (int at = 0; at < all; at += block) {
      int longs = Math.min(block, all - at);
      if (at + longs > rows.length) {
        rows = Arrays.copyOf(rows, (int) Math.min(all, 2L * rows.length));
      }
      byte[] bytes = in.readNBytes(Long.BYTES * longs);
      if (bytes.length < Long.BYTES * longs) {
        throw new EOFException();
      }
      ByteBuffer.wrap(bytes).asLongBuffer().get(rows, at, longs);
    }
    return new ScriptWeights(script, List.copyOf(labels), bits, rows);
  }

  private static int checked(int count, int most) throws IOException {
    if (count < 0 || count > most) {
      throw new IOException("a model of languages that is damaged; build it again");
    }
    return count;
  }
}
