package dev.imago.console.curves;

import dev.imago.core.AtomicFile;
import dev.imago.core.Hashing;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The columns of a long `metrics.jsonl` as numbers, so that it is read once and not with every
/// start: a copy that may be deleted at any time, and that counts only while the file begins as it
/// did and is no shorter.
///
/// Form: the magic `IMGCURV1`, the bytes of the file that were read, a hash of its first and of the
/// last of these, the columns; of each its name, how many points the file has, how many follow, and
/// their steps, tokens, times and values as doubles, big-endian.
final class CurveCopy {
  private static final long MAGIC = 0x494d474355525631L;
  private static final int SAMPLE_BYTES = 1 << 16;
  private static final int MOST_NAME_BYTES = 10_000;

  /// So many copies lie there, and so many bytes of them; the oldest go first.
  static final int MOST_COPIES = 64;

  private static final long MOST_BYTES = 1L << 30;
  private static final String ENDING = ".columns";

  /// What is no copy, or not yet, and older than that was left by a kill.
  private static final long LEFT_MILLIS = 3_600_000;

  private final Path folder;

  /// @param folder in which copies lie, and nothing else
  CurveCopy(Path folder) {
    this.folder = folder;
  }

  /// What a copy holds.
  ///
  /// @param bytes of the file that were read
  record Kept(long bytes, Map<String, PointColumn> columns) {}

  private Path copy(Path file) {
    return folder.resolve(Hashing.of(file.toAbsolutePath().toString()).substring(0, 32) + ENDING);
  }

  /// The first bytes of a file, as many as are asked or are there.
  static byte[] first(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(SAMPLE_BYTES);
    }
  }

  /// Whether a file begins with some bytes.
  static boolean begins(Path file, byte[] with) throws IOException {
    byte[] first = first(file);
    return first.length >= with.length
        && Arrays.equals(first, 0, with.length, with, 0, with.length);
  }

  /// The first bytes of a file, and the last before a place: whether it is the same up to there.
  private static String print(Path file, long bytes) throws IOException {
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] first = new byte[(int) Math.min(SAMPLE_BYTES, bytes)];
      in.readFully(first);
      byte[] last = new byte[first.length];
      in.seek(bytes - last.length);
      in.readFully(last);
      return Hashing.of(
          new String(first, StandardCharsets.ISO_8859_1)
              + new String(last, StandardCharsets.ISO_8859_1));
    }
  }

  /// How many bytes of a file its copy has; 0 where there is none that counts.
  long covered(Path file) {
    try (DataInputStream in = open(file)) {
      return head(file, in);
    } catch (IOException | RuntimeException _) {
      return 0;
    }
  }

  /// The copy of a file; empty where there is none that counts.
  Optional<Kept> load(Path file) {
    // Read and not mapped: of a file that somebody cuts short a map would end the process.
    try (DataInputStream in = open(file)) {
      long bytes = head(file, in);
      if (bytes == 0) {
        return Optional.empty();
      }
      var columns = new TreeMap<String, PointColumn>();
      for (int left = in.readInt(); left > 0; left--) {
        String name = text(in);
        columns.put(name, PointColumn.read(in));
      }
      return Optional.of(new Kept(bytes, columns));
    } catch (IOException | RuntimeException _) {
      return Optional.empty(); // none, or broken: the file itself is read
    }
  }

  private DataInputStream open(Path file) throws IOException {
    return new DataInputStream(
        new BufferedInputStream(Files.newInputStream(copy(file)), SAMPLE_BYTES));
  }

  /// The bytes that the copy is of; 0 where the file is another one by now.
  private static long head(Path file, DataInputStream in) throws IOException {
    if (in.readLong() != MAGIC) {
      return 0;
    }
    long bytes = in.readLong();
    String print = text(in);
    return bytes > 0 && Files.size(file) >= bytes && print(file, bytes).equals(print) ? bytes : 0;
  }

  private static String text(DataInputStream from) throws IOException {
    int length = from.readInt();
    if (length < 0 || length > MOST_NAME_BYTES) {
      throw new IllegalArgumentException("a name of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    from.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// Keeps what was read of a file.
  ///
  /// @param bytes of the file that were read
  void save(Path file, long bytes, Map<String, PointColumn> columns) throws IOException {
    String print = print(file, bytes);
    AtomicFile.replace(
        copy(file),
        temporary -> {
          try (FileChannel out =
              FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            byte[] hash = print.getBytes(StandardCharsets.UTF_8);
            ByteBuffer head = ByteBuffer.allocate(24 + hash.length);
            head.putLong(MAGIC).putLong(bytes).putInt(hash.length).put(hash);
            PointColumn.writeFully(out, head.putInt(columns.size()).flip());
            for (Map.Entry<String, PointColumn> each : columns.entrySet()) {
              byte[] name = each.getKey().getBytes(StandardCharsets.UTF_8);
              PointColumn.writeFully(
                  out, ByteBuffer.allocate(4 + name.length).putInt(name.length).put(name).flip());
              each.getValue().writeTo(out);
            }
          }
        });
    sweep();
  }

  private void sweep() throws IOException {
    var copies = new ArrayList<Path>();
    try (var files = Files.list(folder)) {
      for (Path each : files.toList()) {
        if (each.toString().endsWith(ENDING)) {
          copies.add(each);
        } else if (System.currentTimeMillis() - each.toFile().lastModified() > LEFT_MILLIS) {
          Files.deleteIfExists(each);
        }
      }
    }
    copies.sort(Comparator.comparingLong((Path each) -> each.toFile().lastModified()).reversed());
    long bytes = 0;
    int kept = 0;
    for (Path each : List.copyOf(copies)) {
      bytes += each.toFile().length();
      if (++kept > MOST_COPIES || bytes > MOST_BYTES) {
        Files.deleteIfExists(each);
      }
    }
  }
}
