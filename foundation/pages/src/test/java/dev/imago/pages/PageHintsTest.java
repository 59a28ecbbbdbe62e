package dev.imago.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;

class PageHintsTest {
  @Test
  void whatAPageRepeatsForMachinesIsKnown() {
    var hints =
        new PageHints(
            Jsoup.parse(
                """
                <head><meta property="og:type" content="article"><meta name=description
                content="Why rivers bend, in short"><script type="application/ld+json">
                {"@type": "NewsArticle", "articleBody" : "Water that \\"flows\\"\\ncaf\\u00e9s, said \\
                one.", "headline": "none of it", "text": 5}</script>
                <script>{"articleBody": "no words of a script that runs"}</script></head>
                <article itemscope itemtype="https://schema.org/Question"><main></main></article>
                """));
    assertArrayEquals(new float[] {1, 1, 0, 1, 0, 0, 0}, hints.kinds);
    assertEquals(1, hints.articles);
    assertTrue(hints.main);
    assertEquals(1, hints.body.share("water that flows. Cafés said"));
    assertEquals(0, hints.body.share("none of it"));
    assertEquals(0, hints.body.share("no words of a script that runs"));
    assertEquals(0.5, hints.description.share("Why rivers bend sometimes"));
  }

  @Test
  void brokenDataIsReadAsFarAsItGoes() {
    for (String data :
        List.of("\"articleBody\"", "\"articleBody\":", "\"text\":\"a b\\", "\"text\":\"\\u00")) {
      var hints =
          new PageHints(
              Jsoup.parse("<script type=\"application/ld+json\">" + data + "</script><p>text"));
      assertTrue(hints.body.isEmpty(), data);
    }
  }

  @Test
  void runsAreCountedHoweverMany() {
    var runs = new TextRuns();
    var text = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      text.append("word").append(i).append(' ');
    }
    runs.add(text.toString());
    assertEquals(1, runs.share(text.toString()));
    assertEquals(0, runs.share("word3 word2 word1"));
    assertEquals(0, runs.share("word3"));
    runs.add("河流为什么弯曲");
    assertEquals(1, runs.share("为什么"));
  }
}
