package dev.imago.masking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
  /// Ten thousand in `conformance/`, by -Dimago.samples=10000.
  private static final int EACH = Integer.getInteger("imago.samples", 400);

  private static final Masker ALL =
      new Masker(MaskRules.of(PersonalKind.detected(), MaskAction.MASK));

  private static String mask(String text) {
    return ALL.mask(text, Replacements.placeholders()).text();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "CARD",
        "BANK_CARD",
        "RESIDENT_ID",
        "CREDIT_CODE",
        "IBAN",
        "PHONE",
        "PLATE",
        "IP_ADDRESS"
      })
  void rightNumbersAreFoundAndCorruptOnesAreNot(PersonalKind kind) {
    var samples = new PersonalSamples(19);
    int found = 0;
    int wrong = 0;
    for (int i = 0; i < EACH; i++) {
      String right = samples.valid(kind);
      List<Detection> in = ALL.find("no. " + right + ", as said");
      found += in.equals(List.of(new Detection(kind, 4, 4 + right.length()))) ? 1 : 0;
      String corrupt = "no. " + samples.corrupt(kind) + ", as said";
      wrong += ALL.find(corrupt).stream().anyMatch(each -> each.kind() == kind) ? 1 : 0;
    }
    assertEquals(0, wrong);
    assertTrue(found >= 0.999 * EACH, kind + ": " + found);
  }

  @ParameterizedTest
  @CsvSource({
    "4111 1111 1111 1111, CARD",
    "5500-0000-0000-0004, CARD",
    "378282246310005, CARD",
    "11010519491231002X, RESIDENT_ID",
    "110105 19491231 002X, RESIDENT_ID",
    "GB82 WEST 1234 5698 7654 32, IBAN",
    "DE89370400440532013000, IBAN",
    "+86 138 1234 5678, PHONE",
    "13812345678, PHONE",
    "010-12345678, PHONE",
    "(415) 555-2671, PHONE",
    "020 7946 0018, PHONE",
    "0049 30 901820, PHONE",
    "京A12345, PLATE",
    "粤B·D12345, PLATE",
    "粤B12345F, PLATE",
    "91350100M000100Y43, CREDIT_CODE"
  })
  void numbersAsTheyAreWritten(String number, PersonalKind kind) {
    assertEquals("a " + kind.placeholder() + " b", mask("a " + number + " b"));
    assertEquals("是" + kind.placeholder() + "。", mask("是" + number + "。"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111111111111112",
        "41111111111111111111",
        "x4111111111111111",
        "4111111111111111x",
        "0.4111111111111111",
        "1732665600000",
        "2024-11-27 10:30:00",
        "ISBN 978-3-16-148410-0",
        "12345678",
        "2147483647",
        "3.14159265358979",
        "110105194912310021",
        "GB82 WEST 1234 5698 7654 33",
        "US82 WEST 1234 5698 7654 32",
        "京AI2345",
        "京A1234",
        "京A1234567",
        "555-2671",
        "+1 555 0100",
        "00000000000000000000000000"
      })
  void whatOnlyLooksLikeANumberStays(String text) {
    assertEquals(text, mask(text));
  }

  @Test
  void aWordBesideANumberSaysWhatItIs() {
    assertEquals("tel: <PHONE>", mask("tel: 4155552671"));
    assertEquals("order 4155552671", mask("order 4155552671"));
    assertEquals("护照号 <PASSPORT>", mask("护照号 E12345678"));
    assertEquals(
        "Passport No. <PASSPORT>", mask("Passport No. C01X00T47".replace("C01X00T47", "AB123456")));
    assertEquals("身份证 <RESIDENT_ID>", mask("身份证 110105491231002"));
  }

  @Test
  void theZoneOfAPassportIsOne() {
    String zone =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
            + "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    assertEquals("<PASSPORT>\n<PASSPORT>", mask(zone));
    assertEquals(zone.substring(45, 88).length(), 43);
    assertTrue(mask(zone.replace("L898902C3", "L898902C4")).endsWith("10"));
  }
}
