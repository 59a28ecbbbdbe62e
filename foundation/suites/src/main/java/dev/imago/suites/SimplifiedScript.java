package dev.imago.suites;

import com.hankcs.hanlp.HanLP;
import java.util.function.IntUnaryOperator;

/// Each Chinese character in its simplified form, one by one, by HanLP's table.
public final class SimplifiedScript implements IntUnaryOperator {
  private static final int FIRST = 0x4e00;

  private final char[] known = new char[0xa000 - FIRST];

  @Override
  public int applyAsInt(int character) {
    if (character < FIRST || character >= 0xa000) {
      return character;
    }
    char found = known[character - FIRST];
    if (found == 0) {
      String simple = HanLP.convertToSimplifiedChinese(Character.toString(character));
      found = simple.length() == 1 ? simple.charAt(0) : (char) character;
      known[character - FIRST] = found;
    }
    return found;
  }
}
