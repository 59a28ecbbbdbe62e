package dev.imago.suites;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Leaks that are planted are found, and nothing else is.
class LeakSearchTest {
  private static final int ITEMS = 600;

  private final Random random = new Random(3);
  private final List<String> words = words();

  /// Words by Zipf's law, as texts have them.
  private List<String> words() {
    var made = new ArrayList<String>();
    for (int i = 0; i < 4_000; i++) {
      var word = new StringBuilder();
      for (int k = 0, n = 2 + random.nextInt(7); k < n; k++) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      made.add(word.toString());
    }
    return made;
  }

  private String word() {
    return words.get((int) (Math.pow(words.size(), random.nextDouble()) - 1));
  }

  private String chinese(int characters) {
    var to = new StringBuilder();
    for (int i = 0; i < characters; i++) {
      to.append((char) (0x4e00 + (int) (Math.pow(3_000, random.nextDouble()) - 1)));
      if (i % 9 == 8) {
        to.append('，');
      }
    }
    return to.toString();
  }

  private String text(int count) {
    var to = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      to.add(i % 11 == 10 ? word() + "," : word());
    }
    return String.join(" ", to);
  }

  private record Item(String question, List<String> choices) {
    String text() {
      return "Which of the following is right about this? "
          + question
          + "\n"
          + String.join("\n", choices);
    }
  }

  private Item item(int i) {
    if (i % 4 == 3) {
      return new Item(
          chinese(24 + random.nextInt(20)),
          List.of(chinese(8), chinese(9), chinese(7), chinese(8)));
    }
    return new Item(text(14 + random.nextInt(25)), List.of(text(5), text(6), text(4), text(5)));
  }

  private String halved(Item item) {
    String all = item.question() + " " + String.join(" ", item.choices());
    return random.nextBoolean()
        ? all.substring(0, all.length() / 2 + 1)
        : all.substring(all.length() / 2 - 1);
  }

  private static String wrapped(String text) {
    return text.replaceAll("(.{17}\\S*)[ ]", "$1\n  ").replaceAll("(\\w{4})(\\w{4})", "$1-\n$2");
  }

  private static String wide(String text) {
    var to = new StringBuilder();
    text.chars().forEach(c -> to.append((char) (c > 32 && c < 127 ? c + 0xfee0 : c)));
    return to.toString();
  }

  private String shuffled(Item item) {
    var choices = new ArrayList<>(item.choices());
    Collections.shuffle(choices, random);
    return item.question() + "\nA) " + String.join("\nB) ", choices);
  }

  @Test
  void plantedLeaksAreFoundAndNothingElse() {
    var items = new ArrayList<Item>();
    for (int i = 0; i < ITEMS; i++) {
      items.add(item(i));
    }
    List<Function<Item, String>> plantings =
        List.of(
            Item::text,
            this::halved,
            item -> wrapped(item.text()),
            this::shuffled,
            item -> item.text().replace(',', '，').replace('，', '、').replace("?", "？"),
            item -> wide(item.question()),
            item -> item.text().toUpperCase(java.util.Locale.ROOT));
    var search = new LeakSearch(items.stream().map(Item::text).toList(), c -> c);
    var planted = new HashSet<Integer>();
    for (int d = 0; d < 1_200; d++) {
      String before = d % 3 == 0 ? chinese(200) : text(200);
      String leak = "";
      if (d % 4 == 0) {
        int which = d / 4 * 2 % ITEMS;
        planted.add(which);
        leak = plantings.get(d / 4 % plantings.size()).apply(items.get(which));
      }
      search.look("d" + d, before + "\n" + leak + "\n" + text(100));
    }
    Set<Integer> found = new HashSet<>();
    search.found().forEach(l -> found.add(l.item()));
    long right = found.stream().filter(planted::contains).count();
    assertTrue(right >= 0.99 * planted.size(), right + " of " + planted.size() + " found");
    assertTrue(right >= 0.99 * found.size(), right + " of " + found.size() + " are planted");
  }

  @Test
  void whatIsToldIsHowMuchAndWhere() {
    var search =
        new LeakSearch(
            List.of(
                "The Eiffel Tower, a landmark in Paris, France, was constructed in 1889.",
                "Nothing of this stands anywhere else in the world, I am sure.",
                "yes"),
            c -> c);
    assertEquals(1, search.tooShort());
    search.look(
        "a",
        "He said: “the eiffel tower (a land-\n"
            + "mark in Paris, France) was\n"
            + "constructed in 1889”, and left.");
    Leak leak = search.found().getFirst();
    assertEquals(1, search.found().size());
    assertEquals(Leak.Kind.WHOLE, leak.kind());
    assertTrue(leak.there().startsWith("He said"), leak.there());
  }

  @Test
  void aScriptThatIsWrittenOtherwiseIsTheSame() {
    var search =
        new LeakSearch(
            List.of("这个国家的首都是哪一个城市"), c -> c == '國' ? '国' : c == '這' ? '这' : c == '個' ? '个' : c);
    search.look("t", "請問，這個國家的首都是哪一個城市？");
    assertEquals(Leak.Kind.WHOLE, search.found().getFirst().kind());
  }

  @Test
  void howATestAsksIsNoLeak() {
    var items = new ArrayList<String>();
    for (int i = 0; i < 20; i++) {
      items.add(
          "Please read the following question with care and then choose the best of the answers: "
              + text(12));
    }
    var search = new LeakSearch(items, c -> c);
    search.look(
        "d",
        "Please read the following question with care and then choose the best of the answers:"
            + " why?");
    assertEquals(List.of(), search.found());
  }
}
