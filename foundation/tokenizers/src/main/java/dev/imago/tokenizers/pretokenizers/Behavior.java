package dev.imago.tokenizers.pretokenizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// What becomes of a delimiter, named as in the file. Of `the-final--countdown`, cut at `-`:
public enum Behavior {
  /// `the`, `final`, `countdown`.
  REMOVED("Removed"),
  /// `the`, `-`, `final`, `-`, `-`, `countdown`.
  ISOLATED("Isolated"),
  /// `the-`, `final-`, `-`, `countdown`.
  MERGED_WITH_PREVIOUS("MergedWithPrevious"),
  /// `the`, `-final`, `-`, `-countdown`.
  MERGED_WITH_NEXT("MergedWithNext"),
  /// `the`, `-`, `final`, `--`, `countdown`.
  CONTIGUOUS("Contiguous");

  private final String fileName;

  Behavior(String fileName) {
    this.fileName = fileName;
  }

  String fileName() {
    return fileName;
  }

  static List<String> fileNames() {
    return Arrays.stream(values()).map(Behavior::fileName).toList();
  }

  static Behavior of(String fileName) {
    return Arrays.stream(values())
        .filter(b -> b.fileName.equals(fileName))
        .findFirst()
        .orElseThrow();
  }

  Cutter cutter(AlignedText text, boolean invert, Consumer<AlignedText> pieces) {
    return new Cutter(text, invert, pieces);
  }

  /// Takes a text's delimiters from left to right and gives its pieces.
  final class Cutter {
    private final AlignedText text;
    private final boolean invert;
    private final Consumer<AlignedText> pieces;

    /// Up to where all is dealt with.
    private int seen;

    /// A piece that may still grow.
    private int from;

    private int to = -1;
    private boolean last;

    private Cutter(AlignedText text, boolean invert, Consumer<AlignedText> pieces) {
      this.text = text;
      this.invert = invert;
      this.pieces = pieces;
    }

    /// The next delimiter; it may be empty.
    void delimiter(int start, int end) {
      if (seen != start) {
        part(seen, start, invert);
      }
      part(start, end, !invert);
      seen = end;
    }

    /// The end of the text.
    void done() {
      if (seen != text.length()) {
        part(seen, text.length(), invert);
      }
      flush();
    }

    private void part(int start, int end, boolean isDelimiter) {
      switch (Behavior.this) {
        case REMOVED -> {
          if (!isDelimiter) {
            emit(start, end);
          }
        }
        case ISOLATED -> emit(start, end);
        case CONTIGUOUS -> growOrBegin(start, end, isDelimiter == last);
        case MERGED_WITH_PREVIOUS -> growOrBegin(start, end, isDelimiter && !last);
        case MERGED_WITH_NEXT -> growOrBegin(start, end, !isDelimiter && last);
      }
      last = isDelimiter;
    }

    private void growOrBegin(int start, int end, boolean grows) {
      if (!grows || to < 0) {
        flush();
        from = start;
      }
      to = end;
    }

    private void flush() {
      if (to >= 0) {
        emit(from, to);
        to = -1;
      }
    }

    private void emit(int start, int end) {
      if (start < end) {
        pieces.accept(text.slice(start, end));
      }
    }
  }
}
