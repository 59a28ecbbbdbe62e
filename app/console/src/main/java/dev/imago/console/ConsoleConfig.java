package dev.imago.console;

import dev.imago.core.ConfigException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// What a console shows, and where.
///
/// @param port 0 takes any free one; the address is loopback, for this machine's user alone
/// @param workspace the folder that holds artifacts and runs
/// @param logdir a folder below which another trainer's event files lie
/// @param models addresses of servers that the playground asks
/// @param zone in which times are told
public record ConsoleConfig(
    int port, Path workspace, Optional<Path> logdir, List<URI> models, ZoneId zone) {
  /// As many answers as stand side by side.
  private static final int MOST_MODELS = 6;

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
