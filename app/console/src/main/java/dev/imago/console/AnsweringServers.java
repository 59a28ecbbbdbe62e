package dev.imago.console;

import dev.imago.console.pages.PlaygroundPage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Servers of models, each of which is asked the same at the same time. Their addresses come from
/// who started the console, never from a request.
final class AnsweringServers {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int MOST_BYTES = 4 << 20;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final List<URI> models;

  AnsweringServers(List<URI> models) {
    this.models = List.copyOf(models);
  }

  List<PlaygroundPage.Answer> ask(String prompt, int tokens) throws InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient client =
            HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .followRedirects(HttpClient.Redirect.NEVER)
                .build()) {
      var asked = new ArrayList<Future<PlaygroundPage.Answer>>();
      for (URI model : models) {
        asked.add(threads.submit(() -> ask(client, model, prompt, tokens)));
      }
      var answers = new ArrayList<PlaygroundPage.Answer>();
      for (Future<PlaygroundPage.Answer> each : asked) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static PlaygroundPage.Answer ask(HttpClient client, URI model, String prompt, int tokens)
      throws InterruptedException {
    long begun = System.nanoTime();
    try {
      String name = name(client, model);
      var body =
          Map.of(
              "model", name,
              "max_tokens", tokens,
              "messages", List.of(Map.of("role", "user", "content", prompt)));
      HttpRequest request =
          HttpRequest.newBuilder(model.resolve("/v1/chat/completions"))
              .timeout(PATIENCE)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
              .build();
      JsonNode answer = json(client, request);
      double seconds = (System.nanoTime() - begun) / 1e9;
      JsonNode error = answer.path("error").path("message");
      if (error.isString()) {
        return new PlaygroundPage.Answer(model, name, error.asString(), true, seconds, -1);
      }
      JsonNode text = answer.path("choices").path(0).path("message").path("content");
      return new PlaygroundPage.Answer(
          model,
          name,
          text.asString(""),
          !text.isString(),
          seconds,
          answer.path("usage").path("completion_tokens").asLong(-1));
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return new PlaygroundPage.Answer(
          model, "", said, true, (System.nanoTime() - begun) / 1e9, -1);
    }
  }

  /// The first model that a server has; empty where it does not tell.
  private static String name(HttpClient client, URI model)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(model.resolve("/v1/models")).timeout(PATIENCE).GET().build();
    return json(client, request).path("data").path(0).path("id").asString("");
  }

  private static JsonNode json(HttpClient client, HttpRequest request)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      return JSON.readTree(in.readNBytes(MOST_BYTES));
    }
  }
}
