package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.text.Normalizer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CleanerTest {
  @Test
  void plainTextIsLeftAsItIs() {
    String text = "class A {\n\tint b;\n}\n";
    assertSame(text, Cleaner.clean(text));
  }

  @Test
  void everyLineEndBecomesOneLineFeed() {
    assertEquals("a\nb\nc\nd\ne\nf\ng\nh", Cleaner.clean("a\r\nb\rc\nd\u0085e\u2028f\u2029g\fh"));
    assertEquals("\n\n", Cleaner.clean("\r\r\n"));
  }

  @Test
  void controlAndZeroWidthCharactersGoAndJoinersStay() {
    assertEquals("ab", Cleaner.clean("\ufeffa\u0000\u0007\u001b\u007f\u009f\u200b\u2060\u00adb"));
    assertEquals(
        "\ud83d\udc69\u200d\ud83d\udcbb\u200c",
        Cleaner.clean("\ud83d\udc69\u200d\ud83d\udcbb\u200c"));
  }

  @Test
  void textIsComposed() {
    assertEquals("caf\u00e9 \u1ebf", Cleaner.clean("cafe\u0301 e\u0302\u0301"));
  }

  @Test
  void halfASurrogatePairIsReplaced() {
    assertEquals("a\ufffdb\ufffd\ud83d\ude00", Cleaner.clean("a\ud83db\ude00\ud83d\ude00"));
  }

  @Test
  void whatIsCalledInertIsInertBesideEachOther() {
    var all = new StringBuilder();
    for (char c = 0; c < Character.MIN_SURROGATE; c++) {
      if (Cleaner.inert(c)) {
        all.append(c).append('e').append(c);
      }
    }
    assertEquals(all.toString(), Normalizer.normalize(all, Normalizer.Form.NFC));
    assertEquals("\u304c", Cleaner.clean("\u304b\u3099"), "a mark of kana is none of them");
    assertEquals("\u01d1", Cleaner.clean("O\u030c"));
  }

  @Property(tries = 500)
  void cleaningTwiceChangesNothingMore(@ForAll String text) {
    String once = Cleaner.clean(text);
    assertEquals(once, Cleaner.clean(once));
    assertEquals(once, Normalizer.normalize(once, Normalizer.Form.NFC));
  }
}
