package dev.imago.console;

import dev.imago.accounts.Accounts;
import dev.imago.data.MeasuredModel;
import dev.imago.http.Route;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// A console over a workspace's files, and a client that keeps cookies.
final class RunningConsole implements AutoCloseable {
  static final int PATIENCE_SECONDS = 60;

  final ConsoleServer server;

  /// What the page of models shows of them.
  volatile List<MeasuredModel> measured = List.of();

  /// What of it cannot be read.
  volatile List<String> broken = List.of();

  private final HttpClient client =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  RunningConsole(Path workspace, Optional<Path> logdir, List<URI> models) {
    var config =
        new ConsoleConfig(
            ConsoleConfig.Listening.onLoopback(0), workspace, logdir, models, ZoneId.of("UTC"));
    server =
        ConsoleServer.start(
            config, Optional.empty(), this::models, Clock.systemUTC(), new Random(1), List.of());
  }

  /// With people who sign in.
  RunningConsole(Path workspace, Accounts accounts, Optional<OpenIdConfig> openId) {
    var listening =
        new ConsoleConfig.Listening(
            "127.0.0.1", 0, Optional.empty(), false, Optional.empty(), openId);
    var config =
        new ConsoleConfig(listening, workspace, Optional.empty(), List.of(), ZoneId.of("UTC"));
    server =
        ConsoleServer.start(
            config,
            Optional.of(accounts),
            this::models,
            Clock.systemUTC(),
            new Random(1),
            List.of());
  }

  private List<MeasuredModel> models(Consumer<String> told) {
    broken.forEach(told);
    return measured;
  }

  RunningConsole(Path workspace) {
    this(workspace, Optional.empty(), List.of());
  }

  /// What the server has, from its own routing.
  List<Route> routes() {
    return server.routes();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.address().resolve(path))
        .timeout(Duration.ofSeconds(PATIENCE_SECONDS));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  /// The token of the forms of a page.
  String token() {
    String page = get("/keys").body();
    int at = page.indexOf("name=\"token\" value=\"") + 20;
    return page.substring(at, page.indexOf('"', at));
  }

  HttpResponse<String> post(String path, Map<String, String> fields) {
    String body =
        fields.entrySet().stream()
            .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
            .collect(Collectors.joining("&"));
    return send(
        request(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
