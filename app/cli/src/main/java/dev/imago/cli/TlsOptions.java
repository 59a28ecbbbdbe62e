package dev.imago.cli;

import dev.imago.core.ConfigException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of a server that speaks HTTPS.
final class TlsOptions {
  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Serve over HTTPS: the certificate chain, in PEM form.")
  private @Nullable Path certificates;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The certificate's key, in PEM form (PKCS #8).")
  private @Nullable Path key;

  /// Both files, in a server's own form; empty where none is named.
  ///
  /// @throws ConfigException where one is named alone
  <T> Optional<T> files(BiFunction<Path, Path, T> form) {
    if (certificates != null && key != null) {
      return Optional.of(form.apply(certificates, key));
    }
    if (certificates != null || key != null) {
      throw new ConfigException(
          "--tls-cert and --tls-key belong together: name the certificate's file and its key's");
    }
    return Optional.empty();
  }
}
