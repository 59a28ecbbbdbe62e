package dev.imago.tokenizers.models;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The ids of tokens that are one character, between what a model puts around it.
final class CharacterIds {
  private final int[] common = new int[Character.MAX_VALUE + 1];
  private final Map<Integer, Integer> rare = new HashMap<>();

  /// @param before what stands before the character in the token
  /// @param after what stands after it
  CharacterIds(VocabularyTable table, String before, String after) {
    Arrays.fill(common, -1);
    for (var entry : table.ids().entrySet()) {
      String token = entry.getKey();
      int from = before.length();
      int to = token.length() - after.length();
      if (to > from
          && to - from <= 2
          && Character.charCount(token.codePointAt(from)) == to - from
          && token.startsWith(before)
          && token.endsWith(after)) {
        put(token.codePointAt(from), entry.getValue());
      }
    }
  }

  void put(int codePoint, int id) {
    if (codePoint < common.length) {
      common[codePoint] = id;
    } else {
      rare.put(codePoint, id);
    }
  }

  /// The id of the character's token, or −1.
  int find(int codePoint) {
    return codePoint < common.length ? common[codePoint] : rare.getOrDefault(codePoint, -1);
  }
}
