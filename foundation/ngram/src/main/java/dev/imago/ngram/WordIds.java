package dev.imago.ngram;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Words as they come, numbered from 0: a hash table over their UTF-8, about twenty bytes a word
/// beside its letters. `<unk>`, `<s>` and `</s>` are the first three, unless a file has them
/// elsewhere.
public final class WordIds implements NgramWords {
  private byte[] letters = new byte[1 << 12];
  private int[] ends = new int[1 << 8];
  private int[] slots = new int[1 << 10];
  private int size;

  /// With the three words that every model has.
  public WordIds() {
    this(true);
  }

  WordIds(boolean special) {
    if (special) {
      add(UNKNOWN);
      add(BEGIN);
      add(END);
    }
  }

  /// The id of a word, which is new where it was not there.
  public int add(String word) {
    byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
    int slot = slot(utf8);
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    int start = size == 0 ? 0 : ends[size - 1];
    if (start > Integer.MAX_VALUE - 64 - utf8.length) {
      throw new IllegalArgumentException(
          "the words have more than 2 GB of letters; cut the text into smaller units");
    }
    if (start + utf8.length > letters.length) {
      long grown = Math.max(start + utf8.length, letters.length * 2L);
      letters = Arrays.copyOf(letters, (int) Math.min(Integer.MAX_VALUE - 64, grown));
    }
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
    }
    System.arraycopy(utf8, 0, letters, start, utf8.length);
    ends[size] = start + utf8.length;
    slots[slot] = ++size;
    if (size > slots.length / 2) {
      rehash();
    }
    return size - 1;
  }

  /// The id of a word; −1 where it is not there.
  public int id(String word) {
    return slots[slot(word.getBytes(StandardCharsets.UTF_8))] - 1;
  }

  /// The slot that holds a word, or would.
  private int slot(byte[] utf8) {
    int slot = hash(utf8, 0, utf8.length) & slots.length - 1;
    while (slots[slot] != 0) {
      int id = slots[slot] - 1;
      int start = id == 0 ? 0 : ends[id - 1];
      if (Arrays.equals(letters, start, ends[id], utf8, 0, utf8.length)) {
        return slot;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    for (int id = 0; id < size; id++) {
      int start = id == 0 ? 0 : ends[id - 1];
      int slot = hash(letters, start, ends[id]) & slots.length - 1;
      while (slots[slot] != 0) {
        slot = slot + 1 & slots.length - 1;
      }
      slots[slot] = id + 1;
    }
  }

  /// FNV-1a, and a mix of its upper half into the lower. A model's file has it too.
  static int hash(byte[] bytes, int from, int to) {
    long hash = 0xcbf29ce484222325L;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i] & 0xff) * 0x100000001b3L;
    }
    return (int) (hash ^ hash >>> 32);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public byte[] utf8(int id) {
    return Arrays.copyOfRange(letters, id == 0 ? 0 : ends[id - 1], ends[id]);
  }

  @Override
  public String word(int id) {
    return new String(utf8(id), StandardCharsets.UTF_8);
  }

  @Override
  public int begin() {
    return id(BEGIN);
  }

  @Override
  public int end() {
    return id(END);
  }

  @Override
  public int unknown() {
    return id(UNKNOWN);
  }
}
