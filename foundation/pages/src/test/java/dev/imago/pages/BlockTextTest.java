package dev.imago.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTextTest {
  @Test
  void charactersOfAllKindsAreCounted() {
    var text = new BlockText("Ab, 12 € für 河流。");
    assertEquals(3 + 2 * 0.6, text.words, 1e-9);
    assertEquals(7, text.letters);
    assertEquals(1, text.capitals);
    assertEquals(2, text.digits);
    assertEquals(2, text.punctuation);
    assertEquals(1, text.prices);
    assertEquals(12, text.seen);
  }

  @Test
  void wordsAreFoundByTheirKind() {
    var words = new NameWords(List.of("nav,side-", "article,分享"));
    assertEquals(0, words.in("n"));
    assertEquals(0, words.in("sider"));
    assertEquals(1, words.in("main-navigation"));
    assertEquals(2, words.in("请分享"));
    assertEquals(3, words.in("article side-bar"));
  }

  @Test
  void kindsAreCountedHoweverMany() {
    var counts = new KindCounts();
    for (long kind = 0; kind < 3_000; kind++) {
      counts.add(kind % 1_000);
    }
    assertEquals(3, counts.count(7));
    assertEquals(0, counts.count(-7));
  }
}
