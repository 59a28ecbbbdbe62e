package dev.imago.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.Ref;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.fixtures.FakeRun;
import dev.imago.ngram.NgramForm;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.NgramUnit;
import dev.imago.ngram.Smoothing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountNgramsTest {
  @TempDir Path folder;

  @Test
  void documentsOfTokensAreSentences() throws Exception {
    var header = new TokenShards.Header(5, 0);
    TokenShards.writeHeader(folder, header);
    for (Split split : Split.values()) {
      try (var writer = new TokenShards.Writer(folder, split, header)) {
        writer.write(new int[] {1, 2, 3}, 3);
        writer.write(new int[] {1, 2, 4}, 3);
      }
    }
    var tokens = new Tokens(new Ref("tokens", "0".repeat(64)), folder);
    var run = new FakeRun(Files.createTempDirectory(folder, "run"), 1);
    var config = config(3, Smoothing.KNESER_NEY, NgramUnit.IDS, 0, NgramForm.HASH);
    Path model = count(new CountNgrams.Inputs(Optional.of(tokens), Optional.empty()), config, run);
    try (var opened = NgramModel.open(model)) {
      assertEquals(NgramForm.HASH, opened.form());
      assertEquals(6, opened.vocabularySize());
      assertEquals(3, opened.length(new int[] {opened.begin(), 1, 2}, 0, 2));
      assertEquals(0, opened.end());
    }
    assertEquals(List.of("2", "8"), run.tables().get("held out").getFirst().subList(0, 2));
    assertEquals(1, run.notes().size());
  }

  @Test
  void linesOfACorpusAreCutAsTheUnitSays() throws Exception {
    var inputs =
        new CountNgrams.Inputs(Optional.empty(), Optional.of(corpus("a b\n\n我爱北京 a <s>\n")));
    for (NgramUnit unit : List.of(NgramUnit.WORDS, NgramUnit.CHARACTERS, NgramUnit.CHINESE_WORDS)) {
      var run = new FakeRun(Files.createTempDirectory(folder, "run"), 1);
      var config = config(2, Smoothing.WITTEN_BELL, unit, 1e-9, NgramForm.quantized(4, 4));
      try (var model = NgramModel.open(count(inputs, config, run))) {
        assertEquals(unit, model.unit());
        assertEquals(NgramForm.quantized(4, 4), model.form());
        assertEquals(unit == NgramUnit.CHARACTERS, model.id("▁") != model.unknown(), "" + unit);
        assertEquals(unit == NgramUnit.WORDS, model.id("我爱北京") != model.unknown(), "" + unit);
        assertEquals(unit == NgramUnit.CHINESE_WORDS, model.id("北京") != model.unknown(), "" + unit);
      }
      assertTrue(run.tables().containsKey("held out"));
    }
  }

  @Test
  void whatIsMissingOrImpossibleIsToldBefore() throws Exception {
    var run = new FakeRun(folder, 1);
    var none = new CountNgrams.Inputs(Optional.empty(), Optional.empty());
    assertThrows(
        ConfigException.class,
        () -> new CountNgrams().run(none, CountNgrams.Config.defaults(), run));
    assertThrows(
        ConfigException.class,
        () -> config(2, Smoothing.STUPID_BACKOFF, NgramUnit.IDS, 1e-8, NgramForm.TRIE));
    ConfigException bits =
        assertThrows(
            ConfigException.class,
            () ->
                new CountNgrams.Config(
                    2,
                    Smoothing.KNESER_NEY,
                    NgramUnit.IDS,
                    List.of(),
                    0,
                    NgramForm.Structure.TRIE,
                    17,
                    1));
    assertTrue(bits.getMessage().startsWith("quantize = 17: "), bits.getMessage());
  }

  private static CountNgrams.Config config(
      int order, Smoothing smoothing, NgramUnit unit, double entropy, NgramForm form) {
    return new CountNgrams.Config(
        order, smoothing, unit, List.of(), entropy, form.structure(), form.bits(), 1);
  }

  private static Path count(CountNgrams.Inputs inputs, CountNgrams.Config config, FakeRun run)
      throws InterruptedException {
    return new CountNgrams().run(inputs, config, run).ngrams().folder().resolve("model.ngram");
  }

  private Corpus corpus(String text) throws Exception {
    Path corpus = Files.createTempDirectory(folder, "corpus");
    for (Split split : Split.values()) {
      try (var writer = new Documents.Writer(corpus, split.fileName())) {
        writer.write(new Document(split.fileName(), text, "made", Map.of()));
      }
    }
    return new Corpus(new Ref("corpus", "0".repeat(64)), corpus);
  }
}
