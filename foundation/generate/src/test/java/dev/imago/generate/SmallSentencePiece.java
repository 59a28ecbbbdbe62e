package dev.imago.generate;

import dev.imago.tokenizers.GgufTokens;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A SentencePiece vocabulary of bytes and a few words, typed as Phi-3's is: `</s>` is the user's
/// own, and another token ends a text.
final class SmallSentencePiece {
  static final int UNKNOWN = 0;
  static final int BEGINNING = 1;
  static final int OLD_END = 2;

  private SmallSentencePiece() {}

  static GgufTokens says() {
    var tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    var types = new ArrayList<>(List.of(2, 3, 4));
    for (int b = 0; b < 256; b++) {
      tokens.add("<0x%02X>".formatted(b));
      types.add(6);
    }
    for (String piece : List.of("▁", "H", "i", "<", "/", "s", ">", "▁Hello", "▁world")) {
      tokens.add(piece);
      types.add(1);
    }
    int end = tokens.size();
    tokens.add("<|endoftext|>");
    types.add(3);
    tokens.add("<|end|>");
    types.add(4);
    return new GgufTokens(
        "llama",
        "default",
        tokens,
        tokens.stream().map(t -> 0f).toList(),
        types,
        List.of(),
        new byte[0],
        Map.of("bos", BEGINNING, "eos", end, "unk", UNKNOWN),
        Map.of());
  }

  static Tokenizer tokenizer() {
    return Tokenizer.fromGguf(says());
  }
}
