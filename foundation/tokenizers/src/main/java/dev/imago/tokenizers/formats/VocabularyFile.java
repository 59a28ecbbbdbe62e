package dev.imago.tokenizers.formats;

import dev.imago.tokenizers.GgufTokens;

/// The kinds of tokenizer files that are not `tokenizer.json`, told apart by what is in them.
public final class VocabularyFile {
  private VocabularyFile() {}

  /// Reads a SentencePiece model or tiktoken's ranks.
  ///
  /// @param file its name, for messages; its last part tells tiktoken's encodings apart
  /// @throws IllegalArgumentException naming the file, the place and what is wrong there
  public static VocabularyParts read(String file, byte[] content) {
    if (isRanks(content)) {
      String name = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
      return TiktokenFile.read(file, content, TiktokenFile.Encoding.of(name, content));
    }
    // A SentencePiece model starts with the first of its pieces: field 1, a message.
    if (content.length == 0 || content[0] != (1 << 3 | 2)) {
      throw new IllegalArgumentException(
          file
              + " is no tokenizer: neither JSON nor a SentencePiece model nor tiktoken's ranks;"
              + " name a tokenizer.json, a .model or a .tiktoken file");
    }
    return SentencePieceFile.read(file, content);
  }

  /// The parts that llama.cpp makes of what GGUF says.
  ///
  /// @throws IllegalArgumentException naming the key and value that is broken or not supported
  public static VocabularyParts of(GgufTokens tokens) {
    return GgufReading.parts(tokens);
  }

  /// A first line of Base64, a blank and a number.
  private static boolean isRanks(byte[] content) {
    int at = 0;
    while (at < content.length && isBase64(content[at])) {
      at++;
    }
    if (at == 0 || at >= content.length || content[at] != ' ') {
      return false;
    }
    int digits = at + 1;
    while (digits < content.length && content[digits] >= '0' && content[digits] <= '9') {
      digits++;
    }
    return digits > at + 1
        && (digits == content.length || content[digits] == '\n' || content[digits] == '\r');
  }

  private static boolean isBase64(byte b) {
    return b >= 'A' && b <= 'Z'
        || b >= 'a' && b <= 'z'
        || b >= '0' && b <= '9'
        || b == '+'
        || b == '/'
        || b == '=';
  }
}
