package dev.imago.tokenizers.normalizers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/// Writes the table that a [CharsMap] reads.
final class CharsMapWriter {
  private static final int LEAF = 0;

  private final TreeMap<Integer, Integer> units = new TreeMap<>();
  private final BitSet taken = new BitSet();
  private final BitSet bases = new BitSet();

  /// A key's bytes so far, and what follows; a [#LEAF] holds where the replacement starts.
  private static final class Node {
    private final TreeMap<Integer, Node> children = new TreeMap<>();
    private int value;
  }

  private CharsMapWriter() {}

  /// A table with these replacements.
  static byte[] write(Map<String, String> replacements) {
    var root = new Node();
    var texts = new ByteArrayOutputStream();
    replacements.forEach(
        (key, value) -> {
          Node node = root;
          for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            node = node.children.computeIfAbsent(b & 0xff, k -> new Node());
          }
          var leaf = new Node();
          leaf.value = texts.size();
          node.children.put(LEAF, leaf);
          texts.writeBytes(value.getBytes(StandardCharsets.UTF_8));
          texts.write(0);
        });
    var writer = new CharsMapWriter();
    writer.taken.set(0);
    writer.units.put(0, 0);
    writer.place(0, root);
    int size = (writer.units.lastKey() | 0xff) + 1;
    var out =
        ByteBuffer.allocate(4 + 4 * size + texts.size())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(4 * size);
    for (int i = 0; i < size; i++) {
      out.putInt(writer.units.getOrDefault(i, 0));
    }
    return out.put(texts.toByteArray()).array();
  }

  /// The same, as a `tokenizer.json` has it.
  static String json(Map<String, String> replacements) {
    return json(write(replacements));
  }

  static String json(byte[] table) {
    return "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"%s\"}"
        .formatted(Base64.getEncoder().encodeToString(table));
  }

  private void place(int at, Node node) {
    int base = 1;
    while (bases.get(base) || !fits(base, node)) {
      base++;
    }
    bases.set(base);
    for (int label : node.children.keySet()) {
      taken.set(base ^ label);
    }
    int ends = node.children.containsKey(LEAF) ? 1 << 8 : 0;
    units.merge(at, (at ^ base) << 10 | ends, (a, b) -> a | b);
    for (var child : node.children.entrySet()) {
      int label = child.getKey();
      units.put(base ^ label, label == LEAF ? 1 << 31 | child.getValue().value : label);
    }
    for (var child : node.children.entrySet()) {
      if (child.getKey() != LEAF) {
        place(base ^ child.getKey(), child.getValue());
      }
    }
  }

  private boolean fits(int base, Node node) {
    for (int label : node.children.keySet()) {
      if (taken.get(base ^ label)) {
        return false;
      }
    }
    return true;
  }
}
