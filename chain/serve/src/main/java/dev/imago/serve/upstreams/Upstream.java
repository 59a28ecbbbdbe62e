package dev.imago.serve.upstreams;

import dev.imago.accounts.TokenUse;
import dev.imago.http.ApiException;
import dev.imago.http.ClientGoneException;
import dev.imago.http.Exchange;
import dev.imago.http.JsonFields;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Another server's model: a request is sent there with the model's own name in it, and what comes
/// back is passed through as it comes. What fails before the first byte is tried at another
/// address, or again. Thread-safe.
public final class Upstream implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int PIECE = 1 << 13;
  private static final int MOST_ERROR_BYTES = 1 << 20;

  private final UpstreamConfig config;
  private final Consumer<BiConsumer<String, String>> context;
  private final HttpClient client;
  private final List<Address> addresses = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  private record Address(URI uri, CircuitBreaker breaker) {}

  /// What an address answered, with the first byte of it.
  private record Begun(HttpResponse<InputStream> response, InputStream body, byte[] first) {}

  /// @param context gives the headers by which the other server goes on with the request's trace
  public Upstream(
      UpstreamConfig config, Clock clock, Consumer<BiConsumer<String, String>> context) {
    this.config = config;
    this.context = context;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    config
        .addresses()
        .forEach(
            uri ->
                addresses.add(
                    new Address(uri, new CircuitBreaker(config.failures(), config.rest(), clock))));
  }

  public UpstreamConfig config() {
    return config;
  }

  /// Whether any address is not left alone.
  public boolean healthy() {
    return addresses.stream().anyMatch(address -> address.breaker.isClosed());
  }

  /// Passes a request on, and the answer back.
  ///
  /// @param path of the request: `/v1/chat/completions`
  /// @return the tokens that it says it used
  /// @throws ApiException when no address answers; nothing has been sent then
  public TokenUse pass(String path, JsonFields fields, Exchange exchange)
      throws InterruptedException {
    ObjectNode body = (ObjectNode) fields.json().deepCopy();
    body.put("model", config.model());
    boolean hidden = asksForUsage(body);
    byte[] json = JSON.writeValueAsBytes(body);
    ApiException last = unavailable("nobody answers there");
    for (int i = 0; i < config.tries(); i++) {
      Address address = next();
      if (address == null) {
        throw last;
      }
      try {
        Begun begun = begin(address, path, json);
        int status = begun.response.statusCode();
        if (status >= 500 || status == 429) {
          last = told(begun);
          if (status == 429) {
            address.breaker.succeeded(); // it is there, and busy
          } else {
            address.breaker.failed();
          }
          continue;
        }
        address.breaker.succeeded();
        if (status == 401 || status == 403) {
          begun.body.close();
          throw refusesUs(status); // it is about our key, of which its message may tell a part
        }
        return through(begun, exchange, hidden);
      } catch (IOException e) {
        address.breaker.failed();
        last = unavailable(String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        address.breaker.gaveUp();
        throw e;
      }
    }
    throw last;
  }

  /// Has a stream tell what it used, where its client did not ask for it.
  ///
  /// @return whether it did not
  private static boolean asksForUsage(ObjectNode body) {
    JsonNode given = body.path("stream_options");
    boolean none = given.isMissingNode() || given.isNull();
    if (!body.path("stream").asBoolean(false)
        || !none && !given.isObject() // what is wrong is the other server's to refuse
        || given.path("include_usage").asBoolean(false)) {
      return false;
    }
    ObjectNode options =
        given instanceof ObjectNode object ? object : body.putObject("stream_options");
    options.put("include_usage", true);
    return true;
  }

  /// The address whose turn it is, of those that may be asked.
  private @Nullable Address next() {
    int first = turn.getAndIncrement();
    for (int i = 0; i < addresses.size(); i++) {
      Address address = addresses.get(Math.floorMod(first + i, addresses.size()));
      if (address.breaker.mayAsk()) {
        return address;
      }
    }
    return null;
  }

  private Begun begin(Address address, String path, byte[] json)
      throws IOException, InterruptedException {
    String base = address.uri.toString().replaceAll("/+$", "");
    var request =
        HttpRequest.newBuilder(URI.create(base + path.replaceFirst("^/v1", "")))
            .timeout(config.patience())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(json));
    context.accept(request::header);
    config.key().ifPresent(key -> request.header("Authorization", "Bearer " + key));
    HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
    InputStream body = response.body();
    return new Begun(response, body, body.readNBytes(1));
  }

  /// The answer on its way back: from here on nothing is tried again.
  private static TokenUse through(Begun begun, Exchange exchange, boolean hidden) {
    HttpResponse<InputStream> response = begun.response;
    exchange.status(response.statusCode());
    String type = response.headers().firstValue("Content-Type").orElse("application/json");
    if (type.startsWith("text/event-stream")) {
      exchange.header("Cache-Control", "no-cache");
      exchange.header("X-Accel-Buffering", "no");
    }
    byte[] piece = new byte[PIECE];
    boolean stream = type.startsWith("text/event-stream");
    try (InputStream in = begun.body;
        var out = new UsageReader(exchange.begin(type), stream, hidden)) {
      out.write(begun.first);
      out.flush();
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        out.write(piece, 0, read);
        out.flush();
      }
      return out.told();
    } catch (IOException e) {
      throw new ClientGoneException(e); // either of the two: nothing can be told any more
    } catch (UncheckedIOException e) {
      throw new ClientGoneException(new IOException(e));
    }
  }

  /// What a server said that could not answer.
  private static ApiException told(Begun begun) throws IOException {
    int status = begun.response.statusCode();
    try (InputStream in = begun.body) {
      String text = new String(begun.first, StandardCharsets.ISO_8859_1);
      byte[] rest = in.readNBytes(MOST_ERROR_BYTES);
      text += new String(rest, StandardCharsets.UTF_8);
      String why = "";
      try {
        why = JSON.readTree(text).path("error").path("message").asString("");
      } catch (JacksonException e) {
        why = ""; // a proxy's page: its status tells enough
      }
      return status == 429
          ? ApiException.of(
              429,
              "too_many_requests",
              why.isEmpty() ? "the model's server is busy: try again in a moment" : why)
          : unavailable("it answers %d%s".formatted(status, why.isEmpty() ? "" : ": " + why));
    }
  }

  private static ApiException refusesUs(int status) {
    return ApiException.of(
        502,
        "upstream_refused",
        "the server of this model does not take the key of this one (%d): its operator sets IMAGO_UPSTREAM_KEY"
            .formatted(status));
  }

  private static ApiException unavailable(String why) {
    return ApiException.of(
        503,
        "upstream_unavailable",
        "the server of this model does not answer (%s): try again in a while, or another model"
            .formatted(why));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
