package dev.imago.corpus.extract;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// A decompressor's output that counts what really comes out, whatever the archive declares, and
/// stops at the caps: on size, on the archive's budget, on the ratio to what went in.
final class Unpacked extends FilterInputStream {
  /// Before this much is out, a high ratio harms nobody and short repetitive text has one.
  private static final long RATIO_GRACE_BYTES = 100 << 10;

  /// What one archive may still unpack to.
  static final class Budget {
    private long left;
    private @Nullable Unpacked stoppedBy;

    Budget(ExtractionSettings settings) {
      left = settings.maxArchiveBytes();
    }

    boolean spent() {
      return left < 0;
    }

    /// Whether a cap on this stream, and not on one within it, was what stopped the last one.
    boolean stoppedBy(@Nullable Unpacked stream) {
      return spent() || stream != null && stoppedBy == stream;
    }
  }

  private final ExtractionSettings settings;
  private final Budget budget;
  private final LongSupplier packedBytes;
  private final CRC32 checksum = new CRC32();
  private long bytes;
  private long expectedBytes = -1;
  private long expectedChecksum;

  /// @param packedBytes how many packed bytes have gone in so far, or go in at all
  Unpacked(InputStream in, ExtractionSettings settings, Budget budget, LongSupplier packedBytes) {
    super(in);
    this.settings = settings;
    this.budget = budget;
    this.packedBytes = packedBytes;
  }

  /// Compares size and CRC-32 at the end with what an archive declares.
  void expect(long size, long checksum) {
    expectedBytes = size;
    expectedChecksum = checksum;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    int read = unpack(to, offset, length);
    if (read < 0 && expectedBytes >= 0) {
      verify();
    }
    if (read <= 0) {
      return read;
    }
    bytes += read;
    budget.left -= read;
    checksum.update(to, offset, read);
    if (bytes > settings.maxEntryBytes()) {
      throw bomb("more than maxEntryBytes = " + settings.maxEntryBytes());
    }
    if (budget.left < 0) {
      throw bomb("the archive holds more than maxArchiveBytes = " + settings.maxArchiveBytes());
    }
    if (bytes > RATIO_GRACE_BYTES && bytes > settings.maxRatio() * packedBytes.getAsLong()) {
      throw bomb(
          "%d bytes out of %d, more than maxRatio = %s"
              .formatted(bytes, packedBytes.getAsLong(), settings.maxRatio()));
    }
    return read;
  }

  /// Whatever is wrong with what is packed is the archive's fault, and not the disk's.
  private int unpack(byte[] to, int offset, int length) throws IOException {
    try {
      return super.read(to, offset, length);
    } catch (Refused e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Decoders of hostile bytes answer with more than IOException.
      throw new Refused(Skip.ARCHIVE, e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private Refused bomb(String why) {
    budget.stoppedBy = this;
    return new Refused(Skip.BOMB, why);
  }

  private void verify() throws IOException {
    if (bytes != expectedBytes || checksum.getValue() != expectedChecksum) {
      throw new IOException("its checksum or size is not what the archive declares");
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
