package dev.imago.tokenizers.normalizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.aligned.AlignedText;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class NormalizerTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static String seen(String normalizer, String text) {
    AlignedText now = NormalizerKinds.read(normalizer).apply(AlignedText.of(text));
    var out = new StringBuilder();
    for (int at = 0, c; at < now.length(); at += Character.charCount(c)) {
      c = now.text().codePointAt(at);
      out.appendCodePoint(c).append(now.originStart(at)).append('-').append(now.originEnd(at));
      out.append(' ');
    }
    return out.toString().strip();
  }

  private static String complaint(String normalizer) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> NormalizerKinds.read(normalizer))
            .getMessage());
  }

  @Test
  void whatIsWrittenIsWhatWasRead() {
    for (String kind : NormalizerKinds.all()) {
      var out = new StringWriter();
      try (var generator = JSON.createGenerator(out)) {
        NormalizerKinds.read(kind).write(generator);
      }
      JsonNode read = JSON.readTree(kind);
      assertEquals(read, JSON.readTree(out.toString()));
    }
  }

  @Test
  void textThatNeedsNoChangeIsTheSameObject() {
    for (String kind : List.of("NFC", "NFD", "NFKC", "NFKD", "Nmt", "Lowercase", "StripAccents")) {
      Normalizer normalizer = NormalizerKinds.read(NormalizerKinds.type(kind));
      for (AlignedText text :
          List.of(
              AlignedText.of("plain text 漢字 😀"), AlignedText.ofUntracked("plain text 漢字 😀"))) {
        assertSame(text, normalizer.apply(text), kind);
      }
    }
    AlignedText composed = AlignedText.of("é ậ 각");
    assertSame(composed, NormalizerKinds.read(NormalizerKinds.type("NFC")).apply(composed));
    AlignedText text = AlignedText.of("bcd 😀");
    assertSame(text, NormalizerKinds.read(NormalizerKinds.precompiled()).apply(text));
  }

  @Test
  void aCompositeComesFromItsFirstCharacterAndMarksTakeTheirPlaces() {
    assertEquals("é0-1 x2-3", seen(NormalizerKinds.type("NFC"), "e\u0301x"));
    // The dot below goes before the acute, and takes the place of what stood there.
    assertEquals("e0-1 \u03231-2 \u03012-3", seen(NormalizerKinds.type("NFD"), "e\u0301\u0323"));
    assertEquals("f0-1 i0-1", seen(NormalizerKinds.type("NFKD"), "ﬁ"));
  }

  @Test
  void charactersYoungerThanTheTablesStay() {
    assertEquals("㋿0-1", seen(NormalizerKinds.type("NFKC"), "㋿"));
    assertEquals("\u0c3c0-1", seen(NormalizerKinds.type("StripAccents"), "\u0c3c"));
  }

  @Test
  void bertPutsSpacesAroundChineseAndTakesAccentsAndCapitalsAway() {
    assertEquals(
        "a0-1  1-2 漢1-2  1-2 e2-3  3-4 😀5-7",
        seen(NormalizerKinds.bert(true, true, "null", true), "A漢É\t\u0000😀"));
    assertEquals("É0-1", seen(NormalizerKinds.bert(true, true, "null", false), "É"));
    assertEquals("é0-1", seen(NormalizerKinds.bert(true, true, "false", true), "É"));
  }

  @Test
  void whatIsPutInComesFromWhatItReplacesOrFollows() {
    assertEquals("▁0-1 a0-1 b1-2", seen(NormalizerKinds.prepend("▁"), "ab"));
    assertEquals("", seen(NormalizerKinds.prepend("▁"), ""));
    assertEquals("a0-1 x2-3 y2-3", seen(NormalizerKinds.replace("String", "bc", "xy"), "abc"));
    assertEquals("▁0-0 a0-1", seen(NormalizerKinds.replace("Regex", "^", "▁"), "a"));
    assertEquals("-0-0 a0-1 -0-1", seen(NormalizerKinds.replace("String", "", "-"), "a"));
  }

  @Test
  void aTableReplacesAClusterByTheShortestKeyThatItStartsWith() {
    // The whole cluster goes for the letter that is a key, the mark with it.
    assertEquals("日0-1 本1-2 b2-3", seen(NormalizerKinds.precompiled(), "a\u0323b"));
    assertEquals("f0-1 i0-1 b1-2", seen(NormalizerKinds.precompiled(), "ﬁb"));
    assertEquals("b0-1 c2-3", seen(NormalizerKinds.precompiled(), "bxc"));
  }

  @Test
  void everyKindGoesOnFromATextThatStartsWithNothingOfTheOriginal() {
    for (String kind : NormalizerKinds.all()) {
      String sequence =
          NormalizerKinds.sequence(NormalizerKinds.replace("Regex", "^", "é ▁ "), kind);
      Normalizer normalizer = NormalizerKinds.read(sequence);
      for (String text : List.of("a", "É x", "漢ﬁ")) {
        AlignedText now = normalizer.apply(AlignedText.of(text));
        AlignedText plain = normalizer.apply(AlignedText.ofUntracked(text));
        assertEquals(plain.text(), now.text(), kind);
      }
    }
  }

  @Test
  void halfACharacterIsACharacterLikeAny() {
    for (String kind : NormalizerKinds.all()) {
      Normalizer normalizer = NormalizerKinds.read(kind);
      for (String text :
          List.of("\ud800", "a\udc00b", "\ud800\u0301\udc00", "A\ud83d", "\udbffé")) {
        assertEquals(
            normalizer.apply(AlignedText.ofUntracked(text)).text(),
            normalizer.apply(AlignedText.of(text)).text());
      }
    }
  }

  @Test
  void longRunsOfMarksTakeNoLongerThanTheyAre() {
    String marks = "a" + "\u0301\u0323\u0334\u0f73".repeat(40_000);
    for (String kind : List.of("NFC", "NFD", "NFKC", "NFKD")) {
      AlignedText now =
          NormalizerKinds.read(NormalizerKinds.type(kind)).apply(AlignedText.of(marks));
      assertEquals(200_001, NormalizerKinds.read(NormalizerKinds.type("NFD")).apply(now).length());
    }
  }

  @Test
  void complaintsNamePlaceValueAndMend() {
    assertEquals(
        "tokenizer.json: normalizer.lowercase is \"yes\", where true or false is needed; get the"
            + " file again from where it came, or mend it there",
        complaint(
            NormalizerKinds.bert(true, true, "null", true)
                .replace("\"lowercase\": true", "\"lowercase\": \"yes\"")));
    assertTrue(
        complaint("{\"type\": \"Strip\", \"strip_left\": true}")
            .contains("strip_right is missing"));
    assertTrue(complaint("{\"type\": \"Append\"}").contains("\"Append\"; the known ones are Bert"));
    assertTrue(
        complaint("{\"type\": \"Prepend\", \"prepend\": 7}").contains("prepend is 7, where"));
    assertTrue(complaint("{\"type\": \"Sequence\"}").contains("normalizers is missing"));
    assertTrue(
        complaint("{\"type\": \"Replace\", \"pattern\": {\"Glob\": \"*\"}, \"content\": \"\"}")
            .contains("normalizer.pattern is an object, where {\"String\": …}"));
    assertTrue(
        complaint(NormalizerKinds.replace("Regex", "(", ""))
            .startsWith("tokenizer.json: normalizer.pattern.Regex: "));
    assertTrue(
        complaint(NormalizerKinds.sequence(NormalizerKinds.type("NFC"), NormalizerKinds.type("X")))
            .contains("normalizer.normalizers[1] has the type \"X\""));
  }
}
