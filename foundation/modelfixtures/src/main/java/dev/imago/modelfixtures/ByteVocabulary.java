package dev.imago.modelfixtures;

import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Vocabularies of special tokens, the 256 bytes as GPT-2 writes them, and what is merged of them.
public final class ByteVocabulary {
  /// Those that a chat of Qwen's form needs; 0 ends a text and 2 a turn.
  public static final List<String> CHAT = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

  /// A few merges that most English texts need.
  public static final List<String> ENGLISH =
      List.of("Ġ t", "h e", "Ġt he", "i n", "e r", "Ġ a", "r e", "o n");

  private ByteVocabulary() {}

  /// @param specials the first ids, in this order
  /// @param merges as a `tokenizer.json` has them, two parts and a space between; what each makes
  ///   has the next id
  public static Tokenizer tokenizer(List<String> specials, List<String> merges) {
    var tokens = new LinkedHashSet<>(specials);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(String.valueOf((char) (itself ? b : next++)));
    }
    for (String merge : merges) {
      tokens.add(merge.replace(" ", ""));
    }
    Set<Integer> special =
        IntStream.range(0, specials.size()).boxed().collect(Collectors.toUnmodifiableSet());
    return Tokenizer.fromVocabulary(SplitPattern.QWEN2, new ArrayList<>(tokens), merges, special);
  }
}
