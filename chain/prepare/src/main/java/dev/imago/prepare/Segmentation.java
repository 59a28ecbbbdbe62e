package dev.imago.prepare;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.corpus.ChineseWordCutter;
import dev.imago.corpus.ChineseWordCutter.Word;
import dev.imago.data.Document;
import dev.imago.languages.FrequentWordIdentifier;
import dev.imago.sequences.SequenceTagger;
import dev.imago.sequences.TaggerFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How [SegmentCorpus] cuts one document: a pure function, asked by any number of threads.
final class Segmentation {
  private static final String CHINESE = "zh";
  private static final int STOP_WORDS = 40;

  /// Letters with their marks and digits, joined by apostrophes and hyphens; or one other sign.
  private static final Pattern WORD =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}]+(?:['’\\-][\\p{L}\\p{M}\\p{N}]+)*|\\S");

  private final SegmentCorpus.Config config;
  private final @Nullable Set<String> given;
  private final @Nullable SequenceTagger tagger;
  private final Map<String, Set<String>> frequent = new ConcurrentSkipListMap<>();

  /// HanLP and its dictionaries are loaded with the first text of Chinese.
  private @Nullable ChineseWordCutter cutter;

  /// A text with blanks between its words.
  record Text(String text, long words, long dropped) {}

  Segmentation(SegmentCorpus.Config config) {
    check(config);
    this.config = config;
    this.given = config.stopWords().isEmpty() ? null : read(config.stopWords());
    this.tagger = config.tagger().isEmpty() ? null : tagger(config.tagger());
  }

  /// Refuses settings that nothing would honour, and files that are not there.
  static void check(SegmentCorpus.Config config) {
    boolean words = config.unit() == SegmentCorpus.Unit.WORDS;
    if (!words && config.partOfSpeech()) {
      throw new ConfigException(
          "segment.partOfSpeech is of words, and segment.unit = characters; leave one out");
    }
    if (!config.tagger().isEmpty() && !config.partOfSpeech()) {
      throw new ConfigException(
          "segment.tagger = %s tells parts of speech, which segment.partOfSpeech=true asks for"
              .formatted(config.tagger()));
    }
    if (!config.stopWords().isEmpty() && !config.dropStopWords()) {
      throw new ConfigException(
          "segment.stopWords = %s are dropped by segment.dropStopWords=true alone"
              .formatted(config.stopWords()));
    }
    if (config.partOfSpeech() && config.lowercase()) {
      throw new ConfigException(
          "segment.lowercase would hide from a tagger what capitals tell; leave it or"
              + " segment.partOfSpeech out");
    }
    files(config).forEach(Segmentation::state);
  }

  private static Stream<String> files(SegmentCorpus.Config config) {
    return Stream.concat(config.stopWords().stream(), Stream.of(config.tagger()))
        .filter(name -> !name.isEmpty());
  }

  /// What of the files decides the result.
  static String external(SegmentCorpus.Config config) {
    return files(config).map(Segmentation::state).collect(Collectors.joining("\n"));
  }

  private static String state(String name) {
    return Prepare.state("segment", name);
  }

  private static Set<String> read(List<String> files) {
    var words = new HashSet<String>();
    for (String file : files) {
      try {
        for (String line : Files.readAllLines(Path.of(file))) {
          if (!line.isBlank()) {
            words.add(line.strip());
          }
        }
      } catch (CharacterCodingException e) {
        throw new InputException(
            "segment.stopWords = %s is no UTF-8; write it in UTF-8".formatted(file), e);
      } catch (IOException e) {
        throw AtomicFile.failure("read", Path.of(file), e);
      }
    }
    return words;
  }

  private static SequenceTagger tagger(String file) {
    try {
      SequenceTagger tagger = TaggerFile.read(Path.of(file));
      if (tagger.columns() > 1) {
        throw new InputException(
            "segment.tagger = %s reads %d columns of each word, and there is one, the word; train one on words and tags"
                .formatted(file, tagger.columns()));
      }
      return tagger;
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  Text of(Document document) {
    String language = document.tags().getOrDefault("language", "");
    var lines = new ArrayList<String>();
    long[] counts = new long[2];
    for (String line : document.text().split("\n", -1)) {
      List<Word> words = words(line, language, document.id());
      List<String> kept = new ArrayList<>();
      for (Word word : words) {
        if (config.dropStopWords() && isStopWord(word, language)) {
          counts[1]++;
        } else {
          counts[0]++;
          String text = config.lowercase() ? word.text().toLowerCase(Locale.ROOT) : word.text();
          kept.add(config.partOfSpeech() ? text + "/" + word.tag() : text);
        }
      }
      lines.add(String.join(" ", kept));
    }
    return new Text(String.join("\n", lines), counts[0], counts[1]);
  }

  /// Languages that were met and have no stop words of their own, as in «und, zu»; empty for none.
  String withoutStopWords() {
    return frequent.entrySet().stream()
        .filter(each -> each.getValue().isEmpty())
        .map(each -> each.getKey().isEmpty() ? "no language" : each.getKey())
        .collect(Collectors.joining(", "));
  }

  private List<Word> words(String line, String language, String id) {
    if (config.unit() == SegmentCorpus.Unit.CHARACTERS) {
      boolean simplify = config.dropStopWords() && given == null && language.equals(CHINESE);
      return line.codePoints()
          .filter(c -> !Character.isWhitespace(c))
          .mapToObj(Character::toString)
          .map(c -> simplify ? new Word(c, "", ChineseWordCutter.simplified(c)) : new Word(c, ""))
          .toList();
    }
    if (language.equals(CHINESE)) {
      return cutter().asWritten(line);
    }
    List<String> words = WORD.matcher(line).results().map(match -> match.group()).toList();
    if (!config.partOfSpeech()) {
      return words.stream().map(word -> new Word(word, "")).toList();
    }
    if (tagger == null) {
      throw new InputException(
          "«%s» is in «%s», and HanLP tells parts of speech of Chinese alone; name a sequence model by segment.tagger, or leave other languages out by prepare.keepLanguages=[zh]"
              .formatted(id, language));
    }
    List<String> tags =
        words.isEmpty() ? List.of() : tagger.best(words.stream().map(List::of).toList());
    var tagged = new ArrayList<Word>();
    for (int w = 0; w < words.size(); w++) {
      tagged.add(new Word(words.get(w), tags.get(w)));
    }
    return tagged;
  }

  private synchronized ChineseWordCutter cutter() {
    ChineseWordCutter made = cutter;
    if (made == null) {
      made = cutter = new ChineseWordCutter();
    }
    return made;
  }

  private boolean isStopWord(Word word, String language) {
    if (given != null) {
      return given.contains(word.text());
    }
    return language.equals(CHINESE)
        ? ChineseWordCutter.isStopWord(word.simplified())
        : word.text().codePoints().noneMatch(Character::isLetterOrDigit)
            || frequent
                .computeIfAbsent(language, l -> FrequentWordIdentifier.of(l, STOP_WORDS))
                .contains(word.text().toLowerCase(Locale.ROOT));
  }
}
