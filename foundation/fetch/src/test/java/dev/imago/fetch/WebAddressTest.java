package dev.imago.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class WebAddressTest {
  private static final WebAddress BASE =
      Objects.requireNonNull(WebAddress.of("http://example.org/a/b/c?x=1"));

  private static String of(String written) {
    return Objects.toString(WebAddress.of(written, BASE), "none");
  }

  @Test
  void relativeAddressesAreThoseOfTheirPage() {
    assertEquals("http://example.org/a/b/d", of("d"));
    assertEquals("http://example.org/a/d?q", of("../d?q#part"));
    assertEquals("http://example.org/d", of("/x/../../d"));
    assertEquals("http://example.org/a/b/c?y", of("?y"));
    assertEquals("http://example.org/a/b/c?x=1", of("#part"));
    assertEquals("http://other.org/", of("//other.org"));
    assertEquals("http://other.org/x", of("\\\\other.org\\x"));
    assertEquals("http://example.org/a/b/", of("%2E"));
    assertEquals("http://example.org/a/b/d", of("http:d"));
    assertEquals("https://d/", of("https:d"));
  }

  @Test
  void spellingsOfOneAddressAreOne() {
    assertEquals("http://example.org/", of(" HTTP:\\\\EXAMPLE.org:080\n/ "));
    assertEquals("https://example.org:80/", of("https://example.org:80"));
    assertEquals("http://xn--bcher-kva.example/%C3%BC?%C3%BC", of("http://Bücher.example/ü?ü"));
    assertEquals("http://example.org/%20%22", of("http://user:secret@example.org/ \""));
    assertEquals("user:secret", WebAddress.of("http://user:secret@example.org/").user());
    assertEquals("http://[::1]/", of("http://[0:0:0:0:0:0:0:1]"));
    assertEquals("http://[::ffff:7f00:1]/", of("http://[::ffff:127.0.0.1]"));
    assertEquals("http://127.0.0.1/", of("http://0x7f.1"));
  }

  @Test
  void whatNoBrowserOpensIsNoAddress() {
    for (String none :
        new String[] {
          "ftp://example.org/", "javascript:alert(1)", "mailto:a@example.org", "data:,x", "http://",
          "http://a b/", "http://a%00b/", "http://a:65536/", "http://a:x/", "http://1.2.3.4.5/",
          "http://256.1.1.1/", "http://[::1", "http://[1:2]/", "http://a<b/", "http://%zz/"
        }) {
      assertNull(WebAddress.of(none, BASE), none);
    }
  }
}
