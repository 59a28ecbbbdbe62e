package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lines that are on disk before the database has them there.
class LedgerFileTest {
  @TempDir Path folder;

  private static Settlement of(String request) {
    var hold =
        new Hold(request, 0, "acme", "", "", "key_1", "/", "m", TokenPrice.free("EUR"), List.of());
    return new Settlement(hold, RequestOutcome.ANSWERED, new TokenUse(1, 0, 2, 0));
  }

  @Test
  void aLineThatAKillCutTakesNoOtherWithIt() throws Exception {
    try (LedgerFile file = LedgerFile.open(folder)) {
      file.append(List.of(of("a")), 0);
    }
    Path lines = folder.resolve("ledger-1.jsonl");
    Files.writeString(lines, "{\"hold\":{\"req", StandardOpenOption.APPEND);
    try (LedgerFile file = LedgerFile.open(folder)) {
      file.append(List.of(of("b")), 0);
      assertEquals(List.of(of("a"), of("b")), file.read());
    }
    Files.writeString(lines, "spoiled\n" + Files.readString(lines));
    try (LedgerFile file = LedgerFile.open(folder)) {
      assertEquals(List.of(of("a"), of("b")), file.read());
    }
  }

  /// What the database had failed before a line was booked is the least that may be missing in it.
  @Test
  void aFileKnowsTheFirstOpeningThatTookItsLines() {
    try (LedgerFile file = LedgerFile.open(folder)) {
      file.append(List.of(of("a")), 3);
      file.append(List.of(of("b")), 5);
      assertEquals(3, file.failures());
      file.clear();
      file.append(List.of(of("c")), 7);
      assertEquals(7, file.failures());
    }
  }
}
