package dev.imago.masking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplacementsTest {
  private static final Masker MASKER =
      new Masker(MaskRules.of(PersonalKind.detected(), MaskAction.PSEUDONYM));
  private static final Pseudonyms PSEUDONYMS =
      new Pseudonyms("0123456789abcdef".getBytes(StandardCharsets.UTF_8));

  private static final String TEXT =
      "ann@mit.edu, ann@mit.edu, bob@mit.edu; 93.184.216.34; 2607:f8b0:4005:805::200e; +86 138 1234"
          + " 5678, 13812345678, (415) 555-2671; 4111 1111 1111 1111; 6222021234567890128; GB82"
          + " WEST 1234 5698 7654 32; 11010519491231002X; 91350100M000100Y43; 京A12345, 粤B·D12345;"
          + " 护照 E12345678; ghp_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2";

  private static Replacements of(String scope) {
    return Replacements.keyed(PSEUDONYMS.within(scope));
  }

  @Test
  void pseudonymsAreTheSameForTheSameAndGoBack() {
    Replacements replacements = of("tenant");
    String masked = MASKER.mask(TEXT, replacements).text();
    String[] mailboxes = masked.substring(0, masked.indexOf(';')).split(", ");
    assertEquals(mailboxes[0], mailboxes[1]);
    assertNotEquals(mailboxes[0], mailboxes[2]);
    assertEquals(TEXT, replacements.restore(masked));
    assertEquals(masked, MASKER.mask(TEXT, of("tenant")).text());
    assertNotEquals(masked, MASKER.mask(TEXT, of("other")).text());
    for (String value : TEXT.split("[,;] ?")) {
      assertFalse(masked.contains(value), value);
    }
  }

  @Test
  void pseudonymsKeepTheFormAndAreNobodys() {
    String masked = MASKER.mask(TEXT, of("tenant")).text();
    assertTrue(
        masked.matches(
            "(\\w+@example.com, ){2}\\w+@example.com; 198.1[89].*; 2001:db8:.*; \\+86 \\d{3} \\d{4}"
                + " \\d{4}, \\d{11}, \\(\\d{3}\\) \\d{3}-\\d{4}; (\\d{4} ){3}\\d{4}; \\d{19};"
                + " GB\\d\\d .*"),
        masked);
    assertEquals(
        masked.replaceAll("护照 \\w+", ""),
        MASKER.mask(masked.replaceAll("护照 \\w+", ""), of("x")).text());
  }

  @Test
  void whatFlowsBackIsRestoredAtEveryCut() {
    Replacements replacements = of("tenant");
    String masked = MASKER.mask(TEXT, replacements).text();
    for (int cut = 0; cut <= masked.length(); cut++) {
      RestoreStream stream = replacements.restoring();
      String back =
          stream.append(masked.substring(0, cut))
              + stream.append(masked.substring(cut))
              + stream.finish();
      assertEquals(TEXT, back);
    }
  }

  @Test
  void numbersAreGivenInOrder() {
    var numbered = new Masker(MaskRules.of(PersonalKind.detected(), MaskAction.NUMBER));
    Replacements replacements = Replacements.placeholders();
    assertEquals(
        "<EMAIL_1> <EMAIL_2> <EMAIL_1>",
        numbered.mask("a@mit.edu b@mit.edu a@mit.edu", replacements).text());
    assertEquals("Dear a@mit.edu!", replacements.restore("Dear <EMAIL_1>!"));
    assertEquals("<EMAIL_3>", replacements.restore("<EMAIL_3>"));
  }

  @Test
  void aShortKeyIsRefused() {
    assertEquals(
        "the key of pseudonyms has 3 bytes; give at least 16",
        assertThrows(ConfigException.class, () -> new Pseudonyms(new byte[3])).getMessage());
  }

  @Test
  void misspeltKindsAreRefused() {
    String message =
        assertThrows(ConfigException.class, () -> PersonalKind.of("fone")).getMessage();
    assertTrue(
        message.startsWith("«fone» is no kind of what is masked; there are email, ip"), message);
    assertThrows(ConfigException.class, () -> MaskAction.of("drop"));
  }
}
