package dev.imago.embed;

import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.pretokenizers.ChineseWords;
import dev.imago.vectors.VectorUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;
import java.util.function.Function;

/// Cuts a line of text into the words that get vectors.
public final class WordCut {
  /// ASCII's blanks, as fastText has them: others are a part of words.
  private static final String BLANKS = " \t\n\r\f\0\u000b";

  /// What ends a line in a model, and means something else in a text.
  private static final String END_OF_LINE = "</s>";

  private final Function<String, List<String>> cut;

  private WordCut(Function<String, List<String>> cut) {
    this.cut = cut;
  }

  /// @param lowercase whether words lose their capitals
  /// @throws IllegalArgumentException where the dictionary of Chinese is not there
  public static WordCut of(VectorUnit unit, boolean lowercase) {
    Function<String, List<String>> cut =
        switch (unit) {
          case WORDS -> WordCut::words;
          case CHARACTERS -> WordCut::characters;
          case CHINESE_WORDS -> {
            var chinese = ChineseWords.ofHanLp();
            yield line -> {
              var words = new ArrayList<String>();
              chinese.split(
                  AlignedText.ofUntracked(line), piece -> words.addAll(words(piece.text())));
              return words;
            };
          }
        };
    return new WordCut(lowercase ? line -> cut.apply(line.toLowerCase(Locale.ROOT)) : cut);
  }

  /// The words of a line.
  public List<String> cut(String line) {
    return cut.apply(line);
  }

  private static List<String> words(String line) {
    var words = new ArrayList<String>();
    var each = new StringTokenizer(line, BLANKS);
    while (each.hasMoreTokens()) {
      String word = each.nextToken();
      if (!word.equals(END_OF_LINE)) {
        words.add(word);
      }
    }
    return words;
  }

  private static List<String> characters(String line) {
    return line.codePoints()
        .filter(c -> !Character.isWhitespace(c))
        .mapToObj(Character::toString)
        .toList();
  }
}
