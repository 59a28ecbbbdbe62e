package dev.imago.console;

import dev.imago.console.runs.RunCatalog;
import dev.imago.core.Workspace;
import dev.imago.http.RequestListener;
import dev.imago.http.Route;
import dev.imago.http.Router;
import dev.imago.http.WebListener;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A console that listens on loopback.
///
/// ```java
/// try (ConsoleServer console = ConsoleServer.start(config)) {
///   System.out.println(console.address());
///   …
/// }
/// ```
public final class ConsoleServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  /// A form with a note and its tags, or a prompt.
  private static final int BODY_BYTES = 256 << 10;

  /// Nothing from elsewhere, no script and no style within a page: what a document says can never
  /// run. `Referrer-Policy` is not `no-referrer`: with that, browsers hide the origin of a form's
  /// own page, and the gate could not tell it from another site's.
  static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
              + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin");

  private final ConsoleFeature feature;
  private final RunCatalog catalog;
  private final WebListener web;

  private ConsoleServer(ConsoleFeature feature, RunCatalog catalog, WebListener web) {
    this.feature = feature;
    this.catalog = catalog;
    this.web = web;
  }

  /// Starts to listen, and to read the runs meanwhile.
  ///
  /// @throws dev.imago.core.EnvironmentException when the port is taken
  public static ConsoleServer start(ConsoleConfig config) {
    return start(config, Clock.systemUTC(), new SecureRandom(), List.of());
  }

  static ConsoleServer start(
      ConsoleConfig config, Clock clock, RandomGenerator random, List<RequestListener> listeners) {
    var workspace = new Workspace(config.workspace());
    var catalog = new RunCatalog(workspace, config.logdir(), clock);
    var feature = new ConsoleFeature(config, workspace, catalog, clock, random);
    var router =
        new Router(HOST, List.of(), BODY_BYTES, "its first page is at /", listeners, HEADERS);
    WebListener web =
        WebListener.start(
            HOST, config.port(), Optional.empty(), Duration.ofSeconds(1), router, List.of(feature));
    catalog.watch();
    return new ConsoleServer(feature, catalog, web);
  }

  /// What it answers to.
  List<Route> routes() {
    return feature.routes();
  }

  /// Looks at the files now, and not only when the time comes.
  void look() {
    catalog.look();
  }

  /// Where a browser on this machine finds it.
  public URI address() {
    return web.address();
  }

  @Override
  public void close() {
    catalog.close(); // those that wait for news get an answer
    web.close();
  }
}
