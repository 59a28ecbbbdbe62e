package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextFormTest {
  private static TextForm of(String text) {
    return new Prose(text).form(50);
  }

  @Test
  void proseIsProseWhetherWrappedOrNot() {
    String sentence =
        "The committee met in the old town hall and agreed, after a long debate, to repair the"
            + " bridge. ";
    assertEquals(TextForm.PROSE, of(sentence.repeat(8)));
    assertEquals(
        TextForm.PROSE,
        of(
            """
            The committee met in the old town hall
            and agreed, after a long debate, to
            repair the bridge before the winter; it
            was closed to carts in the spring, when
            the river rose and carried away two of
            the piers, and nobody has crossed it
            since then but children and the dog of
            the miller, who has no fear of water.
            """));
    assertEquals(TextForm.BOOK, of(sentence.repeat(1500)));
  }

  @Test
  void fewWordsAreShort() {
    assertEquals(TextForm.SHORT, of("Markets fall on fears of war"));
    assertEquals(TextForm.SHORT, of("春眠不觉晓，处处闻啼鸟。\n夜来风雨声，花落知多少。"));
  }

  @Test
  void versesAreShortLinesThatOpenAnew() {
    assertEquals(
        TextForm.VERSE,
        of("Shall I go down to the sea\nOr stay with the hills and the rain?\n".repeat(6)));
    assertEquals(TextForm.VERSE, of("长安一片月，万户捣衣声。\n秋风吹不尽，总是玉关情。\n".repeat(6)));
  }

  @Test
  void dialoguesOpenWithWhoSpeaks() {
    assertEquals(
        TextForm.DIALOGUE,
        of(
            "First Citizen:\nBefore we proceed any further, hear me speak.\n\nAll:\nSpeak, speak.\n\n"
                .repeat(6)));
    assertEquals(TextForm.DIALOGUE, of("甲：今天天气怎么样，要不要出去走走？\n乙：好啊，我们去公园吧。\n".repeat(8)));
  }

  @Test
  void listsAndTablesAreNoProse() {
    assertEquals(TextForm.LIST, of("- two loaves of brown bread from the baker\n".repeat(10)));
    assertEquals(TextForm.TABLE, of("alpha beta\tone two\tthree four\n".repeat(12)));
  }
}
