package dev.imago.duplicates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.duplicates.Outcome.Likeness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeduplicationTest {
  private static final DuplicateRules USUAL = DuplicateRules.defaults();
  private static final long LITTLE = 1 << 12;
  private static final long MUCH = 1 << 26;

  @TempDir private Path temporary;

  private record Text(String id, String text, String address) {
    Text(String id, String text) {
      this(id, text, "");
    }
  }

  /// By id, what comes of each that has others like it.
  private Map<String, Outcome> outcomes(
      DuplicateRules rules, List<Text> texts, long memory, List<Text> earlier) throws IOException {
    var signer = new Signer(rules);
    var all = new TreeMap<String, Outcome>();
    Path folder = temporary.resolve("work");
    try (var deduplication = new Deduplication(rules, folder, memory)) {
      earlier.forEach(
          each -> deduplication.addEarlier(each.id, signer.sign(each.text, each.address)));
      for (int i = 0; i < texts.size(); i++) {
        Text each = texts.get(i);
        deduplication.add(7L * i, each.id, signer.sign(each.text, each.address));
      }
      try (Outcomes outcomes = deduplication.decide()) {
        for (int i = 0; i < texts.size(); i++) {
          Outcome outcome = outcomes.of(7L * i);
          if (!(outcome instanceof Outcome.Alone)) {
            all.put(texts.get(i).id, outcome);
          }
        }
        long repeated = all.values().stream().filter(Outcome.Repeats.class::isInstance).count();
        assertEquals(repeated, outcomes.repeated());
        assertEquals(texts.size(), outcomes.documents());
      }
    }
    try (var left = Files.list(folder)) {
      assertEquals(List.of(), left.toList(), "the folder is empty again");
    }
    return all;
  }

  private Map<String, Outcome> outcomes(List<Text> texts) throws IOException {
    return outcomes(USUAL, texts, MUCH, List.of());
  }

  /// Texts, half of them copies of others with more or fewer changes.
  private static List<Text> texts(int count) {
    var random = new Random(17);
    var texts = new ArrayList<Text>();
    for (int i = 0; i < count; i++) {
      String text =
          i < 5 || random.nextInt(2) == 0
              ? random.nextInt(2) == 0
                  ? RepeatingTexts.words(random, 80)
                  : RepeatingTexts.ideographs(random, 80)
              : texts.get(random.nextInt(i)).text;
      int change = random.nextInt(5);
      texts.add(
          new Text(
              "d" + i,
              change == 0
                  ? text
                  : change == 1
                      ? text + RepeatingTexts.words(random, 20)
                      : RepeatingTexts.changed(random, text, 0.05 * random.nextInt(1, 8))));
    }
    return texts;
  }

  @Test
  void thoseThatGoAreAsSimilarAsAskedToOneThatStaysAndWhoStaysIsLikeNone() throws Exception {
    List<Text> texts = texts(400);
    Map<String, Outcome> outcomes = outcomes(texts);
    var byId = new HashMap<String, Text>();
    texts.forEach(each -> byId.put(each.id, each));
    var signer = new Signer(USUAL);
    var groups = new HashMap<String, Long>();
    outcomes.forEach(
        (id, outcome) -> {
          if (outcome instanceof Outcome.Repeats repeats) {
            assertTrue(
                !(outcomes.get(repeats.of()) instanceof Outcome.Repeats),
                id + " names one that stays");
            double exact = signer.similarity(byId.get(id).text, byId.get(repeats.of()).text);
            assertEquals(exact, repeats.similarity(), 1e-12, id);
            assertTrue(exact >= 0.75, id + " at " + exact);
            groups.merge(repeats.of(), 1L, Long::sum);
          }
        });
    groups.forEach((id, more) -> assertEquals(new Outcome.Stands(1 + more), outcomes.get(id), id));
    // All against all: what stays and is similar enough was missed by the bands.
    List<Text> stay =
        texts.stream().filter(each -> !(outcomes.get(each.id) instanceof Outcome.Repeats)).toList();
    double missed = 0;
    double expected = 0;
    for (int i = 0; i < stay.size(); i++) {
      for (int j = 0; j < i; j++) {
        double similarity = signer.similarity(stay.get(i).text, stay.get(j).text);
        missed += similarity >= 0.75 ? 1 : 0;
      }
    }
    for (int i = 0; i < texts.size(); i++) {
      for (int j = 0; j < i; j++) {
        double similarity = signer.similarity(texts.get(i).text, texts.get(j).text);
        expected += similarity >= 0.75 ? 1 - USUAL.probability(similarity) : 0;
      }
    }
    assertTrue(outcomes.size() > 100, "" + outcomes.size());
    assertTrue(missed <= 2 * expected + 3, missed + " missed, expected " + expected);
  }

  @Test
  void neitherOrderNorMemoryChangesAnything() throws Exception {
    List<Text> texts = texts(300);
    Map<String, Outcome> expected = outcomes(texts);
    assertEquals(expected, outcomes(USUAL, texts, LITTLE, List.of()));
    for (int seed = 0; seed < 3; seed++) {
      var shuffled = new ArrayList<>(texts);
      Collections.shuffle(shuffled, new Random(seed));
      assertEquals(expected, outcomes(USUAL, shuffled, seed == 1 ? LITTLE : MUCH, List.of()));
    }
  }

  @Test
  void nothingChains() throws Exception {
    // A window that moves on: neighbours are alike, far ends share nothing.
    String[] words = RepeatingTexts.words(new Random(3), 1400).split("\\s+");
    var texts = new ArrayList<Text>();
    for (int from = 0; from <= 1000; from += 20) {
      texts.add(new Text("at " + from, String.join(" ", List.of(words).subList(from, from + 400))));
    }
    Map<String, Outcome> outcomes = outcomes(texts);
    long gone = outcomes.values().stream().filter(Outcome.Repeats.class::isInstance).count();
    assertTrue(gone > 20 && texts.size() - gone > 5, gone + " gone");
  }

  @Test
  void ofTheSameTextTheLeastIdStays() throws Exception {
    var texts =
        List.of(
            new Text("c", "cat"),
            new Text("a", "cat"),
            new Text("b", "cat"),
            new Text("d", ""),
            new Text("e", ""));
    Map<String, Outcome> outcomes = outcomes(texts);
    assertEquals(new Outcome.Stands(3), outcomes.get("a"));
    assertEquals(new Outcome.Repeats(Likeness.EXACT, 1, "a"), outcomes.get("c"));
    assertEquals(new Outcome.Repeats(Likeness.EXACT, 1, "d"), outcomes.get("e"));
    assertEquals(
        Map.of(),
        outcomes(new DuplicateRules(false, false, false, 0.75, 14, 8), texts, MUCH, List.of()));
  }

  @Test
  void textsOfOneAddressAreOneWhereThatIsAskedFor() throws Exception {
    var texts =
        List.of(
            new Text(
                "x", "one text about this", "https://Example.org:443/a/../b?utm_source=mail#top"),
            new Text("y", "another altogether, longer", "https://example.org/b"),
            new Text("z", "a third", "http://example.org/b"),
            new Text("v", "a fourth", "about:blank"),
            new Text("w", "a fifth", ""));
    var rules = new DuplicateRules(true, true, true, 0.75, 14, 8);
    Map<String, Outcome> outcomes = outcomes(rules, texts, MUCH, List.of());
    assertEquals(2, outcomes.size(), "" + outcomes);
    Outcome.Repeats repeats =
        outcomes.values().stream()
            .filter(Outcome.Repeats.class::isInstance)
            .map(Outcome.Repeats.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals(Likeness.ADDRESS, repeats.likeness());
    assertEquals(Map.of(), outcomes(texts));
  }

  @Test
  void earlierCorporaStayAndAreNamed() throws Exception {
    List<Text> texts = texts(120);
    List<Text> earlier =
        texts.subList(0, 40).stream().map(each -> new Text("old " + each.id, each.text)).toList();
    Path file = temporary.resolve(SignatureFile.NAME);
    var signer = new Signer(SignatureFile.signing(USUAL));
    try (var writer = new SignatureFile.Writer(file, USUAL)) {
      earlier.forEach(each -> writer.add(each.id, signer.sign(each.text, each.address)));
      writer.done();
    }
    var read = new ArrayList<String>();
    var all = new TreeMap<Long, Outcome>();
    try (var deduplication = new Deduplication(USUAL, temporary.resolve("again"), LITTLE)) {
      SignatureFile.read(
          file,
          USUAL,
          (id, traits) -> {
            read.add(id);
            deduplication.addEarlier(id, traits);
          });
      for (int i = 0; i < texts.size(); i++) {
        deduplication.add(i, texts.get(i).id, signer.sign(texts.get(i).text, ""));
      }
      try (Outcomes outcomes = deduplication.decide()) {
        for (long i = 0; i < texts.size(); i++) {
          all.put(i, outcomes.of(i));
        }
      }
    }
    assertEquals(earlier.stream().map(Text::id).toList(), read);
    for (long i = 0; i < 40; i++) {
      var repeats = assertInstanceOf(Outcome.Repeats.class, all.get(i));
      assertTrue(repeats.of().startsWith("old "), repeats.toString());
      assertEquals(Likeness.EXACT, repeats.likeness());
    }
    Map<String, Outcome> direct = outcomes(USUAL, texts, MUCH, earlier);
    for (int i = 0; i < texts.size(); i++) {
      assertEquals(
          direct.getOrDefault(texts.get(i).id, new Outcome.Alone()),
          all.get((long) i),
          "text " + i);
    }
  }

  @Test
  void signaturesOfAnotherKindAreRefused() throws Exception {
    Path file = temporary.resolve(SignatureFile.NAME);
    try (var writer = new SignatureFile.Writer(file, USUAL)) {
      writer.add("a", new Signer(USUAL).sign(RepeatingTexts.words(new Random(1), 50), ""));
      writer.done();
    }
    var bands = new DuplicateRules(true, false, true, 0.75, 20, 5);
    assertTrue(refused(file, bands).contains("14 bands of 8 rows"));
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 9, 30, 200, whole.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertTrue(refused(file, USUAL).contains("was cut short"), "" + length);
    }
    byte[] other = whole.clone();
    other[11] = 9;
    Files.write(file, other);
    assertTrue(refused(file, USUAL).contains("is of version 9, and version 1 is read"));
    byte[] fewerBands = whole.clone();
    fewerBands[56] = 13;
    Files.write(file, fewerBands);
    assertTrue(refused(file, USUAL).contains("is damaged"));
    Files.writeString(file, "something else");
    assertTrue(refused(file, USUAL).contains("holds no signatures"));
  }

  @Test
  void whatWasNotWrittenToItsEndIsNoIndex() {
    Path file = temporary.resolve(SignatureFile.NAME);
    try (var writer = new SignatureFile.Writer(file, USUAL)) {
      writer.add("a", new Signer(USUAL).sign("one of many", ""));
    }
    assertTrue(refused(file, USUAL).contains("was cut short"));
  }

  private static String refused(Path file, DuplicateRules rules) {
    return String.valueOf(
        assertThrows(
                InputException.class, () -> SignatureFile.read(file, rules, (id, traits) -> {}))
            .getMessage());
  }

  @Test
  void impossibleRulesAreRefused() {
    assertThrows(ConfigException.class, () -> new DuplicateRules(true, true, true, 0, 14, 8));
    assertThrows(ConfigException.class, () -> new DuplicateRules(true, true, true, 0.7, 0, 8));
    assertThrows(ConfigException.class, () -> new DuplicateRules(true, true, true, 0.7, 4000, 64));
  }
}
