package dev.imago.serve.upstreams;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Another server, or several that are the same.
///
/// @param addresses where its API begins: `http://10.0.0.2:8000/v1`
/// @param model what it calls the model
/// @param key that it is shown; empty where it asks for none
/// @param tries how often a request is sent before its client is told that it failed; the first
///   byte of an answer ends it
/// @param failures in a row after which an address is left alone
/// @param rest how long it is left alone
/// @param patience with the first byte of an answer
public record UpstreamConfig(
    List<URI> addresses,
    String model,
    Optional<String> key,
    int tries,
    int failures,
    Duration rest,
    Duration patience) {
  public UpstreamConfig {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty() || model.isBlank()) {
      throw new ConfigException("an upstream has an address, and the name of its model");
    }
    for (URI address : addresses) {
      boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (!web || address.getHost() == null) {
        throw new ConfigException(
            "upstream %s is no address of a server; give one such as http://10.0.0.2:8000/v1"
                .formatted(address));
      }
    }
    Bounds.whole("tries", tries, 1, 10);
    Bounds.whole("failures", failures, 1, 1000);
  }

  /// Three tries; an address that failed five times in a row is left alone for half a minute.
  public static UpstreamConfig of(List<URI> addresses, String model, Optional<String> key) {
    return new UpstreamConfig(
        addresses, model, key, 3, 5, Duration.ofSeconds(30), Duration.ofMinutes(5));
  }
}
