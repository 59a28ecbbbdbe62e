package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/tokenize`, `/detokenize`, `/apply-template`.
class TokensTest {
  @TempDir Path folder;

  private static String said(Running running, String path, String body) throws Exception {
    var response = running.post(path, body);
    assertEquals(200, response.statusCode(), response.body());
    return response.body();
  }

  @Test
  void aTextIsToldInItsTokensAndBack() throws Exception {
    try (var running = Running.scripted(folder)) {
      assertEquals(
          "{\"count\":3,\"max_model_len\":100,\"tokens\":[94,97,98],\"token_strs\":[\"^\",\"a\",\"b\"]}",
          said(running, "/tokenize", "{\"prompt\":\"ab\",\"return_token_strs\":true}"));
      assertEquals("{\"tokens\":[97,98]}", said(running, "/tokenize", "{\"content\":\"ab\"}"));
      assertEquals(
          "{\"tokens\":[{\"id\":97,\"piece\":\"a\"}]}",
          said(running, "/tokenize", "{\"content\":\"a\",\"with_pieces\":true}"));
      assertEquals(
          "{\"prompt\":\"ab\",\"content\":\"ab\"}",
          said(running, "/detokenize", "{\"tokens\":[97,98]}"));
      assertEquals(
          "{\"prompt\":\"user:a\\n\"}",
          said(
              running,
              "/apply-template",
              "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}"));
      Running.assertError(running.post("/detokenize", "{\"tokens\":[-1]}"), 400, "tokens");
      Running.assertError(running.post("/tokenize", "{}"), 400, "prompt");
    }
  }
}
