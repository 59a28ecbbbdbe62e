package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.data.Example;
import dev.imago.tune.AnswerReward.Answered;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Rewards of answers, and what becomes of them.
class GrpoSettingsTest {
  @TempDir Path folder;

  private static GrpoSettings settings(String json) {
    var read = (ObjectNode) JsonMapper.shared().readTree("{\"grpo\": {" + json + "}}");
    return Binder.bind("tune", read, Tune.Config.defaults()).grpo();
  }

  /// Two to a prompt; TRL's own numbers (`conformance/preferences.py`, `groups`).
  @ParameterizedTest
  @CsvSource({
    "group, 0.707007, -0.707007, -0.706973, 0.706973, 0, 0, 0.706907, -0.706907",
    "batch, 1.060731, -1.060731, -0.795548, 0.795548, 0, 0, 0.530366, -0.530366",
    "none, 0.5, -0.5, -0.375, 0.375, 0, 0, 0.25, -0.25"
  })
  void advantagesAreThoseOfTrl(
      String scale,
      double a,
      double b,
      double c,
      double d,
      double e,
      double f,
      double g,
      double h) {
    double[] rewards = {1, 0, 0.25, 1, 0, 0, 1, 0.5};
    double[] own =
        settings(
                "\"rewards\": \"exact\", \"numGenerations\": 2, \"scaleRewards\": \"" + scale + '"')
            .advantages(rewards);
    assertArrayEquals(new double[] {a, b, c, d, e, f, g, h}, own, 1e-5);
  }

  private static double[] rewards(String json, String... answers) {
    GrpoSettings settings = settings(json);
    var example = new Example("1", "2 + 2?", " 4 ", "labels");
    List<AnswerReward> each =
        settings.rewards().stream().map(kind -> AnswerReward.of(kind, settings)).toList();
    return AnswerReward.sum(each, settings)
        .of(Arrays.stream(answers).map(a -> new Answered(example, a, a.length())).toList());
  }

  @Test
  void programsTellHowGoodAnswersAre() throws Exception {
    assertArrayEquals(new double[] {1, 0}, rewards("\"rewards\": \"exact\"", "4\n", "44"));
    assertArrayEquals(
        new double[] {1, 0, 0},
        rewards("\"rewards\": \"regex\", \"pattern\": \"[0-9]+\"", "44", "a 4", ""));
    Path schema = folder.resolve("answer.json");
    Files.writeString(schema, "{\"type\": \"integer\"}");
    assertArrayEquals(
        new double[] {1, 0},
        rewards("\"rewards\": \"schema\", \"schema\": \"" + schema + '"', " 4", "\"4\""));
    assertArrayEquals(
        new double[] {0, -0.5, -1, -1},
        rewards(
            "\"rewards\": \"length\", \"maxCompletionLength\": 4, \"softPunishCache\": 2",
            "ab",
            "abc",
            "abcd",
            "abcde"));
    assertArrayEquals(
        new double[] {2.5, 0.5},
        rewards(
            "\"rewards\": [\"exact\", \"regex\"], \"rewardWeights\": [2, 0.5], \"pattern\": \".\"",
            "4",
            "5"));
  }

  @Test
  void whatIsNoRewardIsRefusedByName() {
    for (String[] wrong :
        new String[][] {
          {"\"rewards\": [\"exact\", \"exact\"]", "names one twice"},
          {"\"rewards\": \"exact\", \"rewardWeights\": [1, 2]", "give one for each"},
          {"\"rewards\": \"exact\", \"pattern\": \"a\"", "pattern is of the reward regex"},
          {"\"rewards\": \"accuracy\"", "exact, regex, schema, length, model"},
          {"\"numGenerations\": 1", "tune.grpo.numGenerations = 1"}
        }) {
      var e = assertThrows(ConfigException.class, () -> settings(wrong[0]));
      assertTrue(e.getMessage().contains(wrong[1]), e.getMessage());
    }
    GrpoSettings broken = settings("\"rewards\": \"regex\", \"pattern\": \"(\"");
    var e =
        assertThrows(
            ConfigException.class, () -> AnswerReward.of(broken.rewards().getFirst(), broken));
    assertTrue(e.getMessage().contains("tune.grpo.pattern"), e.getMessage());
  }
}
