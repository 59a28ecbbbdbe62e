package dev.imago.console;

import dev.imago.core.ConfigException;
import dev.imago.http.Gate;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// What a console shows, and where.
///
/// @param listening where it listens, and who is let in
/// @param workspace the folder that holds artifacts and runs
/// @param logdir a folder below which another trainer's event files lie
/// @param models addresses of servers that the playground asks
/// @param zone in which times are told
public record ConsoleConfig(
    Listening listening, Path workspace, Optional<Path> logdir, List<URI> models, ZoneId zone) {
  /// As many answers as stand side by side.
  private static final int MOST_MODELS = 6;

  /// Where a console listens, and who is let in.
  ///
  /// @param host an address of this machine; on loopback no account is asked for, elsewhere one is
  /// @param port 0 takes any free one
  /// @param tls the certificate's file and its key's
  /// @param behindProxy whether a proxy before it speaks TLS, and tells whose requests it passes on
  /// @param publicAddress under which browsers reach it, where that is another one
  /// @param openId a provider that people may sign in by
  public record Listening(
      String host,
      int port,
      Optional<TlsFiles> tls,
      boolean behindProxy,
      Optional<URI> publicAddress,
      Optional<OpenIdConfig> openId) {
    public Listening {
      if (!Gate.isLoopback(host) && tls.isEmpty() && !behindProxy) {
        throw new ConfigException(
            "--host = %s lets other machines in, and passwords would cross the network in the open: give --tls-cert and --tls-key, or --behind-proxy where a proxy before it speaks TLS"
                .formatted(host));
      }
      if (behindProxy && publicAddress.isEmpty()) {
        throw new ConfigException(
            "--behind-proxy needs --public-address, under which browsers reach the proxy: links of"
                + " invitations begin with it, and forms come from it");
      }
      publicAddress.ifPresent(ConsoleConfig::checkAddress);
    }

    /// On this machine alone.
    public static Listening onLoopback(int port) {
      return new Listening(
          "127.0.0.1", port, Optional.empty(), false, Optional.empty(), Optional.empty());
    }

    /// Whether only this machine's user reaches it.
    public boolean isLocal() {
      return Gate.isLoopback(host) && !behindProxy;
    }

    /// Whether browsers reach it by TLS.
    boolean isSecure() {
      return tls.isPresent() || behindProxy;
    }
  }

  /// Checks an address under which browsers reach a console.
  ///
  /// @throws ConfigException for one that is none, or would have passwords and links cross the
  ///   network in the open
  public static void checkAddress(URI address) {
    if (address.getHost() == null
        || !"https".equals(address.getScheme())
            && !("http".equals(address.getScheme()) && Gate.isLoopback(address.getHost()))
        || !address.getPath().matches("/?")
        || address.getQuery() != null
        || address.getUserInfo() != null) {
      throw new ConfigException(
          "--public-address = %s is no address that browsers reach a console by: one is https://imago.example.org"
              .formatted(address));
    }
  }

  /// A certificate chain and its key, each a file in PEM form.
  public record TlsFiles(Path certificates, Path key) {}

  public ConsoleConfig {
    models = List.copyOf(models);
    logdir.ifPresent(
        folder -> {
          if (!Files.isDirectory(folder)) {
            throw new ConfigException(
                "--logdir = %s is no folder: name one below which event files lie (events.out.tfevents…)"
                    .formatted(folder));
          }
        });
    if (models.size() > MOST_MODELS) {
      throw new ConfigException(
          "--model is given %d times, and at most %d answers stand side by side"
              .formatted(models.size(), MOST_MODELS));
    }
    for (URI model : models) {
      if (!"http".equals(model.getScheme()) && !"https".equals(model.getScheme())
          || model.getHost() == null) {
        throw new ConfigException(
            "--model = %s is no address of a server: one is http://127.0.0.1:8080"
                .formatted(model));
      }
    }
  }
}
