package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
  @TempDir Path folder;

  @Test
  void aProfileOpensOnceItIsClosed() throws Exception {
    var said = new ByteArrayOutputStream();
    var out = new PrintStream(said, true, StandardCharsets.UTF_8);
    Path file = folder.resolve("run.jfr");
    try (Profile _ = Profile.begin(file, new Console(out, out, false, false))) {
      System.gc();
    }
    assertFalse(RecordingFile.readAllEvents(file).isEmpty());
    assertTrue(said.toString(StandardCharsets.UTF_8).contains("profile: " + file));
  }
}
