package dev.imago.sources;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The bytes of an archive with a position, of which the last record's can be taken back.
final class RecordInput {
  private static final int PEEK = 64;

  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];
  private int at;
  private int limit;
  private long offset;
  private long failedAt = -1;
  private boolean stuck;
  private @Nullable IOException pending;
  private boolean peeking;

  RecordInput(InputStream in) {
    this.in = in;
  }

  long position() {
    return offset + at;
  }

  /// Whether reading has failed twice at one position: nothing more will come.
  boolean stuck() {
    return stuck;
  }

  /// A line without its end; null at the end of all.
  ///
  /// @throws IOException where it is longer than that, or the stream is broken
  @Nullable String line(int longest) throws IOException {
    int from = at;
    int scan = at;
    while (true) {
      while (scan < limit && buffer[scan] != '\n') {
        scan++;
      }
      if (scan < limit || scan - from > longest) {
        break;
      }
      int before = from;
      scan -= before;
      if (!more(from)) {
        from = at;
        scan = limit;
        if (from == scan) {
          return null;
        }
        break;
      }
      from = at;
      scan += from;
    }
    int end = Math.min(scan, from + longest);
    at = Math.min(limit, scan + 1);
    int to = end > from && buffer[end - 1] == '\r' ? end - 1 : end;
    return new String(buffer, from, to - from, StandardCharsets.UTF_8);
  }

  /// The next bytes; fewer at the end.
  byte[] bytes(int length) throws IOException {
    int from = at;
    while (limit - from < length && more(from)) {
      from = at;
    }
    from = at;
    int to = Math.min(limit, from + length);
    at = to;
    return Arrays.copyOfRange(buffer, from, to);
  }

  /// All bytes up to the end of a mark; null where there is none before the end, or within so many.
  byte @Nullable [] through(byte[] mark, int longest) throws IOException {
    int from = at;
    int scan = at;
    while (true) {
      for (; scan + mark.length <= limit; scan++) {
        if (buffer[scan] == mark[0]
            && Arrays.equals(buffer, scan, scan + mark.length, mark, 0, mark.length)) {
          at = scan + mark.length;
          return Arrays.copyOfRange(buffer, from, at);
        }
      }
      scan -= from;
      if (scan > longest || !more(from)) {
        from = at;
        at = Math.min(limit, from + scan);
        return null;
      }
      from = at;
      scan += from;
    }
  }

  /// Whether the last bytes that were read, line ends aside, are these.
  boolean endsWith(byte[] mark) {
    int to = limit;
    while (to > 0 && buffer[to - 1] <= ' ' && buffer[to - 1] >= 0) {
      to--;
    }
    return to >= mark.length && Arrays.equals(buffer, to - mark.length, to, mark, 0, mark.length);
  }

  /// Whether what follows, after line ends, begins a record, or nothing follows. A stream that
  /// breaks there has nothing to do with the record before: it is told later.
  ///
  /// @param keep the position from which on bytes may be taken back
  boolean atRecord(boolean arc, long keep) throws IOException {
    long after = position();
    peeking = true;
    do {
      while (at < limit && (buffer[at] == '\r' || buffer[at] == '\n')) {
        at++;
      }
    } while (limit - at < PEEK && more((int) (keep - offset)));
    peeking = false;
    String next = new String(buffer, at, Math.min(PEEK, limit - at), StandardCharsets.ISO_8859_1);
    int from = (int) (after - offset);
    // The two line ends that close a record, whatever rubbish may follow.
    boolean closed =
        !arc
            && limit - from >= 4
            && buffer[from] == '\r'
            && buffer[from + 1] == '\n'
            && buffer[from + 2] == '\r'
            && buffer[from + 3] == '\n';
    return closed
        || next.isEmpty()
        || next.startsWith("WARC/")
        || arc && next.matches("(?s)[a-z][a-z0-9+.-]*:.*");
  }

  /// Where a record's headers begin within the bytes of another; −1 where none do.
  static int record(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("\nWARC/1.");
    return at < 0 ? -1 : at + 1;
  }

  /// Goes back to a position since the last line or block began.
  void back(long position) {
    at = (int) (position - offset);
  }

  /// Reads more behind what is kept from `keep` on; false at the end.
  private boolean more(int keep) throws IOException {
    IOException waiting = pending;
    if (waiting != null) {
      pending = peeking ? waiting : null;
      if (peeking) {
        return false;
      }
      throw failed(waiting);
    }
    if (keep > 0) {
      System.arraycopy(buffer, keep, buffer, 0, limit - keep);
      offset += keep;
      limit -= keep;
      at -= keep;
    }
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * limit);
    }
    try {
      int read = in.read(buffer, limit, buffer.length - limit);
      limit += Math.max(0, read);
      return read > 0;
    } catch (IOException e) {
      if (peeking) {
        pending = e;
        return false;
      }
      throw failed(e);
    }
  }

  /// What was read so far of the piece that breaks is lost with it.
  private IOException failed(IOException e) {
    long here = offset + limit;
    stuck = here == failedAt;
    failedAt = here;
    at = limit;
    return e;
  }
}
