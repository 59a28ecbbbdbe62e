package dev.imago.duplicates;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalAddressTest {
  @ParameterizedTest
  @CsvSource({
    "HTTP://Example.ORG,http://example.org/",
    "http://example.org:80/a,http://example.org/a",
    "https://example.org:443/a#b,https://example.org/a",
    "https://example.org:0443/a,https://example.org/a",
    "http://example.org:443/,http://example.org:443/",
    "https://user:word@example.org/,https://example.org/",
    "https://example.org./a,https://example.org/a",
    "https://example.org/a/./b/../c/,https://example.org/a/c/",
    "https://example.org/../..,https://example.org/",
    "https://example.org/%7euser/%c3%a4,https://example.org/~user/%C3%A4",
    "https://example.org/ä b,https://example.org/%C3%A4%20b",
    "https://Bücher.example/,https://xn--bcher-kva.example/",
    "https://例子.测试/路,https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF",
    "https:\\\\example.org\\a\\b,https://example.org/a/b",
    "https://example.org?a=1&utm_source=x&b=2&fbclid=9,https://example.org/?a=1&b=2",
    "https://example.org/?UTM_Medium=x,https://example.org/",
    "https://example.org/?b=2&a=1,https://example.org/?b=2&a=1",
    "http://[::1]:8080/a,http://[::1]:8080/a",
    "mailto:a@b.c,''",
    "http://,''",
    "http://a b/,''",
    "'',''"
  })
  void oneFormOfWhatLeadsToOnePage(String given, String wanted) {
    assertEquals(wanted, CanonicalAddress.of(given));
    assertEquals(wanted, CanonicalAddress.of(wanted), "it is its own form");
  }
}
