package dev.imago.serve;

import dev.imago.core.EnvironmentException;
import dev.imago.data.RatingLog;
import dev.imago.generate.LanguageModel;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// An OpenAI-compatible server of one model, with a chat page at `/`.
///
/// ```java
/// try (LanguageModel model = LanguageModel.open(path, threads);
///     Server server = Server.start(ServerConfig.of("mine", "mine.gguf", log), model)) {
///   System.out.println(server.address());
///   …
/// }
/// ```
public final class Server implements AutoCloseable {
  /// What cancelled answers get to say goodbye before their connections are cut.
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final ServerConfig config;
  private final WebServer web;
  private final int port;
  private final Backend backend;
  private final RatingLog ratings;
  private final Metrics metrics;
  private final Completions completions;
  private boolean closed;

  private Server(
      ServerConfig config,
      WebServer web,
      Backend backend,
      RatingLog ratings,
      Metrics metrics,
      Completions completions) {
    this.config = config;
    this.web = web;
    this.port = web.port();
    this.backend = backend;
    this.ratings = ratings;
    this.metrics = metrics;
    this.completions = completions;
  }

  /// Serves a model, which stays the caller's to close, after the server.
  ///
  /// @throws EnvironmentException when the port is taken, or the rating log cannot be written
  public static Server start(ServerConfig config, LanguageModel model) {
    return start(config, EngineBackend.of(model, config), Clock.systemUTC(), new SecureRandom());
  }

  /// @param backend closed by the server
  static Server start(ServerConfig config, Backend backend, Clock clock, RandomGenerator random) {
    RatingLog ratings = null;
    try {
      ratings = RatingLog.open(config.ratings());
      var metrics = new Metrics(backend);
      var answers = new ServedAnswers(config.keptAnswers());
      var completions = new Completions(config, backend, answers, metrics, clock, random);
      var routes =
          new Routes(
              config,
              completions,
              new Feedback(config, answers, ratings, metrics, clock),
              metrics,
              new Pages(config, backend.context()),
              clock.instant().getEpochSecond());
      WebServer web =
          WebServer.builder()
              .host(config.host())
              .port(config.port())
              .shutdownHook(false) // who started the server stops it
              .shutdownGracePeriod(config.grace().plus(FAREWELL))
              .connectionOptions(options -> options.tcpNoDelay(true))
              .routing(routes::register)
              .build();
      startListening(web, config);
      return new Server(config, web, backend, ratings, metrics, completions);
    } catch (RuntimeException e) {
      if (ratings != null) {
        ratings.close();
      }
      backend.close();
      throw e;
    }
  }

  /// Tries the address first: Helidon logs a failure to listen, with its trace, before it throws.
  private static void startListening(WebServer web, ServerConfig config) {
    try (var trial = new ServerSocket()) {
      trial.bind(new InetSocketAddress(config.host(), config.port()));
    } catch (SocketException | UnknownHostException e) {
      throw cannotListen(config, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      web.start();
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof SocketException socket) {
          throw cannotListen(config, socket);
        }
      }
      throw e;
    }
  }

  private static EnvironmentException cannotListen(ServerConfig config, IOException e) {
    return new EnvironmentException(
        "cannot listen on port %d of %s (%s): stop what uses the port, or name another with --port (and an address of this machine with --host)"
            .formatted(config.port(), config.host(), e.getMessage()),
        e);
  }

  /// The port that the server listens on: the configured one, or the one found for 0.
  public int port() {
    return port;
  }

  /// Where a browser on this machine finds the chat page.
  public URI address() {
    String host =
        switch (config.host()) {
          case "0.0.0.0", "::" -> "127.0.0.1";
          default -> config.host();
        };
    return URI.create(
        "http://%s:%d/".formatted(host.contains(":") ? "[" + host + "]" : host, port()));
  }

  /// Stops gracefully: refuses what is new, lets running answers end within the grace time, then
  /// cancels them, and returns when all is closed.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    completions.stopAdmitting();
    var stopped = new CountDownLatch(1);
    Thread.ofVirtual().name("imago-grace").start(() -> cancelAfterGrace(stopped));
    try {
      web.stop(); // returns when the last answer is out
    } finally {
      stopped.countDown();
      backend.close();
      ratings.close();
      metrics.close();
    }
  }

  private void cancelAfterGrace(CountDownLatch stopped) {
    try {
      if (stopped.await(config.grace().toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    completions.cancelAll();
  }
}
