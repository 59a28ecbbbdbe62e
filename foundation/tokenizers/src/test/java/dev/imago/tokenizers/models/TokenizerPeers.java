package dev.imago.tokenizers.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks the libraries in Python, and finds the real data: see `conformance/README.md`.
public final class TokenizerPeers {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));

  private TokenizerPeers() {}

  /// Skips the test where there is no peer.
  public static void needed() {
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null, "IMAGO_PEERS does not name a Python with the peers");
  }

  /// Real data by its path, or a skipped test.
  public static Path shared(String path) {
    String named = System.getenv("IMAGO_SHARED");
    Path file =
        (named == null ? ROOT.resolve("../shared") : Path.of(named)).resolve("data/" + path);
    assumeTrue(Files.exists(file), "the shared data is not beside the repository");
    return file;
  }

  /// The answer of a command of `conformance/text_models.py`.
  ///
  /// @param folder for the files between
  /// @param question written as JSON, its path the command's first argument
  public static JsonNode ask(Path folder, String command, Object question, Object... more)
      throws IOException {
    needed();
    Path asked = Files.write(folder.resolve("question.json"), JSON.writeValueAsBytes(question));
    Path answer = folder.resolve("answer.json");
    var line =
        new ArrayList<>(
            List.of(
                String.valueOf(System.getenv("IMAGO_PEERS")),
                ROOT.resolve("conformance/text_models.py").toString(),
                command,
                asked.toString(),
                answer.toString()));
    for (Object argument : more) {
      line.add(argument.toString());
    }
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      int status = process.waitFor();
      String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
      assertEquals(0, status, said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return JSON.readTree(Files.readAllBytes(answer));
  }
}
