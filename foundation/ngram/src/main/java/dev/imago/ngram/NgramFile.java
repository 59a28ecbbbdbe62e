package dev.imago.ngram;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Files of models in any form that is read: our own, ARPA, and ARPA by gzip, told by their first
/// bytes.
public final class NgramFile {
  private static final int START = 16;

  private NgramFile() {}

  /// Whether a name is that of an ARPA file: `.arpa`, `.arpa.gz`, `.lm`, `.lm.gz`.
  public static boolean isArpa(Path file) {
    return file.getFileName().toString().matches(".*\\.(arpa|lm)(\\.gz)?");
  }

  /// Opens a model; one of ARPA, of a pipe too, is first written in our form into a folder.
  ///
  /// @param unit what the words of an ARPA are
  public static NgramModel open(Path file, NgramUnit unit, Path folder, long memoryBytes) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      in.mark(START);
      byte[] start = in.readNBytes(START);
      in.reset();
      if (NgramModel.isModel(start)) {
        if (!Files.isRegularFile(file)) {
          throw new IllegalArgumentException(
              "%s is a pipe, and a model of this form is mapped: name its file, or send ARPA"
                  .formatted(file));
        }
        return NgramModel.open(file);
      }
      Files.createDirectories(folder);
      Path converted = Files.createTempFile(folder, "arpa", ".ngram");
      boolean packed = start.length > 1 && (start[0] & 0xff) == 0x1f && (start[1] & 0xff) == 0x8b;
      try (InputStream text = packed ? new GZIPInputStream(in, 1 << 16) : in) {
        ArpaReader.read(text, file.toString(), unit, folder, memoryBytes, converted);
        return NgramModel.open(converted);
      } finally {
        // Unix keeps what is mapped; elsewhere the folder's owner removes it.
        deleteQuietly(converted);
      }
    } catch (java.util.zip.ZipException | java.io.EOFException e) {
      throw new IllegalArgumentException(
          "%s is no whole gzip file (%s); fetch or pack it again".formatted(file, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      file.toFile().deleteOnExit();
    }
  }

  /// Writes a model as ARPA, packed where the name ends in `.gz`.
  public static void writeArpa(NgramModel model, Path to) {
    writeArpa(model, to, to.getFileName().toString().endsWith(".gz"));
  }

  /// @param packed by gzip
  public static void writeArpa(NgramModel model, Path to, boolean packed) {
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(to), 1 << 16);
        OutputStream out = packed ? new GZIPOutputStream(file, 1 << 16) : file) {
      ArpaWriter.write(model, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
