package dev.imago.http;

import dev.imago.core.EnvironmentException;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// A server that listens: features behind a router on one port, each request on a virtual thread of
/// its own.
public final class WebListener implements AutoCloseable {
  private final String host;
  private final boolean secure;
  private final WebServer web;
  private final int port; // Helidon forgets it when it stops

  private WebListener(String host, boolean secure, WebServer web) {
    this.host = host;
    this.secure = secure;
    this.web = web;
    this.port = web.port();
  }

  /// Listens.
  ///
  /// @param port 0 takes any free one
  /// @param grace what answers under way get when it is closed
  /// @throws EnvironmentException when the host is no address, or the port is taken
  public static WebListener start(
      String host,
      int port,
      Optional<SSLContext> tls,
      Duration grace,
      Router router,
      List<Feature> features) {
    var builder =
        WebServer.builder()
            .host(host)
            .port(port)
            .shutdownHook(false) // who started the server stops it
            .shutdownGracePeriod(grace)
            .addConnectionSelector(new WatchedConnections())
            .connectionOptions(options -> options.tcpNoDelay(true))
            .routing(routing -> router.register(features, routing));
    tls.ifPresent(context -> builder.tls(Tls.builder().sslContext(context).build()));
    tryAddress(host, port);
    WebServer web = builder.build();
    startListening(web, host, port);
    return new WebListener(host, tls.isPresent(), web);
  }

  /// The port that it listens on: the one asked for, or the one found for 0.
  public int port() {
    return port;
  }

  /// Where a browser on this machine finds its first page.
  public URI address() {
    String name =
        switch (host) {
          case "0.0.0.0", "::" -> "127.0.0.1";
          default -> host;
        };
    return URI.create(
        "%s://%s:%d/"
            .formatted(
                secure ? "https" : "http", name.contains(":") ? "[" + name + "]" : name, port));
  }

  /// Takes no more requests; returns when the last answer is out, or the grace time over.
  @Override
  public void close() {
    web.stop();
  }

  /// Tries the address first: Helidon logs a failure to listen, with its trace, before it throws.
  private static void tryAddress(String host, int port) {
    try (var trial = new ServerSocket()) {
      trial.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (UnknownHostException e) {
      throw new EnvironmentException(
          "host = %s is no address of a machine: 127.0.0.1 is for this machine alone, 0.0.0.0 for all"
              .formatted(host),
          e);
    } catch (SocketException e) {
      throw cannotListen(host, port, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void startListening(WebServer web, String host, int port) {
    try {
      web.start();
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof SocketException socket) {
          throw cannotListen(host, port, socket);
        }
      }
      throw e;
    }
  }

  private static EnvironmentException cannotListen(String host, int port, IOException e) {
    return new EnvironmentException(
        "cannot listen on port %d of %s (%s): stop what uses the port, or name another with --port (and an address of this machine with --host)"
            .formatted(port, host, e.getMessage()),
        e);
  }
}
