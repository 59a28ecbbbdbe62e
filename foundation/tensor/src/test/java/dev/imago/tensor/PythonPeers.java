package dev.imago.tensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// The peers in Python, where the environment variable `IMAGO_PEERS` names their interpreter.
final class PythonPeers {
  private PythonPeers() {}

  /// Runs a script given as text, in a folder, and returns what it prints; skips the test where
  /// there are no peers.
  static String python(Path folder, String script, String... arguments) throws IOException {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(
        python != null, "skipped: IMAGO_PEERS names no Python with the peers (peers/setup.sh)");
    var command = new ArrayList<>(List.of(String.valueOf(python), "-c", script));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("python failed:\n" + out);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return out;
  }
}
