package dev.imago.duplicates;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The [Traits] of a corpus's texts in a file: what later ones are compared with.
///
/// `signatures.bin`, big-endian: the eight bytes `IMAGOSIG`, the version, bands, rows and words of
/// a shingle as ints; of each text the length of its id in bytes (an int), the id in UTF-8, its
/// fingerprint (two longs), its address (a long), how many bands (an int) and the bands, how many
/// shingles (an int) and the shingles; then −1 as an int, and how many texts (a long).
public final class SignatureFile {
  public static final String NAME = "signatures.bin";

  private static final long MAGIC = 0x494d41474f534947L;
  private static final int VERSION = 1;

  private SignatureFile() {}

  /// Is given a text of the file.
  @FunctionalInterface
  public interface EachText {
    void text(String id, Traits traits);
  }

  /// Writes such a file, one text after another. Without [#done] it counts as cut short: what an
  /// error or a full pipe ended is no index.
  public static final class Writer implements AutoCloseable {
    private final Path file;
    private final DataOutputStream out;
    private long texts;
    private boolean done;

    /// @param rules by which the texts were signed, with addresses and near duplicates
    public Writer(Path file, DuplicateRules rules) {
      this.file = file;
      try {
        out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
        out.writeLong(MAGIC);
        out.writeInt(VERSION);
        out.writeInt(rules.bands());
        out.writeInt(rules.rows());
        out.writeInt(Shingles.WORDS);
      } catch (IOException e) {
        throw AtomicFile.failure("write", file, e);
      }
    }

    public void add(String id, Traits traits) {
      byte[] name = id.getBytes(StandardCharsets.UTF_8);
      try {
        out.writeInt(name.length);
        out.write(name);
        out.writeLong(traits.high());
        out.writeLong(traits.low());
        out.writeLong(traits.address());
        write(traits.bands());
        write(traits.shingles());
        texts++;
      } catch (IOException e) {
        throw AtomicFile.failure("write", file, e);
      }
    }

    private void write(long[] numbers) throws IOException {
      out.writeInt(numbers.length);
      for (long each : numbers) {
        out.writeLong(each);
      }
    }

    /// All texts are there.
    public void done() {
      done = true;
    }

    @Override
    public void close() {
      try (out) {
        if (done) {
          out.writeInt(-1);
          out.writeLong(texts);
        }
      } catch (IOException e) {
        throw AtomicFile.failure("write", file, e);
      }
    }
  }

  /// The rules for signing the texts of a file: with addresses and near duplicates, in the bands
  /// asked for.
  public static DuplicateRules signing(DuplicateRules rules) {
    return new DuplicateRules(true, true, true, rules.similarity(), rules.bands(), rules.rows());
  }

  /// Reads a file.
  ///
  /// @param rules of those that are compared with its texts
  /// @throws InputException where it is of another version, was made in other bands, or was cut
  public static void read(Path file, DuplicateRules rules, EachText each) {
    try (var in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      if (in.readLong() != MAGIC) {
        throw new InputException(
            "%s holds no signatures; make them with imago data dedup --write-index"
                .formatted(file));
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw new InputException(
            "%s is of version %d, and version %d is read; make it again"
                .formatted(file, version, VERSION));
      }
      int bands = in.readInt();
      int rows = in.readInt();
      int words = in.readInt();
      boolean other = bands != rules.bands() || rows != rules.rows() || words != Shingles.WORDS;
      if (rules.near() && other) {
        throw new InputException(
            "%s was made in %d bands of %d rows, and bands = %d, rows = %d are asked for; make it again, or ask for its own"
                .formatted(file, bands, rows, rules.bands(), rules.rows()));
      }
      long texts = 0;
      int length = in.readInt();
      while (length >= 0) {
        String id = new String(bytes(in, length), StandardCharsets.UTF_8);
        long high = in.readLong();
        long low = in.readLong();
        long address = in.readLong();
        long[] met = longs(in, file);
        if (met.length != 0 && met.length != bands) {
          throw damaged(file);
        }
        each.text(id, new Traits(high, low, address, met, longs(in, file)));
        texts++;
        length = in.readInt();
      }
      if (in.readLong() != texts) {
        throw new EOFException();
      }
    } catch (EOFException e) {
      throw new InputException("%s was cut short; make it again".formatted(file), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private static byte[] bytes(DataInputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  private static long[] longs(DataInputStream in, Path file) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw damaged(file);
    }
    // Grown as they come: a broken length takes no memory.
    long[] longs = new long[Math.min(length, 1 << 16)];
    for (int i = 0; i < length; i++) {
      if (i == longs.length) {
        longs = java.util.Arrays.copyOf(longs, (int) Math.min(length, 2L * i));
      }
      longs[i] = in.readLong();
    }
    return longs;
  }

  private static InputException damaged(Path file) {
    return new InputException(file + " is damaged; make it again");
  }
}
