package dev.imago.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFuzzTest {
  @Test
  void seedsWithAnyDamageAreReadOrRefused(@TempDir Path folder) throws IOException {
    SourceFuzz.main(new String[] {folder.toString()});
    List<Path> seeds;
    try (Stream<Path> files = Files.list(folder)) {
      seeds = files.sorted().toList();
    }
    assertEquals(6, seeds.size());
    var random = new Random(3);
    String more = System.getenv("IMAGO_CASES");
    for (int i = 0; i < 500 * (more == null ? 1 : Integer.parseInt(more)); i++) {
      byte[] content = Files.readAllBytes(seeds.get(i % seeds.size()));
      for (int hits = random.nextInt(0, 8); hits > 0; hits--) {
        content[random.nextInt(1, content.length)] = (byte) random.nextInt();
      }
      SourceFuzz.fuzzerTestOneInput(content);
    }
  }
}
