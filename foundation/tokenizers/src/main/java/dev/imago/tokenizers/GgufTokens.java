package dev.imago.tokenizers;

import dev.imago.tokenizers.formats.LlamaCppPattern;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What GGUF's `tokenizer.ggml.*` says of a tokenizer: what [Tokenizer#fromGguf] is made of, and
/// [Tokenizer#toGguf] gives.
///
/// @param model `gpt2` for byte-level BPE, `llama` for SentencePiece's BPE, `t5` for its Unigram,
///   `bert` for WordPiece
/// @param pre what text is split by, for `gpt2`
/// @param tokens by id
/// @param scores of each, empty where there are none
/// @param types of each, as llama.cpp numbers them, empty where there are none
/// @param merges for `gpt2`, each two tokens with a space between
/// @param precompiledCharsmap for `t5`, empty for none
/// @param ids of tokens with a role: `bos`, `eos`, `unk`, `pad`, `cls`, `sep`, `mask`
/// @param flags that the file has: `add_bos_token`, `add_eos_token`, `add_space_prefix`,
///   `remove_extra_whitespaces`, `normalizer.lowercase`, `normalizer.strip_accents`
public record GgufTokens(
    String model,
    String pre,
    List<String> tokens,
    List<Float> scores,
    List<Integer> types,
    List<String> merges,
    byte[] precompiledCharsmap,
    Map<String, Integer> ids,
    Map<String, Boolean> flags) {

  /// @throws IllegalArgumentException when the lists' lengths differ, or an id is none of the
  ///   tokens
  public GgufTokens {
    tokens = List.copyOf(tokens);
    scores = List.copyOf(scores);
    types = List.copyOf(types);
    merges = List.copyOf(merges);
    ids = Map.copyOf(ids);
    flags = Map.copyOf(flags);
    precompiledCharsmap = precompiledCharsmap.clone();
    check("scores", scores.size(), tokens.size());
    check("token_type", types.size(), tokens.size());
    for (var id : ids.entrySet()) {
      if (id.getValue() < 0 || id.getValue() >= tokens.size()) {
        throw new IllegalArgumentException(
            "tokenizer.ggml.%s_token_id = %d is none of the %d tokens; convert the model again"
                .formatted(id.getKey(), id.getValue(), tokens.size()));
      }
    }
  }

  /// The same with more flags.
  GgufTokens with(Map<String, Boolean> more) {
    var all = new HashMap<>(flags);
    all.putAll(more);
    return new GgufTokens(model, pre, tokens, scores, types, merges, precompiledCharsmap, ids, all);
  }

  /// The names that `pre` may have: those of llama.cpp whose patterns are known here.
  public static List<String> knownPre() {
    return LlamaCppPattern.knownNames();
  }

  private static void check(String key, int size, int tokens) {
    if (size != 0 && size != tokens) {
      throw new IllegalArgumentException(
          "tokenizer.ggml.%s has %d entries for %d tokens; convert the model again"
              .formatted(key, size, tokens));
    }
  }

  @Override
  public byte[] precompiledCharsmap() {
    return precompiledCharsmap.clone();
  }
}
