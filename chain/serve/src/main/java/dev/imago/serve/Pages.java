package dev.imago.serve;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// The chat page: static files of this module, and one JSON that tells the page what it talks to.
final class Pages {
  /// Nothing from elsewhere, no inline script: what a model says can never run.
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
          + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private record Page(String contentType, byte[] content) {}

  private final Map<String, Page> pages = new LinkedHashMap<>();

  Pages(ServerConfig config, int context) {
    pages.put("/", resource("chat.html", "text/html; charset=utf-8"));
    pages.put("/chat.css", resource("chat.css", "text/css; charset=utf-8"));
    pages.put("/chat.js", resource("chat.js", "text/javascript; charset=utf-8"));
    pages.put("/icon.svg", resource("icon.svg", "image/svg+xml"));
    var settings = new LinkedHashMap<String, Object>();
    settings.put("model", config.model());
    settings.put("about", config.page().about());
    settings.put("placeholder", config.page().placeholder());
    settings.put("conversation", config.page().conversation());
    settings.put("temperature", config.temperature());
    settings.put("maxTokens", Math.min(config.maxTokens(), Math.max(1, context - 1)));
    settings.put("context", context);
    pages.put(
        "/chat.json",
        new Page("application/json", JsonMapper.shared().writeValueAsBytes(settings)));
  }

  private static Page resource(String name, String contentType) {
    try (InputStream in = Pages.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the resource page/" + name + " is missing from the build");
      }
      return new Page(contentType, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Set<String> paths() {
    return pages.keySet();
  }

  void send(String path, ServerResponse response) {
    Page page = pages.get(path);
    if (page == null) {
      throw new IllegalArgumentException(path + " is no page");
    }
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, page.contentType()));
    response.header(HeaderValues.create(HeaderNames.CACHE_CONTROL, "no-cache"));
    response.header(HeaderValues.create("Content-Security-Policy", CONTENT_SECURITY_POLICY));
    response.header(HeaderValues.create("X-Content-Type-Options", "nosniff"));
    response.header(HeaderValues.create("Referrer-Policy", "no-referrer"));
    response.send(page.content());
  }
}
