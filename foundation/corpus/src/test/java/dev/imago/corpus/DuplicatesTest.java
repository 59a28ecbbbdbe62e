package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Document;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DuplicatesTest {
  private static final CorpusRules RULES = CorpusRules.defaults();

  /// Texts of which many are nearly others, in chains too.
  private static List<Judged> judged() {
    var random = new Random(5);
    var filter = new DocumentFilter(RULES);
    var judged = new ArrayList<Judged>();
    var texts = new ArrayList<String>();
    for (int i = 0; i < 300; i++) {
      String text =
          texts.isEmpty() || random.nextInt(3) == 0
              ? words(random, 80)
              : texts.get(random.nextInt(texts.size()))
                  + (random.nextInt(4) == 0 ? "" : words(random, random.nextInt(1, 12)));
      texts.add(text);
      Document document = new Document("d" + i, text, "s", Map.of("kind", "prose"));
      judged.add(new Judged(i, document.id(), filter.judge(document)));
    }
    return judged;
  }

  private static String words(Random random, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(Integer.toString(random.nextInt(5_000), 36)).append("a ");
    }
    return text.toString();
  }

  /// By place, what each repeats and how much.
  private static Map<Long, String> repeated(List<Judged> documents) {
    var all = new TreeMap<Long, String>();
    Duplicates.of(RULES, documents)
        .forEach((place, of) -> all.put(place, of.of().place() + " " + of.rule()));
    return all;
  }

  @Test
  void theOrderInWhichDocumentsComeIsNothing() {
    List<Judged> documents = judged();
    Map<Long, String> expected = repeated(documents);
    assertTrue(expected.size() > 50 && expected.size() < 250, "" + expected.size());
    Collections.shuffle(documents, new Random(1));
    assertEquals(expected, repeated(documents));
  }

  @Test
  void documentsThatShareNoKeyMayBeDecidedApart() {
    List<Judged> documents = judged();
    var apart = new TreeMap<Long, String>();
    List<List<Judged>> groups = groups(documents);
    assertTrue(groups.size() > 50, "" + groups.size());
    groups.forEach(group -> apart.putAll(repeated(group)));
    assertEquals(repeated(documents), apart);
  }

  /// Documents that share a key are in one group, and so are those that share one with these.
  private static List<List<Judged>> groups(List<Judged> documents) {
    var groupOf = new HashMap<Long, List<Judged>>();
    for (Judged document : documents) {
      List<Judged> group = new ArrayList<>(List.of(document));
      for (long key : Duplicates.keys(document.judgement())) {
        List<Judged> met = groupOf.get(key);
        if (met != null && met != group) {
          group.addAll(met);
          for (Judged each : met) {
            Duplicates.keys(each.judgement()).forEach(k -> groupOf.put(k, group));
          }
        }
        groupOf.put(key, group);
      }
      Duplicates.keys(document.judgement()).forEach(k -> groupOf.put(k, group));
    }
    return new ArrayList<>(new HashSet<>(groupOf.values()));
  }

  @Test
  void twoDocumentsInOnePlaceAreRefused() {
    Judged first = judged().getFirst();
    assertThrows(IllegalArgumentException.class, () -> Selection.of(RULES, List.of(first, first)));
  }
}
