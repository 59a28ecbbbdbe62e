package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The search beside a look at every answer, and beside transformers'.
final class BeamSearchTest {
  private static final int V = 3;
  private static final Set<Integer> STOPS = Set.of(0);

  @TempDir Path folder;

  /// Scores that follow from the tokens so far, by chance.
  private static final class ByChance implements BeamSearch.Paths {
    private final long seed;
    private List<List<Integer>> paths = List.of(List.of());

    ByChance(long seed) {
      this.seed = seed;
    }

    static float[] scores(long seed, List<Integer> path) {
      var random = new Random(seed * 31 + path.hashCode());
      float[] scores = new float[V];
      for (int i = 0; i < V; i++) {
        scores[i] = (float) (2 * random.nextGaussian());
      }
      return scores;
    }

    @Override
    public float[][] scores() {
      return paths.stream().map(p -> scores(seed, p)).toArray(float[][]::new);
    }

    @Override
    public void goOn(int[] from, int[] tokens) {
      var next = new ArrayList<List<Integer>>();
      for (int i = 0; i < from.length; i++) {
        var longer = new ArrayList<>(paths.get(from[i]));
        longer.add(tokens[i]);
        next.add(longer);
      }
      paths = next;
    }
  }

  private static double best(
      long seed, List<Integer> path, double sum, BeamSearch.Settings settings) {
    float[] scores = ByChance.scores(seed, path);
    double all = 0;
    for (float score : scores) {
      all += Math.exp(score);
    }
    double most = Double.NEGATIVE_INFINITY;
    for (int token = 0; token < V; token++) {
      double longer = sum + scores[token] - Math.log(all);
      int length = path.size() + 1;
      if (STOPS.contains(token) || length == settings.maxTokens()) {
        most = Math.max(most, longer / Math.pow(length, settings.lengthPenalty()));
      } else {
        var next = new ArrayList<>(path);
        next.add(token);
        most = Math.max(most, best(seed, next, longer, settings));
      }
    }
    return most;
  }

  @Test
  void withRoomForEveryPathItFindsTheBestAnswerOfAll() {
    for (long seed = 0; seed < 60; seed++) {
      double penalty = seed % 3 == 0 ? 0 : seed % 3 == 1 ? 1 : 2;
      var settings = new BeamSearch.Settings(27, 3, penalty);
      BeamSearch.Found found = BeamSearch.search(new ByChance(seed), settings, STOPS);
      assertEquals(best(seed, List.of(), 0, settings), found.score(), 1e-5, "seed " + seed);
    }
  }

  @Test
  void moreBeamsFindWhatGreedinessMisses() {
    int better = 0;
    for (long seed = 0; seed < 60; seed++) {
      double one =
          BeamSearch.search(new ByChance(seed), new BeamSearch.Settings(1, 4, 0), STOPS).score();
      double four =
          BeamSearch.search(new ByChance(seed), new BeamSearch.Settings(4, 4, 0), STOPS).score();
      assertTrue(four >= one - 1e-9, "seed " + seed);
      better += four > one + 1e-6 ? 1 : 0;
    }
    assertTrue(better > 5, better + " of 60");
  }

  private record Recorded(JsonNode json, JsonNode stops) {
    @Override
    public String toString() {
      return json.path("config").path("model_type").asString();
    }
  }

  static Stream<Recorded> recorded() throws Exception {
    try (InputStream in = BeamSearchTest.class.getResourceAsStream("beams.json")) {
      JsonNode all = JsonMapper.shared().readTree(Objects.requireNonNull(in).readAllBytes());
      return all.path("models").valueStream().map(m -> new Recorded(m, all.path("stops")));
    }
  }

  /// As the script has them: Murmur3's finalizer of the place and a hash of the name.
  private static void fill(String name, float[] to) {
    long seed = 0;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      seed = seed * 31 + b & 0xffffffffL;
    }
    boolean norm = name.endsWith("norm.weight");
    for (int i = 0; i < to.length; i++) {
      int x = (int) (seed + i);
      x ^= x >>> 16;
      x *= 0x85ebca6b;
      x ^= x >>> 13;
      x *= 0xc2b2ae35;
      x ^= x >>> 16;
      to[i] = (float) ((norm ? 1 : 0) + (Integer.toUnsignedLong(x) / 0x1p32 - 0.5) * 0.5);
    }
  }

  private static int[] ints(JsonNode list) {
    return list.valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void answersAndScoresAreThoseOfTransformers(Recorded recorded) throws Exception {
    var shape = Architectures.read(recorded.json.path("config").toString());
    RandomModelFolder.write(folder, shape, 1, true, BeamSearchTest::fill);
    Files.writeString(
        folder.resolve("generation_config.json"),
        "{\"eos_token_id\": %s}".formatted(recorded.stops));
    try (LanguageModel model = LanguageModel.open(folder, 1)) {
      int ended = 0;
      for (JsonNode due : recorded.json.path("found")) {
        var settings =
            new BeamSearch.Settings(due.path("beams").asInt(), 10, due.path("penalty").asDouble());
        BeamSearch.Found found = BeamSearch.of(model, ints(due.path("prompt")), settings);
        assertArrayEquals(ints(due.path("ids")), found.ids(), due.toString());
        assertEquals(due.path("ended").asBoolean(), found.ended(), due.toString());
        if (due.path("score").isNumber()) {
          assertEquals(due.path("score").asDouble(), found.score(), 1e-3, due.toString());
        }
        ended += found.ended() ? 1 : 0;
      }
      assertTrue(ended > 0, "no answer ended");
    }
  }

  @Test
  void whatHasNoRoomIsRefused() throws Exception {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(1, 32, true), 3, true);
    try (LanguageModel model = LanguageModel.open(folder, 1)) {
      var settings = new BeamSearch.Settings(2, 5, 1);
      assertThrows(
          IllegalArgumentException.class, () -> BeamSearch.of(model, new int[500], settings));
      assertThrows(IllegalArgumentException.class, () -> new BeamSearch.Settings(0, 5, 1));
    }
  }
}
