package dev.imago.constraints;

import dev.imago.tokenizers.GgufTokens;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Vocabularies of the kinds that write text differently.
final class SmallVocabularies {
  private SmallVocabularies() {}

  /// All bytes, some merges of what JSON is full of, a control token.
  static Tokenizer byteLevel() {
    List<String> tokens = new ArrayList<>(List.of("<|end|>"));
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(String.valueOf((char) (itself ? b : next++)));
    }
    List<String> merges =
        List.of(
            "{ \"", "\" :", "\" ,", "\" }", ": Ġ", "} ,", "Ġ \"", ", Ġ", ",Ġ \"", "t r", "u e",
            "tr ue", "f a", "l s", "fa ls", "fals e", "1 0", "a b", "n a", "na m", "nam e", "ä ½",
            "\":Ġ \"", "\": Ġ", "] }", "a \"", "0 }");
    for (String merge : merges) {
      String token = merge.replace(" ", "");
      if (!tokens.contains(token)) {
        tokens.add(token);
      }
    }
    return Tokenizer.fromVocabulary(
        SplitPattern.QWEN2, tokens, List.of("t r", "u e", "tr ue", "n a", "na m"), Set.of(0));
  }

  /// SentencePiece with bytes for what it has no piece for.
  static Tokenizer sentencePiece() {
    return pieces(256);
  }

  /// SentencePiece of a few letters alone.
  static Tokenizer withoutBytes() {
    return pieces(0);
  }

  private static Tokenizer pieces(int bytes) {
    var tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    var types = new ArrayList<>(List.of(2, 3, 3));
    for (int b = 0; b < bytes; b++) {
      tokens.add("<0x%02X>".formatted(b));
      types.add(6);
    }
    for (String piece :
        List.of("▁", "H", "e", "l", "o", "▁Hello", "▁world", "{", "\"", "a", "\":", "▁\"", "▁{")) {
      tokens.add(piece);
      types.add(1);
    }
    return Tokenizer.fromGguf(
        new GgufTokens(
            "llama",
            "default",
            tokens,
            tokens.stream().map(t -> 0f).toList(),
            types,
            List.of(),
            new byte[0],
            Map.of("bos", 1, "eos", 2, "unk", 0),
            Map.of()));
  }
}
