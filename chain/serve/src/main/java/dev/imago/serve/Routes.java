package dev.imago.serve;

import dev.imago.core.ImagoException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// Which path does what, and what is common to all: errors in OpenAI's form, the bound on a
/// request's size, who may ask, counts and times.
final class Routes {
  private static final System.Logger LOG = System.getLogger("dev.imago.serve");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /// nginx's status for a client that went before its answer; seen in the metrics only.
  private static final int CLIENT_GONE = 499;

  /// How much of a body that is too long is read all the same: a client that is still sending when
  /// its connection closes would see that, and not the error.
  private static final long MOST_SKIPPED_BYTES = 16L << 20;

  private final ServerConfig config;
  private final Completions completions;
  private final Feedback feedback;
  private final Metrics metrics;
  private final Pages pages;
  private final long createdSeconds;

  /// @param createdSeconds when the model was put up, in seconds since 1970
  Routes(
      ServerConfig config,
      Completions completions,
      Feedback feedback,
      Metrics metrics,
      Pages pages,
      long createdSeconds) {
    this.config = config;
    this.completions = completions;
    this.feedback = feedback;
    this.metrics = metrics;
    this.pages = pages;
    this.createdSeconds = createdSeconds;
  }

  /// Does what one route does; throws [ApiException] for what the client can mend.
  @FunctionalInterface
  private interface Action {
    void run(ServerRequest request, ServerResponse response, long arrivedNanos)
        throws InterruptedException;
  }

  void register(HttpRouting.Builder routing) {
    for (Ask.Kind kind : Ask.Kind.values()) {
      route(
          routing,
          Method.POST,
          kind.path,
          (request, response, arrived) ->
              completions.answer(kind, body(request), arrived, response));
    }
    route(
        routing,
        Method.POST,
        "/v1/feedback",
        (request, response, arrived) -> json(response, feedback.rate(body(request))));
    route(
        routing,
        Method.GET,
        "/v1/models",
        (request, response, arrived) ->
            json(response, Map.of("object", "list", "data", List.of(model()))));
    route(
        routing,
        Method.GET,
        "/v1/models/{+id}", // a name may hold slashes
        (request, response, arrived) -> {
          String id = request.path().pathParameters().get("id");
          if (!id.equals(config.model())) {
            throw ApiException.notFound(
                "model",
                "model_not_found",
                "model «%s» is not served here; the one that is: «%s»"
                    .formatted(id, config.model()));
          }
          json(response, model());
        });
    route(
        routing,
        Method.GET,
        "/healthz",
        (request, response, arrived) -> json(response, Map.of("status", "ok")));
    route(
        routing,
        Method.GET,
        "/metrics",
        (request, response, arrived) -> {
          response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, Metrics.CONTENT_TYPE));
          response.send(metrics.scrape().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        });
    for (String path : pages.paths()) {
      route(routing, Method.GET, path, (request, response, arrived) -> pages.send(path, response));
    }
    routing.any(
        (request, response) ->
            handle(
                "other",
                (q, s, arrived) -> {
                  throw ApiException.of(
                      404,
                      "not_found",
                      "%s is no path of this server; its API begins at /v1/models"
                          .formatted(brief(q.path().path())));
                },
                request,
                response));
  }

  private void route(HttpRouting.Builder routing, Method method, String path, Action action) {
    routing.route(method, path, (request, response) -> handle(path, action, request, response));
    if (method == Method.GET) {
      routing.route(
          Method.HEAD, path, (request, response) -> handle(path, action, request, response));
    }
    routing.any(
        path,
        (request, response) ->
            handle(
                path,
                (q, s, arrived) -> {
                  s.header(HeaderNames.ALLOW, method.text());
                  throw ApiException.of(
                      405,
                      "method_not_allowed",
                      "%s is not what %s takes; send %s"
                          .formatted(q.prologue().method().text(), path, method.text()));
                },
                request,
                response));
  }

  private void handle(String route, Action action, ServerRequest request, ServerResponse response) {
    long arrived = System.nanoTime();
    int status = 500;
    if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
      closeAfter(response);
    }
    try {
      checkCaller(request);
      action.run(request, response, arrived);
      status = response.status().code();
    } catch (ApiException e) {
      status = e.status();
      error(response, e);
    } catch (CloseConnectionException e) {
      status = response.isSent() ? response.status().code() : CLIENT_GONE;
      throw e;
    } catch (ClientGoneException e) {
      status = CLIENT_GONE;
      throw new CloseConnectionException("client gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("the server has stopped", e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, route + " failed", e);
      String message =
          e instanceof ImagoException // written for people; anything else may tell what it must not
              ? String.valueOf(e.getMessage())
              : "the server failed to answer; its log says why";
      error(response, ApiException.of(500, "internal_error", message));
    } finally {
      metrics.request(route, status, System.nanoTime() - arrived);
    }
  }

  /// Keeps other sites' pages away from a server that only this machine's user should reach. A page
  /// of another origin can send a simple POST anywhere; a page whose name was rebound to loopback
  /// can read, too.
  private void checkCaller(ServerRequest request) {
    String host = request.headers().first(HeaderNames.HOST).orElse("");
    String name = host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    if (loopback(config.host()) && !loopback(name)) {
      throw ApiException.of(
          403,
          "forbidden_host",
          "this server listens on loopback only, so it is called as 127.0.0.1 or localhost, not as «%s»"
              .formatted(brief(name)));
    }
    String origin = request.headers().first(HeaderNames.ORIGIN).orElse("");
    if (!origin.isEmpty() && !origin.replaceFirst("^https?://", "").equalsIgnoreCase(host)) {
      throw ApiException.of(
          403,
          "forbidden_origin",
          "pages of %s may not use this server; its own page is at /".formatted(brief(origin)));
    }
  }

  private static boolean loopback(String name) {
    return LOOPBACK.contains(name) || name.equals("::1") || name.startsWith("127.");
  }

  private byte[] body(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    int most = config.maxBodyBytes();
    OptionalLong length = request.headers().contentLength();
    try (InputStream in = request.content().inputStream()) {
      byte[] body = length.orElse(0) > most ? new byte[0] : in.readNBytes(most + 1);
      if (length.orElse(body.length) > most) {
        in.skip(MOST_SKIPPED_BYTES);
        throw tooLarge(
            length.isPresent() ? length.getAsLong() + " bytes" : "more than " + most + " bytes",
            most);
      }
      return body;
    } catch (IOException e) {
      throw new ClientGoneException(e);
    } catch (UncheckedIOException e) {
      throw new ClientGoneException(new IOException(e));
    }
  }

  private static ApiException tooLarge(String size, int most) {
    return ApiException.of(
        413,
        "request_too_large",
        "the request has %s, and at most %d are read: shorten it".formatted(size, most));
  }

  private static void error(ServerResponse response, ApiException e) {
    if (response.isSent() || response.bytesWritten() > 0) {
      // Part of the answer is out; a broken connection is the only way left to say that it failed.
      throw new CloseConnectionException("failed in mid-answer", e);
    }
    if (e.status() == 413) {
      // What may be left of the body must not be taken for the next request.
      response.header(HeaderValues.CONNECTION_CLOSE);
      closeAfter(response);
    }
    response.status(Status.create(e.status()));
    json(response, e.body());
  }

  /// Closes the connection once the answer is out. Helidon 4.5 only tells the client that it may,
  /// and RFC 9112, section 9.6, asks the server to do it.
  private static void closeAfter(ServerResponse response) {
    response.whenSent(
        () -> {
          throw new CloseConnectionException("closed after the answer, as announced");
        });
  }

  static void json(ServerResponse response, Object body) {
    response.header(HeaderValues.CONTENT_TYPE_JSON);
    response.send(JSON.writeValueAsBytes(body));
  }

  private Map<String, Object> model() {
    return Map.of(
        "id", config.model(), "object", "model", "created", createdSeconds, "owned_by", "imago");
  }

  private static String brief(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
