package dev.imago.tokenizers.formats;

import dev.imago.tokenizers.GgufTokens;
import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.models.TokenModel;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What a tokenizer is made of, as some file has it.
///
/// @param added tokens that are found in text before it is split, control tokens among them
/// @param bos the token that begins a text
/// @param eos the token that ends a text
/// @param unk the token of the unknown
/// @param pad the token that fills a batch up
/// @param addBos whether the file wants `bos` before each text
/// @param addEos whether the file wants `eos` after each text
/// @param gguf what GGUF says of the same tokenizer, where the file says as much
public record VocabularyParts(
    Normalizer normalizer,
    PreTokenizer preTokenizer,
    TokenModel model,
    Decoder decoder,
    List<AddedToken> added,
    OptionalInt bos,
    OptionalInt eos,
    OptionalInt unk,
    OptionalInt pad,
    boolean addBos,
    boolean addEos,
    Optional<GgufTokens> gguf) {
  public VocabularyParts {
    added = List.copyOf(added);
  }
}
