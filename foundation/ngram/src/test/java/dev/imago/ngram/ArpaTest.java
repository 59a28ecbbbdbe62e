package dev.imago.ngram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArpaTest {
  /// Made by hand; the suffix «c a» of «b c a» is not there, as SRILM leaves it.
  static final String ARPA =
      """
      \\data\\
      ngram 1=6
      ngram 2=4
      ngram 3=2

      \\1-grams:
      -1.0	<unk>
      -99	<s>	-0.5
      -0.9	</s>
      -0.8	a	-0.3
      -0.7	b	-0.2
      -0.6	c	-0.1

      \\2-grams:
      -0.4	<s> a	-0.05
      -0.35	a b	-0.15
      -0.3	b c	-0.25
      -0.2	a </s>

      \\3-grams:
      -0.1	<s> a b
      -0.12	b c a

      \\end\\
      """;

  @TempDir Path folder;

  @Test
  void aModelMadeByHandIsReadWithItsBackOffs() {
    try (var model = read(ARPA)) {
      // <s> a: found. b after <s> a: found. c after a b: by «b c», with the weight of «a b».
      // a after b c: found. </s> after c a: «a </s>», and «c a» has no weight.
      double[] logs = model.sentence(model.ids("a", "b", "c", "a")).log10();
      assertEquals(List.of(-0.4f, -0.1f, -0.45f, -0.12f, -0.2f), floats(logs));
      // a after c: the weight of c, then a alone. It is the blank that was put in.
      assertEquals(-0.9, model.log10(model.ids("c", "a"), 0, 1), 1e-6);
      // An unknown word after a: weights of a and of <s> a; after it no context is known.
      double[] unknown = model.sentence(model.ids("a", "zzz", "b")).log10();
      assertEquals(-1.0 - 0.3 - 0.05, unknown[1], 1e-6);
      assertEquals(-0.7, unknown[2], 1e-6);
    }
  }

  private static List<Float> floats(double[] logs) {
    return java.util.Arrays.stream(logs)
        .mapToObj(log -> (float) (Math.round(log * 1e5) / 1e5))
        .toList();
  }

  @Test
  void whatIsWrittenReadsBackAsTheSameFile() throws Exception {
    Path file = folder.resolve("model.ngram");
    var words = new WordIds();
    try (var trainer = new NgramTrainer(NgramSettings.of(3), words, folder)) {
      NgramTrainerTest.sentences(200, 30, 1)
          .forEach(s -> trainer.add(s.stream().mapToInt(words::add).toArray()));
      trainer.write(file);
    }
    for (String name : List.of("model.arpa", "model.arpa.gz")) {
      Path arpa = folder.resolve(name);
      try (var model = NgramModel.open(file)) {
        NgramFile.writeArpa(model, arpa);
      }
      Path again = folder.resolve("again.ngram");
      try (var back = NgramFile.open(arpa, NgramUnit.WORDS, folder, 1 << 20)) {
        var text = new ByteArrayOutputStream();
        ArpaWriter.write(back, text);
        try (var in = new ByteArrayInputStream(text.toByteArray())) {
          ArpaReader.read(in, "again", NgramUnit.WORDS, folder, 1 << 20, again);
        }
      }
      // All but the smoothing, which ARPA does not tell, and the checksum of the header.
      byte[] first = Files.readAllBytes(file);
      byte[] second = Files.readAllBytes(again);
      assertEquals(
          -1, java.util.Arrays.mismatch(first, 128, first.length, second, 128, second.length));
    }
  }

  /// Sentences are cut at ASCII's blanks, so that others are words.
  @Test
  void aBlankThatIsAWordReadsBack() throws Exception {
    Path file = folder.resolve("model.ngram");
    var words = new WordIds();
    try (var trainer = new NgramTrainer(NgramSettings.of(2), words, folder)) {
      trainer.add(words.add("a"), words.add("\u3000"));
      trainer.add(words.add("\u3000"));
      trainer.write(file);
    }
    Path arpa = folder.resolve("model.arpa");
    try (var model = NgramModel.open(file)) {
      NgramFile.writeArpa(model, arpa);
      try (var back = NgramFile.open(arpa, NgramUnit.WORDS, folder, 1 << 20)) {
        double[] logs = model.sentence(model.ids("a", "\u3000")).log10();
        assertArrayEquals(logs, back.sentence(back.ids("a", "\u3000")).log10(), 1e-6);
      }
    }
  }

  @Test
  void aModelLargerThanTheDiskIsNotBegun() throws Exception {
    Path file = Files.createFile(folder.resolve("model.ngram"));
    TrieWriter.checkRoom(file, 1);
    var e = assertThrows(IOException.class, () -> TrieWriter.checkRoom(file, Long.MAX_VALUE));
    assertTrue(e.getMessage().startsWith("No space left: "), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ngram 2=4 | ngram 2=5 | 5 n-grams of order 2 are announced and 4",
        "ngram 2=4 | ngram 2=999999999999 | are announced and 4",
        "ngram 2=4 | ngram 2=x | is no number",
        "a b | a x | «x» is not among the words",
        "b c a | b c | fewer than 3 words",
        "<s> | a | is there twice",
        "-0.35 | nan | does not hold numbers",
        "-0.35 | 0.5 | above 0",
        "-0.12 | x | does not hold numbers",
        "</s> | z | there is no </s>",
      })
  void whatIsBrokenIsRefusedWithItsLine(String from, String to, String told) {
    String broken = ARPA.replaceFirst(java.util.regex.Pattern.quote(from), to);
    if (from.equals("</s>")) {
      broken = broken.replace("a </s>", "a z");
    }
    String text = broken;
    var e = assertThrows(IllegalArgumentException.class, () -> read(text).close());
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(told) && message.contains("line "), message);
  }

  @Test
  void aTwinIsRefused() {
    String twice =
        ARPA.replace("ngram 2=4", "ngram 2=5").replace("-0.2	a </s>", "-0.2	a </s>\n-1	a b");
    assertThrows(IllegalArgumentException.class, () -> read(twice).close());
  }

  @Test
  void noInputGivesAnythingButAModelOrARefusal() {
    var random = new Random(11);
    byte[] bytes = ARPA.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 300; i++) {
      byte[] changed = bytes.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      Path file = folder.resolve("fuzzed.ngram");
      try (var in = new ByteArrayInputStream(changed, 0, random.nextInt(changed.length + 1))) {
        ArpaReader.read(in, "fuzzed", NgramUnit.WORDS, folder, 1 << 20, file);
        NgramModel.open(file).close();
      } catch (IllegalArgumentException _) {
        // refused
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  @Test
  void aModelThatIsCutOrChangedIsRefusedOrRead() throws Exception {
    Path file = folder.resolve("model.ngram");
    read(ARPA, file).close();
    byte[] bytes = Files.readAllBytes(file);
    var random = new Random(12);
    Path broken = folder.resolve("broken.ngram");
    for (int i = 0; i < 200; i++) {
      byte[] changed = bytes.clone();
      changed[random.nextInt(124)] ^= (byte) (1 << random.nextInt(8));
      Files.write(broken, changed);
      assertThrows(IllegalArgumentException.class, () -> NgramModel.open(broken).close());
      Files.write(broken, java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      assertThrows(IllegalArgumentException.class, () -> NgramModel.open(broken).close());
    }
  }

  private NgramModel read(String arpa) {
    return read(arpa, folder.resolve("read.ngram"));
  }

  private NgramModel read(String arpa, Path file) {
    var in = new ByteArrayInputStream(arpa.getBytes(StandardCharsets.UTF_8));
    ArpaReader.read(in, "hand.arpa", NgramUnit.WORDS, folder, 1 << 20, file);
    return NgramModel.open(file);
  }
}
