package dev.imago.templates;

import dev.imago.templates.jinja.RandomTemplates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/// Whatever a chat template holds, it renders or is refused, within its budget. For
/// `conformance/fuzz templates`.
public final class TemplateFuzz {
  private TemplateFuzz() {}

  /// Jazzer's entry.
  public static void fuzzerTestOneInput(byte[] content) {
    String jinja = new String(content, StandardCharsets.UTF_8);
    try {
      ChatTemplate.of(
              jinja,
              Map.of("bos_token", "<s>", "eos_token", "</s>"),
              Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
          .render(RandomTemplates.VARIABLES);
    } catch (IllegalArgumentException e) {
      if (e.getMessage() == null) {
        throw new AssertionError("a refusal says nothing", e);
      }
    }
  }

  /// Leaves templates to begin with in a folder.
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    var random = new RandomTemplates(5);
    for (int i = 0; i < 200; i++) {
      Files.writeString(folder.resolve("seed-" + i), random.next());
    }
    Files.writeString(folder.resolve("seed-chatml"), ChatTemplate.CHATML);
  }
}
