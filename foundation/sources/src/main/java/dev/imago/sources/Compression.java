package dev.imago.sources;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.brotli.dec.BrotliInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/// A way in which one stream is packed into another. Files that are several packed ones end to end
/// are read to their end.
public enum Compression {
  GZIP("gzip", "gz"),
  ZSTD("zstd", "zst"),
  BZIP2("bzip2", "bz2"),
  XZ("xz", "xz"),
  /// Has no magic number: known by its name alone.
  BROTLI("Brotli", "br");

  /// What an xz file may make its reader allocate: its largest preset needs 65 MiB.
  private static final int XZ_KIB = 1 << 18;

  private final String words;
  private final String ending;

  Compression(String words, String ending) {
    this.words = words;
    this.ending = ending;
  }

  /// Its name for people.
  public String words() {
    return words;
  }

  /// By a file's ending, in small letters without a dot; null where it is none of these.
  public static @Nullable Compression ofEnding(String ending) {
    for (Compression each : values()) {
      if (each.ending.equals(ending)) {
        return each;
      }
    }
    return ending.equals("zstd") ? ZSTD : null;
  }

  /// What is unpacked of `in`. A stream that ends too early or is broken is an error of reading,
  /// never a silent end.
  ///
  /// @throws IOException also where it does not begin as such a stream does
  public InputStream open(InputStream in) throws IOException {
    return switch (this) {
      case GZIP -> new GzipMembers(in);
      case ZSTD -> new ZstdInputStream(in);
      case BZIP2 -> ParallelBzip2.open(in, Runtime.getRuntime().availableProcessors());
      case XZ -> new XZInputStream(in, XZ_KIB);
      case BROTLI -> new BrotliInputStream(in);
    };
  }
}
