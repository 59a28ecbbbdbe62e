package dev.imago.tokenizers.aligned;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AlignedTextTest {
  private static String origins(AlignedText text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      out.append(text.text().charAt(i))
          .append(text.originStart(i))
          .append('-')
          .append(text.originEnd(i))
          .append(' ');
    }
    return out.toString().strip();
  }

  @Test
  void anOriginalComesFromItself() {
    assertEquals("a0-1 b1-2 c2-3", origins(AlignedText.of("abc")));
  }

  @Test
  void aSliceKnowsWhereItWasCut() {
    AlignedText slice = AlignedText.of("abcdef").slice(2, 5).slice(1, 3);
    assertEquals("d3-4 e4-5", origins(slice));
    assertEquals(3, slice.origin());
  }

  @Test
  void aRewritingMayKeepLeaveOutAndPutIn() {
    AlignedText text = AlignedText.of("abcd").slice(1, 4);
    AlignedText changed = text.rewrite().put("<", AlignedText.START).keep(0, 1).put("XY", 2).done();
    assertEquals("<1-1 b1-2 X3-4 Y3-4", origins(changed));
    assertEquals("X3-4 Y3-4", origins(changed.slice(2, 4)));
    assertEquals("b1-2", origins(changed.rewrite().keep(1, 2).done()));
  }

  @Test
  void aCharacterOfTwoUnitsComesFromBoth() {
    AlignedText text = AlignedText.of("a😀b");
    assertEquals(1, text.rewrite().put("x", 2).done().originStart(0));
    assertEquals(3, text.rewrite().put("x", 1).done().originEnd(0));
    AlignedText kept = text.rewrite().keep(1, 4).done();
    assertEquals(1, kept.originStart(1));
    assertEquals(3, kept.originEnd(0));
  }

  @Test
  void aRewritingThatChangesNothingIsTheSameText() {
    AlignedText text = AlignedText.of("abc");
    assertSame(text, text.rewrite().keep(0, 1).keep(1, 3).done());
  }

  @Test
  void anUntrackedTextStaysSo() {
    AlignedText text = AlignedText.ofUntracked("abc");
    AlignedText changed = text.rewrite().put("zz", 1).keep(2, 3).done();
    assertEquals("zzc", changed.text());
    assertFalse(changed.isTracked());
    assertFalse(changed.slice(1, 3).isTracked());
  }

  @Test
  void anotherSpellingHasAsManyUnits() {
    assertEquals("x1-2 y2-3", origins(AlignedText.of("abc").slice(1, 3).respelled("xy")));
    assertThrows(IllegalArgumentException.class, () -> AlignedText.of("abc").respelled("x"));
  }
}
