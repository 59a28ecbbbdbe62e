package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.imago.core.InputException;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A model behind an API, on a server that answers by rule: a token is a code point, of which each
/// is as likely as it is high.
final class EndpointSuiteModelTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final AtomicInteger refused = new AtomicInteger();
  private final CyclicBarrier pair = new CyclicBarrier(2);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/completions", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private SuiteModel model(int concurrent) {
    return model(concurrent, Optional.empty());
  }

  private SuiteModel model(int concurrent, Optional<Float> repetitionPenalty) {
    String address = "http://localhost:%d/v1".formatted(server.getAddress().getPort());
    return SuiteModels.connect(
        address, Optional.of("m"), Optional.empty(), false, concurrent, repetitionPenalty);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode body = JSON.readTree(exchange.getRequestBody());
      String prompt = body.path("prompt").stringValue();
      if (prompt.startsWith("busy") && refused.getAndIncrement() == 0) {
        exchange.getResponseHeaders().add("Retry-After", "0");
        exchange.sendResponseHeaders(429, -1);
        return;
      }
      if (prompt.startsWith("broken")) {
        exchange.sendResponseHeaders(400, -1);
        return;
      }
      if (prompt.startsWith("both")) {
        pair.await(60, TimeUnit.SECONDS);
      }
      // Its penalty, where it is asked for one.
      String mark = body.path("repetition_penalty").asString("!");
      ObjectNode choice = JSON.createObjectNode().put("text", prompt + mark);
      ObjectNode told = choice.putObject("logprobs");
      var offsets = told.putArray("text_offset");
      var each = told.putArray("token_logprobs");
      int[] points = (prompt + "!").codePoints().toArray();
      for (int i = 0; i < points.length; i++) {
        offsets.add(i);
        each.add(-points[i]);
      }
      ObjectNode answer = JSON.createObjectNode();
      answer.putArray("choices").add(choice);
      byte[] bytes = JSON.writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private static ModelRequest continuation(String context, String continuation) {
    return new ModelRequest.Continuation(context, continuation);
  }

  @Test
  void aContinuationIsCutAtItsCodePointsWhateverStandsBefore() throws Exception {
    try (SuiteModel model = model(1)) {
      List<ModelReply> replies =
          model.replies(List.of(continuation("ab", " c"), continuation("😀𠮷 b", "😀")));
      assertEquals(new ModelReply.Likelihood(-' ' - 'c', true, 2), replies.get(0));
      assertEquals(new ModelReply.Likelihood(-0x1f600, true, 1), replies.get(1));
    }
  }

  @Test
  void severalAreAskedAtATimeAndEachReplyStandsInItsPlace() throws Exception {
    try (SuiteModel model = model(2)) {
      var requests = List.of(continuation("both", "a"), continuation("both", "b"));
      List<ModelReply> replies = model.replies(requests);
      assertEquals(new ModelReply.Likelihood(-'a', true, 1), replies.get(0));
      assertEquals(new ModelReply.Likelihood(-'b', true, 1), replies.get(1));
    }
  }

  @Test
  void aServerThatIsBusyIsAskedAgainAndOneThatRefusesIsNot() throws Exception {
    try (SuiteModel model = model(4)) {
      assertEquals(
          List.of(new ModelReply.Likelihood(-'a', true, 1)),
          model.replies(List.of(continuation("busy", "a"))));
      assertEquals(2, refused.get());
      var requests = List.of(continuation("ab", "c"), continuation("broken", "a"));
      var told = assertThrows(InputException.class, () -> model.replies(requests));
      assertTrue(told.getMessage().contains("/v1/completions answers 400"), told.getMessage());
    }
  }

  @Test
  void aPenaltyThatIsGivenIsAskedForAndAModelOfItsOwn() throws Exception {
    ModelRequest ask = new ModelRequest.Generation("a", List.of(), 8, 0, 1, 0, 0);
    try (SuiteModel own = model(1);
        SuiteModel none = model(1, Optional.of(1f))) {
      assertEquals("a!", ((ModelReply.Text) own.replies(List.of(ask)).getFirst()).text());
      assertEquals("a1.0", ((ModelReply.Text) none.replies(List.of(ask)).getFirst()).text());
      assertEquals(own.identity() + " repetition_penalty 1.0", none.identity());
      assertTrue(
          own.notes().stream().anyMatch(n -> n.contains("--repetition-penalty 1")),
          own.notes().toString());
    }
  }
}
