package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model that takes another's place while answers are under way.
class SwapTest {
  @TempDir Path folder;

  private static String content(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    return Running.json(response).at("/choices/0/message/content").stringValue();
  }

  @Test
  void anAnswerUnderWayEndsWithTheModelThatItBeganWithAndTheNextHasTheOther() throws Exception {
    var first = new ScriptedBackend(100, 1, "from ", "the ", "first");
    var second = new ScriptedBackend(100, "from the second");
    var running = new Running(Running.config(folder), first);
    try (running) {
      CompletableFuture<HttpResponse<String>> early =
          running.client.sendAsync(
              running.posting("/v1/chat/completions", Running.hello("")), BodyHandlers.ofString());
      assertTrue(first.asked.poll(Running.PATIENCE, TimeUnit.SECONDS) != null);
      running.server.swap(second, "weights/4567", () -> {});
      HttpResponse<String> late = running.chat(Running.hello(""));
      assertEquals("from the second", content(late));
      assertTrue(first.shares != null && first.shares == second.shares, "one tally for all");
      assertFalse(first.closed, "an answer of it is under way");
      first.gate.release(100);
      assertEquals("from the first", content(early.get(Running.PATIENCE, TimeUnit.SECONDS)));
      String id = Running.json(late).path("id").asString();
      HttpResponse<String> rated =
          running.post(
              "/v1/feedback", "{\"completion_id\":\"%s\",\"rating\":\"up\"}".formatted(id));
      assertEquals(200, rated.statusCode(), rated.body());
      assertTrue(
          java.nio.file.Files.readString(folder.resolve("ratings.jsonl")).contains("weights/4567"));
    }
    assertTrue(first.closed && second.closed, "the server closes what it opened");
  }
}
