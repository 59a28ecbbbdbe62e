package dev.imago.evaluate;

import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.suites.ConversationForm;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import dev.imago.suites.Turn;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A model behind an OpenAI-compatible API: answers by `/completions` or `/chat/completions`,
/// likelihoods by `/completions` with `echo` and `logprobs`, where a server has them.
final class EndpointSuiteModel implements SuiteModel {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /// Of a request that the server has no room for, with pauses of 1, 2, 4 and 8 seconds, or as it
  /// says.
  private static final int MOST_TRIES = 5;

  private static final int LONGEST_PAUSE_SECONDS = 60;

  /// What marks a conversation in a context, whose turns the server puts into its own template.
  private static final String TURNS = "[{\"role\":";

  private static final String FIRST_TOKEN =
      "a server tells no likelihood of a text's first token: where nothing stands before what is"
          + " scored, that one is left out";

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
  private final String address;
  private final Optional<String> key;
  private final String model;
  private final boolean chat;
  private final int concurrent;
  private final Optional<Float> repetitionPenalty;

  /// Of whichever thread asks.
  private final Set<String> notes = Collections.synchronizedSet(new LinkedHashSet<>());

  /// @param address up to `/v1`
  /// @param model that is asked; empty for the server's first
  /// @param key sent as a bearer's, where given
  /// @param chat whether prompts are conversations
  /// @param concurrent requests at a time, at least 1
  /// @param repetitionPenalty that the server is asked for; empty for its own
  EndpointSuiteModel(
      String address,
      Optional<String> model,
      Optional<String> key,
      boolean chat,
      int concurrent,
      Optional<Float> repetitionPenalty) {
    this.concurrent = concurrent;
    this.repetitionPenalty = repetitionPenalty;
    this.address = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    this.key = key;
    this.chat = chat;
    this.model = model.orElseGet(this::first);
    notes.add(
        "answers of a server are kept under its address and the model's name: after a change of the"
            + " model behind them, give --fresh");
  }

  private String first() {
    String id = send("/models", null).path("data").path(0).path("id").asString("");
    if (id.isEmpty()) {
      throw new InputException(address + "/models names no model; give --model");
    }
    return id;
  }

  @Override
  public String name() {
    return model + " at " + address;
  }

  @Override
  public String identity() {
    // Another penalty is another model: answers that were kept without it are not its own.
    return "server "
        + address
        + " "
        + model
        + repetitionPenalty.map(p -> " repetition_penalty " + p).orElse("");
  }

  @Override
  public ConversationForm conversation() {
    return (turns, continued) -> {
      if (continued) {
        throw new InputException(
            "a server's conversation does not go on with an answer that is begun (gen_prefix);"
                + " leave the chat template out");
      }
      return JSON.writeValueAsString(turns.stream().map(EndpointSuiteModel::message).toList());
    };
  }

  private static Map<String, String> message(Turn turn) {
    var message = new java.util.LinkedHashMap<String, String>();
    message.put("role", turn.role());
    message.put("content", turn.content());
    return message;
  }

  /// An ask's place, and its reply.
  private record Replied(int place, ModelReply reply) {}

  @Override
  public void replies(List<ModelRequest> requests, Told told) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var replied = new ExecutorCompletionService<Replied>(threads);
      int sent = 0;
      try {
        for (int known = 0; known < requests.size(); known++) {
          for (; sent < requests.size() && sent - known < concurrent; sent++) {
            int place = sent;
            replied.submit(() -> new Replied(place, reply(requests.get(place))));
          }
          Replied one = replied.take().get();
          told.of(one.place, one.reply);
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException failure
            ? failure
            : new IllegalStateException("a request failed: " + e.getCause(), e.getCause());
      } finally {
        threads.shutdownNow(); // none is on its way but after a failure
      }
    }
  }

  private ModelReply reply(ModelRequest ask) {
    return switch (ask) {
      case ModelRequest.Continuation(String context, String continuation) ->
          likelihood(context, continuation);
      case ModelRequest.Rolling(String text) -> {
        ModelReply.Likelihood whole = likelihood("", text);
        yield new ModelReply.Total(whole.logProbability(), whole.tokens());
      }
      case ModelRequest.Generation g -> generated(g);
    };
  }

  /// As OpenAI's `text_offset` counts: code points, not Java's chars.
  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private ModelReply.Likelihood likelihood(String context, String continuation) {
    if (chat) {
      throw new InputException(
          "a server tells no likelihood of a given answer in a conversation; leave the chat"
              + " template out, or evaluate the model's file");
    }
    ObjectNode body = JSON.createObjectNode();
    body.put("model", model);
    body.put("prompt", context + continuation);
    body.put("max_tokens", 1);
    body.put("temperature", 0);
    body.put("logprobs", 1);
    body.put("echo", true);
    JsonNode told = send("/completions", body).path("choices").path(0).path("logprobs");
    JsonNode offsets = told.path("text_offset");
    JsonNode each = told.path("token_logprobs");
    if (!offsets.isArray() || offsets.size() != each.size() || each.isEmpty()) {
      throw new InputException(
          address
              + " tells no logprobs of what it is given (echo, logprobs): it can be asked"
              + " generate_until tasks, and its model's file all of them");
    }
    int from = length(context.stripTrailing());
    if (from == 0) {
      notes.add(FIRST_TOKEN);
    }
    int end = length(context + continuation);
    double sum = 0;
    boolean greedy = true;
    int tokens = 0;
    for (int i = 0; i < each.size(); i++) {
      int at = offsets.path(i).asInt(0);
      if (at >= from && at < end && each.path(i).isNumber()) {
        double p = each.path(i).doubleValue();
        sum += p;
        tokens++;
        for (Map.Entry<String, JsonNode> other : told.path("top_logprobs").path(i).properties()) {
          greedy &= other.getValue().doubleValue() <= p;
        }
      }
    }
    return new ModelReply.Likelihood(sum, greedy, tokens);
  }

  private ModelReply generated(ModelRequest.Generation ask) {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", model);
    body.put("max_tokens", ask.maxTokens());
    body.put("temperature", ask.temperature());
    body.put("top_p", ask.topP());
    body.put("seed", ask.repeat() + 1);
    if (!ask.until().isEmpty()) {
      // Servers take four at most; an answer is cut at all of them below.
      ask.until().stream().limit(4).forEach(body.putArray("stop")::add);
    }
    // vLLM's name of it, and llama.cpp's, which passes the other over.
    repetitionPenalty.ifPresent(p -> body.put("repetition_penalty", p).put("repeat_penalty", p));
    notes.add(
        repetitionPenalty
            .map("the server was asked for repetition_penalty = %s"::formatted)
            .orElse(
                "what a server does by itself, such as a penalty on repetition, is part of what its"
                    + " answers are; --repetition-penalty 1 asks it for none"));
    boolean turns = chat && ask.context().startsWith(TURNS);
    JsonNode choice;
    if (turns) {
      body.set("messages", JSON.readTree(ask.context()));
      choice = send("/chat/completions", body);
    } else {
      body.put("prompt", ask.context());
      choice = send("/completions", body);
    }
    int tokens = choice.path("usage").path("completion_tokens").asInt(0);
    JsonNode answer = choice.path("choices").path(0);
    String text =
        turns
            ? answer.path("message").path("content").asString("")
            : answer.path("text").asString("");
    for (String stop : ask.until()) {
      int at = text.indexOf(stop);
      text = at < 0 ? text : text.substring(0, at);
    }
    return new ModelReply.Text(text, tokens);
  }

  private JsonNode send(String route, @Nullable ObjectNode body) {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(URI.create(address + route)).timeout(PATIENCE);
    } catch (IllegalArgumentException e) {
      throw new InputException(address + " is no address, such as http://127.0.0.1:8080/v1", e);
    }
    key.ifPresent(k -> request.header("Authorization", "Bearer " + k));
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    }
    try {
      HttpResponse<String> response = patiently(request.build());
      if (response.statusCode() / 100 != 2) {
        String said = response.body();
        throw new InputException(
            "%s%s answers %d: %s"
                .formatted(
                    address,
                    route,
                    response.statusCode(),
                    said.length() > 400 ? said.substring(0, 400) + "…" : said));
      }
      return JSON.readTree(response.body());
    } catch (JacksonException e) {
      throw new InputException(address + route + " answers what is no JSON", e);
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot reach %s%s (%s): start the server, or name another address"
              .formatted(address, route, e.getMessage() == null ? e : e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a server was asked");
    }
  }

  /// Again, after a pause, while the server has too much to do.
  private HttpResponse<String> patiently(HttpRequest request)
      throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      boolean busy = response.statusCode() == 429 || response.statusCode() == 503;
      if (!busy || tries == MOST_TRIES) {
        return response;
      }
      String after = response.headers().firstValue("Retry-After").orElse("").strip();
      long seconds = after.matches("[0-9]{1,9}") ? Long.parseLong(after) : 1L << (tries - 1);
      Thread.sleep(Duration.ofSeconds(Math.min(LONGEST_PAUSE_SECONDS, seconds)));
    }
  }

  @Override
  public double atWork() {
    return 0;
  }

  @Override
  public Set<String> notes() {
    return notes;
  }

  @Override
  public void close() {
    client.close();
  }
}
