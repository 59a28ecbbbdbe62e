package dev.imago.http;

import dev.imago.core.ImagoException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which path does what, and what is common to all: who may ask, errors in OpenAI's form, the bound
/// on a request's size, counts and times.
public final class Router {
  private static final System.Logger LOG = System.getLogger("dev.imago.http");

  /// nginx's status for a client that went before its answer; seen in metrics and logs only.
  private static final int CLIENT_GONE = 499;

  private final Gate gate;
  private final int mostBodyBytes;
  private final String begins;
  private final ErrorForm.OfPath errors;
  private final List<RequestListener> listeners;
  private final Map<String, String> headers;

  /// @param host the address that the server listens on
  /// @param keys of which callers must show one; none where anyone may call
  /// @param begins where the server begins, told to who asks for a path that is none: `its API
  ///   begins at /v1/models`
  public Router(
      String host,
      List<String> keys,
      int mostBodyBytes,
      String begins,
      List<RequestListener> listeners) {
    this(host, KeyCheck.of(keys), mostBodyBytes, begins, _ -> ErrorForm.OPENAI, listeners);
  }

  /// @param headers that every answer has, errors too, such as a policy of what pages may do
  /// @param publicAddress under which browsers reach the server, where that is another than it
  ///   listens on, such as that of a proxy
  public Router(
      String host,
      List<String> keys,
      int mostBodyBytes,
      String begins,
      List<RequestListener> listeners,
      Map<String, String> headers,
      Optional<URI> publicAddress) {
    this(
        host,
        KeyCheck.of(keys),
        mostBodyBytes,
        begins,
        _ -> ErrorForm.OPENAI,
        listeners,
        headers,
        publicAddress.map(Gate::name).orElse(""));
  }

  /// @param errors how errors are told, by path
  public Router(
      String host,
      KeyCheck keys,
      int mostBodyBytes,
      String begins,
      ErrorForm.OfPath errors,
      List<RequestListener> listeners) {
    this(host, keys, mostBodyBytes, begins, errors, listeners, Map.of(), "");
  }

  private Router(
      String host,
      KeyCheck keys,
      int mostBodyBytes,
      String begins,
      ErrorForm.OfPath errors,
      List<RequestListener> listeners,
      Map<String, String> headers,
      String publicName) {
    this.headers = Map.copyOf(headers);
    this.errors = errors;
    this.gate = new Gate(host, keys, publicName);
    this.mostBodyBytes = mostBodyBytes;
    this.begins = begins;
    this.listeners = List.copyOf(listeners);
  }

  /// Adds the features' routes, and what answers elsewhere.
  public void register(List<Feature> features, HttpRouting.Builder routing) {
    List<Route> routes = features.stream().flatMap(f -> f.routes().stream()).toList();
    for (Route route : routes) {
      routing.route(route.method(), route.path(), (q, s) -> handle(route, q, s));
      if (route.method() == Method.GET) {
        routing.route(Method.HEAD, route.path(), (q, s) -> handle(route, q, s));
      }
    }
    var taken = new LinkedHashMap<String, String>();
    routes.forEach(r -> taken.merge(r.path(), r.method().text(), (one, two) -> one + ", " + two));
    taken.forEach(
        (path, methods) ->
            routing.any(
                path,
                (q, s) -> {
                  s.header(HeaderNames.ALLOW, methods);
                  handle(
                      refusing(
                          path,
                          ApiException.of(
                              405,
                              "method_not_allowed",
                              "%s is not what %s takes; send %s"
                                  .formatted(q.prologue().method().text(), path, methods))),
                      q,
                      s);
                }));
    routing.any(
        (q, s) ->
            handle(
                refusing(
                    "other",
                    ApiException.of(
                        404,
                        "not_found",
                        "%s is no path of this server; %s"
                            .formatted(brief(q.path().path()), begins))),
                q,
                s));
  }

  private static Route refusing(String path, ApiException refusal) {
    return Route.get(
        path,
        Route.Access.OPEN,
        exchange -> {
          throw refusal;
        });
  }

  private void handle(Route route, ServerRequest request, ServerResponse response) {
    long arrived = System.nanoTime();
    var caller = new Caller(address(request), Caller.NO_KEY);
    var exchange = new Exchange(request, response, caller, arrived, mostBodyBytes);
    exchange.errors(errors.form(request.path().path()));
    headers.forEach(exchange::header);
    int status = 500;
    if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
      closeAfter(response);
    }
    var come =
        new RequestListener.Arrived(
            route.path(), request.prologue().method().text(), exchange::requestHeader);
    listeners.forEach(listener -> listener.arrived(come));
    try {
      exchange.caller(gate.admit(caller, route, request.headers()));
      route.action().run(exchange);
      status = response.status().code();
    } catch (ApiException e) {
      status = e.status();
      error(exchange, response, e);
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
      error(exchange, response, failure(route.path(), e));
    } finally {
      tell(route, request, exchange, status, System.nanoTime() - arrived);
    }
  }

  /// The client's address in digits: its name would be asked of the network.
  private static String address(ServerRequest request) {
    return request.remotePeer().address() instanceof InetSocketAddress socket
            && socket.getAddress() != null
        ? socket.getAddress().getHostAddress()
        : "-";
  }

  /// What a client is told of a failure of ours; the log has the rest.
  public static ApiException failure(String what, RuntimeException e) {
    LOG.log(System.Logger.Level.ERROR, what + " failed", e);
    return ApiException.of(
        500,
        "internal_error",
        e instanceof ImagoException // written for people; anything else may tell what it must not
            ? String.valueOf(e.getMessage())
            : "the server failed to answer; its log says why");
  }

  private void tell(Route route, ServerRequest request, Exchange exchange, int status, long nanos) {
    var answered =
        new RequestListener.Answered(
            route.path(),
            exchange.caller(),
            request.prologue().method().text(),
            request.path().absolute().path(),
            request.headers().first(HeaderNames.REFERER).orElse(""),
            request.headers().first(HeaderNames.USER_AGENT).orElse(""),
            status,
            exchange.bytes(),
            nanos);
    listeners.forEach(listener -> listener.answered(answered));
  }

  private static void error(Exchange exchange, ServerResponse response, ApiException e) {
    if (response.isSent() || response.bytesWritten() > 0) {
      // Part of the answer is out; a broken connection is the only way left to say that it failed.
      throw new CloseConnectionException("failed in mid-answer", e);
    }
    if (e.breaksOff()) {
      // What may be left of the body must not be taken for the next request.
      response.header(HeaderValues.CONNECTION_CLOSE);
      closeAfter(response);
    }
    exchange.fail(e);
  }

  /// Closes the connection once the answer is out. Helidon 4.5 only tells the client that it may,
  /// and RFC 9112, section 9.6, asks the server to do it.
  private static void closeAfter(ServerResponse response) {
    response.whenSent(
        () -> {
          throw new CloseConnectionException("closed after the answer, as announced");
        });
  }

  static String brief(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
