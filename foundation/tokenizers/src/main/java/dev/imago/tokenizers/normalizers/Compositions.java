package dev.imago.tokenizers.normalizers;

import java.text.Normalizer.Form;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// Which two characters make up one: Unicode's primary composites, as Unicode 9 has them.
final class Compositions {
  /// No character: what two characters that stay two make up.
  static final int NONE = -1;

  private static final int L_BASE = 0x1100;
  private static final int V_BASE = 0x1161;
  private static final int T_BASE = 0x11a7;
  private static final int L_COUNT = 19;
  private static final int V_COUNT = 21;
  private static final int T_COUNT = 28;
  private static final int S_BASE = 0xac00;
  private static final int S_COUNT = L_COUNT * V_COUNT * T_COUNT;

  /// Where all composites are.
  private static final CodePoints BLOCKS =
      CodePoints.of(
          "c0-233 385-477 4c1-4f9 622-626 6c0-6d3 929-934 9cb-9cc b48-b4c b94-bcc c48 cc0-ccb"
              + " d4a-d4c dda-dde 1026 1b06-1b43 1e00-1ffc 219a-22ed 304c-30fe 1109a-110ab"
              + " 1112e-1112f 1134b-1134c 114bb-114be 115ba-115bb");

  private final Map<Long, Integer> pairs = new HashMap<>();
  private final BitSet seconds = new BitSet();

  Compositions() {
    BLOCKS.forEach(this::add);
    for (int i = 0; i < V_COUNT; i++) {
      seconds.set(V_BASE + i);
    }
    for (int i = 1; i < T_COUNT; i++) {
      seconds.set(T_BASE + i);
    }
  }

  private void add(int c) {
    String whole = Character.toString(c);
    String parts = java.text.Normalizer.normalize(whole, Form.NFD);
    if (parts.equals(whole) || !java.text.Normalizer.normalize(whole, Form.NFC).equals(whole)) {
      return;
    }
    int second = parts.codePointBefore(parts.length());
    String rest = parts.substring(0, parts.length() - Character.charCount(second));
    int first = java.text.Normalizer.normalize(rest, Form.NFC).codePointAt(0);
    pairs.put(key(first, second), c);
    seconds.set(second);
  }

  private static long key(int first, int second) {
    return (long) first << 32 | second;
  }

  /// Whether a character may be the second of two.
  boolean isSecond(int codePoint) {
    return seconds.get(codePoint);
  }

  /// What two characters make up, or [#NONE].
  int of(int first, int second) {
    if (!isSecond(second)) {
      return NONE;
    }
    if (L_BASE <= first && first < L_BASE + L_COUNT) {
      int vowel = second - V_BASE;
      return 0 <= vowel && vowel < V_COUNT
          ? S_BASE + ((first - L_BASE) * V_COUNT + vowel) * T_COUNT
          : NONE;
    }
    if (S_BASE <= first && first < S_BASE + S_COUNT) {
      int tail = second - T_BASE;
      return 0 < tail && tail < T_COUNT && (first - S_BASE) % T_COUNT == 0 ? first + tail : NONE;
    }
    return pairs.getOrDefault(key(first, second), NONE);
  }
}
