package dev.imago.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.http.Feature;
import dev.imago.http.Route;
import dev.imago.http.Router;
import dev.imago.http.WebListener;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaygroundTest {
  /// A server that answers with what it was asked, and more.
  private static WebListener server(String name, List<String> asked) {
    Feature feature =
        () ->
            List.of(
                Route.get(
                    "/v1/models",
                    Route.Access.OPEN,
                    exchange -> exchange.json(Map.of("data", List.of(Map.of("id", name))))),
                Route.post(
                    "/v1/chat/completions",
                    Route.Access.OPEN,
                    exchange -> {
                      asked.add(name);
                      exchange.json(
                          Map.of(
                              "choices",
                              List.of(
                                  Map.of("message", Map.of("content", "<b>from " + name + "</b>"))),
                              "usage",
                              Map.of("completion_tokens", 7)));
                    }));
    var router = new Router("127.0.0.1", List.of(), 1 << 20, "", List.of());
    return WebListener.start(
        "127.0.0.1", 0, Optional.empty(), Duration.ZERO, router, List.of(feature));
  }

  @Test
  void asksEachServerAndShowsTheirAnswersSideBySideAsText(@TempDir Path root) {
    var asked = java.util.Collections.synchronizedList(new ArrayList<String>());
    URI gone;
    try (WebListener closed = server("gone", asked)) {
      gone = closed.address();
    }
    try (WebListener one = server("one", asked);
        WebListener two = server("two", asked);
        var console =
            new RunningConsole(
                root, Optional.empty(), List.of(one.address(), two.address(), gone))) {
      String page =
          console
              .post(
                  "/playground",
                  Map.of("token", console.token(), "prompt", "What is it?", "tokens", "16"))
              .body();
      assertTrue(page.contains("&lt;b&gt;from one&lt;/b&gt;"), page);
      assertTrue(page.contains("&lt;b&gt;from two&lt;/b&gt;"), page);
      assertFalse(page.contains("<b>"), page);
      assertTrue(page.contains("class=\"problem\""), page); // the one that is gone
      assertTrue(page.contains(">What is it?</textarea>"), page);
      assertEquals(List.of("one", "two"), asked.stream().sorted().toList());
    }
  }

  @Test
  void asksNobodyWithoutAToken(@TempDir Path root) {
    var asked = new ArrayList<String>();
    try (WebListener one = server("one", asked);
        var console = new RunningConsole(root, Optional.empty(), List.of(one.address()))) {
      assertEquals(403, console.post("/playground", Map.of("prompt", "x")).statusCode());
      assertEquals(List.of(), asked);
    }
  }
}
