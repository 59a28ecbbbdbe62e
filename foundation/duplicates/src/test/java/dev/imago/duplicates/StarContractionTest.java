package dev.imago.duplicates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.duplicates.StarContraction.Edge;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StarContractionTest {
  private int rounds;

  /// As a cluster does it, with sorting in the place of shuffling.
  private Map<Long, Long> leasts(List<Edge> edges) {
    var now = new ArrayList<>(edges);
    rounds = 0;
    while (true) {
      var both = new ArrayList<>(now);
      now.forEach(edge -> both.add(edge.reversed()));
      both.sort(null);
      var large = new StarContraction.Large();
      List<Edge> down = given(both, large::take);
      if (large.unsettled() == 0) {
        var leasts = new TreeMap<Long, Long>();
        now.forEach(
            edge -> leasts.put(Math.max(edge.from(), edge.to()), Math.min(edge.from(), edge.to())));
        return leasts;
      }
      rounds++;
      down.sort(null);
      now.clear();
      now.addAll(given(down, new StarContraction.Small()::take));
    }
  }

  private static List<Edge> given(List<Edge> edges, UnaryOperator<@Nullable Edge> star) {
    return new ArrayList<>(edges.stream().map(star).filter(Objects::nonNull).toList());
  }

  private static long root(Map<Long, Long> parents, long vertex) {
    long at = vertex;
    while (parents.getOrDefault(at, at) != at) {
      at = parents.getOrDefault(at, at);
    }
    return at;
  }

  /// Of each vertex that is not the least of its component that one: by union-find.
  private static Map<Long, Long> byUnions(List<Edge> edges) {
    var parents = new HashMap<Long, Long>();
    for (Edge edge : edges) {
      long a = root(parents, edge.from());
      long b = root(parents, edge.to());
      parents.put(Math.max(a, b), Math.min(a, b));
    }
    var leasts = new TreeMap<Long, Long>();
    for (Edge edge : edges) {
      for (long vertex : new long[] {edge.from(), edge.to()}) {
        long least = root(parents, vertex);
        if (least != vertex) {
          leasts.put(vertex, least);
        }
      }
    }
    return leasts;
  }

  @Test
  void everyVertexFindsTheLeastOfItsComponent() {
    for (int seed = 0; seed < 60; seed++) {
      var random = new Random(seed);
      int vertices = 2 + random.nextInt(60);
      var edges = new ArrayList<Edge>();
      for (int i = random.nextInt(80); i >= 0; i--) {
        long a = random.nextInt(vertices);
        long b = random.nextInt(vertices);
        if (a != b) {
          edges.add(new Edge(a << 40, b << 40)); // places have gaps
        }
      }
      assertEquals(byUnions(edges), leasts(edges), "seed " + seed);
    }
  }

  @Test
  void aLongPathTakesFewRounds() {
    var path = new ArrayList<Long>(LongStream.range(0, 4096).boxed().toList());
    Collections.shuffle(path, new Random(1));
    var edges = new ArrayList<Edge>();
    for (int i = 1; i < path.size(); i++) {
      edges.add(new Edge(path.get(i - 1), path.get(i)));
    }
    Map<Long, Long> leasts = leasts(edges);
    assertEquals(4095, leasts.size());
    assertTrue(leasts.values().stream().allMatch(least -> least == 0));
    assertTrue(rounds <= 12, rounds + " rounds");
  }

  /// The claim that lets a cluster decide: taken apart where no key holds texts together, each part
  /// alone says what the whole says.
  @Test
  void whatIsDecidedInPartsIsDecidedInTheWhole(@TempDir Path folder) {
    for (DuplicateRules rules :
        List.of(
            DuplicateRules.defaults(),
            new DuplicateRules(false, true, false, 0.75, 14, 8),
            new DuplicateRules(true, true, true, 0.6, 20, 4))) {
      var texts = new ArrayList<Text>();
      var random = new Random(3);
      var signer = new Signer(rules);
      for (int i = 0; i < 160; i++) {
        String text = RepeatingTexts.words(new Random(random.nextInt(50)), 60);
        String changed = random.nextInt(3) == 0 ? text + " and " + random.nextInt(4) : text;
        String address = "https://example.org/" + random.nextInt(60);
        texts.add(new Text(7L * i, "id-" + (i * 37 % 160), signer.sign(changed, address)));
      }
      var edges = new ArrayList<Edge>();
      var firsts = new HashMap<Long, Long>();
      for (Text text : texts) {
        for (long key : MeetingKeys.holding(text.traits(), rules)) {
          Long first = firsts.putIfAbsent(key, text.place());
          if (first != null) {
            edges.add(new Edge(text.place(), first));
          }
        }
      }
      Map<Long, Long> leasts = leasts(edges);
      var parts = new TreeMap<Long, List<Text>>();
      for (Text text : texts) {
        long least = leasts.getOrDefault(text.place(), text.place());
        parts.computeIfAbsent(least % 3, _ -> new ArrayList<>()).add(text);
      }
      assertTrue(parts.size() > 1);
      var apart = new TreeMap<Long, Outcome>();
      parts.values().forEach(part -> apart.putAll(outcomes(part, rules, folder)));
      Map<Long, Outcome> whole = outcomes(texts, rules, folder);
      assertEquals(whole, apart);
      assertTrue(whole.values().stream().anyMatch(each -> each instanceof Outcome.Repeats));
    }
  }

  private record Text(long place, String id, Traits traits) {}

  private static Map<Long, Outcome> outcomes(List<Text> texts, DuplicateRules rules, Path folder) {
    var all = new TreeMap<Long, Outcome>();
    try (var deduplication = new Deduplication(rules, folder, 1 << 16)) {
      texts.forEach(text -> deduplication.add(text.place(), text.id(), text.traits()));
      try (Outcomes outcomes = deduplication.decide()) {
        texts.forEach(text -> all.put(text.place(), outcomes.of(text.place())));
      }
    }
    return all;
  }
}
