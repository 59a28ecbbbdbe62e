package dev.imago.vectors;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// Files of word vectors: `.vec` text (fastText's, word2vec's; GloVe's without a first line),
/// word2vec's binary, and fastText's models. Which one it is the file itself tells.
public final class VectorFile {
  private static final int LONGEST_WORD = 1 << 20;
  private static final int LOOKED_AT = 512;

  private VectorFile() {}

  /// @throws IllegalArgumentException where the file is none of them, or broken
  public static WordVectors read(Path file) {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(LOOKED_AT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (head.length >= 4
        && ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt() == FastTextFile.MAGIC) {
      return FastTextFile.read(file).vectors();
    }
    return isBinary(head) ? readBinary(file) : readText(file);
  }

  /// Whether what follows the first line's two numbers and a word is no text of numbers.
  private static boolean isBinary(byte[] head) {
    int at = 0;
    while (at < head.length && head[at] != '\n') {
      at++;
    }
    String[] first = new String(head, 0, at, StandardCharsets.ISO_8859_1).strip().split(" +");
    if (first.length != 2 || at == head.length) {
      return false;
    }
    while (at < head.length && head[at] != ' ') {
      at++;
    }
    for (at++; at < head.length && head[at] != '\n'; at++) {
      if (head[at] < ' ' && head[at] != '\t' && head[at] != '\r') {
        return true;
      }
    }
    return false;
  }

  private static WordVectors readBinary(Path file) {
    try (var in = new BoundedInput(file)) {
      int[] sizes = sizes(in.text('\n', 64, "the first line"));
      if (sizes.length != 2) {
        throw in.broken("the numbers of words and columns are not there");
      }
      int columns = in.count(sizes[1], 1 << 16, "the number of columns");
      int words = in.count(sizes[0], in.left() / (4L * columns + 2), "the number of words");
      if (columns == 0 || words == 0) {
        throw in.broken("%d words of %d columns are none".formatted(words, columns));
      }
      var rows = new SharedRows(words, columns);
      List<String> names = new ArrayList<>(words);
      for (int i = 0; i < words; i++) {
        String word = in.text(' ', LONGEST_WORD, "a word");
        names.add(word.startsWith("\n") ? word.substring(1) : word);
        in.need(4L * columns, "a vector");
        in.floats(rows.values(), i * rows.stride(), columns);
      }
      return new WordVectors(names, rows, null);
    }
  }

  private static int[] sizes(String line) {
    try {
      return Arrays.stream(line.strip().split(" +")).mapToInt(Integer::parseInt).toArray();
    } catch (NumberFormatException e) {
      return new int[0];
    }
  }

  private static WordVectors readText(Path file) {
    long line = 1;
    try (var in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()),
            1 << 16)) {
      String first = in.readLine();
      if (first == null) {
        throw broken(file, 1, "there is nothing");
      }
      int[] sizes = sizes(first);
      boolean headed = sizes.length == 2;
      String next = headed ? in.readLine() : first;
      int columns = headed ? sizes[1] : Math.max(0, first.strip().split("[ \t]+").length - 1);
      long left = Files.size(file);
      if (headed && (sizes[0] < 1 || columns < 1 || sizes[0] * (2L * columns) > left)) {
        throw broken(
            file,
            1,
            "%,d words of %,d numbers are told of, and the file has %,d bytes"
                .formatted(sizes[0], columns, left));
      }
      if (columns < 1) {
        throw broken(file, 1, "there is no number");
      }
      line = headed ? 2 : 1;
      List<String> names = new ArrayList<>();
      List<float[]> vectors = new ArrayList<>();
      for (; next != null; next = in.readLine(), line++) {
        if (next.isBlank()) {
          continue;
        }
        names.add(row(next, columns, file, line, vectors));
      }
      if (headed && names.size() != sizes[0]) {
        throw broken(
            file, line, "there are %,d words in place of %,d".formatted(names.size(), sizes[0]));
      }
      return WordVectors.of(names, vectors);
    } catch (CharacterCodingException e) {
      throw broken(file, line, "it is not UTF-8 (convert it first, with iconv say)");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String row(
      String line, int columns, Path file, long number, List<float[]> vectors) {
    float[] vector = new float[columns];
    String rest = line.stripTrailing();
    int end = rest.length();
    for (int i = columns - 1; i >= 0; i--) {
      int blank = Math.max(rest.lastIndexOf(' ', end - 1), rest.lastIndexOf('\t', end - 1));
      if (blank < 0 || end == 0) {
        throw broken(
            file, number, "there are fewer than %d numbers after the word".formatted(columns));
      }
      try {
        vector[i] = Float.parseFloat(rest.substring(blank + 1, end));
      } catch (NumberFormatException e) {
        throw broken(file, number, "«%s» is no number".formatted(rest.substring(blank + 1, end)));
      }
      if (!Float.isFinite(vector[i])) {
        throw broken(
            file, number, "«%s» is no finite number".formatted(rest.substring(blank + 1, end)));
      }
      end = blank;
    }
    String word = rest.substring(0, end);
    if (word.isEmpty()) {
      throw broken(file, number, "there is no word before the numbers");
    }
    if (word.indexOf(' ') > 0 && isNumber(word.substring(word.lastIndexOf(' ') + 1))) {
      throw broken(file, number, "there are more than %d numbers".formatted(columns));
    }
    vectors.add(vector);
    return word;
  }

  private static boolean isNumber(String text) {
    try {
      Float.parseFloat(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static IllegalArgumentException broken(Path file, long line, String what) {
    return new IllegalArgumentException(
        "%s, line %,d: %s; a line is a word and its numbers, between blanks"
            .formatted(file, line, what));
  }

  /// Writes `.vec` text: how many, how long, and a line for each word.
  public static void writeText(WordVectors vectors, Path file) {
    try (var out = Files.newBufferedWriter(file)) {
      textLines(
          vectors,
          line -> {
            try {
              out.append(line).append('\n');
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The lines of `.vec` text. A number has as many digits as tell it from all others.
  ///
  /// @param to takes each line before the next is made
  public static void textLines(WordVectors vectors, Consumer<CharSequence> to) {
    to.accept(vectors.words().size() + " " + vectors.dimension());
    SharedRows rows = vectors.rows();
    var line = new StringBuilder();
    for (int i = 0; i < vectors.words().size(); i++) {
      line.setLength(0);
      line.append(vectors.words().get(i));
      for (int c = 0; c < vectors.dimension(); c++) {
        line.append(' ').append(rows.values()[i * rows.stride() + c]);
      }
      to.accept(line);
    }
  }

  /// Writes word2vec's binary.
  public static void writeBinary(WordVectors vectors, Path file) {
    try (var out = new LittleEndianOutput(file)) {
      out.putText(vectors.words().size() + " " + vectors.dimension() + "\n");
      SharedRows rows = vectors.rows();
      for (int i = 0; i < vectors.words().size(); i++) {
        out.putText(vectors.words().get(i) + " ");
        out.putFloats(rows.values(), i * rows.stride(), vectors.dimension());
        out.putByte('\n');
      }
    }
  }
}
