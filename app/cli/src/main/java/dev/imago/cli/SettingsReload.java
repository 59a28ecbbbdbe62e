package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.ImagoException;
import java.nio.file.Path;
import java.util.function.Consumer;
import sun.misc.Signal;

/// A gateway's file, read again when the process gets a SIGHUP, as daemons do. A file that is wrong
/// changes nothing.
final class SettingsReload {
  private final Path path;
  private GatewayFile now;

  /// @param now what the server started with: the file may have changed while its model was opened
  SettingsReload(Path path, GatewayFile now) {
    this.path = path;
    this.now = now;
  }

  /// @param changed has what it is given in force, or throws
  void onHangUp(Consumer<GatewayFile> changed) {
    try {
      Signal.handle(new Signal("HUP"), _ -> reload(changed));
    } catch (IllegalArgumentException _) {
      // Windows has no such signal, and nohup's children keep it ignored: a restart does it there.
    }
  }

  /// Reads the file again.
  ///
  /// @return whether what it says is in force
  synchronized boolean reload(Consumer<GatewayFile> changed) {
    try {
      GatewayFile next = GatewayFile.read(path);
      if (!now.sameStart(next)) {
        throw new ConfigException(
            "model, serve, state, accessLog and otlp are what a server starts with, and one of them"
                + " has changed: restart it");
      }
      changed.accept(next);
      now = next;
      System.out.printf("  %s was read again and is in force%n", path);
      return true;
    } catch (ImagoException e) {
      System.err.printf("imago: %s was read again and is refused: %s%n", path, e.getMessage());
      return false;
    }
  }
}
