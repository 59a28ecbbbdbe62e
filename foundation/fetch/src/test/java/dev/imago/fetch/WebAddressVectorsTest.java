package dev.imago.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The URL Standard's own tests, `urltestdata.json` of web-platform-tests, as far as they are of
/// http and https.
class WebAddressVectorsTest {
  private static Path file() {
    String named = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "../.."));
    Path shared = named == null ? root.resolve("../shared") : Path.of(named);
    return shared.resolve("data/wpt_url/wpt-urltestdata.json");
  }

  /// What the JDK's IDNA 2003 tells in another way: labels that are no Punycode, which are refused
  /// here, and the letter ß.
  private static final Set<String> IDNA_2008 =
      Set.of(
          "http://a.b.c.xn--pokxncvks",
          "http://10.0.0.xn--pokxncvks",
          "https://faß.example/",
          "https://xn--/");

  @Test
  void addressesAreReadAsBrowsersReadThem() throws Exception {
    assumeTrue(Files.exists(file()), "no shared data: " + file());
    var wrong = new ArrayList<String>();
    for (JsonNode test : JsonMapper.shared().readTree(Files.readAllBytes(file()))) {
      String base = test.path("base").asString("");
      boolean web = test.path("href").asString("").matches("https?:.*");
      boolean based = base.isEmpty() || base.equals("about:blank") || base.matches("https?:.*");
      boolean idna = IDNA_2008.contains(test.path("input").asString("").toLowerCase(Locale.ROOT));
      if (!test.isObject() || !based || idna || !web && !test.has("failure")) {
        continue;
      }
      // A question mark with nothing behind it is no query to who asks for one, and stays in an
      // address.
      String found =
          found(test.path("input").asString(""), WebAddress.of(base)).replaceFirst("[?]$", "");
      String right =
          web
              ? test.path("protocol").asString("")
                  + "//"
                  + test.path("host").asString("")
                  + test.path("pathname").asString("")
                  + test.path("search").asString("")
              : "none";
      if (!found.equals(right)) {
        wrong.add(
            "%s with %s: %s in place of %s".formatted(test.path("input"), base, found, right));
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static String found(String input, @Nullable WebAddress base) {
    return Objects.toString(WebAddress.of(input, base), "none");
  }
}
