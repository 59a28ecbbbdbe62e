package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Output;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServerCallTest {
  @Test
  void eachKindOfModelIsAskedAtItsRoute() {
    Output classes = new Output.Classes(List.of("a", "b"));
    assertEquals(
        "curl http://127.0.0.1:8080/classify -H 'Content-Type: application/json' -d '{\"input\":\"a"
            + " room\"}'",
        ServerCall.of(classes, "text-classification", " a room "));
    assertTrue(ServerCall.of(classes, "text-ranking", "").contains("/rerank "));
    assertTrue(ServerCall.of(new Output.Tags(List.of("O")), "", "x").contains("/tag "));
    assertTrue(ServerCall.of(new Output.NextToken(), "", "x").contains("/v1/chat/completions "));
  }

  @Test
  void aShellReadsTheExampleAsItStands() {
    String call = ServerCall.of(new Output.NextToken(), "", "it's \"so\"\n" + "😀".repeat(200));
    assertEquals(4, call.chars().filter(c -> c == '\'').count(), call);
    assertTrue(call.contains("it\\u0027s \\\"so\\\"\\n😀"), call);
    assertTrue(call.length() < 350, call);
  }
}
