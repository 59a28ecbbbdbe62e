package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.count.TextUnits;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.NgramUnit;
import dev.imago.ngram.NgramWords;
import dev.imago.ngram.TokenIds;
import dev.imago.ngram.WordIds;
import dev.imago.tokenizers.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How text becomes the words of a model, and back: the options of all commands that read text.
final class NgramText {
  /// What ends a document of tokens, in vocabularies that were trained here.
  private static final String END_OF_TEXT = "<|endoftext|>";

  @Option(
      names = "--unit",
      paramLabel = "UNIT",
      description = {
        "What a word is: words (between blanks, default), characters, or chinese_words (words of"
            + " Chinese by HanLP).",
        "A model of ours knows its own."
      })
  private @Nullable NgramUnit unit;

  @Option(
      names = "--tokenizer",
      paramLabel = "TOKENIZER",
      description = "Words are a tokenizer's ids: a tokenizer.json, a folder or an artifact.")
  private @Nullable String tokenizer;

  @Option(
      names = "--memory",
      paramLabel = "MB",
      defaultValue = "512",
      description = "Megabytes for counting and sorting (default: 512).")
  private int megabytes = 512;

  private @Nullable Tokenizer loaded;
  private @Nullable TextUnits units;

  /// The unit that was asked for.
  NgramUnit unit() {
    if (tokenizer != null && unit != null && unit != NgramUnit.IDS) {
      throw new ConfigException("--unit and --tokenizer exclude each other: leave one out");
    }
    return tokenizer != null ? NgramUnit.IDS : unit == null ? NgramUnit.WORDS : unit;
  }

  long memoryBytes() {
    if (megabytes < 1) {
      throw new ConfigException(
          "--memory = %d is below 1; give megabytes, such as 512".formatted(megabytes));
    }
    return (long) megabytes << 20;
  }

  /// Refuses what was said of a model's words where they are others.
  void agree(NgramUnit of) {
    if (unit != null && unit != of) {
      throw new ConfigException(
          "--unit = %s, and the model's words are %s; leave the option out"
              .formatted(name(unit), name(of)));
    }
    if (tokenizer != null && of != NgramUnit.IDS) {
      throw new ConfigException(
          "--tokenizer is given, and the model's words are %s; leave it out".formatted(name(of)));
    }
  }

  /// Makes ready for one unit.
  void prepare(NgramUnit of, Imago imago) {
    agree(of);
    if (of != NgramUnit.IDS) {
      units = NgramCommand.checked(() -> TextUnits.of(of));
    } else if (tokenizer == null) {
      throw new ConfigException("the model's words are ids of a tokenizer; name it by --tokenizer");
    } else {
      loaded = TokenizerFile.open(tokenizer, imago);
    }
  }

  /// As options spell it.
  static String name(NgramUnit unit) {
    return unit.name().toLowerCase(Locale.ROOT);
  }

  /// The words that a model is to have.
  NgramWords words() {
    Tokenizer ids = loaded;
    if (ids == null) {
      return new WordIds();
    }
    int size = ids.vocabularySize();
    var end = ids.id(END_OF_TEXT);
    return end.isPresent() ? new TokenIds(size, end.getAsInt()) : new TokenIds(size + 1, size);
  }

  /// A line's words as they are spelt in a model.
  String[] cut(String line) {
    if (loaded != null) {
      return Arrays.stream(loaded.encodeOrdinary(line))
          .mapToObj(Integer::toString)
          .toArray(String[]::new);
    }
    return units == null ? new String[0] : units.cut(line).toArray(String[]::new);
  }

  /// A line's words as ids of the words to come.
  int[] ids(String line, NgramWords words) {
    return switch (words) {
      case TokenIds _ -> loaded == null ? new int[0] : loaded.encodeOrdinary(line);
      case WordIds known -> Arrays.stream(cut(line)).mapToInt(known::add).toArray();
    };
  }

  /// The text of some words of a model.
  String text(int[] ids, NgramModel model) {
    List<String> words = Arrays.stream(ids).mapToObj(model::word).toList();
    return switch (model.unit()) {
      case WORDS -> String.join(" ", words);
      case CHARACTERS -> String.join("", words).replace('▁', ' ');
      case CHINESE_WORDS -> String.join(" ", words);
      case IDS ->
          loaded == null ? words.stream().collect(Collectors.joining(" ")) : loaded.decode(ids);
    };
  }
}
