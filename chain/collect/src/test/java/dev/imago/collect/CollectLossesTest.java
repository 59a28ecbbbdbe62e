package dev.imago.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectLossesTest {
  @TempDir Path temporary;
  private Collecting files;

  @BeforeEach
  void folder() {
    files = new Collecting(temporary);
  }

  @Test
  void endingsThatAreNotReadAreToldWithTheSettingThatReadsThem() {
    files.write("a.txt", "words ".repeat(100));
    files.write("b.rst", "title\n=====\n");
    files.write("c.png", new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'});
    files.all();
    files.note("2 of 3 files");
    assertTrue(
        files
            .note("«the ending .rst, which is not read»")
            .endsWith(
                "such as in/b.rst; collect.textEndings=[rst] reads such files as plain text"));
    assertTrue(files.note(".png").endsWith("it is an image: no text is read from it"));
  }

  @Test
  void littleThatIsLostIsNotTold() {
    for (int i = 0; i < 30; i++) {
      files.write(i + ".txt", "words");
    }
    files.write("x.png", "p");
    files.all();
    assertEquals(List.of(), files.run().notes());
  }

  @Test
  void nearlyNothingIsAnErrorUnlessASettingTakesIt() {
    files.write("README.md", "read me");
    files.write("poems.xml", "<poem>word</poem>\n".repeat(20_000));
    String message = Collecting.refusal(InputException.class, () -> files.all());
    assertTrue(message.startsWith("nearly nothing was read: 7 of 360,007 bytes of text"), message);
    assertTrue(message.contains("collect.textEndings=[xml]"), message);
    assertEquals(List.of("read me"), files.texts("leastRead=0"));
  }

  @Test
  void nearlyNothingOfAnArchiveIsAnErrorToo() throws IOException {
    files.write(
        "a.zip",
        Collecting.zip(
            Map.of(
                "README.txt", Collecting.utf8("read me"),
                "x/rt.neg", Collecting.utf8(Collecting.noise(20_000))),
            StandardCharsets.UTF_8));
    String message = Collecting.refusal(InputException.class, () -> files.all());
    assertTrue(message.contains("collect.textEndings=[neg]"), message);
  }

  @Test
  void picturesBesideAFewTextsAreNoError() {
    files.write("a.txt", "text");
    files.write("a.png", new byte[500_000]);
    assertEquals(List.of("text"), files.texts());
  }
}
