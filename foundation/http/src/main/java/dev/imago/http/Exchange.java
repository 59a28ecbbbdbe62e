package dev.imago.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;

/// One request and its answer on the way: what a route's action is given.
public final class Exchange {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// How much of a body that is too long is read all the same: a client that is still sending when
  /// its connection closes would see that, and not the error.
  private static final long MOST_SKIPPED_BYTES = 16L << 20;

  private final ServerRequest request;
  private final ServerResponse response;
  private Caller caller;
  private final long arrivedNanos;
  private final int mostBodyBytes;
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

  /// What stands in the path for a name of the route's pattern.
  public String pathParameter(String name) {
    return request.path().pathParameters().get(name);
  }

  /// The request's JSON object.
  public JsonFields fields() {
    return JsonFields.parse(body());
  }

  private byte[] body() {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    OptionalLong length = request.headers().contentLength();
    try (InputStream in = request.content().inputStream()) {
      byte[] body =
          length.orElse(0) > mostBodyBytes ? new byte[0] : in.readNBytes(mostBodyBytes + 1);
      if (length.orElse(body.length) > mostBodyBytes) {
        in.skip(MOST_SKIPPED_BYTES);
        throw tooLarge(
            length.isPresent()
                ? length.getAsLong() + " bytes"
                : "more than " + mostBodyBytes + " bytes");
      }
      return body;
    } catch (IOException e) {
      throw new ClientGoneException(e);
    } catch (UncheckedIOException e) {
      throw new ClientGoneException(new IOException(e));
    }
  }

  private ApiException tooLarge(String size) {
    return ApiException.of(
        413,
        "request_too_large",
        "the request has %s, and at most %d are read: shorten it".formatted(size, mostBodyBytes));
  }

  /// Sets a header of the answer.
  public void header(String name, String value) {
    response.header(HeaderValues.create(name, value));
  }

  /// Sends a whole answer of JSON.
  public void json(Object body) {
    send("application/json", JSON.writeValueAsBytes(body));
  }

  /// Sends a whole answer.
  public void send(String contentType, byte[] body) {
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, contentType));
    bytes = body.length;
    response.send(body);
  }

  /// Begins an answer that is sent as it comes. No status and no header can be set after it.
  public OutputStream begin(String contentType) {
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, contentType));
    return new FilterOutputStream(response.outputStream()) {
      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
        bytes += length;
      }
    };
  }

  /// Bytes of the answer's body so far.
  long bytes() {
    return bytes;
  }

  /// Sends an error in OpenAI's form, where nothing has been sent yet.
  void fail(ApiException e) {
    if (e.status() == 401) {
      header("WWW-Authenticate", "Bearer realm=\"imago\"");
    }
    response.status(Status.create(e.status()));
    json(e.body());
  }
}
