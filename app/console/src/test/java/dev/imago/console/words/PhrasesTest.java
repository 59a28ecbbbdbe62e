package dev.imago.console.words;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PhrasesTest {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final Path SOURCES =
      Path.of(System.getProperty("imago.root", "../.."), "app/console/src/main/java");
  private static final Pattern KEY = Pattern.compile("\"([a-z]+(?:\\.[a-zA-Z]+)+)\"");
  private static final Pattern PREFIX = Pattern.compile("\"([a-z]+)\\.\"\\s*\\+");

  private final Phrases english = Phrases.of(Tongue.ENGLISH, UTC);
  private final Phrases chinese = Phrases.of(Tongue.CHINESE, UTC);

  private static String sources(Path below) throws IOException {
    var all = new StringBuilder();
    try (var files = Files.walk(below)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @Test
  void bothLanguagesHaveTheSameTexts() {
    var missing = new TreeSet<>(english.keys());
    missing.removeIf(k -> k.endsWith(".one")); // Chinese has one form for any number
    var more = new TreeSet<>(chinese.keys());
    assertEquals(missing, more);
  }

  @Test
  void placesToFillAreTheSameInBoth() {
    for (String key : chinese.keys()) {
      assertEquals(places(english.of(key)), places(chinese.of(key)), key);
    }
  }

  private static TreeSet<String> places(String text) {
    var places = new TreeSet<String>();
    Matcher each = Pattern.compile("\\{\\d}").matcher(text);
    while (each.find()) {
      places.add(each.group());
    }
    return places;
  }

  @Test
  void everyTextThatAPageNamesIsThereAndEveryTextIsNamed() throws IOException {
    String sources = sources(SOURCES);
    var named = new TreeSet<String>();
    Matcher keys = KEY.matcher(sources);
    while (keys.find()) {
      named.add(keys.group(1));
    }
    var prefixes = new TreeSet<String>();
    Matcher starts = PREFIX.matcher(sources);
    while (starts.find()) {
      prefixes.add(starts.group(1) + ".");
    }
    for (String key : english.keys()) {
      String plain = key.replaceFirst("\\.(one|other)$", "");
      assertTrue(
          named.contains(plain)
              || named.contains(key)
              || prefixes.stream().anyMatch(key::startsWith),
          () -> "no page says " + key);
    }
    Matcher said =
        Pattern.compile("words\\(\\)\\s*\\.(of|text|count)\\(\\s*\"([^\"]+)\"(?!\\s*\\+)")
            .matcher(sources);
    while (said.find()) {
      String key = said.group(2);
      boolean there =
          english.keys().contains(key)
              || said.group(1).equals("count") && english.keys().contains(key + ".other");
      assertTrue(there || key.endsWith("."), () -> "no text " + key);
    }
  }

  @Test
  void noPageSaysAnythingByItself() throws IOException {
    var found = new ArrayList<String>();
    Matcher texts =
        Pattern.compile(
                "Content\\.text\\(\\s*\"([^\"]*\\p{L}[^\"]*)\"|\\.add\\(\"([^\"]*\\p{L}[^\"]*)\"|Element\\.of\\(\\s*\"\\w+\",\\s*\"[^\"]*\",\\s*\"([^\"]*\\p{L}[^\"]*)\"")
            .matcher(sources(SOURCES.resolve("dev/imago/console/pages")));
    while (texts.find()) {
      found.add(texts.group());
    }
    assertEquals(List.of(), found);
  }

  @Test
  void writesNumbersTimesAndPluralsAsTheLanguageDoes() {
    assertEquals("1 run", english.count("runs.count", 1));
    assertEquals("12,345 runs", english.count("runs.count", 12_345));
    assertEquals("1 次运行", chinese.count("runs.count", 1));
    assertEquals("3.142", english.number(Math.PI));
    assertEquals("NaN", english.number(Double.NaN));
    assertEquals("1.5 KiB", english.bytes(1536));
    assertEquals("2026年1月2日 03:04", chinese.moment(Instant.parse("2026-01-02T03:04:05Z")));
    assertEquals("2 min ago", english.ago(Instant.EPOCH, Instant.ofEpochSecond(125)));
  }

  @Test
  void takesTheLanguageThatIsChosenElseWishedElseEnglish() {
    assertEquals(Tongue.CHINESE, Tongue.of("", "de;q=0.9, zh-TW;q=0.8, en;q=0.1"));
    assertEquals(Tongue.ENGLISH, Tongue.of("en", "zh-CN"));
    assertEquals(Tongue.ENGLISH, Tongue.of("", "q=;;,\u0000"));
  }
}
