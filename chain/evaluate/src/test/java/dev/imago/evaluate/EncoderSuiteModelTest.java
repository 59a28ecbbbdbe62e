package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.generate.Predictor;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.modelfixtures.ByteVocabulary;
import dev.imago.modelfixtures.RandomWeights;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An encoder that fills masked places, asked what suites ask.
class EncoderSuiteModelTest {
  private static final Tokenizer TOKENIZER =
      ByteVocabulary.tokenizer(List.of("<|endoftext|>", "[MASK]"), List.of());
  private static final int MASK = 1;
  private static final int CONTEXT = 32;

  @TempDir private Path folder;

  private Path encoder() throws IOException {
    ModelShape shape =
        Architectures.ofDepth("bert", 1, 258, CONTEXT).withOutput(new Output.MaskedToken());
    new RandomWeights(new Random(5), 0.15f, 0.1f).write(folder, shape);
    Files.writeString(folder.resolve("config.json"), shape.configJson(new Specials(0, List.of(0))));
    Files.write(folder.resolve("tokenizer.json"), TOKENIZER.toJson());
    return folder;
  }

  /// Σ ln p of each token from one on, that one masked (Salazar et al. 2020), one text at a time.
  private static double byDefinition(Predictor model, int[] ids, int from) {
    double sum = 0;
    for (int i = from; i < ids.length; i++) {
      int[] masked = ids.clone();
      masked[i] = MASK;
      float[] row = model.scores(List.of(masked)).getFirst()[i];
      double all = 0;
      for (float score : row) {
        all += Math.exp(score);
      }
      sum += row[ids[i]] - Math.log(all);
    }
    return sum;
  }

  @Test
  void aChoiceIsAsLikelyAsItsTokensAreEachMaskedInTurn() throws Exception {
    Path weights = encoder();
    var continuation = new ModelRequest.Continuation("it is", " not so, nor was it");
    var rolling =
        new ModelRequest.Rolling("all of a text that is longer than what is seen at once");
    try (SuiteModel suite = SuiteModels.open("bert", weights, 1);
        Predictor model = Predictor.open(weights, 1)) {
      List<ModelReply> replies = suite.replies(List.of(continuation, rolling));
      var told = (ModelReply.Likelihood) replies.getFirst();
      assertEquals(19, told.tokens());
      assertEquals(
          byDefinition(model, TOKENIZER.encode("it is not so, nor was it"), 5),
          told.logProbability(),
          1e-4);
      int[] all = TOKENIZER.encode(rolling.text());
      int room = CONTEXT - 2;
      double windows =
          byDefinition(model, Arrays.copyOf(all, room), 0)
              + byDefinition(model, Arrays.copyOfRange(all, room, all.length), 0);
      assertEquals(windows, ((ModelReply.Total) replies.getLast()).logProbability(), 1e-4);
      assertTrue(suite.notes().toString().contains("pseudo-likelihood"));
    }
  }

  @Test
  void whatIsTooLongIsCutFromTheLeftAndAnswersAreRefused() throws Exception {
    try (SuiteModel suite = SuiteModels.open("bert", encoder(), 1)) {
      String end = "z".repeat(CONTEXT);
      List<ModelReply> replies =
          suite.replies(
              List.of(
                  new ModelRequest.Continuation("a" + end, " so"),
                  new ModelRequest.Continuation("other" + end, " so")));
      assertEquals(replies.get(0), replies.get(1));
      assertTrue(suite.notes().toString().contains("cut from the left"));
      var answer = new ModelRequest.Generation("a", List.of(), 4, 0, 1, 0, 0);
      String said =
          assertThrows(InputException.class, () -> suite.replies(List.of(answer))).getMessage();
      assertTrue(said.contains("fills masked places, and writes no answers"), said);
      var nothing = new ModelRequest.Continuation("a", "");
      said = assertThrows(InputException.class, () -> suite.replies(List.of(nothing))).getMessage();
      assertTrue(said.contains("give choices that are not empty"), said);
    }
  }
}
