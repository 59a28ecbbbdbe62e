package dev.imago.tokenizers;

import dev.imago.tokenizers.formats.VocabularyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tells the kinds of tokenizer files apart by what is in them.
final class TokenizerFiles {
  /// Far above any vocabulary: what is larger is another file.
  private static final long MOST_BYTES = 1L << 30;

  private TokenizerFiles() {}

  static TokenizerParts read(Path file) {
    try {
      long size = Files.size(file);
      if (size > MOST_BYTES) {
        throw new IllegalArgumentException(
            "%s has %d bytes, where no tokenizer has over %d; name the tokenizer's own file"
                .formatted(file, size, MOST_BYTES));
      }
      return read(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /// @param name of the file, for messages
  static TokenizerParts read(String name, byte[] content) {
    int first = 0;
    while (first < content.length && (content[first] & 0xff) <= ' ' && content[first] != 0x0a) {
      first++;
    }
    // A SentencePiece model begins with a newline: it is the tag of its first field.
    boolean json = name.endsWith(".json") || first < content.length && content[first] == '{';
    return json
        ? TokenizerJson.read(name, content)
        : TokenizerParts.of(VocabularyFile.read(name, content));
  }
}
