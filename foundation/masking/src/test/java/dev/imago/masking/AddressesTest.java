package dev.imago.masking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  private static Masker masking(PersonalKind... kinds) {
    return new Masker(MaskRules.of(List.of(kinds), MaskAction.MASK));
  }

  private final Masker masks = masking(PersonalKind.EMAIL, PersonalKind.IP_ADDRESS);

  private String mask(String text) {
    return masks.mask(text, Replacements.placeholders()).text();
  }

  private void stays(String text) {
    assertSame(text, masks.mask(text, Replacements.placeholders()).text());
  }

  @Test
  void addressesBecomePlaceholdersAndAreCounted() {
    MaskedText masked =
        masks.mask(
            "Ann <ann.o'n+x@mail.mit.edu>, bob_1@gmail.com. Host 93.184.216.34:80 is up",
            Replacements.placeholders());
    assertEquals("Ann <<EMAIL>>, <EMAIL>. Host <IP_ADDRESS>:80 is up", masked.text());
    assertEquals(2, masked.count(PersonalKind.EMAIL));
    assertEquals(1, masked.count(PersonalKind.IP_ADDRESS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@b",
        "@Override",
        "{@link java.util.List}",
        "x@y.c1",
        "a@-b.com",
        "a@b-.com",
        "a@b..com",
        ".@b.com",
        "a.@b.com",
        "user@example.com",
        "me@mail.example.org",
        "x@host.test",
        "x@localhost.localhost"
      })
  void whatIsNoPersonsMailboxStays(String text) {
    stays(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zoë.müller@straße-muster.de",
        "d'arcy@mail.ie",
        "用户@例子.中国",
        "иван@почта.рф",
        "info@münchen.de",
        "a@xn--mnchen-3ya.xn--p1ai"
      })
  void mailboxesOfAnyScriptAreMaskedWhole(String address) {
    assertEquals("to <EMAIL>, now", mask("to " + address + ", now"));
    assertEquals("'<EMAIL>'", mask("'" + address + "'"));
  }

  @Test
  void sentencesWithoutSpacesAreNoPartOfAnAddress() {
    assertEquals("请联系<EMAIL>谢谢", mask("请联系alice@firm.com谢谢"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git clone git@host-a.com:team/repo.git",
        "ssh://git@host-a.com/team/repo",
        "hero@2x.jpeg",
        "next@beta.js",
        "me@host-a.com:team/repo.git",
        "Chrome/9.1.200.77",
        "Driver 11.4.202.235 is out",
        "version 93.184.216.34",
        "版本93.184.216.34"
      })
  void remotesFilesAndVersionsStay(String text) {
    stays(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inversion 93.184.216.34",
        "released: 93.184.216.34",
        "the release 93.184.216.34 by DHCP",
        "rfc says so; 93.184.216.34",
        "ip_93.184.216.34",
        "ip-93.184.216.34.net",
        "IP 9.8.200.77"
      })
  void addressesBesideOtherWordsAreMasked(String text) {
    assertTrue(mask(text).contains("<IP_ADDRESS>"), mask(text));
  }

  @Test
  void theLengthsOfAMailboxAreThoseOfTheStandard() {
    assertEquals("<EMAIL>", mask("a".repeat(64) + "@mail.com"));
    stays("a".repeat(65) + "@mail.com");
    assertEquals("<EMAIL>", mask("a@" + "b".repeat(63) + ".com"));
    stays("a@" + "b".repeat(64) + ".com");
    String labels = ("b".repeat(49) + ".").repeat(5);
    assertEquals("<EMAIL>", mask("a@" + labels + "com"));
    stays("a@" + labels + "comm");
  }

  @Test
  void octetsAreAtMost255() {
    assertEquals("<IP_ADDRESS>", mask("223.255.255.255"));
    stays("223.255.255.256");
    stays("256.100.100.100");
    stays("93.184.216.034");
    stays("93.184.216");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.93.184.1",
        "10.93.184.216",
        "127.0.0.1",
        "169.254.93.184",
        "172.16.93.184",
        "172.31.255.255",
        "192.168.100.200",
        "192.0.0.100",
        "192.0.2.100",
        "198.51.100.93",
        "203.0.113.93",
        "198.18.93.1",
        "198.19.93.1",
        "100.64.93.1",
        "100.127.93.1",
        "224.0.0.251",
        "240.93.184.216",
        "255.255.255.255"
      })
  void addressesOfNobodyStay(String address) {
    stays("at " + address + " there");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.93.184.216", "11.93.184.216", "126.255.255.255", "128.93.184.216", "172.15.93.184",
        "172.32.93.184", "192.167.100.200", "198.17.93.1", "198.20.93.1", "100.63.93.1",
        "100.128.93.1", "203.0.112.93", "223.93.184.216"
      })
  void theirNeighboursAreMasked(String address) {
    assertEquals("at <IP_ADDRESS> there", mask("at " + address + " there"));
    assertEquals("(<IP_ADDRESS>).", mask("(" + address + ")."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.2.3.4",
        "15.12.2.7",
        "8.8.8.8",
        "version 93.184.216.34",
        "Release: 93.184.216.34",
        "JLS 93.184.216.34",
        "§93.184.216.34",
        "lib-93.184.216.34",
        "v93.184.216.34",
        "93.184.216.34.5",
        "5.93.184.216.34",
        "93.184.216.34b",
        "93.184.216.34_1",
        "2.5.29.35",
        "1.3.101.110",
        "1.2.93.184"
      })
  void versionsSectionsAndObjectIdentifiersStay(String text) {
    stays(text);
  }

  @Test
  void globalIpv6AddressesAreMasked() {
    assertEquals("<IP_ADDRESS>", mask("2607:f8b0:4005:805::200e"));
    assertEquals("[<IP_ADDRESS>]:443", mask("[2a00:1450:4001:0812:0000:0000:0000:200e]:443"));
    assertEquals("see <IP_ADDRESS>: it", mask("see 2a00:1450::: it".replace(":::", "::1:")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::1",
        "fe80::1",
        "fc00:1234::1",
        "2001:db8::1",
        "3fff:123::1",
        "ff02::1",
        "2001:0:1",
        "2a00:1450:4001:0812:0000:0000:0000:200e:1",
        "2a00::1450::1",
        "Fade::bad",
        "2a00:12345::1",
        "12:34:56",
        "2024:10:12",
        "3fff",
        "2001:2::1"
      })
  void otherIpv6AndTimesStay(String text) {
    stays(text);
  }

  @Test
  void eachMaskCanBeLeftOff() {
    String text = "a@b.com 93.184.216.34";
    assertEquals(
        "<EMAIL> 93.184.216.34",
        masking(PersonalKind.EMAIL).mask(text, Replacements.placeholders()).text());
    assertEquals(
        "a@b.com <IP_ADDRESS>",
        masking(PersonalKind.IP_ADDRESS).mask(text, Replacements.placeholders()).text());
  }

  @Test
  void maskingTwiceChangesNothingMore() {
    String once = mask("a@b.com,c@d.com;93.184.216.34,93.184.216.35 2a00:1450::1");
    stays(once);
    assertFalse(once.contains("@"));
    assertTrue(once.endsWith("<IP_ADDRESS>"));
  }

  @Test
  void privateAddressesAreToldApart() {
    Masker masker = masking(PersonalKind.IP_ADDRESS, PersonalKind.PRIVATE_IP);
    assertEquals(
        "<PRIVATE_IP> <IP_ADDRESS> <PRIVATE_IP> <PRIVATE_IP> 127.0.0.1 ::1",
        masker
            .mask(
                "192.168.100.200 93.184.216.34 fd12:3456::1 fe80::a%eth0 127.0.0.1 ::1"
                    .replace("%eth0", ""),
                Replacements.placeholders())
            .text());
    assertEquals("IP <PRIVATE_IP>", masker.mask("IP 10.0.0.1", Replacements.placeholders()).text());
  }

  @Test
  void ofALongRunOfIdeographsTheEndIsTheMailbox() {
    assertEquals("甲乙丙<EMAIL>", mask("甲乙丙" + "丁".repeat(12) + "@例子.中国"));
  }
}
