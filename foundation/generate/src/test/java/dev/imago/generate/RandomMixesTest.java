package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two hundred mixes; `conformance/README.md` runs a thousand.
final class RandomMixesTest {
  @Test
  void give_the_bytes_of_the_same_requests_alone_and_leave_no_block_behind(@TempDir Path folder)
      throws Exception {
    try (var mixes = new RandomMixes(folder, 7)) {
      assertTrue(mixes.run(200, false) > 1_000);
    }
  }
}
