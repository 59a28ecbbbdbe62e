package dev.imago.tokenizers;

import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.added.AddedVocabulary;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.formats.VocabularyParts;
import dev.imago.tokenizers.models.TokenModel;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import dev.imago.tokenizers.processors.PostProcessor;
import dev.imago.tokenizers.processors.SpecialToken;
import dev.imago.tokenizers.processors.TemplateProcessing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What a tokenizer is made of: the parts of a `tokenizer.json`, whatever file they come from.
///
/// @param postProcessor null where nothing is put around a text
/// @param decoder null where tokens are joined by blanks
/// @param added tokens that are found before the text is cut
/// @param gguf what GGUF says of it, where the file it comes from says as much
public record TokenizerParts(
    Normalizer normalizer,
    PreTokenizer preTokenizer,
    TokenModel model,
    @Nullable PostProcessor postProcessor,
    @Nullable Decoder decoder,
    AddedVocabulary added,
    @Nullable Truncation truncation,
    @Nullable Padding padding,
    @Nullable GgufTokens gguf) {
  /// The parts of a `tokenizer.json`.
  public TokenizerParts(
      Normalizer normalizer,
      PreTokenizer preTokenizer,
      TokenModel model,
      @Nullable PostProcessor postProcessor,
      @Nullable Decoder decoder,
      AddedVocabulary added,
      @Nullable Truncation truncation,
      @Nullable Padding padding) {
    this(normalizer, preTokenizer, model, postProcessor, decoder, added, truncation, padding, null);
  }

  /// The parts of byte-level BPE with a well-known pattern, as we write them.
  ///
  /// @param model byte-level BPE
  /// @param added tokens that are found before the text is cut, with the ids that they have
  public static TokenizerParts byteLevel(
      SplitPattern pattern, TokenModel model, List<AddedToken> added) {
    return ByteLevelParts.of(pattern, model, added);
  }

  /// The parts of a file that is no `tokenizer.json`: added tokens have the ids that it gives them.
  static TokenizerParts of(VocabularyParts parts) {
    SpecialToken before = parts.addBos() ? surrounding(parts, parts.bos()) : null;
    SpecialToken after = parts.addEos() ? surrounding(parts, parts.eos()) : null;
    return new TokenizerParts(
        parts.normalizer(),
        parts.preTokenizer(),
        parts.model(),
        before == null && after == null ? null : TemplateProcessing.around(before, after),
        parts.decoder(),
        given(parts.added(), parts.model(), parts.normalizer()),
        null,
        null,
        parts.gguf().orElse(null));
  }

  /// The same with other added tokens.
  TokenizerParts withAdded(AddedVocabulary other) {
    return new TokenizerParts(
        normalizer, preTokenizer, model, postProcessor, decoder, other, truncation, padding, gguf);
  }

  private static @Nullable SpecialToken surrounding(VocabularyParts parts, OptionalInt id) {
    return token(parts, id)
        .map(content -> new SpecialToken(content, id(parts, content)))
        .orElse(null);
  }

  private static Optional<String> token(VocabularyParts parts, OptionalInt id) {
    if (id.isEmpty()) {
      return Optional.empty();
    }
    for (AddedToken token : parts.added()) {
      if (token.id() == id.getAsInt()) {
        return Optional.of(token.content());
      }
    }
    return Optional.ofNullable(parts.model().token(id.getAsInt()));
  }

  /// The added tokens with the ids that they have.
  public static AddedVocabulary given(
      List<AddedToken> added, TokenModel model, Normalizer normalizer) {
    Map<String, Integer> ids = new HashMap<>();
    added.forEach(token -> ids.putIfAbsent(token.content(), token.id()));
    return AddedVocabulary.of(
        added, content -> ids.getOrDefault(content, -1), model.size(), normalizer::apply);
  }

  private static int id(VocabularyParts parts, String content) {
    for (AddedToken token : parts.added()) {
      if (token.content().equals(content)) {
        return token.id();
      }
    }
    return parts.model().id(content).orElseThrow();
  }
}
