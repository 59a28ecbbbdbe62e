package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random rankings beside the program trec_eval 9.0.8, built from its source, which
/// `IMAGO_TREC_EVAL` names: ties, scores that a float tells apart or not, names in any script, some
/// of 3,000 documents.
@Tag("conformance")
class RankingsConformanceTest {
  private static final int QUESTIONS = 1_000;

  /// Questions of which one has thousands of documents.
  private static final int FEW = 500;

  private final Random random = new Random(3);
  private final StringBuilder judgements = new StringBuilder();
  private final StringBuilder run = new StringBuilder();
  private final Map<String, RankedScores> ours = new HashMap<>();

  @Test
  void rankingsHaveTrecEvalsValues(@TempDir Path folder) throws Exception {
    String program = System.getenv("IMAGO_TREC_EVAL");
    assumeTrue(program != null, "skipped: IMAGO_TREC_EVAL names no program trec_eval");
    int times = Integer.parseInt(System.getenv().getOrDefault("IMAGO_CASES", "1"));
    for (int i = 0; i < times * QUESTIONS; i++) {
      question("q" + i, i % FEW == 0 ? 3_000 : 1 + random.nextInt(40));
    }
    Path judged = Files.writeString(folder.resolve("judged"), judgements);
    Path ranked = Files.writeString(folder.resolve("ranked"), run);
    var command = new ArrayList<>(List.of(program, "-q"));
    for (String measure :
        List.of(
            "map",
            "recip_rank",
            "ndcg",
            "ndcg_cut.5,10,100",
            "P.5,10,100",
            "recall.5,10",
            "map_cut.5,10",
            "success.1,5")) {
      command.addAll(List.of("-m", measure));
    }
    command.addAll(List.of(judged.toString(), ranked.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    int compared = 0;
    try (var told =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = told.readLine(); line != null; line = told.readLine()) {
        String[] cells = line.strip().split("\\s+");
        if (ours.containsKey(cells[1])) {
          // It prints four digits.
          assertEquals(
              Double.parseDouble(cells[2]),
              SharedVectorsTest.measure(cells[0]).applyAsDouble(ours.get(cells[1])),
              0.5001e-4,
              line);
          compared++;
        }
      }
    }
    assertEquals(0, process.waitFor());
    assertEquals(15 * times * QUESTIONS, compared);
  }

  private void question(String id, int documents) {
    Map<String, Integer> judged = new LinkedHashMap<>();
    Map<String, Double> scores = new LinkedHashMap<>();
    for (int d = 0; d < documents; d++) {
      String name = (random.nextInt(9) == 0 ? "é猫" : "d") + d;
      if (random.nextInt(3) > 0) {
        judged.put(name, random.nextInt(4) - (random.nextInt(10) == 0 ? 1 : 0));
      }
      if (random.nextInt(4) > 0) {
        scores.put(name, score());
      }
    }
    judged.put("d0", 1 + random.nextInt(2)); // it tells nothing of a question without an answer
    scores.putIfAbsent("d0", 0.5);
    judged.forEach((name, grade) -> judgements.append("%s 0 %s %d\n".formatted(id, name, grade)));
    scores.forEach(
        (name, score) ->
            run.append(id).append(" Q0 ").append(name).append(" 0 ").append(score).append(" t\n"));
    ours.put(id, RankedScores.of(judged, scores));
  }

  private double score() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(3);
      case 1 -> 1 + random.nextDouble() * 1e-9;
      case 2 -> (float) (-random.nextGaussian() * 1e6);
      default -> random.nextDouble();
    };
  }
}
