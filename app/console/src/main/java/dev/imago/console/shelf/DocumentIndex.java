package dev.imago.console.shelf;

import dev.imago.core.AtomicFile;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// The documents of one part of an artifact once more, in blocks that can be read one by one, with
/// the terms that each block holds: so that a million are looked through at once. A copy that may
/// be deleted at any time; an artifact never changes, so it is right for ever.
///
/// Which blocks may hold a term is told by a Bloom filter (Bloom 1970) of 2¹⁶ bits a block and four
/// hashes; it lies sliced by bit (Faloutsos and Christodoulakis 1984), so that a term costs four
/// short reads for each 1,024 blocks.
///
/// Form, big-endian: the magic; for each 1,024 blocks these, deflated lines of JSON, then the 2¹⁶
/// slices of 128 bytes, each with the CRC-32C of its number (64 bits) and itself; the table of
/// blocks (place, bytes packed and plain, first document); the number of documents, the place of
/// the table, its length, its CRC-32C, the magic. A block's own checksum is that of its deflated
/// stream (zlib's). So what is opened is small, and whatever is read is checked as it is read: a
/// damaged slice would hide documents, and nobody would know.
final class DocumentIndex {
  static final int BITS = 1 << 16;
  static final int HASHES = 4;
  static final int SEGMENT = 1024;

  private static final int BLOCK_BYTES = 32 << 10;
  private static final int SLICE = SEGMENT / 8;
  private static final int SUMMED = SLICE + 4;
  private static final int SLICES = BITS * SUMMED;
  private static final long MAGIC = 0x494d47444f433033L;
  private static final int ENTRY_BYTES = 8 + 4 + 4 + 8;
  private static final int END_BYTES = 8 + 8 + 4 + 4 + 8;
  private static final ObjectReader READER = JsonMapper.shared().readerFor(Document.class);

  private final Path file;
  private final long documents;
  private final long[] places;
  private final int[] packed;
  private final int[] plain;
  private final long[] first;

  private DocumentIndex(Path file, long documents, ByteBuffer table) {
    this.file = file;
    this.documents = documents;
    int blocks = table.remaining() / ENTRY_BYTES;
    places = new long[blocks];
    packed = new int[blocks];
    plain = new int[blocks];
    first = new long[blocks];
    for (int i = 0; i < blocks; i++) {
      places[i] = table.getLong();
      packed[i] = table.getInt();
      plain[i] = table.getInt();
      first[i] = table.getLong();
    }
  }

  /// Opens an index: its table is read, and nothing else.
  ///
  /// @throws IOException where it is none, or not whole, or its table is damaged
  static DocumentIndex open(Path file) throws IOException {
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      ByteBuffer end = read(in, in.length() - END_BYTES, END_BYTES);
      long documents = end.getLong();
      long table = end.getLong();
      int length = end.getInt();
      int sum = end.getInt();
      if (end.getLong() != MAGIC || length < 0 || table + length + END_BYTES != in.length()) {
        throw new IOException(file + " is no whole index");
      }
      ByteBuffer entries = read(in, table, length);
      var own = new CRC32C();
      own.update(entries.array());
      if ((int) own.getValue() != sum) {
        throw new IOException(file + " is damaged: its table's checksum is another");
      }
      return new DocumentIndex(file, documents, entries);
    }
  }

  private static ByteBuffer read(RandomAccessFile in, long place, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.seek(place);
    in.readFully(bytes);
    return ByteBuffer.wrap(bytes);
  }

  /// One bit of 1,024 blocks.
  ///
  /// @param slices where those of the segment begin
  /// @throws IOException where they are no longer what was written
  private byte[] slice(RandomAccessFile in, long slices, int segment, int bit) throws IOException {
    ByteBuffer slice = read(in, slices + (long) bit * SUMMED, SUMMED);
    if (sum(segment, bit, slice.array(), 0) != slice.getInt(SLICE)) {
      throw new IOException(
          "%s is damaged: the checksum of slice %d of segment %d is another"
              .formatted(file, bit, segment));
    }
    return slice.array();
  }

  private static int sum(int segment, int bit, byte[] bytes, int from) {
    var sum = new CRC32C();
    sum.update(ByteBuffer.allocate(8).putLong((long) segment * BITS + bit).flip());
    sum.update(bytes, from, SLICE);
    return (int) sum.getValue();
  }

  long documents() {
    return documents;
  }

  /// Blocks that may hold what is looked for: all that do, and few others.
  private BitSet candidates(RandomAccessFile in, DocumentSearch.Wish wish) throws IOException {
    var terms = new ArrayList<Long>();
    DocumentTerms.of(wish, terms::add);
    var found = new BitSet(places.length);
    for (int from = 0; from < places.length; from += SEGMENT) {
      int end = Math.min(from + SEGMENT, places.length);
      long slices = places[end - 1] + packed[end - 1];
      byte[] all = new byte[SLICE];
      Arrays.fill(all, (byte) -1);
      for (long term : terms) {
        for (int hash = 0; hash < HASHES; hash++) {
          byte[] slice = slice(in, slices, from / SEGMENT, bit(term, hash));
          for (int i = 0; i < SLICE; i++) {
            all[i] &= slice[i];
          }
        }
      }
      BitSet some = BitSet.valueOf(all);
      for (int i = some.nextSetBit(0); i >= 0 && from + i < end; i = some.nextSetBit(i + 1)) {
        found.set(from + i);
      }
    }
    return found;
  }

  private static int bit(long term, int hash) {
    return (int) (term + hash * (term >>> 32 | 1)) & (BITS - 1);
  }

  /// What is found, until a page is full or a time is over.
  ///
  /// @param endNanos when that is, as of [System#nanoTime]
  /// @throws IOException where the file went, or is damaged
  DocumentSearch.Found find(DocumentSearch.Wish wish, long endNanos) throws IOException {
    var found = new ArrayList<Document>();
    var at = new ArrayList<Long>();
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      BitSet candidates = candidates(in, wish);
      int begin = Arrays.binarySearch(first, wish.from());
      begin = begin < 0 ? Math.max(0, -begin - 2) : begin;
      for (int block = candidates.nextSetBit(begin);
          block >= 0;
          block = candidates.nextSetBit(block + 1)) {
        if (System.nanoTime() > endNanos && first[block] > wish.from()) {
          return new DocumentSearch.Found(found, at, first[block], "");
        }
        List<String> lines = lines(in, block);
        for (int i = 0; i < lines.size(); i++) {
          long place = first[block] + i;
          if (place < wish.from()) {
            continue;
          }
          Document document = READER.readValue(lines.get(i));
          if (DocumentSearch.admits(wish, document)) {
            if (found.size() == DocumentSearch.ROWS) {
              return new DocumentSearch.Found(found, at, place, "");
            }
            found.add(document);
            at.add(place);
          }
        }
      }
    } catch (tools.jackson.core.JacksonException | DataFormatException e) {
      throw new IOException(file + " is damaged", e);
    }
    return new DocumentSearch.Found(found, at, -1, "");
  }

  private List<String> lines(RandomAccessFile in, int block)
      throws IOException, DataFormatException {
    var inflater = new Inflater();
    try {
      inflater.setInput(read(in, places[block], packed[block]).array());
      byte[] bytes = new byte[plain[block]];
      int length = 0;
      while (length < bytes.length) {
        int read = inflater.inflate(bytes, length, bytes.length - length);
        if (read == 0) {
          throw new IOException(file + " is damaged: a block ends before its time");
        }
        length += read;
      }
      if (!inflater.finished()) { // only then its checksum was compared
        throw new IOException(file + " is damaged: a block goes on past its end");
      }
      // By the end of each line of JSON: other separators may stand within one.
      return List.of(new String(bytes, StandardCharsets.UTF_8).split("\n"));
    } finally {
      inflater.end();
    }
  }

  /// Makes an index.
  ///
  /// @param folder of the artifact
  /// @param done is told how many documents are in it
  /// @throws CancellationException where the thread was interrupted
  static void write(Path file, Path folder, String part, AtomicLong done) {
    AtomicFile.write(
        file,
        out -> {
          var writing = new Writing(out);
          try (var reader = new Documents.Reader(folder, part, _ -> {})) {
            while (reader.hasNext()) {
              if (Thread.interrupted()) {
                throw new CancellationException();
              }
              writing.add(reader.next());
              done.incrementAndGet();
            }
          }
          writing.end();
        });
  }

  private static final class Writing {
    private final OutputStream out;
    private final ByteArrayOutputStream block = new ByteArrayOutputStream(2 * BLOCK_BYTES);
    private final ByteArrayOutputStream table = new ByteArrayOutputStream();
    private final DataOutputStream entries = new DataOutputStream(table);
    private final byte[] slices = new byte[SLICES];
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    private long place;
    private int blocks;
    private long documents;
    private long begun;

    Writing(OutputStream out) throws IOException {
      this.out = out;
      write(ByteBuffer.allocate(8).putLong(MAGIC).array(), 8);
    }

    private void write(byte[] bytes, int length) throws IOException {
      out.write(bytes, 0, length);
      place += length;
    }

    void add(Document document) throws IOException {
      byte[] line = Documents.line(document);
      if (block.size() > 0 && block.size() + line.length > BLOCK_BYTES) {
        flush();
      }
      int own = blocks % SEGMENT;
      DocumentTerms.of(
          document,
          term -> {
            for (int hash = 0; hash < HASHES; hash++) {
              slices[bit(term, hash) * SUMMED + (own >> 3)] |= (byte) (1 << (own & 7));
            }
          });
      block.write(line);
      documents++;
    }

    private void flush() throws IOException {
      byte[] plain = block.toByteArray();
      deflater.reset();
      deflater.setInput(plain);
      deflater.finish();
      byte[] packed = new byte[plain.length + plain.length / 1000 + 64];
      int length = deflater.deflate(packed);
      if (!deflater.finished()) {
        throw new IllegalStateException("a block grew while it was packed");
      }
      entries.writeLong(place);
      entries.writeInt(length);
      entries.writeInt(plain.length);
      entries.writeLong(begun);
      write(packed, length);
      block.reset();
      begun = documents;
      blocks++;
      if (blocks % SEGMENT == 0) {
        slices();
      }
    }

    private void slices() throws IOException {
      ByteBuffer all = ByteBuffer.wrap(slices);
      int segment = (blocks - 1) / SEGMENT;
      for (int bit = 0; bit < BITS; bit++) {
        int from = bit * SUMMED;
        all.putInt(from + SLICE, sum(segment, bit, slices, from));
      }
      write(slices, slices.length);
      Arrays.fill(slices, (byte) 0);
    }

    void end() throws IOException {
      if (block.size() > 0) {
        flush();
      }
      if (blocks % SEGMENT != 0) {
        slices();
      }
      deflater.end();
      byte[] all = table.toByteArray();
      ByteBuffer end = ByteBuffer.allocate(END_BYTES);
      var sum = new CRC32C();
      sum.update(all);
      end.putLong(documents).putLong(place).putInt(all.length);
      end.putInt((int) sum.getValue()).putLong(MAGIC);
      write(all, all.length);
      write(end.array(), END_BYTES);
    }
  }
}
