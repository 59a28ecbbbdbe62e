package dev.imago.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.fixtures.FakeRun;
import dev.imago.prepare.SegmentCorpus.Config;
import dev.imago.prepare.SegmentCorpus.Unit;
import dev.imago.sequences.HmmTrainer;
import dev.imago.sequences.TagSequence;
import dev.imago.sequences.TaggerFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentCorpusTest {
  @TempDir private Path temporary;

  private static Document document(String language, String text) {
    return new Document("doc", text, "doc", Map.of("language", language));
  }

  private static String cut(Config config, String language, String text) {
    return new Segmentation(config).of(document(language, text)).text();
  }

  private static Config config(
      Unit unit, boolean lowercase, boolean drop, List<String> stop, boolean tags, String tagger) {
    return new Config(unit, lowercase, drop, stop, tags, tagger);
  }

  @Test
  void chineseIsCutIntoWordsAndOthersAtTheirMarks() {
    Config usual = Config.defaults();
    assertEquals("我们 在 学校 看 书 。\n\n很 好", cut(usual, "zh", "我们在学校看书。\n\n很 好"));
    assertEquals(
        "It's a well-known fact , isn't it ?",
        cut(usual, "en", "It's a well-known fact, isn't it?"));
    Config characters = config(Unit.CHARACTERS, true, false, List.of(), false, "");
    assertEquals("很 好 a b", cut(characters, "zh", "很好 AB"));
  }

  @Test
  void stopWordsGoAndPartsOfSpeechStandBehindTheirWords() throws IOException {
    Config without = config(Unit.WORDS, true, true, List.of(), false, "");
    assertEquals("学校 书", cut(without, "zh", "我们在学校看书。"));
    assertEquals("學校 書", cut(without, "zh", "我們在學校看書。"));
    assertEquals("cat sat mat", cut(without, "en", "The Cat sat on the mat."));
    var none = new Segmentation(without);
    assertEquals("ngiyabonga", none.of(document("zu", "Ngiyabonga.")).text());
    assertEquals("zu", none.withoutStopWords());
    Path latin = Files.write(temporary.resolve("latin.txt"), new byte[] {(byte) 0xe9, '\n'});
    Config broken = config(Unit.WORDS, true, true, List.of(latin.toString()), false, "");
    assertThrows(InputException.class, () -> new Segmentation(broken));
    Path file = Files.writeString(temporary.resolve("stop.txt"), "学校\n");
    Config own = config(Unit.WORDS, false, true, List.of(file.toString()), false, "");
    assertEquals("我们 在 看 书 。", cut(own, "zh", "我们在学校看书。"));
    Config tags = config(Unit.WORDS, false, false, List.of(), true, "");
    assertEquals("学校/n 。/w", cut(tags, "zh", "学校。"));
    String message =
        String.valueOf(
            assertThrows(InputException.class, () -> cut(tags, "en", "A cat.")).getMessage());
    assertTrue(message.contains("segment.tagger"), message);
  }

  @Test
  void aSequenceModelTellsPartsOfSpeechOfOtherLanguages() {
    Path file = temporary.resolve("tags.model");
    var sentence = new TagSequence(List.of(List.of("the"), List.of("cat")), List.of("DET", "NOUN"));
    TaggerFile.write(HmmTrainer.count(List.of(sentence, sentence, sentence)), file);
    Config tags = config(Unit.WORDS, false, false, List.of(), true, file.toString());
    assertEquals("the/DET cat/NOUN", cut(tags, "en", "the cat"));
  }

  @Test
  void aLongLineIsCutPieceByPieceAtItsMarks() {
    String line = "我们在学校看书。".repeat(2_000);
    String cut = cut(Config.defaults(), "zh", line);
    assertEquals("我们 在 学校 看 书 。 ".repeat(2_000).strip(), cut);
  }

  @Test
  void bothSidesKeepTheirDocumentsWhateverTheThreads() throws Exception {
    Path folder = Files.createDirectories(temporary.resolve("corpus"));
    for (String split : List.of("train", "heldout")) {
      try (var writer = new Documents.Writer(folder, split)) {
        writer.write(document("en", split + ", a text."));
      }
    }
    var inputs = new SegmentCorpus.Inputs(new Corpus(new Ref("corpus", "0".repeat(64)), folder));
    Corpus one =
        new SegmentCorpus()
            .run(inputs, Config.defaults(), new FakeRun(temporary.resolve("a"), 1))
            .segmented();
    Corpus two =
        new SegmentCorpus()
            .run(inputs, Config.defaults(), new FakeRun(temporary.resolve("b"), 2))
            .segmented();
    assertEquals(one.ref(), two.ref());
    try (var heldout = Documents.read(one.folder(), "heldout")) {
      assertEquals("heldout , a text .", heldout.findFirst().orElseThrow().text());
    }
  }

  @Test
  void settingsThatNothingHonoursAreRefused() {
    for (Config wrong :
        List.of(
            config(Unit.CHARACTERS, false, false, List.of(), true, ""),
            config(Unit.WORDS, false, false, List.of("stop.txt"), false, ""),
            config(Unit.WORDS, true, false, List.of(), true, ""),
            config(Unit.WORDS, false, false, List.of(), false, "tags.model"))) {
      assertThrows(ConfigException.class, () -> new SegmentCorpus().check(wrong), "" + wrong);
    }
    assertThrows(
        InputException.class,
        () ->
            new SegmentCorpus()
                .check(config(Unit.WORDS, false, true, List.of("no-such-file"), false, "")));
  }
}
