package dev.imago.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Beside fastText's own answers, which `conformance/fasttext_models.py` wrote.
class FastTextFileTest {
  private static final int CASES =
      300 * Integer.parseInt(System.getenv().getOrDefault("IMAGO_CASES", "1"));

  @TempDir Path folder;

  static Path resource(String name) throws IOException {
    try (var in = FastTextFileTest.class.getResourceAsStream(name)) {
      Path copy = Files.createTempFile("vectors", "-" + name);
      copy.toFile().deleteOnExit();
      Files.write(copy, in.readAllBytes());
      return copy;
    }
  }

  static List<String> lines(String name) throws IOException {
    return Files.readAllLines(resource(name));
  }

  @Test
  void wordsSeenAndUnseenHaveFastTextsVectors() throws IOException {
    FastTextModel model = FastTextFile.read(resource("words.bin"));
    for (String line : lines("words.txt")) {
      String[] fields = line.strip().split(" ");
      float[] told = numbers(fields, 1);
      assertArrayEquals(told, model.vector(fields[0]).orElse(new float[told.length]), 1e-5f, line);
    }
  }

  @Test
  void sentencesHaveFastTextsVectors() throws IOException {
    WordVectors vectors = FastTextFile.read(resource("words.bin")).vectors();
    List<String> sentences = lines("sentences.txt");
    List<String> told = lines("sentence-vectors.txt");
    for (int i = 0; i < sentences.size(); i++) {
      float[] expected = numbers(told.get(i).strip().split(" "), 0);
      assertArrayEquals(expected, vectors.sentence(sentences.get(i)), 1e-5f, sentences.get(i));
    }
  }

  private static float[] numbers(String[] fields, int from) {
    float[] numbers = new float[fields.length - from];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.parseFloat(fields[from + i]);
    }
    return numbers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"words.bin", "labels.bin", "labels-hs.bin", "labels-ova.bin"})
  void whatIsReadIsWrittenByteForByte(String name) throws IOException {
    Path given = resource(name);
    Path written = folder.resolve("written");
    FastTextFile.write(FastTextFile.read(given), written);
    assertArrayEquals(Files.readAllBytes(given), Files.readAllBytes(written));
  }

  @Test
  void aQuantisedFileIsWrittenAsItWas() throws IOException {
    Path written = folder.resolve("written");
    FastTextFile.write(FastTextFile.read(resource("labels.ftz")), written);
    assertEquals(
        List.of(Files.size(resource("labels.ftz"))), List.of(Files.size(written)), "the size");
    FastTextModel again = FastTextFile.read(written);
    assertArrayEquals(
        FastTextFile.read(resource("labels.ftz")).vector("kalo").orElseThrow(),
        again.vector("kalo").orElseThrow());
  }

  /// Cut off anywhere, or with bytes turned: read or refused, and never anything else.
  @ParameterizedTest
  @ValueSource(strings = {"words.bin", "labels.ftz"})
  void brokenFilesAreRefusedWithTheirOffset(String name) throws IOException {
    byte[] whole = Files.readAllBytes(resource(name));
    var random = new Random(3);
    Path file = folder.resolve("broken");
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] broken = whole.clone();
      if (i % 3 == 0) {
        broken = Arrays.copyOf(whole, random.nextInt(whole.length));
      } else {
        int at = i % 3 == 1 ? random.nextInt(120) : random.nextInt(whole.length);
        broken[at] = (byte) random.nextInt(256);
        broken[random.nextInt(whole.length)] ^= (byte) 0x80;
      }
      Files.write(file, broken);
      try {
        FastTextFile.read(file).vector("kalo");
      } catch (IllegalArgumentException e) {
        assertTrue(
            e.getMessage().contains("at byte") || e.getMessage().contains("rows of"),
            e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > CASES / 3, refused + " were refused");
  }

  /// A tree is made of the labels' counts; none is made of what cannot be one.
  @ParameterizedTest
  @ValueSource(longs = {0, -1, 2_000_000_000_000_000L})
  void aLabelsCountThatCannotBeIsRefused(long count) throws IOException {
    byte[] bytes = Files.readAllBytes(resource("labels-hs.bin"));
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("__label__");
    while (bytes[at] != 0) {
      at++;
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at + 1, count);
    Path file = Files.write(folder.resolve("count"), bytes);
    var told = assertThrows(IllegalArgumentException.class, () -> FastTextFile.read(file));
    assertTrue(told.getMessage().contains("has a count of"), told.getMessage());
  }

  @Test
  void whatIsNoModelIsToldSo() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "hello".repeat(30));
    var told = assertThrows(IllegalArgumentException.class, () -> FastTextFile.read(file));
    assertTrue(told.getMessage().contains("does not begin as a fastText model"), told.getMessage());
  }
}
