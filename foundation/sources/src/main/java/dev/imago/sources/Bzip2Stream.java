package dev.imago.sources;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// What is unpacked of bzip2 streams, one after another: blocks of up to 900 kB, each by Huffman's
/// codes, move to front, and the inverse of Burrows and Wheeler's transform, with a CRC-32 of its
/// own (the format as Julian Seward's program writes it; «randomised» blocks, which it has not
/// written since 1996, are refused). Everything is bounded by the block size. Not thread-safe.
final class Bzip2Stream extends InputStream {
  static final long BLOCK = 0x314159265359L;
  static final long END = 0x177245385090L;
  private static final int GROUP = 50;
  private static final int LONGEST_CODE = 20;
  private static final int[] CRC = table();

  private final InputStream in;
  private final byte[] packed = new byte[1 << 14];
  private int at;
  private int limit;
  private long offset;
  private long bits;
  private int bitCount;

  private int[] chain = new int[0];
  private int blockSize;
  private boolean within;
  private boolean any;

  // Of the block that is being handed out.
  private int left;
  private int position;
  private int last = -1;
  private int same;
  private int repeats;
  private int checksum;
  private int expected;
  private int combined;

  Bzip2Stream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    int n = 0;
    while (n < length) {
      if (repeats > 0) {
        int times = Math.min(repeats, length - n);
        for (int i = 0; i < times; i++) {
          to[from + n++] = (byte) last;
          checksum = checksum << 8 ^ CRC[(checksum >>> 24 ^ last) & 0xff];
        }
        repeats -= times;
      } else if (left == 0) {
        if (n > 0 || !block()) {
          return n > 0 ? n : -1;
        }
      } else {
        int entry = chain[position];
        int value = entry & 0xff;
        position = entry >>> 8;
        left--;
        if (same == 4) {
          // Four of a kind are followed by how many more there are.
          repeats = value;
          same = 0;
        } else {
          same = value == last ? same + 1 : 1;
          last = value;
          to[from + n++] = (byte) value;
          checksum = checksum << 8 ^ CRC[(checksum >>> 24 ^ value) & 0xff];
        }
      }
    }
    return n;
  }

  /// Reads the next block; false at the end of the last stream.
  private boolean block() throws IOException {
    if (any && within) {
      check(~checksum == expected, "a block's checksum is not that of its bytes");
      combined = (combined << 1 | combined >>> 31) ^ expected;
    }
    while (true) {
      if (!within && !stream()) {
        return false;
      }
      long magic = (long) bits(24) << 24 | bits(24);
      if (magic == END) {
        check(
            bits(16) << 16 == (combined & 0xffff0000) && bits(16) == (combined & 0xffff),
            "the stream's checksum is not that of its blocks");
        bitCount -= bitCount % 8;
        within = false;
        any = false;
        continue;
      }
      check(magic == BLOCK, "no block begins here");
      expected = bits(16) << 16 | bits(16);
      check(bits(1) == 0, "a randomised block, which bzip2 has not written since 1996");
      decode();
      any = true;
      checksum = -1;
      last = -1;
      same = 0;
      repeats = 0;
      return true;
    }
  }

  /// Goes to the next stream; false at the end.
  private boolean stream() throws IOException {
    boolean first = chain.length == 0;
    if (bitCount == 0 && !fill()) {
      check(!first, "it is empty");
      return false;
    }
    check(bits(8) == 'B' && bits(8) == 'Z' && bits(8) == 'h', "no bzip2 stream begins here");
    int level = bits(8) - '0';
    check(level >= 1 && level <= 9, "no bzip2 stream begins here");
    blockSize = level * 100_000;
    if (chain.length < blockSize) {
      chain = new int[blockSize];
    }
    within = true;
    combined = 0;
    return true;
  }

  private void decode() throws IOException {
    int origin = bits(24);
    byte[] order = used();
    int symbols = order.length + 2;
    int groups = bits(3);
    int selectors = bits(15);
    check(groups >= 2 && groups <= 6 && selectors > 0, "its tables are none");
    byte[] selector = new byte[selectors];
    byte[] places = {0, 1, 2, 3, 4, 5};
    for (int i = 0; i < selectors; i++) {
      int place = 0;
      while (bits(1) == 1) {
        place++;
        check(place < groups, "it selects a table that is not there");
      }
      selector[i] = front(places, place);
    }
    Codes[] tables = new Codes[groups];
    for (int group = 0; group < groups; group++) {
      tables[group] = codes(symbols);
    }
    int[] counts = new int[256];
    int size = symbols(order, symbols - 1, selector, tables, counts);
    check(origin < size, "its beginning lies outside it");
    int sum = 0;
    for (int value = 0; value < 256; value++) {
      int count = counts[value];
      counts[value] = sum;
      sum += count;
    }
    for (int i = 0; i < size; i++) {
      chain[counts[chain[i] & 0xff]++] |= i << 8;
    }
    left = size;
    position = chain[origin] >>> 8;
  }

  /// The bytes that are used, in ascending order.
  private byte[] used() throws IOException {
    int rows = bits(16);
    byte[] order = new byte[256];
    int n = 0;
    for (int row = 0; row < 16; row++) {
      int map = (rows & 0x8000 >> row) == 0 ? 0 : bits(16);
      for (int column = 0; column < 16; column++) {
        if ((map & 0x8000 >> column) != 0) {
          order[n++] = (byte) (row * 16 + column);
        }
      }
    }
    check(n > 0, "it uses no byte");
    return java.util.Arrays.copyOf(order, n);
  }

  private int symbols(byte[] order, int end, byte[] selector, Codes[] tables, int[] counts)
      throws IOException {
    int size = 0;
    int group = 0;
    int inGroup = 0;
    Codes table = tables[0];
    long run = 0;
    long weight = 1;
    while (true) {
      if (inGroup == 0) {
        check(group < selector.length, "it is longer than its selectors");
        table = tables[selector[group++]];
        inGroup = GROUP;
      }
      inGroup--;
      int symbol = symbol(table);
      if (symbol <= 1) {
        run += weight << symbol;
        weight <<= 1;
        check(run <= blockSize, "a run is longer than a block");
        continue;
      }
      if (run > 0) {
        check(size + run <= blockSize, "it is longer than a block");
        int value = order[0] & 0xff;
        counts[value] += (int) run;
        java.util.Arrays.fill(chain, size, size + (int) run, value);
        size += (int) run;
        run = 0;
        weight = 1;
      }
      if (symbol == end) {
        return size;
      }
      check(size < blockSize, "it is longer than a block");
      int value = front(order, symbol - 1) & 0xff;
      counts[value]++;
      chain[size++] = value;
    }
  }

  /// Moves what stands at a place to the front.
  private static byte front(byte[] order, int place) {
    byte value = order[place];
    System.arraycopy(order, 0, order, 1, place);
    order[0] = value;
    return value;
  }

  /// Canonical codes: of each length the largest code, and what to add to a code for its place
  /// among the symbols in the order of their codes.
  private record Codes(int shortest, int[] largest, int[] base, int[] symbols) {}

  private Codes codes(int symbols) throws IOException {
    int[] lengths = new int[symbols];
    int length = bits(5);
    int shortest = LONGEST_CODE;
    for (int symbol = 0; symbol < symbols; symbol++) {
      while (true) {
        check(length >= 1 && length <= LONGEST_CODE, "a code of more than 20 bits, or of none");
        if (bits(1) == 0) {
          break;
        }
        length += bits(1) == 0 ? 1 : -1;
      }
      lengths[symbol] = length;
      shortest = Math.min(shortest, length);
    }
    int[] largest = new int[LONGEST_CODE + 1];
    int[] base = new int[LONGEST_CODE + 1];
    int[] sorted = new int[symbols];
    int n = 0;
    int code = 0;
    for (int bits = shortest; bits <= LONGEST_CODE; bits++) {
      code <<= 1;
      base[bits] = n - code;
      for (int symbol = 0; symbol < symbols; symbol++) {
        if (lengths[symbol] == bits) {
          sorted[n++] = symbol;
          code++;
        }
      }
      largest[bits] = code - 1;
    }
    return new Codes(shortest, largest, base, sorted);
  }

  private int symbol(Codes codes) throws IOException {
    int length = codes.shortest();
    int code = bits(length);
    while (code > codes.largest()[length]) {
      check(++length <= LONGEST_CODE, "a code that is none");
      code = code << 1 | bits(1);
    }
    int place = code + codes.base()[length];
    check(place >= 0 && place < codes.symbols().length, "a code that is none");
    return codes.symbols()[place];
  }

  private int bits(int count) throws IOException {
    while (bitCount < count) {
      if (at == limit && !fill()) {
        throw new EOFException(
            "the file ends at byte %,d, within a bzip2 stream".formatted(offset));
      }
      // After fill() there are eight bits, or many.
      if (bitCount < count) {
        bits = bits << 8 | packed[at++] & 0xff;
        bitCount += 8;
      }
    }
    bitCount -= count;
    return (int) (bits >>> bitCount) & (int) ((1L << count) - 1);
  }

  private boolean fill() throws IOException {
    if (at < limit) {
      return true;
    }
    offset += limit;
    at = 0;
    int read = in.read(packed, 0, packed.length);
    limit = Math.max(0, read);
    return read > 0;
  }

  private void check(boolean good, String what) throws IOException {
    if (!good) {
      throw new IOException("broken at byte %,d of bzip2: %s".formatted(offset + at, what));
    }
  }

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < 256; i++) {
      int value = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        value = value << 1 ^ (value < 0 ? 0x04c11db7 : 0);
      }
      table[i] = value;
    }
    return table;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
