package dev.imago.console.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExportsTest {
  private static Element row(String name, Content... cells) {
    Element row = Element.of("tr");
    for (Content cell : cells) {
      row.add(Element.of(name, cell));
    }
    return row;
  }

  private static Element table(String value) {
    return Element.of(
        "table",
        Element.of("thead", row("th", Content.text("a"), Content.text("b"))),
        Element.of(
            "tbody",
            row(
                "td",
                Element.of("time", Content.text("now")).with("datetime", "2026-01-02T00:00:00Z"),
                Content.of(
                    List.of(
                        Element.of("span", "tag", value),
                        Element.of("span", "tag", "y"),
                        Element.of("form", Element.of("button", Content.text("do"))))))));
  }

  @Test
  void everyTableAndPictureHasAWayOutAndIsFoundByItsNumber() {
    Element page =
        Element.of(
            "main",
            Content.of(
                List.of(
                    Element.of("p", "x", "text"), Element.of("div", table("one")).is("scroll"))),
            Element.of("section", Element.of("table", row("th", Content.text("k")))),
            Element.of("div", table("own")).is("scroll").with(Exports.OWN, "1"),
            Element.of("div", Element.of("svg", Element.of("rect"))).is("scroll"));
    assertEquals(
        List.of(List.of("a", "b"), List.of("2026-01-02T00:00:00Z", "one y")),
        Exports.rows(page, 1));
    assertEquals(List.of(List.of("1"), List.of("k")), Exports.rows(page, 2));
    assertEquals(List.of(), Exports.rows(page, 3));
    assertEquals(List.of(), Exports.rows(page, 0));
    String svg = Exports.picture(page, 1);
    assertTrue(svg.contains("<svg xmlns=") && svg.contains("<rect></rect>"), svg);
    assertEquals("", Exports.picture(page, 2));
    Exports.add(page, n -> Element.of("p", "t", "T" + n), n -> Element.of("p", "p", "P" + n));
    String html = page.toString();
    assertTrue(html.contains("</div><p class=\"t\">T1</p><section>"), html);
    assertTrue(html.contains("</table><p class=\"t\">T2</p></section>"), html);
    assertTrue(html.contains("</div><p class=\"p\">P1</p></main>"), html);
  }
}
