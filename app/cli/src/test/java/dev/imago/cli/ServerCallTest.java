package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Artifact;
import dev.imago.core.Recipe;
import dev.imago.core.Ref;
import dev.imago.model.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  @Test
  void intentsAndTheirSlotsAreAskedOneAfterTheOther() {
    Recipe recipe = Recipe.read(Path.of("../../recipes/intents.yaml"), List.of(), Map.of());
    Artifact intent = weights('a');
    Artifact slots = weights('b');
    Artifact base = weights('c');
    Map<String, Map<String, Artifact>> made =
        Map.of(
            "pretrain", Map.of("base", base),
            "intent", Map.of("tuned", intent),
            "tune", Map.of("tuned", slots));
    assertEquals(
        List.of(intent, slots), List.copyOf(RunCommand.measuredWith(slots, "tuned", recipe, made)));
    assertEquals(List.of(base), List.copyOf(RunCommand.measuredWith(base, "base", recipe, made)));
  }

  private static Artifact weights(char digit) {
    return new Artifact.Stored(
        new Ref("weights", String.valueOf(digit).repeat(64)), Path.of(String.valueOf(digit)));
  }
}
