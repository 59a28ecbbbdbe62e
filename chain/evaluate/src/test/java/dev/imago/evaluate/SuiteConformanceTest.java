package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Progress;
import dev.imago.suites.MetricScore;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import dev.imago.suites.PromptOptions;
import dev.imago.suites.ScoredItem;
import dev.imago.suites.Suite;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Prompts, likelihoods, answers, scores and standard errors are those of lm-evaluation-harness
/// 0.4.13, as `conformance/task_suites.py` recorded them.
class SuiteConformanceTest {
  private static final double LIKELIHOOD = 1e-4;
  private static final double SCORE = 1e-9;

  private final JsonNode said = recorded();

  @TempDir private Path folder;

  private static JsonNode recorded() {
    try (InputStream in = SuiteConformanceTest.class.getResourceAsStream("/suites/lm-eval.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Path task(String name) throws Exception {
    return Path.of(SuiteConformanceTest.class.getResource("/suites/" + name + ".yaml").toURI());
  }

  private SuiteEvaluation.Outcome evaluated(
      List<String> tasks, boolean chat, boolean turns, Optional<String> system) throws Exception {
    var files = new java.util.ArrayList<Path>();
    for (String task : tasks) {
      files.add(task(task));
    }
    try (SuiteModel model =
        SuiteModels.open("tiny", MergedModel.write(folder.resolve("model")), 1)) {
      var options =
          new PromptOptions(
              Optional.empty(),
              PromptOptions.USUAL_SEED,
              Optional.empty(),
              chat ? Optional.of(model.conversation()) : Optional.empty(),
              turns,
              system,
              Optional.empty());
      return new SuiteEvaluation(folder.resolve("answers"), false)
          .run(Suite.read(files, options), model, Progress.NONE);
    }
  }

  private void agrees(String run, SuiteEvaluation.Outcome outcome) {
    for (SuiteEvaluation.TaskResult result : outcome.tasks()) {
      String task = result.task().name();
      JsonNode items = said.path(run).path("items").path(task);
      assertEquals(items.size(), result.items().size(), task);
      for (int i = 0; i < items.size(); i++) {
        same(task + " " + i, items.path(i), result.items().get(i));
      }
      scores(run, task, result.scores());
    }
    outcome.groups().forEach(g -> scores(run, g.group().name(), g.scores()));
  }

  private static void same(String place, JsonNode item, ScoredItem ours) {
    List<ModelRequest> requests = ours.item().requests();
    assertEquals(item.path("asked").size(), requests.size(), place);
    for (int k = 0; k < requests.size(); k++) {
      JsonNode asked = item.path("asked").path(k);
      JsonNode reply = item.path("replies").path(k);
      switch (requests.get(k)) {
        case ModelRequest.Continuation(String context, String continuation) -> {
          assertEquals(asked.path(0).stringValue(), context, place);
          assertEquals(asked.path(1).stringValue(), continuation, place);
          var told = (ModelReply.Likelihood) ours.replies().get(k);
          assertEquals(reply.path(0).doubleValue(), told.logProbability(), LIKELIHOOD, place);
          assertEquals(reply.path(1).booleanValue(), told.greedy(), place);
        }
        case ModelRequest.Rolling(String text) -> {
          assertEquals(asked.path(0).stringValue(), text, place);
          double told = ((ModelReply.Total) ours.replies().get(k)).logProbability();
          assertEquals(reply.doubleValue(), told, LIKELIHOOD * Math.max(1, -told / 100), place);
        }
        case ModelRequest.Generation g -> {
          assertEquals(asked.path(0).stringValue(), g.context(), place);
          assertEquals(
              reply.stringValue(), ((ModelReply.Text) ours.replies().get(k)).text(), place);
        }
      }
    }
  }

  private void scores(String run, String task, List<MetricScore> scores) {
    JsonNode theirs = said.path(run).path("scores").path(task);
    int compared = 0;
    for (MetricScore score : scores) {
      String key = score.metric() + "," + score.filter();
      double value = theirs.path(key).doubleValue();
      // Perplexities are exponents of what agrees to 1e-4.
      boolean ofLikelihoods = score.metric().matches(".*perplexity|bits_per_byte|brier_score");
      double most = ofLikelihoods ? 2e-5 * Math.abs(value) : SCORE;
      assertEquals(value, score.value(), most, task + " " + key);
      compared++;
      JsonNode error = theirs.path(score.metric() + "_stderr," + score.filter());
      if (error.isNumber() && (run.equals("draws") || !score.metric().equals("perplexity"))) {
        double ours = score.standardError().orElseThrow();
        assertEquals(
            error.doubleValue(),
            ours,
            ofLikelihoods ? 1e-4 * error.doubleValue() : SCORE,
            task + " " + key + " ±");
      }
    }
    assertTrue(compared > 0, task);
  }

  @Test
  void plainPromptsAgreeOnEveryKindOfTask() throws Exception {
    agrees(
        "plain",
        evaluated(
            List.of("group", "rolling", "answers", "several"), false, false, Optional.empty()));
  }

  @Test
  void theStandardErrorOfPerplexityIsThatOfTheirDraws() throws Exception {
    agrees("draws", evaluated(List.of("cloze"), false, false, Optional.empty()));
  }

  @Test
  void conversationsAgree() throws Exception {
    agrees("chat", evaluated(List.of("choice", "answers"), true, true, Optional.empty()));
  }

  @Test
  void conversationsAgreeWithAnInstructionBefore() throws Exception {
    agrees("turns", evaluated(List.of("choice", "answers"), true, true, Optional.of("Be brief.")));
  }
}
