package dev.imago.ngram;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringTokenizer;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Reads ARPA, in any order of lines, and writes it as a model's file. Its n-grams are sorted with
/// as much memory as is given; sizes in the file are held against what comes, and nothing is made
/// as large as they say.
public final class ArpaReader {
  private static final int LONGEST_LINE = 1 << 20;

  private final BufferedReader in;
  private final String name;
  private long line;

  private ArpaReader(InputStream in, String name) {
    this.in =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
    this.name = name;
  }

  /// Reads one model.
  ///
  /// @param name of the file, for messages
  /// @param unit what its words are
  /// @param folder for what does not fit into memory
  /// @param to the model's file
  /// @throws IllegalArgumentException naming the line, where it is no ARPA
  public static void read(
      InputStream in, String name, NgramUnit unit, Path folder, long memoryBytes, Path to) {
    new ArpaReader(in, name).read(unit, folder, memoryBytes, to);
  }

  private void read(NgramUnit unit, Path folder, long memoryBytes, Path to) {
    try {
      long[] counts = counts();
      var words = new WordIds(false);
      try (var builder = new TrieBuilder(counts.length, folder, memoryBytes)) {
        for (int n = 1; n <= counts.length; n++) {
          section(n, counts[n - 1], words, builder, n < counts.length);
        }
        String last = content();
        if (!"\\end\\".equals(last)) {
          throw bad("\\end\\ is expected and «%s» is there".formatted(shown(last)));
        }
        for (String special : new String[] {NgramWords.BEGIN, NgramWords.END}) {
          if (words.id(special) < 0) {
            throw bad(
                "there is no %s among the words; a language model needs it".formatted(special));
          }
        }
        if (builder.write(words, unit, null, to)) {
          BackOffs.fill(to);
        }
      }
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "%s: the text after line %d is not UTF-8; convert it first".formatted(name, line), e);
    } catch (ZipException | EOFException e) {
      throw new IllegalArgumentException(
          "%s is no whole gzip file (%s, after line %d); fetch or pack it again"
              .formatted(name, e.getMessage(), line),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The header: `ngram 1=…` for each order.
  private long[] counts() throws IOException {
    String text = content();
    while (text != null && !text.equals("\\data\\")) {
      text = content(); // what comes before is a comment
    }
    if (text == null) {
      throw bad("there is no \\data\\; it is no ARPA file");
    }
    long[] counts = new long[0];
    for (text = content(); text != null && text.startsWith("ngram "); text = content()) {
      String[] sides = text.substring(6).split("=", -1);
      if (sides.length != 2 || !sides[0].strip().equals(Integer.toString(counts.length + 1))) {
        throw bad(
            "«ngram %d=…» is expected and «%s» is there".formatted(counts.length + 1, shown(text)));
      }
      if (counts.length == NgramSettings.MOST_ORDER) {
        throw bad("orders above %d are not read".formatted(NgramSettings.MOST_ORDER));
      }
      counts = Arrays.copyOf(counts, counts.length + 1);
      try {
        counts[counts.length - 1] = Long.parseLong(sides[1].strip());
      } catch (NumberFormatException e) {
        throw bad("«%s» is no number of n-grams".formatted(shown(sides[1])));
      }
    }
    if (counts.length == 0) {
      throw bad("no «ngram 1=…» follows \\data\\");
    }
    expect("\\1-grams:", text);
    return counts;
  }

  private void section(int n, long count, WordIds words, TrieBuilder builder, boolean weighted)
      throws IOException {
    if (n > 1) {
      expect("\\%d-grams:".formatted(n), content());
    }
    int[] gram = new int[n];
    for (long i = 0; i < count; i++) {
      String text = content();
      if (text == null || text.startsWith("\\") && !text.contains("\t") && !text.contains(" ")) {
        throw bad("%d n-grams of order %d are announced and %d are there".formatted(count, n, i));
      }
      var fields = new StringTokenizer(text, "\t ");
      float p = number(fields, text);
      if (p > 1e-4f) {
        throw bad("log10 p = %s is above 0".formatted(p));
      }
      for (int w = 0; w < n; w++) {
        if (!fields.hasMoreTokens()) {
          throw bad("«%s» has fewer than %d words".formatted(shown(text), n));
        }
        gram[w] = word(fields.nextToken(), n, words);
      }
      float weight = fields.hasMoreTokens() ? number(fields, text) : 0;
      if (fields.hasMoreTokens() || weight != 0 && !weighted) {
        throw bad("«%s» has more than %d words and a weight".formatted(shown(text), n));
      }
      builder.add(gram, p, weight);
    }
  }

  private int word(String word, int n, WordIds words) {
    if (n > 1) {
      int id = words.id(word);
      if (id < 0) {
        throw bad("«%s» is not among the words of \\1-grams:".formatted(shown(word)));
      }
      return id;
    }
    int before = words.size();
    int id = words.add(word);
    if (words.size() == before) {
      throw bad("«%s» is there twice".formatted(shown(word)));
    }
    return id;
  }

  private float number(StringTokenizer fields, String text) {
    try {
      float value = Float.parseFloat(fields.nextToken());
      if (!Float.isNaN(value) && value != Float.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException | java.util.NoSuchElementException _) {
      // told below
    }
    throw bad("«%s» does not hold numbers where ARPA has them".formatted(shown(text)));
  }

  private void expect(String wanted, @Nullable String text) {
    if (!wanted.equals(text)) {
      throw bad("%s is expected and «%s» is there".formatted(wanted, shown(text)));
    }
  }

  /// The next line that is not empty; null at the end.
  private @Nullable String content() throws IOException {
    while (true) {
      String text = in.readLine();
      line++;
      if (text == null) {
        return null;
      }
      if (text.length() > LONGEST_LINE) {
        throw bad("the line has %d characters".formatted(text.length()));
      }
      String content = withoutEnds(text);
      if (!content.isEmpty()) {
        return content;
      }
    }
  }

  /// Without blanks at its ends: ASCII's, as between fields, for others are words, or parts of
  /// them.
  private static String withoutEnds(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (from < to && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  private static String shown(@Nullable String text) {
    return text == null ? "the end" : text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private IllegalArgumentException bad(String what) {
    return new IllegalArgumentException("%s, line %d: %s".formatted(name, line, what));
  }
}
