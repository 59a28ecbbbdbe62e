package dev.imago.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.data.Document;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaDocLabellerTest {
  private final JavaDocLabeller labeller = new JavaDocLabeller(Annotate.Config.defaults());

  private static Document java(String text) {
    return new Document("A.java", text, "A.java", Map.of("language", "java"));
  }

  private List<String> pairs(String text) {
    return labeller.label(List.of(java(text))).getFirst().pairs().stream()
        .map(pair -> pair.prompt() + " -> " + pair.completion())
        .toList();
  }

  private List<String> skipped(String text) {
    return labeller.label(List.of(java(text))).getFirst().skipped();
  }

  /// The completion of a method with this comment.
  private String sentence(String comment) {
    var labelled =
        labeller.label(List.of(java("class A {\n" + comment + "\nvoid m() {}\n}"))).getFirst();
    return labelled.pairs().isEmpty()
        ? "not: " + String.join(", ", labelled.skipped())
        : labelled.pairs().getFirst().completion();
  }

  @Test
  void aPromptIsClassNameParametersAndResult() {
    assertEquals(
        List.of(
            "String.substring(int beginIndex, int endIndex) : String -> Returns a part of it.",
            "String(char[] value) -> Copies all the characters.",
            "String.format(Locale l, Object... args) : String -> Formats all the arguments.",
            "String.join(Map<String, List<? extends T>> parts, int[][] at) : T[] -> Joins all the parts.",
            "String.Order.compare(String a, String b) : int -> Compares two given strings."),
        pairs(
            """
            package java.lang;
            public final class String<T> implements Comparable<String> {
              /** Returns a part of it. More is said here. */
              @Deprecated(since = "1") public static synchronized String substring(
                  final int beginIndex, @Nullable(when = "x") int endIndex) throws IOException {
                return null;
              }
              /** Copies all the characters. */
              public String(char[] value) { }
              /** Formats all the arguments. */
              static String format(Locale l, Object... args) { return null; }
              /** Joins all the parts. */
              <T> T[] join(Map<String,List<? extends T>> parts, int[][] at) { return null; }
              interface Order {
                /** Compares two given strings. */
                int compare(String a, String b);
              }
            }
            """));
  }

  @Test
  void recordsEnumsAndInterfacesAreRead() {
    assertEquals(
        List.of(
            "Point -> Refuses what is negative.".replace("Point ", "Point(int x) "),
            "Point.norm() : double -> Distance from the origin.",
            "Planet.mass() : double -> Mass of the planet.",
            "Shape.area() : double -> Area of a shape."),
        pairs(
            """
            record Point(int x) {
              /** Refuses what is negative. */
              Point { if (x < 0) throw new IllegalArgumentException(); }
              /** Distance from the origin. */
              double norm() { return x; }
            }
            enum Planet {
              EARTH { /** Not to be seen outside. */ double mass() { return 1; } };
              /** Mass of the planet. */
              double mass() { return 0; }
            }
            sealed interface Shape permits Square {
              /** Area of a shape. */
              default double area() { return 0; }
            }
            """));
  }

  @Test
  void whatOnlyLooksLikeDocumentationIsNone() {
    assertEquals(
        List.of(),
        pairs(
            """
            class A {
              String s = "/** Never a comment at all. */ void no() {}";
              String t = \"""
                  /** Nor is this one here. */
                  void no() {}
                  \""";
              // /** Nor a commented one here. */ void no() {}
              /* Plain comments do not count. */
              void a() {
                /** A local class is not seen. */
                class Local { /** Nor its methods are seen. */ void no() {} }
                new Object() { /** Nor anonymous ones are seen. */ void no() {} };
              }
              /** A field has a comment. */
              int field;
            }
            """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /** Returns {@code a < b} and no more. Rest. */ | Returns a < b and no more.
          /** See {@link java.util.List#add(Object) the adder} for it. */ | See the adder for it.
          /** See {@link java.util.List#add(Object)} for it. */ | See List.add(Object) for it.
          /** See {@linkplain #other()} for it. */ | See other() for it.
          /** See {@link java.util.Map.Entry} for it. */ | See Map.Entry for it.
          /** Has <b>bold</b>, <i>it</i> and &lt;T&gt; &amp; &#233;&#x21;. */ | Has bold, it and <T> & é!.
          /** At most 2<sup>31</sup> of them. */ | At most 2^31 of them.
          /** First line<br>second line here. <p> Rest. */ | First line second line here.
          /** {@return the number of parts} */ | Returns the number of parts.
          /** {@summary A summary of it.} And the rest. */ | A summary of it.
          /** No period at its end @ all */ | No period at its end @ all
          /** Does one thing<p>Does another thing. */ | Does one thing
          /** Written by <EMAIL> and others. */ | Written by and others.
          /// Markdown with `code` and [a link](x.html) here. | Markdown with code and a link here.
          /// See [java.util.List#size] or **bold** or *it* or a_b. | See List.size or bold or it or a_b.
          /** {@inheritDoc} */ | not: no sentence of its own
          /** @return nothing but a tag */ | not: no sentence of its own
          /** */ | not: no sentence of its own
          /** Too short. */ | not: sentence too short
          /** Any of them, e.g. this or that. */ | not: sentence cut at an abbreviation
          /** Возвращает длину этой строки в символах. */ | not: sentence not in English
          /** Is {@unknown tag} of a doclet here. */ | not: no sentence of its own
          """)
  void theFirstSentenceIsPlainText(String comment, String expected) {
    assertEquals(expected, sentence(comment));
  }

  @Test
  void aSentenceOverManyLinesIsOneLine() {
    assertEquals(
        "One two three four.", sentence("/**\n * One\n *   two\n * three\tfour.\n *\n */"));
    assertEquals(
        "One two three four.", sentence("/// One\n/// two\n///   three four.\n///\n/// More."));
  }

  @Test
  void aLongSentenceIsNone() {
    assertEquals("not: sentence too long", sentence("/** " + "word ".repeat(41) + "*/"));
    assertEquals("word ".repeat(40).strip(), sentence("/** " + "word ".repeat(40) + "*/"));
  }

  @Test
  void aBrokenFileSpoilsNoOther() {
    var labelled =
        labeller.label(
            List.of(
                java("class A { /** Does one good thing. */ void a() {} }"),
                java("class B { /** Does one bad thing. */ void b( {} "),
                new Document("c.md", "/** prose */", "c.md", Map.of("language", "en")),
                java("/** Only a package. */ package a;"),
                java("class D { void d() {} }"),
                java("(".repeat(200_000) + " /** deep */"),
                java("class E { /** Does another good thing. */ void e() {} }")));
    assertEquals(
        List.of(1, 0, 0, 0, 0, 0, 1), labelled.stream().map(l -> l.pairs().size()).toList());
    assertEquals(List.of("file that does not parse"), labelled.get(1).skipped());
    assertEquals(List.of("file that is not Java"), labelled.get(2).skipped());
    assertEquals(List.of("file without doc comments"), labelled.get(4).skipped());
    assertEquals(List.of("file that does not parse"), labelled.get(5).skipped());
  }

  @Test
  void undocumentedMethodsAreCounted() {
    assertEquals(
        List.of("method without javadoc", "method without javadoc"),
        skipped("/** A class of two. */ class A { void a() {} int b() { return 1; } }"));
  }
}
