package dev.imago.ngram;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Writes a model as ARPA: the text form that SRILM, KenLM and IRSTLM read.
public final class ArpaWriter {
  private ArpaWriter() {}

  /// Writes all of a model; the stream is flushed and left open.
  public static void write(NgramModel model, OutputStream to) {
    try {
      var out = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), 1 << 16);
      out.write("\\data\\\n");
      for (int n = 1; n <= model.order(); n++) {
        out.write("ngram %d=%d\n".formatted(n, model.count(n)));
      }
      String[] words = new String[model.vocabularySize()];
      for (int id = 0; id < words.length; id++) {
        words[id] = model.word(id);
      }
      for (int n = 1; n <= model.order(); n++) {
        out.write("\n\\%d-grams:\n".formatted(n));
        TriePath path = model.path();
        int[] gram = new int[n];
        for (boolean more = path.start(n); more; more = path.next()) {
          path.copy(gram);
          line(out, path, gram, words, n < model.order());
        }
      }
      out.write("\n\\end\\\n");
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void line(
      BufferedWriter out, TriePath path, int[] gram, String[] words, boolean weighted)
      throws IOException {
    out.write(number(path.p()));
    char before = '\t';
    for (int id : gram) {
      out.write(before);
      out.write(words[id]);
      before = ' ';
    }
    if (weighted) {
      out.write('\t');
      out.write(number(path.backOff()));
    }
    out.write('\n');
  }

  private static String number(float value) {
    return value == 0 ? "0" : Float.toString(value);
  }
}
