package dev.imago.vocabularies.learning;

import java.io.CharConversionException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.zip.CRC32C;

/// Some texts that one thread cuts at a time.
sealed interface TextBatch {
  /// How many texts it holds.
  int texts();

  /// About how many bytes they have, never more.
  long size();

  /// The mark of the texts before, and of these.
  long mark(long mark);

  /// Cuts them.
  ///
  /// @return their bytes of UTF-8
  long cut(WordCutter cutter, WordCutter.Words words);

  /// Texts as they come.
  ///
  /// @param strings the texts
  /// @param size how many characters they have
  record Strings(List<String> strings, long size) implements TextBatch {
    /// About how many characters a batch has.
    private static final int CHARACTERS = 1 << 19;

    @Override
    public int texts() {
      return strings.size();
    }

    @Override
    public long mark(long mark) {
      for (String text : strings) {
        mark = CountCheckpoint.mark(mark, text.length(), text.hashCode());
      }
      return mark;
    }

    @Override
    public long cut(WordCutter cutter, WordCutter.Words words) {
      long bytes = 0;
      for (String text : strings) {
        bytes += cutter.cut(text, words);
      }
      return bytes;
    }

    static Iterator<TextBatch> of(Iterator<String> texts) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return texts.hasNext();
        }

        @Override
        public TextBatch next() {
          var batch = new ArrayList<String>();
          long characters = 0;
          do {
            String text = texts.next();
            batch.add(text);
            characters += text.length();
          } while (characters < CHARACTERS && texts.hasNext());
          return new Strings(batch, characters);
        }
      };
    }
  }

  /// Lines of a file, each with its end a text.
  ///
  /// @param utf8 whole lines
  /// @param file where they are from
  /// @param at how many bytes the file has before them
  record Lines(byte[] utf8, String file, long at) implements TextBatch {
    @Override
    public int texts() {
      return 1;
    }

    @Override
    public long size() {
      return utf8.length;
    }

    @Override
    public long mark(long mark) {
      var hash = new CRC32C();
      hash.update(utf8);
      return CountCheckpoint.mark(mark, utf8.length, (int) hash.getValue());
    }

    @Override
    public long cut(WordCutter cutter, WordCutter.Words words) {
      int invalid = Utf8Steps.firstInvalid(utf8);
      if (invalid >= 0) {
        // Text of another encoding would make a vocabulary of nothing.
        throw new UncheckedIOException(
            new CharConversionException(
                "%s: what stands from byte %d (0x%02X) on is not UTF-8; convert it first, with iconv say"
                    .formatted(file, at + invalid, utf8[invalid])));
      }
      for (int from = 0, to; from < utf8.length; from = to) {
        to = from;
        while (to < utf8.length && utf8[to] != '\n') {
          to++;
        }
        to = Math.min(to + 1, utf8.length);
        cutter.cut(utf8, from, to, words);
      }
      return utf8.length;
    }
  }
}
