package dev.imago.masking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MaskStreamTest {
  private static final Masker ALL =
      new Masker(MaskRules.of(PersonalKind.detected(), MaskAction.NUMBER));

  private static final List<String> PARTS =
      List.of(
          "ann.o'n+x@mail.mit.edu",
          "请联系",
          "alice@firm.com",
          "用户@例子.中国",
          "git@host.com:a/b",
          "d'",
          "93.184.216.34",
          "2607:f8b0:4005:805::200e",
          "fe80::1",
          "version ",
          "ip",
          "4111 1111 1111 1111",
          "11010519491231002X",
          "91350100M000100Y43",
          "GB82 WEST 1234 5698 7654 32",
          "+86 138 1234 5678",
          "(415) 555-2671",
          "tel ",
          "010-12345678",
          "京A12345",
          "粤B·D12345",
          "api_key = ",
          "f3Kd92LmQx7Zp01VbT",
          "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
          "-----BEGIN ",
          "PRIVATE KEY-----\n",
          "MIIEpAIBAAKCAQEA75O3Gk0123456789ab\n",
          "-----END PRIVATE KEY-----",
          "postgres://u:pw@h/x",
          "护照 E12345678",
          "Mr. Smith went. ",
          " ",
          "\n",
          ".",
          "@",
          "-",
          "=",
          ":",
          ",",
          "。",
          "and so on",
          "1",
          "12",
          "a",
          "😀",
          "…",
          "''",
          "X",
          "<",
          "sk-",
          "ghp_",
          "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");

  private static String whole(Masker masker, String text) {
    return masker.mask(text, Replacements.placeholders()).text();
  }

  private static String inPieces(Masker masker, String text, List<Integer> cuts) {
    MaskStream stream = masker.stream(Replacements.placeholders());
    var out = new StringBuilder();
    int from = 0;
    for (int cut : cuts) {
      String piece = stream.append(text.substring(from, cut));
      assertTrue(
          piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)), text);
      out.append(piece);
      from = cut;
    }
    return out.append(stream.append(text.substring(from))).append(stream.finish()).toString();
  }

  private static String text(SplittableRandom random) {
    var text = new StringBuilder();
    int parts = 1 + random.nextInt(8);
    for (int i = 0; i < parts; i++) {
      text.append(PARTS.get(random.nextInt(PARTS.size())));
      text.append(random.nextInt(3) == 0 ? " " : "");
    }
    return text.toString();
  }

  @Test
  void streamsOfEveryTextEqualItsWholeAtEveryCut() {
    var random = new SplittableRandom(19);
    for (int t = 0; t < 400; t++) {
      String text = text(random);
      String whole = whole(ALL, text);
      for (int cut = 0; cut <= text.length(); cut += 1 + t % 3) {
        assertEquals(whole, inPieces(ALL, text, List.of(cut)), text);
      }
    }
  }

  @Test
  void soDoStreamsOfSingleCharactersAndOfAnyPieces() {
    var random = new SplittableRandom(20);
    for (int t = 0; t < 150; t++) {
      var long10 = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        long10.append(text(random));
      }
      String text = long10.toString();
      var cuts = new ArrayList<Integer>();
      int most = t % 2 == 0 ? 1 : 40;
      for (int at = 0; at < text.length(); at += 1 + random.nextInt(most)) {
        cuts.add(at);
      }
      assertEquals(whole(ALL, text), inPieces(ALL, text, cuts), text);
    }
  }

  @Test
  void namesComeFromOutsideAndDoNotHangOnTheCut() {
    NameFinder smith =
        sentence -> {
          int at = sentence.indexOf("Smith");
          return at < 0 ? List.of() : List.of(new Detection(PersonalKind.NAME, at, at + 5));
        };
    var rules = MaskRules.of(List.of(PersonalKind.NAME, PersonalKind.EMAIL), MaskAction.NUMBER);
    var masker = new Masker(rules, Optional.of(smith));
    String text =
        "Mr. Smith, smith@mit.edu, is Smith. And Smith\nSmith@mit.edu. " + "Smith ".repeat(90);
    String whole = whole(masker, text);
    assertTrue(
        whole.startsWith(
            "Mr. <NAME_1>, <EMAIL_1>, is Smith. And <NAME_1>\n<EMAIL_2>. <NAME_1> Smith"),
        whole);
    for (int cut = 0; cut < text.length(); cut++) {
      assertEquals(whole, inPieces(masker, text, List.of(cut)));
    }
  }

  @Test
  void noMoreIsHeldBackThanWhatMayBecomeAMatch() {
    MaskStream stream = ALL.stream(Replacements.placeholders());
    assertEquals("hello ", stream.append("hello wor"));
    assertEquals("world, ", stream.append("ld, "));
    assertEquals("", stream.append("bob@mit.ed"));
    assertEquals("<EMAIL_1> ", stream.append("u "));
    assertEquals("", stream.append("4111 1111"));
    assertEquals("4111 1111, ", stream.append(", "));
    assertEquals("这是", stream.append("这是一个没有标点的句子而已呢啊吧").substring(0, 2));
    assertTrue(stream.held() <= 12);
    stream.append("。" + "a".repeat(80));
    assertEquals(12, stream.held());
  }

  @Test
  void aDetectorThatFailsFailsTheRequest() {
    NameFinder broken =
        sentence -> {
          throw new IllegalStateException("no model");
        };
    var masker =
        new Masker(MaskRules.of(List.of(PersonalKind.NAME), MaskAction.MASK), Optional.of(broken));
    assertThrows(IllegalStateException.class, () -> whole(masker, "one line"));
    MaskStream stream = masker.stream(Replacements.placeholders());
    assertEquals("", stream.append("one "));
    assertThrows(IllegalStateException.class, () -> stream.append("line.\n"));
    assertThrows(IllegalStateException.class, stream::finish);
  }

  @Test
  void whatMustNotPassIsRefusedWithoutItsValue() {
    var actions = new EnumMap<PersonalKind, MaskAction>(PersonalKind.class);
    actions.put(PersonalKind.CARD, MaskAction.BLOCK);
    actions.put(PersonalKind.EMAIL, MaskAction.NOTE);
    var masker = new Masker(new MaskRules(actions, MaskRules.REGIONS));
    MaskedText noted = masker.mask("to a@mit.edu", Replacements.placeholders());
    assertEquals("to a@mit.edu", noted.text());
    assertEquals(1, noted.count(PersonalKind.EMAIL));
    MaskStream stream = masker.stream(Replacements.placeholders());
    assertEquals("pay ", stream.append("pay 4111 1111 "));
    var refused = assertThrows(BlockedTextException.class, () -> stream.append("1111 1111 now"));
    assertEquals(
        "the text holds a card number, which may not pass; take it out", refused.getMessage());
    assertEquals(List.of(PersonalKind.CARD), refused.kinds());
  }
}
