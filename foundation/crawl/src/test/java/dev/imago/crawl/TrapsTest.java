package dev.imago.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.imago.fetch.WebAddress;
import java.time.Year;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TrapsTest {
  private final Traps traps = new Traps(Year.of(2026));

  private static WebAddress at(String path) {
    return Objects.requireNonNull(WebAddress.of("https://example.org" + path));
  }

  @Test
  void whatIsOrdinaryIsNoTrap() {
    for (String path :
        List.of(
            "/",
            "/2024/05/12/a-post",
            "/archive/1987/11",
            "/wiki/Year_1492",
            "/products?page=7&sort=price",
            "/a/b/a/c",
            "/events/2026-12-01")) {
      assertEquals("", traps.refusal(at(path)), path);
    }
  }

  @Test
  void whatHasNoEndIsOne() {
    for (String path :
        List.of(
            "/a/b/a/b",
            "/x/x/x",
            "/calendar/1799/01",
            "/calendar?year=2093&month=2",
            "/events/?date=3024-01-01",
            "/" + "a".repeat(3000),
            "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u",
            "/s?" + "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1")) {
      assertFalse(traps.refusal(at(path)).isEmpty(), path);
    }
  }

  @Test
  void filtersOverFiltersEnd() {
    int open = 0;
    for (int i = 0; i < 5000; i++) {
      open += traps.refusal(at("/shop?color=" + i)).isEmpty() ? 1 : 0;
    }
    assertEquals(1000, open);
    open = 0;
    for (int i = 0; i < 200; i++) {
      open += traps.refusal(at("/list?f" + i + "=1")).isEmpty() ? 1 : 0;
    }
    assertEquals(40, open);
    open = 0;
    for (int i = 0; i < 3000; i++) {
      open += traps.refusal(at("/calendar/2020/" + i)).isEmpty() ? 1 : 0;
    }
    assertEquals(500, open);
  }

  @Test
  void sessionsAreNoPartOfAnAddress() {
    assertEquals(
        "https://example.org/a?b=1&c=2",
        Traps.withoutSession(at("/a;jsessionid=F00?b=1&PHPSESSID=x&c=2")).toString());
    assertEquals("https://example.org/a", Traps.withoutSession(at("/a?sid=1")).toString());
    assertEquals(
        "https://example.org/a?inside=1", Traps.withoutSession(at("/a?inside=1")).toString());
  }
}
