package dev.imago.console.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElementTest {
  @Test
  void escapesTextAndAttributes() {
    assertEquals(
        "<p title=\"&quot;&gt;&lt;b x=&#39;\">&lt;script&gt;&amp;amp;</p>",
        Element.of("p", Content.text("<script>&amp;")).with("title", "\"><b x='").toString());
  }

  @Test
  void replacesWhatNoDocumentMayHold() {
    assertEquals(
        "<p>a\uFFFDb\uFFFDc🦋</p>", Element.of("p", Content.text("a\0b\uD800c🦋")).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "onclick",
        "style",
        "href",
        "src",
        "hx-on",
        "hx-on-click",
        "srcdoc",
        "hx-get",
        "a b",
        "x\"y"
      })
  void refusesAttributesThatCouldRunOrLeadAway(String attribute) {
    assertThrows(
        IllegalArgumentException.class, () -> Element.of("a").with(attribute, "javascript:x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"script", "style", "iframe"})
  void refusesScriptsAndStylesWithABody(String name) {
    assertThrows(IllegalArgumentException.class, () -> Element.of(name, Content.text("x")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"javascript:alert(1)", "//evil.example/x", "../../etc/passwd", "a?b#c&d=e"})
  void encodesWhateverStandsInALink(String text) {
    String link = Link.to("runs", text).with(text, text).toString();
    assertEquals("/runs/", link.substring(0, 6));
    String rest = link.substring(6).replace("?", "").replace("=", "");
    assertEquals("", rest.replaceAll("[A-Za-z0-9._~-]|%[0-9A-F]{2}", ""));
  }

  @Test
  void encodesSegmentsThatWouldLeadElsewhere() {
    assertEquals("/%2E%2E/x", Link.to("..", "x").toString());
  }
}
