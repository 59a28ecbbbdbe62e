package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.CacheBudget;
import dev.imago.generate.Drafting;
import dev.imago.generate.LanguageModel;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What callers are spared by what was computed before, as the server tells and shares it.
class PrefixReuseTest {
  @TempDir Path folder;

  private static JsonNode post(HttpClient client, Server server, String key, String more)
      throws Exception {
    String words = "the rain in the plain and on the hills and in the valleys ".repeat(2);
    String body =
        "{\"prompt\":\"%s\",\"max_tokens\":9,\"temperature\":0,\"ignore_eos\":true%s}"
            .formatted(words, more);
    var request =
        HttpRequest.newBuilder(server.address().resolve("/v1/completions"))
            .timeout(Duration.ofSeconds(Running.PATIENCE))
            .header("Authorization", "Bearer " + key)
            .POST(BodyPublishers.ofString(body))
            .build();
    var response = client.send(request, BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return Running.json(response);
  }

  private static int cached(JsonNode reply) {
    return reply.get("usage").get("prompt_tokens_details").get("cached_tokens").intValue();
  }

  private static String text(JsonNode reply) {
    return reply.get("choices").get(0).get("text").stringValue();
  }

  private ServerConfig config(ServerConfig.Reuse reuse) {
    ServerConfig plain = Running.config(folder);
    var limits =
        new ServerConfig.Limits(
            3, 64, 0, 1 << 16, 100, 1 << 20, CacheBudget.UNBOUNDED.withPrefixes(), reuse);
    return new ServerConfig(
        new ServerConfig.Listening(
            "127.0.0.1", 0, java.util.List.of("one", "two"), false, Optional.empty()),
        plain.model(),
        plain.ratings(),
        limits,
        plain.times(),
        "");
  }

  @Test
  void isToldAndSharedAmongAllUnlessTheyAreKeptApart() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient();
        LanguageModel model = LanguageModel.open(TinyModel.write(folder.resolve("m")), 1)) {
      try (Server server = Server.start(config(ServerConfig.Reuse.SHARED), model, System.err)) {
        JsonNode cold = post(client, server, "one", "");
        assertEquals(0, cached(cold));
        JsonNode warm = post(client, server, "two", "");
        int read = warm.get("usage").get("prompt_tokens").intValue();
        assertEquals(read - 1, cached(warm), "what follows the last one is wanted");
        assertEquals(text(cold), text(warm));
        assertEquals(0, cached(post(client, server, "two", ",\"cache_salt\":\"s\"")));
        assertTrue(cached(post(client, server, "one", ",\"cache_salt\":\"s\"")) > 0);
        JsonNode several = post(client, server, "one", ",\"n\":4,\"seed\":1");
        assertEquals(4, several.get("choices").size());
      }
      try (Server server =
          Server.start(
              config(new ServerConfig.Reuse(true, Drafting.lookup(4))), model, System.err)) {
        JsonNode mine = post(client, server, "one", "");
        assertEquals(0, cached(post(client, server, "two", "")));
        JsonNode again = post(client, server, "one", "");
        assertTrue(cached(again) > 0);
        assertEquals(text(mine), text(again));
        JsonNode details = again.get("usage").get("completion_tokens_details");
        assertTrue(details.get("accepted_prediction_tokens").intValue() >= 0, details.toString());
      }
    }
  }
}
