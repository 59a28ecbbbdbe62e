package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.corpus.SampleRules.Weight;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DocumentSampleTest {
  private static final int EACH = 3_000;

  private static SampleRules rules(
      long tokens, List<Weight> weights, Map<String, Double> shares, int epochs) {
    return new SampleRules(tokens, weights, "language", shares, epochs, 7);
  }

  private static String language(int i) {
    return i % 3 == 0 ? "zh" : "en";
  }

  private static Set<Integer> chosen(SampleRules rules, List<Integer> order) {
    var sample = new DocumentSample(rules);
    for (int i : order) {
      sample.add(
          "id" + i, "text " + i, Map.of("language", language(i), "quality", "" + i % 2), 10, 0);
    }
    int[] copies = sample.chosen();
    var all = new HashSet<Integer>();
    for (int k = 0; k < copies.length; k++) {
      if (copies[k] > 0) {
        all.add(order.get(k));
      }
    }
    return all;
  }

  private static List<Integer> order(long seed) {
    var order = new ArrayList<Integer>();
    for (int i = 0; i < EACH; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed));
    return order;
  }

  @Test
  void theSampleIsTheSameInAnyOrderAndKeepsItsBudget() {
    SampleRules rules = rules(5_005, List.of(new Weight("language", "zh", 3)), Map.of(), 1);
    Set<Integer> first = chosen(rules, order(1));
    assertEquals(500, first.size());
    assertEquals(first, chosen(rules, order(2)));
    // Of 1,000 Chinese documents at three times the weight more are chosen than of 2,000 others.
    long chinese = first.stream().filter(i -> language(i).equals("zh")).count();
    assertTrue(chinese > 270 && chinese < 330, "" + chinese);
  }

  @Test
  void aWeightOfNothingIsNeverChosenAndATagMayBeTheWeight() {
    SampleRules rules = rules(0, List.of(new Weight("quality", "*", 1)), Map.of(), 1);
    Set<Integer> chosen = chosen(rules, order(1));
    assertEquals(EACH / 2, chosen.size());
    assertTrue(chosen.stream().allMatch(i -> i % 2 == 1));
  }

  @Test
  void sharesAreKeptAndFilledUpByRepeating() {
    var sample = new DocumentSample(rules(30_000, List.of(), Map.of("zh", 1d, "en", 1d), 2));
    for (int i = 0; i < EACH; i++) {
      sample.add("id" + i, "text " + i, Map.of("language", language(i)), 10, 0);
    }
    int[] copies = sample.chosen();
    Map<String, DocumentSample.Coverage> coverage = sample.coverage(copies);
    assertEquals(new DocumentSample.Coverage(1_000, 10_000, 1_500, 15_000), coverage.get("zh"));
    assertEquals(new DocumentSample.Coverage(2_000, 20_000, 1_500, 15_000), coverage.get("en"));
  }

  @Test
  void importanceChoosesWhatIsLikeTheTarget() {
    var weights = new ImportanceWeights();
    var texts = new HashMap<String, String>();
    for (int i = 0; i < 200; i++) {
      texts.put(
          "law" + i, "the court held that clause " + i + " of the contract binds both parties");
      texts.put("food" + i, "stir the soup " + i + " minutes and serve it hot with fresh bread");
    }
    texts.values().forEach(weights::raw);
    weights.target("A contract binds the parties before the court.");
    weights.target("The court held the clause void.");
    ImportanceWeights.LogWeights log = weights.logWeights();
    var sample = new DocumentSample(new SampleRules(500, List.of(), "", Map.of(), 1, 1));
    var ids = new ArrayList<>(texts.keySet());
    ids.forEach(id -> sample.add(id, texts.get(id), Map.of(), 10, log.of(texts.get(id))));
    int[] copies = sample.chosen();
    for (int i = 0; i < copies.length; i++) {
      assertTrue(copies[i] == 0 || ids.get(i).startsWith("law"), ids.get(i));
    }
    assertTrue(log.of("法院认为合同有效") == log.of("法院认为合同有效"));
    assertArrayEquals(copies, sample.chosen());
  }

  @Test
  void whatCannotBeSharedIsRefused() {
    assertThrows(ConfigException.class, () -> rules(0, List.of(), Map.of("zh", 1d), 1));
    assertThrows(ConfigException.class, () -> rules(10, List.of(), Map.of("zh", 0d), 1));
    assertThrows(ConfigException.class, () -> new Weight("a", "b", -1));
  }
}
