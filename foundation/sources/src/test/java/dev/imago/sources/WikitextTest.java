package dev.imago.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WikitextTest {
  private static String text(String wikitext) {
    return Wikitext.text(wikitext).text();
  }

  @Test
  void linksShowWhatIsReadOfThem() {
    assertEquals(
        "Paris is a city, Texas, Houston, and labelled.",
        text(
            "'''Paris''' is a [[city (place)|city]], [[Texas]], [[Houston (Texas)|]], and"
                + " [http://x.org/ labelled].[[File:A.jpg|thumb|A [[big]]"
                + " one]][[Category:Cities]][[fr:Paris]]"));
    assertEquals(Set.of("Cities"), Wikitext.text("[[Category:Cities|Paris]]").categories());
    assertEquals("it's '' kept", text("it's <nowiki>''</nowiki> ''kept''"));
  }

  /// Each of these took minutes where a pattern went over the same blanks again and again.
  @Test
  void theTimeIsThatOfTheLengthWhateverIsRepeated() {
    String blanks = " ".repeat(300_000);
    assertEquals("=" + " x", text("=" + blanks + "x"));
    assertEquals(300_010, text("<pre>\na" + blanks + "b\nc</pre>").length() - 2);
    assertEquals("a: x y", text("{{infobox|a=x" + blanks + "y}}").replaceAll(" +", " "));
    assertTrue(text("[[a" + blanks + "b|]]").startsWith("a"));
    assertEquals(300_000, text("<nowiki>" + "&".repeat(300_000) + "</nowiki>").length());
    assertEquals(600_001, text("{|\n|a\n" + "b\n".repeat(300_000) + "|}").length());
    assertEquals(599_999, text("{|\n|" + "a||".repeat(299_999) + "a\n|}").length());
    assertEquals("x", text("{|\n".repeat(100_000) + "|x"));
    assertEquals("=".repeat(300_000) + "[", text("{|\n|" + "=".repeat(300_000) + "[\n|}"));
  }

  @Test
  void codeKeepsItsIndents() {
    assertEquals(
        "```\n  if a:\n      b\n```",
        text("<syntaxhighlight lang=python>\n  if a:\n      b\n</syntaxhighlight>"));
  }

  @Test
  void equalsSignsOnBothSidesMakeAHeadingOfAsManyAsBothHave() {
    assertEquals("## a =\n\nx", text("== a ===\nx"));
    assertEquals("###### =a=\n\nx", text("=======a=======\nx"));
    assertEquals("# =\n\nx", text("===\nx"));
    assertEquals("==\nx", text("==\nx"));
    assertEquals("= a", text("= a"));
  }

  @Test
  void headingsListsAndParagraphsAreMarkdown() {
    assertEquals(
        """
        Intro.

        ## History

        - one
          - deeper
        - two

        1. first
        2. second
          1. within
        3. third

        term
        what it is\
        """,
        text(
            "Intro.\n"
                + "== History ==\n"
                + "* one\n"
                + "** deeper\n"
                + "* two\n\n"
                + "# first\n"
                + "# second\n"
                + "## within\n"
                + "# third\n\n"
                + ";term\n"
                + ":what it is\n"
                + "== Gallery ==\n"
                + "[[File:x.png]]\n"));
  }

  @Test
  void tablesHaveATabBetweenCells() {
    assertEquals(
        "Planets\nName\tMoons\nEarth\t1\nMars\t2 small",
        text(
            "{| class=\"wikitable\"\n"
                + "|+ Planets\n"
                + "! Name !! style=\"x\" | Moons\n"
                + "|-\n"
                + "| Earth || 1\n"
                + "|-\n"
                + "| style=\"y\" | [[Mars]]\n"
                + "| 2\n"
                + "small\n"
                + "|}"));
  }

  @Test
  void commonTemplatesAreTheirWordsAndOthersAreLeftOut() {
    assertEquals(
        "It is 5 km long (French: chemin), c. 1900–1950.",
        text(
            "{{Short description|a way}}It is {{convert|5|km|mi}} long (French:"
                + " {{lang|fr|''chemin''}}), {{circa|1900}}{{ndash}}1950.{{citation"
                + " needed|date=May}}"));
    assertEquals(
        "name: Paris\npopulation: 2,000,000",
        text(
            "{{Infobox city\n"
                + "| name = Paris\n"
                + "| image = p.jpg\n"
                + "| population = {{formatnum:2,000,000}}\n"
                + "}}"));
    assertEquals("a b", text("{{{1|a}}} b"));
    assertEquals("电脑软件", text("-{zh-hans:电脑;zh-hant:電腦}-软件"));
  }

  @Test
  void referencesStandWhereThePageHasThem() {
    assertEquals(
        "A fact.\n\n## References\n\n- Doe, Jane. Book. Press. 1999.\n- plain",
        text(
            "A fact.<ref name=a>{{cite"
                + " book|last=Doe|first=Jane|title=Book|publisher=Press|year=1999}}</ref><ref"
                + " name=a/><ref>plain</ref>\n\n"
                + "== References ==\n"
                + "{{reflist}}"));
  }

  @Test
  void codeAndFormulasAreKeptAsTheyStand() {
    assertEquals(
        "x<y is $1 & so\n\n```\n* a = [[b]]\nif (x) {{y}}\n```",
        text(
            "<math>x<y</math> is <code>$1</code> &amp; so\n"
                + "<syntaxhighlight lang=c>\n"
                + "* a = [[b]]\n"
                + "if (x) {{y}}\n"
                + "</syntaxhighlight>"));
  }

  @Test
  void whatIsLeftOpenOrNestsWithoutEndEndsSoon() {
    for (String piece :
        List.of(
            "{{",
            "[[",
            "{{{",
            "<ref>",
            "<!--",
            "{|\n|",
            "[http://a ",
            "''",
            "<pre>",
            "-{",
            "&",
            "__",
            "*",
            "{{a|",
            "[[a|{{b|",
            "<")) {
      String text = text(piece.repeat(20_000));
      assertTrue(text.length() <= 20_000 * piece.length() + 100, piece);
    }
  }

  @Test
  void noMixOfMarkupEndsInAnError() {
    String[] pieces = {
      "{{",
      "}}",
      "[[",
      "]]",
      "|",
      "\n",
      "{|",
      "|}",
      "|-",
      "!",
      "*",
      "#",
      "=",
      "==",
      "<ref>",
      "</ref>",
      "<nowiki>",
      "'''",
      "a",
      "http://",
      "[",
      "]",
      "&lt;",
      "-{",
      "}-",
      "<br/>",
      "{{{",
      "}}}",
      "<!--",
      "-->",
      "Infobox",
      "cite web",
      "title="
    };
    var random = new Random(11);
    for (int i = 0; i < 3000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(1, 60); n > 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      text(text.toString());
    }
  }

  private static List<WikiDump.Item> pages(byte[] dump) {
    var reader = new WikiDump(new ByteArrayInputStream(dump), String::valueOf, 1 << 20);
    var items = new ArrayList<WikiDump.Item>();
    for (var item = reader.next(); item != null; item = reader.next()) {
      items.add(item);
    }
    return items;
  }

  private static String page(String title, String text) {
    return "<page><title>%s</title><ns>0</ns><id>7</id><revision><timestamp>2024-01-02T03:04:05Z</timestamp><contributor><username>Ann</username></contributor><text xml:space=\"preserve\">%s</text></revision></page>\n"
        .formatted(title, text);
  }

  @Test
  void pagesOfADumpHaveTheirFieldsAndABrokenOneCostsItself() {
    String dump =
        "<mediawiki><siteinfo><base>https://x.org/wiki/Main_Page</base></siteinfo>\n"
            + page("A &amp; B", "one &lt;br&gt;")
            + page("Bad", "two &undefined; <x>")
            + page("C", "three")
            + "</mediawiki>\n";
    List<WikiDump.Item> items = pages(dump.getBytes(StandardCharsets.UTF_8));
    assertEquals(3, items.size(), items.toString());
    var first = ((WikiDump.Item.Found) items.getFirst()).page();
    assertEquals("A & B", first.title());
    assertEquals("https://x.org/wiki/A_&_B", first.address());
    assertEquals("one <br>", first.wikitext());
    assertEquals("Ann", first.author());
    assertTrue(items.get(1) instanceof WikiDump.Item.Broken, items.toString());
    List<WikiDump.Item> cut =
        pages(dump.substring(0, dump.length() - 60).getBytes(StandardCharsets.UTF_8));
    assertTrue(
        cut.getLast() instanceof WikiDump.Item.Broken broken
            && broken.why().contains("the file ends"),
        cut.toString());
  }

  @Test
  void entitiesThatAPageDeclaresAreNotExpanded() {
    String bomb =
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><mediawiki>"
            + page("T", "&b;")
            + "</mediawiki>";
    assertTrue(
        pages(bomb.getBytes(StandardCharsets.UTF_8)).getFirst() instanceof WikiDump.Item.Broken);
  }

  @Test
  void aRealDumpGivesItsPages() throws IOException {
    var file =
        SharedFiles.file(
            "wikidump/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2");
    byte[] dump;
    try (var in = Compression.BZIP2.open(Files.newInputStream(file))) {
      // Its checksums are looked at on the way.
      dump = in.readAllBytes();
    }
    var reader = new WikiDump(new ByteArrayInputStream(dump), String::valueOf, 16 << 20);
    int articles = 0;
    int redirects = 0;
    String anarchism = "";
    for (var item = reader.next(); item != null; item = reader.next()) {
      var page = ((WikiDump.Item.Found) item).page();
      articles += page.redirect().isEmpty() ? 1 : 0;
      redirects += page.redirect().isEmpty() ? 0 : 1;
      if (articles > 10) {
        continue;
      }
      String text = text(page.wikitext());
      assertTrue(!text.contains("[[") && !text.contains("<ref"), page.title());
      anarchism = page.title().equals("Anarchism") ? text : anarchism;
    }
    assertEquals(206, articles + redirects);
    assertTrue(anarchism.contains("Anarchism is"), anarchism.substring(0, 300));
  }
}
