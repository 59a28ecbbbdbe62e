package dev.imago.tokenizers.models;

import java.util.Arrays;

/// Strings to numbers, walked from a place in a text by UTF-16 units: all tokens that start there
/// are met in order of length, without an object.
///
/// A node is its slot in one hash table, keyed by its parent's slot and the unit that leads to it;
/// nodes of the first level are found by an array. Immutable.
public final class CharTrie {
  /// What [#first] and [#next] give where no string goes on, and [#value] where none ends.
  public static final int NONE = -1;

  private static final long EMPTY = -1;

  private final long[] keys;
  private final int[] values;
  private final int mask;
  private final int[] firsts;

  private CharTrie(int nodes) {
    int capacity = Math.max(16, Integer.highestOneBit(Math.max(1, nodes)) * 4);
    keys = new long[capacity];
    values = new int[capacity];
    firsts = new int[Character.MAX_VALUE + 1];
    mask = capacity - 1;
    Arrays.fill(keys, EMPTY);
    Arrays.fill(values, NONE);
    Arrays.fill(firsts, NONE);
  }

  /// The node of a string's first unit.
  public int first(char unit) {
    return firsts[unit];
  }

  /// The node after `node` by one more unit.
  public int next(int node, char unit) {
    long key = key(node, unit);
    int at = hash(key) & mask;
    while (true) {
      long found = keys[at];
      if (found == key) {
        return at;
      }
      if (found == EMPTY) {
        return NONE;
      }
      at = at + 1 & mask;
    }
  }

  /// The number of the string that ends at a node.
  public int value(int node) {
    return values[node];
  }

  /// Where the longest string that starts at `from` ends; `from` where none starts.
  public int longest(CharSequence text, int from) {
    int end = from;
    int node = from < text.length() ? first(text.charAt(from)) : NONE;
    for (int i = from + 1; node != NONE; i++) {
      if (values[node] != NONE) {
        end = i;
      }
      if (i == text.length()) {
        break;
      }
      node = next(node, text.charAt(i));
    }
    return end;
  }

  private int add(int parent, char unit) {
    long key = key(parent, unit);
    int at = hash(key) & mask;
    while (keys[at] != EMPTY) {
      at = at + 1 & mask;
    }
    keys[at] = key;
    if (parent == NONE) {
      firsts[unit] = at;
    }
    return at;
  }

  private static long key(int parent, char unit) {
    return (long) (parent + 1) << 16 | unit;
  }

  private static int hash(long key) {
    return (int) (key * 0x9E3779B97F4A7C15L >>> 32);
  }

  /// Numbers nodes in the order in which they come, parents first; the trie itself is laid out when
  /// their count is known.
  public static final class Builder {
    private int[] parents = new int[1024];
    private char[] units = new char[1024];
    private int[] values = new int[1024];
    private int[] table = new int[4096];
    private int size;

    public Builder() {}

    /// Adds a string; one that is there already gets the new number. The empty one is left out.
    public Builder add(String string, int value) {
      if (string.isEmpty()) {
        return this;
      }
      int node = NONE;
      for (int i = 0; i < string.length(); i++) {
        node = child(node, string.charAt(i));
      }
      values[node] = value;
      return this;
    }

    private int child(int parent, char unit) {
      int at = hash(key(parent, unit)) & table.length - 1;
      while (table[at] != 0) {
        int node = table[at] - 1;
        if (parents[node] == parent && units[node] == unit) {
          return node;
        }
        at = at + 1 & table.length - 1;
      }
      if (size == parents.length) {
        parents = Arrays.copyOf(parents, 2 * size);
        units = Arrays.copyOf(units, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      parents[size] = parent;
      units[size] = unit;
      values[size] = NONE;
      table[at] = ++size;
      if (2 * size > table.length) {
        grow();
      }
      return size - 1;
    }

    private void grow() {
      table = new int[2 * table.length];
      for (int node = 0; node < size; node++) {
        int at = hash(key(parents[node], units[node])) & table.length - 1;
        while (table[at] != 0) {
          at = at + 1 & table.length - 1;
        }
        table[at] = node + 1;
      }
    }

    public CharTrie build() {
      var trie = new CharTrie(size);
      int[] slots = new int[size];
      for (int node = 0; node < size; node++) {
        int parent = parents[node] == NONE ? NONE : slots[parents[node]];
        slots[node] = trie.add(parent, units[node]);
        trie.values[slots[node]] = values[node];
      }
      return trie;
    }
  }
}
