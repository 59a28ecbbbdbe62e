package dev.imago.constraints;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Byte strings as a tree laid flat, parents before children: a walk goes through the arrays from
/// left to right, and past a whole branch in one step.
///
/// @param bytes of each node
/// @param depth of each node, 1 for the first bytes
/// @param past the index behind each node's branch
/// @param string the lowest string that ends at each node; −1 for none
/// @param twin by string, the next one of the same bytes; −1 for none
/// @param deepest of all depths
record ByteTree(byte[] bytes, int[] depth, int[] past, int[] string, int[] twin, int deepest) {
  /// @param strings by number; empty ones are left out
  static ByteTree of(byte[][] strings) {
    int[] sorted =
        IntStream.range(0, strings.length)
            .filter(i -> strings[i].length > 0)
            .boxed()
            .sorted(
                Comparator.<Integer, byte[]>comparing(i -> strings[i], Arrays::compareUnsigned)
                    .thenComparing(i -> i))
            .mapToInt(i -> i)
            .toArray();
    int nodes = 0;
    byte[] before = {};
    for (int id : sorted) {
      nodes += strings[id].length - common(before, strings[id]);
      before = strings[id];
    }
    var tree =
        new ByteTree(
            new byte[nodes], new int[nodes], new int[nodes], new int[nodes], twins(strings), 0);
    return tree.fill(strings, sorted);
  }

  private static int[] twins(byte[][] strings) {
    int[] twin = new int[strings.length];
    Arrays.fill(twin, -1);
    return twin;
  }

  private ByteTree fill(byte[][] strings, int[] sorted) {
    Arrays.fill(string, -1);
    Arrays.fill(past, -1);
    int most = 0;
    int[] path = new int[1 + Arrays.stream(sorted).map(id -> strings[id].length).max().orElse(0)];
    byte[] before = {};
    int n = 0;
    for (int id : sorted) {
      byte[] s = strings[id];
      int shared = common(before, s);
      for (int d = before.length; d > shared; d--) {
        past[path[d]] = n;
      }
      for (int d = shared + 1; d <= s.length; d++) {
        path[d] = n;
        bytes[n] = s[d - 1];
        depth[n++] = d;
      }
      int node = path[s.length];
      if (string[node] < 0) {
        string[node] = id;
      } else {
        int last = string[node];
        while (twin[last] >= 0) {
          last = twin[last];
        }
        twin[last] = id;
      }
      most = Math.max(most, s.length);
      before = s;
    }
    for (int i = 0; i < n; i++) {
      past[i] = past[i] < 0 ? n : past[i];
    }
    return new ByteTree(bytes, depth, past, string, twin, most);
  }

  private static int common(byte[] a, byte[] b) {
    int at = Arrays.mismatch(a, b);
    return at < 0 ? a.length : at;
  }

  int size() {
    return bytes.length;
  }

  /// The longest string that stands at this place; −1 for none.
  int longest(byte[] text, int from) {
    int found = -1;
    int node = 0;
    int end = size();
    for (int at = from; at < text.length; at++) {
      while (node < end && bytes[node] != text[at]) {
        node = past[node];
      }
      if (node >= end) {
        return found;
      }
      found = string[node] >= 0 ? string[node] : found;
      end = past[node];
      node++;
    }
    return found;
  }
}
