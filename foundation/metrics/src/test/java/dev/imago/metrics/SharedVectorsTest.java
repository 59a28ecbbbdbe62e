package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The references' own test files, where the shared data is on this machine.
class SharedVectorsTest {
  private static Path shared(String name) {
    String shared = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "../.."));
    Path file =
        (shared == null ? root.resolve("../shared") : Path.of(shared)).resolve("data/" + name);
    assumeTrue(Files.exists(file), "the shared data are not here");
    return file;
  }

  /// The files of a gzipped tar, by name.
  private static Map<String, String> untarred(Path archive) throws IOException {
    byte[] tar;
    try (var in = new GZIPInputStream(Files.newInputStream(archive))) {
      tar = in.readAllBytes();
    }
    Map<String, String> files = new HashMap<>();
    for (int at = 0; at + 512 <= tar.length && tar[at] != 0; ) {
      String name = new String(tar, at, 100, StandardCharsets.UTF_8).replaceAll("\0.*", "");
      int size =
          Integer.parseInt(new String(tar, at + 124, 11, StandardCharsets.US_ASCII).strip(), 8);
      String text = new String(tar, at + 512, size, StandardCharsets.UTF_8);
      files.put(name.replaceFirst("^\\./", ""), text);
      at += 512 + (size + 511) / 512 * 512;
    }
    return files;
  }

  private static Map<String, Map<String, Double>> scored(String run) {
    Map<String, Map<String, Double>> scored = new TreeMap<>();
    for (String line : run.split("\n")) {
      String[] cells = line.strip().split("\\s+");
      scored
          .computeIfAbsent(cells[0], _ -> new HashMap<>())
          .put(cells[2], Double.parseDouble(cells[4]));
    }
    return scored;
  }

  /// trec_eval's own test: every measure of `trec_eval -q -m all_trec` that is ours, of each query
  /// and of their mean, to the four digits that it prints.
  @Test
  void rankingsHaveTrecEvalsValues() throws IOException {
    Map<String, String> files = untarred(shared("trec_eval/trec-eval-test.tar.gz"));
    Map<String, Map<String, Integer>> judged = new TreeMap<>();
    for (String line : files.get("qrels.test").split("\n")) {
      String[] cells = line.strip().split("\\s+");
      judged
          .computeIfAbsent(cells[0], _ -> new HashMap<>())
          .put(cells[2], Integer.parseInt(cells[3]));
    }
    Map<String, RankedScores> scores = new TreeMap<>();
    scored(files.get("results.test"))
        .forEach((query, run) -> scores.put(query, RankedScores.of(judged.get(query), run)));
    int compared = 0;
    for (String line : files.get("out.test.aq").split("\n")) {
      String[] cells = line.strip().split("\\s+");
      var measure = measure(cells[0]);
      if (measure == null) {
        continue;
      }
      double ours =
          cells[1].equals("all")
              ? scores.values().stream().mapToDouble(measure).average().orElse(0)
              : measure.applyAsDouble(scores.get(cells[1]));
      assertEquals(Double.parseDouble(cells[2]), ours, 0.5001e-4, line);
      compared++;
    }
    assertTrue(compared > 150, "compared " + compared);
  }

  /// By trec_eval's name; null for one that is not ours.
  static ToDoubleFunction<RankedScores> measure(String name) {
    int last = name.lastIndexOf('_');
    String number = last < 0 ? "" : name.substring(last + 1);
    int most = number.matches("[0-9]+") ? Integer.parseInt(number) : 0;
    return switch (most == 0 ? name : name.substring(0, last)) {
      case "map" -> RankedScores::averagePrecision;
      case "recip_rank" -> RankedScores::reciprocalRank;
      case "ndcg" -> RankedScores::ndcg;
      case "P" -> s -> s.precision(most);
      case "recall" -> s -> s.recall(most);
      case "ndcg_cut" -> s -> s.ndcg(most);
      case "map_cut" -> s -> s.averagePrecision(most);
      case "success" -> s -> s.success(most);
      default -> null;
    };
  }

  private static List<String> texts(JsonNode cases, String outer, String field) {
    var texts = new ArrayList<String>();
    cases.get(outer).forEach(each -> texts.add(each.get(field).get(0).asString()));
    return texts;
  }

  /// lighteval's cases of corpora: chrF and TER. It hands sacreBLEU each text's references as if
  /// they were a file of all texts', so that the first text alone is scored, against all of them.
  @Test
  void corporaHaveLightevalsValues() throws IOException {
    for (String name : List.of("chrf", "ter")) {
      JsonNode suite =
          JsonMapper.shared()
              .readTree(Files.readString(shared("lighteval_metrics/" + name + ".json")));
      TextMetric metric = name.equals("ter") ? Ter.standard() : Chrf.standard();
      for (JsonNode one : suite.get("test_cases")) {
        assertEquals(
            one.get("expected_output").asDouble(),
            metric.sentence(
                texts(one, "model_responses", "text").getFirst(), texts(one, "docs", "choices")),
            one.get("tolerance").asDouble(),
            one.get("name").asString());
      }
    }
  }

  /// lighteval's cases of single texts: ROUGE.
  @Test
  void textsHaveLightevalsValues() throws IOException {
    for (Rouge.Variant variant : List.of(Rouge.Variant.ROUGE_2, Rouge.Variant.ROUGE_L_SUM)) {
      JsonNode suite =
          JsonMapper.shared()
              .readTree(Files.readString(shared("lighteval_metrics/" + variant.key() + ".json")));
      for (JsonNode one : suite.get("test_cases")) {
        String reference =
            one.get("doc").get("choices").get(one.get("doc").get("gold_index").asInt()).asString();
        assertEquals(
            one.get("expected_output").get(variant.key()).asDouble(),
            Rouge.of(variant)
                .sentence(
                    one.get("model_response").get("text").get(0).asString(), List.of(reference)),
            one.get("tolerance").asDouble(),
            one.get("name").asString());
      }
    }
  }
}
