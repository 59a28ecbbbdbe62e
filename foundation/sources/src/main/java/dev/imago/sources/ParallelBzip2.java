package dev.imago.sources;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Bzip2 files of many streams, as MediaWiki's dumps and pbzip2 write them: each stream begins at a
/// byte and is unpacked by itself, several at once, handed out in order. A stream that is broken is
/// an [IOException], and whoever reads on gets the next one.
final class ParallelBzip2 extends InputStream {
  /// A file whose next stream does not begin within this much is unpacked as it comes.
  private static final int LARGEST_PACKED = 4 << 20;

  /// What one stream may take of memory unpacked; a larger one is unpacked as it is read.
  private static final int LARGEST_UNPACKED = 32 << 20;

  private static final int HEADER = 10;

  private final InputStream in;
  private final int threads;
  private final int largestPacked;
  private final ExecutorService workers;
  private final Deque<Future<InputStream>> ahead = new ArrayDeque<>();
  private byte[] window = new byte[1 << 16];
  private int filled;
  private boolean ended;
  private @Nullable InputStream current;

  /// From a stream on that is too large to be cut out: unpacked as it comes, with all that follows.
  private @Nullable InputStream tail;

  private ParallelBzip2(InputStream in, int threads, int largestPacked) {
    this.in = in;
    this.threads = threads;
    this.largestPacked = largestPacked;
    var pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("bzip2-", 0).factory());
    // Nobody need close what he has read to its end, or no further.
    pool.allowCoreThreadTimeOut(true);
    workers = pool;
  }

  static InputStream open(InputStream in, int threads) throws IOException {
    return open(in, threads, LARGEST_PACKED);
  }

  /// @param largestPacked the most bytes of a stream that is cut out of the file
  static InputStream open(InputStream in, int threads, int largestPacked) throws IOException {
    var parallel = new ParallelBzip2(in, threads, largestPacked);
    byte[] first = parallel.segment();
    boolean whole = parallel.ended && parallel.filled == 0;
    if (whole || first.length > largestPacked) {
      parallel.workers.shutdown();
      InputStream rest = new ByteArrayInputStream(first);
      return new Bzip2Stream(whole ? rest : new SequenceInputStream(rest, parallel.rest()));
    }
    parallel.submit(first);
    return parallel;
  }

  private InputStream rest() {
    return new SequenceInputStream(new ByteArrayInputStream(window, 0, filled), in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    while (true) {
      InputStream reading = current;
      if (reading == null) {
        reading = next();
        if (reading == null) {
          return -1;
        }
        current = reading;
      }
      try {
        int read = reading.read(to, from, length);
        if (read >= 0) {
          return read;
        }
        current = null;
      } catch (IOException e) {
        current = null;
        throw e;
      }
    }
  }

  private @Nullable InputStream next() throws IOException {
    while (!ended && ahead.size() < 2 * threads) {
      byte[] segment = segment();
      if (segment.length > largestPacked) {
        tail = new Bzip2Stream(new SequenceInputStream(new ByteArrayInputStream(segment), rest()));
        ended = true;
      } else {
        submit(segment);
      }
    }
    Future<InputStream> first = ahead.poll();
    if (first == null) {
      workers.shutdown();
      InputStream last = tail;
      tail = null;
      return last;
    }
    try {
      return first.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    }
  }

  private void submit(byte[] segment) {
    if (segment.length > 0) {
      ahead.add(workers.submit(() -> unpack(segment)));
    }
  }

  /// What a stream unpacks to; its error comes where it happens, after what stood before it.
  private static InputStream unpack(byte[] segment) {
    var out = new ByteArrayOutputStream(4 * segment.length);
    var unpacked = new Bzip2Stream(new ByteArrayInputStream(segment));
    byte[] piece = new byte[1 << 16];
    try {
      for (int n = unpacked.read(piece); n >= 0; n = unpacked.read(piece)) {
        out.write(piece, 0, n);
        if (out.size() > LARGEST_UNPACKED) {
          return new Bzip2Stream(new ByteArrayInputStream(segment));
        }
      }
      return new ByteArrayInputStream(out.toByteArray());
    } catch (IOException e) {
      return new Bzip2Stream(new ByteArrayInputStream(segment));
    }
  }

  /// The bytes up to where the next stream begins: all that is left, at the end; more than a stream
  /// may have, where none begins.
  private byte[] segment() throws IOException {
    int from = 1;
    while (true) {
      int next = header(from);
      if (next > 0) {
        byte[] segment = Arrays.copyOf(window, next);
        System.arraycopy(window, next, window, 0, filled - next);
        filled -= next;
        return segment;
      }
      from = Math.max(1, filled - HEADER);
      if (filled > largestPacked || !fill()) {
        byte[] all = Arrays.copyOf(window, filled);
        filled = 0;
        return all;
      }
    }
  }

  private boolean fill() throws IOException {
    if (filled == window.length) {
      window = Arrays.copyOf(window, 2 * filled);
    }
    int read = ended ? -1 : in.read(window, filled, window.length - filled);
    ended = read < 0;
    filled += Math.max(0, read);
    return read >= 0;
  }

  /// Where the next stream begins: `BZh`, a digit, and the first bytes of a block or of its end.
  private int header(int from) {
    for (int i = from; i + HEADER <= filled; i++) {
      if (window[i] == 'B'
          && window[i + 1] == 'Z'
          && window[i + 2] == 'h'
          && (magic(i + 4) == Bzip2Stream.BLOCK || magic(i + 4) == Bzip2Stream.END)) {
        return i;
      }
    }
    return 0;
  }

  private long magic(int from) {
    long value = 0;
    for (int i = from; i < from + 6; i++) {
      value = value << 8 | window[i] & 0xff;
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    workers.shutdownNow();
    in.close();
  }
}
