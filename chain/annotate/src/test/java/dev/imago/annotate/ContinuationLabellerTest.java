package dev.imago.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.data.Document;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContinuationLabellerTest {
  private final ContinuationLabeller labeller =
      new ContinuationLabeller(Annotate.Config.defaults());

  private Labeller.Labelled label(String id, String text) {
    return labeller.label(List.of(new Document(id, text, id, Map.of("kind", "prose")))).getFirst();
  }

  private List<String> pairs(String id, String text) {
    return label(id, text).pairs().stream()
        .map(pair -> pair.ordinal() + " " + pair.prompt() + " -> " + pair.completion())
        .toList();
  }

  @Test
  void aSentenceIsFollowedByTheNextOneOfItsParagraph() {
    assertEquals(
        List.of(
            "1 Continue: Here is the first one. -> Here is the second one.",
            "2 Continue: Here is the third one. -> Here is the fourth one.",
            "3 Continue: Another paragraph begins here. -> It ends with this one."),
        pairs(
            "a.txt",
            """
            Here is the first one. Here is the second one. Here is the third one. Here is the fourth one.

            Alone in its paragraph is this.

            Another paragraph begins here. It ends with this one. Here is nothing after.
            """));
  }

  @Test
  void chineseIsAskedInChinese() {
    assertEquals(
        List.of("1 续写：白日依山尽，黄河入海流。 -> 欲穷千里目，更上一层楼。", "2 续写：春眠不觉晓，处处闻啼鸟？ -> 夜来风雨声，花落知多少！"),
        pairs("a.jsonl:1", "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。\n\n春眠不觉晓，处处闻啼鸟？夜来风雨声，花落知多少！"));
  }

  @Test
  void wrappedLinesAreOneParagraph() {
    assertEquals(
        List.of(
            "1 Continue: It is a truth universally acknowledged, that a single man in possession of"
                + " a good fortune, must be in want of a wife."
                + " -> However little known the feelings of such a man may be, it is well fixed."),
        pairs(
            "a.txt",
            """
            It is a truth universally acknowledged, that a single man in
            possession of a good fortune, must be in want of a wife. However
            little known the feelings of such a man may be, it is well
            fixed.
            """));
    assertEquals(
        List.of("1 续写：我们在这里写下一个很长的句子，它要在一行里放不下，所以要换到第二行去才能写完整。 -> 然后是另一个句子。"),
        pairs(
            "a.txt",
            """
            我们在这里写下一个很长的句子，它要在一行里放不下，所
            以要换到第二行去才能写完整。然后是另一个句子。
            """));
  }

  @Test
  void aParagraphOfEachLineStaysApart() {
    assertEquals(
        List.of(
            "1 Continue: Here is the first one. -> Here is the second one.",
            "2 Continue: Now for something new. -> It is this one here."),
        pairs(
            "a.txt",
            "Here is the first one. Here is the second one. And a third one here.\n"
                + "Now for something new. It is this one here. And yet one more of them.\n"));
  }

  @Test
  void whatIsNoSentenceIsPassedOver() {
    var labelled =
        label("a.txt", "Short. Here is the first one. 1 2 3 4 5 6 7. Here is the last one.");
    assertEquals(List.of(), labelled.pairs());
    assertEquals(
        List.of("sentence too short", "sentence of few letters", "sentence of few letters"),
        labelled.skipped());
    assertEquals(
        List.of("paragraph of one sentence"), label("a.txt", "One sentence only here.").skipped());
  }

  @Test
  void aHeadingIsAnsweredByTheFirstSentenceOfItsSection() {
    assertEquals(
        List.of(
            "1 The storage layer -> All files are kept on disk.",
            "2 Reading -> Call read to get a page & more.",
            "3 Setext too -> It works as well here.",
            "4 配置 -> 每个阶段都有自己的配置记录。"),
        pairs(
            "docs/a.md",
            """
            ---
            title: Front. Matter is none.
            ---
            Before any heading there is text. It gives nothing.

            # The **storage** layer ##
            ![logo](logo.png)

            All [files](x.html) are
            kept on *disk*. More is said.

            ## Only code
            ```java
            # not a heading
            Not a sentence at all. Really not one.
            ```
            ## Only a list
            - An item of a list is here. And more of it.
              And more of that item.
            ## Only a table
            | a | b |
            |---|---|
            | It is a cell. | And another one. |
            ## Reading
            <p align="center">Html is left out here.</p>

            > A quotation is left out too.

            Call `read` to get a page &amp; <b>more</b>.
            ```
            code
            ```
            Setext too
            ----------
            It works as well here.

            ### 配置
            每个阶段都有自己的配置记录。后面还有。
            """));
  }

  @Test
  void markdownWithoutHeadingsIsProse() {
    assertEquals(
        List.of("1 Continue: Here is the first one. -> Here is the second one."),
        pairs(
            "notes.md",
            "- a list is here\n\nHere is *the first* one. Here is\nthe [second](b) one.\n"));
    assertEquals(
        List.of("heading without running text"),
        label("a.md", "# Title\n\n## Other\n").skipped().subList(0, 1));
  }

  @Test
  void hostileTextEndsSoon() {
    label("a.md", "[".repeat(100_000) + "\n# " + "*".repeat(50_000));
    label("a.md", "# a\n" + "<!--".repeat(50_000));
    label("a.txt", ".".repeat(200_000) + " \"".repeat(100_000));
    label("a.txt", "a ".repeat(500_000));
  }

  @Test
  void aTextWithoutAPairIsAskedByItsFirstHalf() {
    assertEquals(
        List.of("1 Continue: Shares of the two banks -> rose again on Friday morning"),
        pairs("a.txt:1", "Shares of the two banks rose again on Friday morning"));
    assertEquals(
        List.of("1 续写：词汇阅读是关键 -> 08年考研暑期英语复习全指南"), pairs("a.txt:1", "词汇阅读是关键 08年考研暑期英语复习全指南"));
    assertEquals(List.of("1 续写：中国人民公安大学 -> 年硕士研究生目录"), pairs("a.txt:1", "中国人民公安大学年硕士研究生目录"));
    assertEquals(
        List.of("1 Continue: But soft, what light -> Through yonder window breaks"),
        pairs("a.txt", "But soft, what light\nThrough yonder window breaks"));
  }

  @Test
  void whatHasNoTwoHalvesGivesNone() {
    assertEquals(List.of(), pairs("a.txt", "Exeunt"));
    assertEquals(List.of("paragraph of one sentence"), label("a.txt", "Exeunt").skipped());
  }
}
