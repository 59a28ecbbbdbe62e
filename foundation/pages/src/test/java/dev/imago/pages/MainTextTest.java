package dev.imago.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

class MainTextTest {
  private static final MainText TEXT = MainText.load();

  private static final String NAVIGATION =
      """
      <nav class="site-nav"><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop</a></li>
      <li><a href="/about">About us</a></li><li><a href="/login">Log in</a></li></ul></nav>
      """;

  private static final String FOOTER =
      """
      <footer class="footer"><div class="newsletter">Subscribe to our newsletter</div>
      <p>© 2026 Example Ltd. All rights reserved. <a href="/privacy">Privacy policy</a></p></footer>
      """;

  private static String page(String title, String body) {
    return "<html><head><title>%s</title></head><body>%s<div class=\"content\">%s</div>%s</body></html>"
        .formatted(title, NAVIGATION, body, FOOTER);
  }

  private static final String ARTICLE =
      """
      <article class="post"><h1>Why rivers bend</h1>
      <p>Water that flows over soft ground never keeps to a straight line for long, because the
      smallest bump turns the current towards one bank, which it then wears away.</p>
      <h2>What happens next</h2>
      <p>On the other side, where the water is slower, sand and gravel are left behind. The bend
      grows from year to year, until the river cuts through its neck and leaves a lake.</p>
      <pre><code>for year in years:
          bend += 1</code></pre>
      <p>Engineers who straightened rivers a century ago are now paid to let them bend again, since
      slow water floods less, feeds the ground water, and carries more life than a canal.</p>
      </article>
      """;

  @Test
  void whatStandsAroundAnArticleIsLeftOut() {
    String text = TEXT.of(page("Why rivers bend", ARTICLE), MainText.Form.TEXT);
    assertTrue(text.contains("Water that flows over soft ground"), text);
    assertTrue(text.contains("carries more life than a canal."), text);
    assertFalse(text.contains("newsletter"), text);
    assertFalse(text.contains("About us"), text);
    assertFalse(text.contains("Privacy policy"), text);
  }

  @Test
  void anArticlesBodyHasNoTitleNoNamesAndNoCaption() {
    String told =
        ARTICLE.replace(
            "</h1>",
            "</h1><div class=byline>By Ann Example, updated 3 May 2026</div><figure><img"
                + " src=a.jpg><figcaption>A river. Photo: Bob Example</figcaption></figure>");
    Document page = Jsoup.parse(page("Why rivers bend", told));
    String text = TEXT.of(page, MainText.Form.TEXT, MainText.Scope.BODY);
    assertTrue(text.startsWith("Water that flows over soft ground"), text);
    assertTrue(text.endsWith("carries more life than a canal."), text);
    assertFalse(text.contains("Example"), text);
  }

  @Test
  void anArticleInChineseIsFoundToo() {
    String body =
        """
        <div class="article"><h1>河流为什么弯曲</h1>
        <p>在松软的地面上流动的水，从来不会长时间保持直线，因为最小的隆起都会把水流引向一侧的河岸，然后慢慢把它冲刷掉。</p>
        <p>在另一侧，水流比较缓慢，泥沙和砾石便留了下来。河湾一年一年地扩大，直到河水切断它的颈部，留下一个湖泊。</p>
        <p>一百年前把河流拉直的工程师，如今又被请来让它们重新弯曲，因为缓慢的水流更少引发洪水，也能补充地下水。</p></div>
        """;
    String text = TEXT.of(page("河流为什么弯曲", body), MainText.Form.TEXT);
    assertTrue(text.contains("在松软的地面上流动的水"), text);
    assertTrue(text.contains("也能补充地下水。"), text);
    assertFalse(text.contains("Subscribe"), text);
  }

  @Test
  void aPageWithoutTextHasNone() {
    assertEquals("", TEXT.of("", MainText.Form.TEXT));
    assertEquals("", TEXT.of("<html><body><img src=a></body></html>", MainText.Form.MARKDOWN));
  }

  @Test
  void aPageMayNestAndRepeatAsItLikes() {
    String deep = "<div>".repeat(20_000) + "<p>A sentence, far down.</p>";
    assertEquals(1, PageBlocks.of(Jsoup.parse(deep)).size());
    String inDeep = "<div>text of a few words<b>".repeat(3_000);
    TEXT.of(inDeep, MainText.Form.MARKDOWN);
    String wide = "<ul>" + "<li class=a>One of many</li>".repeat(10_000) + "</ul>";
    TEXT.of(wide, MainText.Form.TEXT);
    TEXT.of(deep, MainText.Form.TEXT);
  }

  private static List<PageBlock> blocks(String html) {
    Document page = Jsoup.parse(html);
    return PageBlocks.of(page);
  }

  @Test
  void blocksEndWhereAReaderSeesAnEnd() {
    List<PageBlock> blocks =
        blocks(
            """
            <p>One <b>bold</b> and <a href=x>linked</a>
              line.<br>Next line.<br><br>A block of its own</p><script>no</script>
            <table><tr><td>a</td><td>b</td></tr></table><p hidden>unseen</p><p>…</p>
            """);
    assertEquals(
        List.of("One bold and linked line.\nNext line.", "A block of its own", "a", "b", "unseen"),
        blocks.stream().map(PageBlock::text).toList());
    assertEquals(6, blocks.getFirst().linkCharacters());
    assertEquals(4, blocks.getFirst().boldCharacters());
    assertTrue(blocks.getLast().hidden());
  }

  @Test
  void markdownHasHeadingsListsCodeQuotationsAndTables() {
    String html =
        """
        <h2>Head</h2><p>Text</p><ul><li>one</li><li>two<ol><li>first</li><li>second</li></ol></li></ul>
        <blockquote>said</blockquote><pre>a = 1
          b</pre><table><tr><th>k</th><th>v</th></tr><tr><td>x|y</td><td>2</td></tr></table>
        """;
    assertEquals(
        """
        ## Head

        Text

        - one
        - two
          1. first
          2. second

        > said

        ```
        a = 1
          b
        ```

        | k | v |
        | --- | --- |
        | x\\|y | 2 |\
        """,
        MarkdownBlocks.write(blocks(html)));
  }

  @Test
  void longListsAndTablesAreWrittenInOnePass() {
    String list = MarkdownBlocks.write(blocks("<ol>" + "<li>item".repeat(20_000) + "</ol>"));
    assertTrue(
        list.endsWith("\n19999. item\n20000. item"), () -> list.substring(list.length() - 40));
    String rows = MarkdownBlocks.write(blocks("<table>" + "<tr><td>a".repeat(20_000) + "</table>"));
    assertEquals(20_001, rows.lines().count());
  }

  @Test
  void aLongListIsKeptToItsEnd() {
    var list = new StringBuilder("<h1>A list of many</h1><ul>");
    for (int i = 0; i < 3_000; i++) {
      list.append("<li>Item number ")
          .append(i)
          .append(" of the list is described in some words.</li>");
    }
    String text =
        TEXT.of(page("A list of many", list.append("</ul>").toString()), MainText.Form.TEXT);
    assertTrue(text.contains("Item number 0 of"), () -> text.substring(0, 200));
    assertTrue(text.contains("Item number 2999 of"), () -> text.substring(text.length() - 200));
  }

  @Test
  void whatAPageDrawnByScriptKeepsForOthersIsReadAndItsNoticeIsNot() {
    String text =
        "<p>" + "A page keeps its posts for those who run no script. ".repeat(30) + "</p>";
    assertEquals(1, blocks("<div></div><noscript>" + text + "</noscript>").size());
    assertEquals(0, blocks("<noscript><p>Please switch JavaScript on.</p></noscript>").size());
  }

  @Test
  void treesAreReadAndSummed() {
    TreeEnsemble trees =
        TreeEnsemble.parse(List.of("base 0.5", "1 2.5 1 2;-0.25;0 0.0 3 4;0.125;1.0", "0.0625"));
    assertArrayEquals(
        new double[] {0.5 - 0.25 + 0.0625, 0.5 + 0.125 + 0.0625, 0.5 + 1 + 0.0625},
        trees.predict(new float[][] {{9, 2.5f}, {-1, 3}, {1, 3}}),
        0);
    assertThrows(RuntimeException.class, () -> TreeEnsemble.parse(List.of("base 1", "1 2")));
  }
}
