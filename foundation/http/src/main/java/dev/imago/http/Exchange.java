package dev.imago.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// One request and its answer on the way: what a route's action is given.
public final class Exchange {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// How much of a body that is too long is read all the same: a client that is still sending when
  /// its connection closes would see that, and not the error.
  private static final long MOST_SKIPPED_BYTES = 16L << 20;

  /// How much of a body is read at a time.
  private static final int PIECE = 1 << 13;

  /// How long the body of a request of JSON may take to come.
  private static final long MOST_NANOS = Duration.ofMinutes(1).toNanos();

  private static final String OWN_FILES_ALONE =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final ServerRequest request;
  private final ServerResponse response;
  private Caller caller;
  private final long arrivedNanos;
  private final int mostBodyBytes;
  private final @Nullable ReadAhead connection = WatchedConnections.current();
  private final String id = "req_" + UUID.randomUUID().toString().replace("-", "");
  private ErrorForm errors = ErrorForm.OPENAI;
  private UnaryOperator<JsonFields> reading = UnaryOperator.identity();
  private long bytes;

  Exchange(
      ServerRequest request,
      ServerResponse response,
      Caller caller,
      long arrivedNanos,
      int mostBodyBytes) {
    this.request = request;
    this.response = response;
    this.caller = caller;
    this.arrivedNanos = arrivedNanos;
    this.mostBodyBytes = mostBodyBytes;
  }

  public Caller caller() {
    return caller;
  }

  /// Takes note of who it is, once that is known.
  void caller(Caller known) {
    caller = known;
  }

  /// When the request came, as [System#nanoTime] has it.
  public long arrivedNanos() {
    return arrivedNanos;
  }

  /// Whether the client has hung up, as far as is known; to be asked now and then by the thread
  /// that answers the request, once that is read. The first time never knows.
  public boolean isClientGone() {
    return connection != null && connection.isGone();
  }

  /// What stands in the path for a name of the route's pattern.
  public String pathParameter(String name) {
    return request.path().pathParameters().get(name);
  }

  /// By which a client may ask after its request: the header `x-request-id` of its answer.
  public String id() {
    return id;
  }

  /// Sets how errors are told.
  void errors(ErrorForm form) {
    errors = form;
  }

  /// A parameter of the query; empty where there is none.
  public Optional<String> queryParameter(String name) {
    return request.query().first(name).asOptional();
  }

  /// A header of the request; empty where there is none.
  public Optional<String> requestHeader(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  /// The lines of a header that may come more than once, in their order.
  public List<String> requestHeaderLines(String name) {
    return request.headers().values(HeaderNames.create(name));
  }

  /// The body as it comes, for what is larger than a request of JSON may be.
  ///
  /// @throws ApiException when it says that it is longer than `most`; whoever reads counts, too
  public InputStream bodyStream(long most) {
    OptionalLong length = request.headers().contentLength();
    if (length.orElse(0) > most) {
      throw tooLarge(length.getAsLong() + " bytes", most);
    }
    return request.content().hasEntity()
        ? request.content().inputStream()
        : InputStream.nullInputStream();
  }

  /// The path as the client sent it, decoded.
  public String path() {
    return request.path().path();
  }

  /// What stands behind the question mark of the address: the values of each name, in order.
  public Map<String, List<String>> query() {
    return FormText.parse(request.query().rawValue());
  }

  /// The fields of a form that a page has sent (`application/x-www-form-urlencoded`).
  public Map<String, List<String>> form() {
    return FormText.parse(new String(body(), StandardCharsets.UTF_8));
  }

  /// The request's JSON object.
  public JsonFields fields() {
    return reading.apply(JsonFields.parse(body()));
  }

  /// Has the request's fields changed before a route's action reads them.
  public void reading(UnaryOperator<JsonFields> change) {
    reading = change;
  }

  private byte[] body() {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    OptionalLong length = request.headers().contentLength();
    try (InputStream in = request.content().inputStream()) {
      byte[] body =
          length.orElse(0) > mostBodyBytes
              ? new byte[0]
              : inTime(in, (int) Math.min(length.orElse(PIECE), PIECE));
      if (length.orElse(body.length) > mostBodyBytes) {
        in.skip(MOST_SKIPPED_BYTES);
        throw tooLarge(
            length.isPresent()
                ? length.getAsLong() + " bytes"
                : "more than " + mostBodyBytes + " bytes",
            mostBodyBytes);
      }
      return body;
    } catch (IOException e) {
      throw cut(e);
    } catch (UncheckedIOException e) {
      throw cut(new IOException(e));
    } catch (ApiException e) {
      throw e;
    } catch (RuntimeException e) { // Helidon's own kinds, all of them of a body that ended early
      throw ApiException.cut();
    }
  }

  /// The whole body, or a byte more than may be: whoever sends a byte now and then is told so.
  ///
  /// @param about how long it is, where that is known and short
  private byte[] inTime(InputStream in, int about) throws IOException {
    var body = new ByteArrayOutputStream(about);
    byte[] some = new byte[about + 1];
    while (body.size() <= mostBodyBytes) {
      int read = in.read(some, 0, Math.min(some.length, mostBodyBytes + 1 - body.size()));
      if (read < 0) {
        break;
      }
      body.write(some, 0, read);
      if (System.nanoTime() - arrivedNanos > MOST_NANOS) {
        throw ApiException.slow();
      }
    }
    return body.toByteArray();
  }

  /// What is said of a body that ended before its time; a client that has gone hears nothing.
  private static RuntimeException cut(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketTimeoutException) {
        return ApiException.slow();
      }
    }
    return new ClientGoneException(e);
  }

  private static ApiException tooLarge(String size, long most) {
    return ApiException.of(
        413,
        "request_too_large",
        "the request has %s, and at most %d are read: shorten it".formatted(size, most));
  }

  /// Sets a header of the answer.
  public void header(String name, String value) {
    response.header(HeaderValues.create(name, value));
  }

  /// Sets the answer's status, which is 200 otherwise.
  public void status(int code) {
    response.status(Status.create(code));
  }

  /// Sends a whole answer of JSON.
  public void json(Object body) {
    send("application/json", JSON.writeValueAsBytes(body));
  }

  /// Sends a whole answer.
  public void send(String contentType, byte[] body) {
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, contentType));
    identify();
    if (request.prologue().method() == Method.HEAD) {
      // Its length is told; a byte of it would be taken for the next answer.
      response.header(HeaderValues.create(HeaderNames.CONTENT_LENGTH, body.length));
      response.send();
      return;
    }
    bytes = body.length;
    response.send(body);
  }

  /// Sends a page, or what belongs to one: asked for anew each time, in no other site's frame, and
  /// with nothing in it that comes from elsewhere or stands between its lines (W3C, Content
  /// Security Policy Level 3).
  public void page(String contentType, byte[] body) {
    header("Cache-Control", "no-cache");
    header("Content-Security-Policy", OWN_FILES_ALONE);
    header("X-Content-Type-Options", "nosniff");
    header("Referrer-Policy", "no-referrer");
    send(contentType, body);
  }

  /// Begins an answer that is sent as it comes. No status and no header can be set after it.
  public OutputStream begin(String contentType) {
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, contentType));
    identify();
    return new FilterOutputStream(response.outputStream()) {
      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
        bytes += length;
      }
    };
  }

  /// What OpenAI's clients look for: the request's id, and how long it took to the first byte.
  private void identify() {
    header("x-request-id", id);
    header("openai-processing-ms", Long.toString((System.nanoTime() - arrivedNanos) / 1_000_000));
  }

  /// Bytes of the answer's body so far.
  long bytes() {
    return bytes;
  }

  /// Sends an error in its API's form, where nothing has been sent yet.
  void fail(ApiException e) {
    if (e.status() == 401) {
      header("WWW-Authenticate", "Bearer realm=\"imago\"");
    }
    response.status(Status.create(e.status()));
    json(errors.body(e, id));
  }
}
