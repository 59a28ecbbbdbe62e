package dev.imago.ngram;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/// Where everything stands in a model's file. All numbers are little-endian.
///
/// A header of 128 bytes: `IMGNGRAM`, version, order, smoothing (its place in [Smoothing] from 1
/// on; 0 where it is not known), unit, the ids of `<unk>`, `<s>` and `</s>`, the binary logarithm
/// of the hash table's slots, the words' bytes (`int64`), the n-grams of each order (seven
/// `int64`), structure (its place in [NgramForm.Structure]), bits of a quantised p and of a
/// quantised back-off (0 where they are not), and the CRC-32 of all that. Version 1 has plain tries
/// alone, and zeros there. Then, each from a multiple of 8 bytes on: the ends of the words
/// (`uint32`), their letters, the hash table (id + 1, 0 where empty), and the levels.
///
/// Level 1 is p, back-off and first child of every word, and one more first child. Of a trie, which
/// begins with the last word, level n of 2 … N − 1 has the word before those of the parent as well;
/// level N is word and p. Children of one parent ascend by word. [PackedTrie] and [HashTable] tell
/// what their levels of 2 … N are.
record NgramLayout(NgramForm form, long wordBytes, int slotBits, long[] counts) {
  static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final long MAGIC = 0x4d4152474e474d49L; // IMGNGRAM
  static final int VERSION = 1;

  /// Of the forms that the first version does not have.
  static final int VERSION_OF_FORMS = 2;

  static final int HEADER_BYTES = 128;
  static final int FORM_AT = 104;
  static final int CHECK_AT = 120;
  static final int WORD_STRIDE = 12;
  static final int INNER_STRIDE = 16;
  static final int LAST_STRIDE = 8;

  /// Children are counted by an unsigned `int32`.
  static final long MOST = (1L << 32) - 2;

  static long aligned(long bytes) {
    return bytes + 7 & -8;
  }

  int order() {
    return counts.length;
  }

  int words() {
    return (int) counts[0];
  }

  long endsAt() {
    return HEADER_BYTES;
  }

  long lettersAt() {
    return aligned(endsAt() + 4L * words());
  }

  long slotsAt() {
    return aligned(lettersAt() + wordBytes);
  }

  /// Where level n of 1 … N begins; of N + 1, the file's size.
  long levelAt(int n) {
    long at = aligned(slotsAt() + (4L << slotBits));
    for (int level = 1; level < n; level++) {
      at = aligned(at + levelBytes(level));
    }
    return at;
  }

  private long levelBytes(int level) {
    long more = level == order() && level > 1 ? 0 : 1;
    long entries = counts[level - 1] + more;
    if (level == 1) {
      return entries * WORD_STRIDE;
    }
    return switch (form.structure()) {
      case TRIE -> form.isQuantized() ? PackedTrie.bytes(this, level) : entries * stride(level);
      case HASH -> HashTable.bytes(this, level);
    };
  }

  /// Bytes of an entry of a plain trie.
  int stride(int level) {
    return level == 1 ? WORD_STRIDE : level < order() ? INNER_STRIDE : LAST_STRIDE;
  }

  static int check(MemorySegment file) {
    var crc = new CRC32();
    crc.update(file.asSlice(0, CHECK_AT).toArray(ValueLayout.JAVA_BYTE));
    return (int) crc.getValue();
  }
}
