package dev.imago.vocabularies;

import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.bytelevel.ByteLevel;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import dev.imago.vocabularies.learning.WordCutter;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What cuts words, for each [WordSplit].
final class WordCutters {
  private WordCutters() {}

  /// Makes cutters, one a thread.
  static Supplier<WordCutter> of(WordSplit split) {
    return switch (split) {
      case WordSplit.Bytes(SplitPattern pattern) -> () -> new PatternCutter(pattern);
      case WordSplit.Characters(Normalizer normalizer, PreTokenizer preTokenizer) ->
          () -> new PipelineCutter(normalizer, preTokenizer);
    };
  }

  /// The character that stands for each byte where words are bytes, else null.
  static char @Nullable [] byteSpelling(WordSplit split) {
    return switch (split) {
      case WordSplit.Bytes _ -> {
        char[] spelling = new char[256];
        for (int b = 0; b < spelling.length; b++) {
          spelling[b] = ByteLevel.spell(b);
        }
        yield spelling;
      }
      case WordSplit.Characters _ -> null;
    };
  }

  /// Cuts UTF-8 by a pattern.
  private static final class PatternCutter implements WordCutter {
    /// Shorter texts, such as lines, are cut piece by piece: a window of 64 bytes is not worth it.
    private static final int SHORT = 256;

    private final SplitPattern pattern;
    private final int[] ends = new int[512];

    PatternCutter(SplitPattern pattern) {
      this.pattern = pattern;
    }

    @Override
    public void cut(byte[] utf8, int from, int to, Words words) {
      int start = from;
      if (to - from < SHORT) {
        while (start < to) {
          int end = pattern.end(utf8, start, to);
          words.add(utf8, start, end);
          start = end;
        }
        return;
      }
      while (start < to) {
        int count = pattern.cut(utf8, start, to, ends);
        for (int i = 0; i < count; i++) {
          words.add(utf8, start, ends[i]);
          start = ends[i];
        }
      }
    }
  }

  /// Normalises and cuts strings.
  private static final class PipelineCutter implements WordCutter {
    private final Normalizer normalizer;
    private final PreTokenizer preTokenizer;

    PipelineCutter(Normalizer normalizer, PreTokenizer preTokenizer) {
      this.normalizer = normalizer;
      this.preTokenizer = preTokenizer;
    }

    @Override
    public void cut(byte[] utf8, int from, int to, Words words) {
      cut(new String(utf8, from, to - from, StandardCharsets.UTF_8), words);
    }

    @Override
    public int cut(String text, Words words) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      // What UTF-8 has no bytes for is gone before the parts see it, as it is in a file.
      String clean = utf8.length == text.length() ? text : new String(utf8, StandardCharsets.UTF_8);
      preTokenizer.split(
          normalizer.apply(AlignedText.ofUntracked(clean)),
          piece -> {
            byte[] word = piece.text().getBytes(StandardCharsets.UTF_8);
            if (word.length > 0) {
              words.add(word, 0, word.length);
            }
          });
      return utf8.length;
    }
  }
}
