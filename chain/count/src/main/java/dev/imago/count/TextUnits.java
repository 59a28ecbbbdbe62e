package dev.imago.count;

import dev.imago.ngram.NgramUnit;
import dev.imago.ngram.NgramWords;
import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.pretokenizers.ChineseWords;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.function.Function;

/// Cuts a line of text into the words of an n-gram model. `<s>` and `</s>` in a text are left out:
/// they mean something else. `<unk>` is a word that is not known, as data sets have it.
public final class TextUnits {
  /// ASCII's blanks, as KenLM has them: others are a part of words.
  private static final String BLANKS = " \t\n\r\f\0\u000b";

  /// What stands for a blank where characters are words.
  private static final String BLANK = "▁";

  private final Function<String, List<String>> cut;

  private TextUnits(Function<String, List<String>> cut) {
    this.cut = cut;
  }

  /// @throws IllegalArgumentException for ids, which a tokenizer makes
  public static TextUnits of(NgramUnit unit) {
    return switch (unit) {
      case WORDS -> new TextUnits(TextUnits::words);
      case CHARACTERS -> new TextUnits(TextUnits::characters);
      case CHINESE_WORDS -> {
        var chinese = ChineseWords.ofHanLp();
        yield new TextUnits(line -> chineseWords(line, chinese));
      }
      case IDS ->
          throw new IllegalArgumentException("ids are words of a tokenizer; name the tokenizer");
    };
  }

  /// The words of a line.
  public List<String> cut(String line) {
    return cut.apply(line);
  }

  private static List<String> words(String line) {
    var words = new ArrayList<String>();
    var each = new StringTokenizer(line, BLANKS);
    while (each.hasMoreTokens()) {
      add(words, each.nextToken());
    }
    return words;
  }

  private static List<String> chineseWords(String line, ChineseWords chinese) {
    var words = new ArrayList<String>();
    chinese.split(AlignedText.ofUntracked(line), piece -> words.addAll(words(piece.text())));
    return words;
  }

  private static List<String> characters(String line) {
    var words = new ArrayList<String>();
    line.strip()
        .codePoints()
        .forEach(c -> words.add(Character.isWhitespace(c) ? BLANK : Character.toString(c)));
    return words;
  }

  private static void add(List<String> words, String word) {
    if (!word.equals(NgramWords.BEGIN) && !word.equals(NgramWords.END)) {
      words.add(word);
    }
  }
}
