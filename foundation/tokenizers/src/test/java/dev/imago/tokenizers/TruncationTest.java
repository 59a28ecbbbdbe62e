package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

class TruncationTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static Encoding text(String letters) {
    Encoding.Builder out = Encoding.builder();
    for (int i = 0; i < letters.length(); i++) {
      out.add(i, letters.substring(i, i + 1), i, i + 1, i, 0, false);
    }
    return out.build();
  }

  private static String shown(Encoding e) {
    return Stream.concat(Stream.of(e), e.overflowing().stream())
        .map(part -> String.join("", part.tokens()))
        .collect(Collectors.joining(" "));
  }

  private static String cut(String letters, int most, int stride, Side side) {
    var truncation = new Truncation(most, Truncation.Strategy.LONGEST_FIRST, stride, side);
    return shown(truncation.apply(List.of(text(letters))).getFirst());
  }

  @Test
  void everyPartIsKept() {
    assertEquals("abc def gh", cut("abcdefgh", 3, 0, Side.RIGHT));
    assertEquals("fgh cde ab", cut("abcdefgh", 3, 0, Side.LEFT));
    assertEquals("abc cde efg gh", cut("abcdefgh", 3, 1, Side.RIGHT));
    assertEquals("fgh def bcd ab", cut("abcdefgh", 3, 1, Side.LEFT));
    assertEquals(" abc", cut("abc", 0, 0, Side.RIGHT));
    assertEquals("abc", cut("abc", 3, 0, Side.RIGHT));
  }

  @Test
  void theLongerTextIsCutFirst() {
    List<Encoding> cut = Truncation.to(7).apply(List.of(text("abcdefgh"), text("xy")));
    assertEquals(List.of(5, 2), cut.stream().map(Encoding::size).toList());
    cut = Truncation.to(7).apply(List.of(text("abcdefgh"), text("uvwxyz")));
    assertEquals(List.of(4, 3), cut.stream().map(Encoding::size).toList());
  }

  private static String refused(Truncation truncation, String... texts) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> truncation.apply(Stream.of(texts).map(TruncationTest::text).toList()))
        .getMessage();
  }

  @Test
  void whatCannotBeCutIsRefused() {
    var second = new Truncation(2, Truncation.Strategy.ONLY_SECOND, 0, Side.RIGHT);
    assertTrue(refused(second, "abc").contains("there is no second text"));
    assertTrue(refused(second, "abc", "d").contains("only 1"));
    var striding = new Truncation(2, Truncation.Strategy.LONGEST_FIRST, 2, Side.RIGHT);
    assertTrue(refused(striding, "abc").contains("stride = 2 must be less than the 2 tokens"));
    assertTrue(refused(second).contains("0 texts"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> second.less(3))
            .getMessage()
            .contains("max_length = 2 has no room for the 3 special tokens"));
  }

  @Test
  void morePartsThanFitIntoMemoryAreRefused() {
    Encoding.Builder out = Encoding.builder();
    for (int i = 0; i < 100_000; i++) {
      out.add(0, "a", i, i + 1, i, 0, false);
    }
    var truncation = new Truncation(50_000, Truncation.Strategy.LONGEST_FIRST, 49_999, Side.RIGHT);
    List<Encoding> text = List.of(out.build());
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> truncation.apply(text))
            .getMessage()
            .contains("lower stride"));
  }

  @Test
  void aBatchIsPaddedToItsLongest() {
    List<Encoding> batch = List.of(text("ab"), text("abcde").slice(1, 5));
    List<Encoding> padded = Padding.toLongest(3, "_").apply(batch);
    assertEquals("ab__", shown(padded.getFirst()));
    assertEquals("bcde", shown(padded.getLast()));
    assertEquals("abcde", shown(Padding.to(3, 0, "_").apply(List.of(text("abcde"))).getFirst()));
    assertEquals(List.of(), Padding.to(3, 0, "_").apply(List.of()));
  }

  private static IllegalArgumentException refusedPadding(String json) {
    return assertThrows(
        IllegalArgumentException.class,
        () -> Padding.read(RandomParts.part(JSON.readTree(json.replace('\'', '"')))));
  }

  @Test
  void hugeLengthsAreRefused() {
    String rest = ",'direction':'Left','pad_id':0,'pad_type_id':0,'pad_token':'x'}";
    for (String length : List.of("2147483648", "16777217", "-1", "1e3", "'7'", "null")) {
      String message = refusedPadding("{'strategy':{'Fixed':" + length + "}" + rest).getMessage();
      assertTrue(message.startsWith("tokenizer.json: part.strategy.Fixed is "), message);
    }
    assertTrue(refusedPadding("{'strategy':7" + rest).getMessage().contains("part.strategy is 7"));
    assertTrue(
        refusedPadding("{'strategy':'BatchLongest','direction':'Up'}")
            .getMessage()
            .contains("part.direction is \"Up\""));
    assertThrows(IllegalArgumentException.class, () -> Padding.to(1 << 25, 0, "x"));
  }

  @Test
  void aTruncationLongerThanAnyTextIsFine() {
    Truncation read =
        Truncation.read(
            RandomParts.part(
                JSON.readTree(
                    "{\"max_length\":1000000000000000019884,\"strategy\":\"OnlyFirst\",\"stride\":0}")));
    List<Encoding> texts = List.of(text("abc"));
    assertSame(texts, read.apply(texts));
  }

  @Test
  void partsThatAreWrittenAreReadBack() {
    var parts = new RandomParts(51);
    for (int i = 0; i < 200; i++) {
      Object json = parts.truncation();
      if (json != null) {
        Truncation read = Truncation.read(RandomParts.part(json));
        assertEquals(JSON.valueToTree(json), JSON.readTree(written(read::write)));
      }
      json = parts.padding();
      if (json != null) {
        Padding read = Padding.read(RandomParts.part(json));
        assertEquals(read, Padding.read(RandomParts.part(JSON.readTree(written(read::write)))));
      }
    }
  }

  private static String written(java.util.function.Consumer<JsonGenerator> part) {
    var text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      part.accept(out);
    }
    return text.toString();
  }
}
