package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ImagoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GenerateToolsTest {
  private static final String BARE = "{\"name\": \"now\", \"parameters\": {\"type\": \"object\"}}";
  private static final String RAIN =
      "{\"type\": \"function\", \"function\": {\"name\": \"rain\", \"description\": \"Rain\"}}";

  @TempDir private Path folder;

  private ToolOptions.Offer offer(String tools, String... choice) throws Exception {
    Path file = Files.writeString(folder.resolve("tools.json"), tools);
    var arguments = new ArrayList<>(List.of("--tools", file.toString()));
    for (String one : choice) {
      arguments.addAll(List.of("--tool-choice", one));
    }
    var options = new ToolOptions();
    CommandLine.populateCommand(options, arguments.toArray(String[]::new));
    return options.offer();
  }

  private void refused(String tools, String choice, String... words) {
    String why =
        String.valueOf(assertThrows(ImagoException.class, () -> offer(tools, choice)).getMessage());
    for (String word : words) {
      assertTrue(why.contains(word), why);
    }
  }

  @Test
  void aChoiceSaysWhichToolsMustBeCalled() throws Exception {
    String both = "[" + RAIN + ", " + BARE + "]";
    assertEquals(2, offer(both).tools().size());
    assertEquals(Set.of("function", "type"), offer(both).tools().get(1).keySet());
    assertEquals(Set.of(), offer(both).mustCall().names());
    assertEquals(Set.of("rain", "now"), offer(both, "required").mustCall().names());
    assertEquals(Set.of("now"), offer(both, "now").mustCall().names());
    assertEquals(List.of(), offer(both, "none").tools());
    assertEquals(Set.of(), offer(both).mayCall().names());
    String strict = "[" + RAIN + ", " + BARE.replaceFirst("}$", ", \"strict\": true}") + "]";
    assertEquals(Set.of("rain", "now"), offer(strict).mayCall().names());
    assertEquals(Set.of(), offer(strict, "now").mayCall().names());
  }

  @Test
  void whatIsNoToolIsRefused() {
    refused("[" + RAIN + "]", "other", "--tool-choice other", "one of rain");
    refused("[]", "auto", "holds no tools");
    refused("{", "auto", "is no JSON list of tools");
    refused("[{\"type\": \"function\"}]", "auto", "tool 1 has no name");
    String why =
        String.valueOf(
            assertThrows(
                    ImagoException.class,
                    () -> {
                      var options = new ToolOptions();
                      CommandLine.populateCommand(options, "--tool-choice", "required");
                      var _ = options.offer();
                    })
                .getMessage());
    assertTrue(why.contains("give --tools too"), why);
  }
}
