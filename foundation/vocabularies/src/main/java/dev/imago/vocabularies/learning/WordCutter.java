package dev.imago.vocabularies.learning;

import java.nio.charset.StandardCharsets;

/// Cuts texts into the words that are counted. Each thread has its own.
public interface WordCutter {
  /// Cuts `utf8[from, to)`, valid UTF-8, and adds its words.
  void cut(byte[] utf8, int from, int to, Words words);

  /// Cuts a text. A surrogate that stands alone is taken as `?`, as encoding takes it.
  ///
  /// @return the text's length in UTF-8
  default int cut(String text, Words words) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    cut(utf8, 0, utf8.length, words);
    return utf8.length;
  }

  /// Takes words one by one.
  interface Words {
    /// Counts the word `text[from, to)`, which is not empty, once.
    void add(byte[] text, int from, int to);
  }
}
