package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a press of TAB offers, asked of bash itself.
class CompletionTest {
  @TempDir Path folder;

  @BeforeEach
  void thereIsBash() {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash here");
  }

  /// @param words of the command line; the last is what TAB was pressed after
  private List<String> offered(String... words) throws Exception {
    Path script = folder.resolve("completion.bash");
    Files.writeString(
        script,
        Completion.script(
            Imago.commandLine(new Imago()),
            Catalog.stages(Path.of(".imago")),
            List.of("quickstart", "smoke"),
            Completion.BASH));
    var quoted = new StringBuilder();
    for (String word : words) {
      quoted.append(" '").append(word).append('\'');
    }
    Process bash =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                """
                source %s
                cd %s
                COMP_WORDS=(imago%s); COMP_CWORD=%d
                _imago 2>/dev/null
                printf '%%s\\n' "${COMPREPLY[@]}"
                """
                    .formatted(script, folder, quoted, words.length))
            .redirectErrorStream(true)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    bash.waitFor();
    return said.lines().filter(l -> !l.isEmpty()).toList();
  }

  @Test
  void commandsAndTheirOwnCommandsAreOffered() throws Exception {
    assertEquals(List.of("restore", "rm", "rollback", "run", "runs"), offered("r"));
    assertEquals(List.of("train"), offered("tokenize", "tr"));
    assertEquals(List.of("export"), offered("--debug", "feedback", "ex"));
  }

  @Test
  void optionsAreThoseOfTheCommandAndValuesThoseOfTheOption() throws Exception {
    assertEquals(List.of("--dry-run"), offered("run", "--dr"));
    assertEquals(List.of(), offered("runs", "--dr"));
    assertEquals(
        List.of("PREFERENCE", "UNPAIRED", "DEMONSTRATION", "REST"),
        offered("feedback", "export", "--format", ""));
  }

  @Test
  void recipesSettingsAndFilesAreOfferedToRun() throws Exception {
    Files.createFile(folder.resolve("quicker.yaml"));
    assertEquals(List.of("quickstart", "quicker.yaml"), offered("run", "qui"));
    assertEquals(List.of("pretrain.depth="), offered("run", "smoke", "pretrain.dep"));
    assertTrue(offered("run", "serve.").contains("serve.port="));
    assertEquals(List.of("quicker.yaml"), offered("run", "--input", "quicke"));
  }

  @Test
  void artifactsOfTheWorkspaceAtHandAreOffered() throws Exception {
    Path artifact = folder.resolve("ws/artifacts/weights/" + "3f".repeat(32));
    Files.createDirectories(artifact);
    assertEquals(List.of(), offered("--workspace", "ws", "show", "wei"), "it has no manifest");
    Files.createFile(artifact.resolve("manifest.json"));
    assertEquals(List.of("weights/3f3f3f3f3f3f"), offered("--workspace", "ws", "show", "wei"));
    assertEquals(List.of("weights/3f3f3f3f3f3f"), offered("rm", "--workspace", "ws", "wei"));
    assertFalse(offered("show", "wei").contains("weights/3f3f3f3f3f3f"), "another workspace");
  }
}
