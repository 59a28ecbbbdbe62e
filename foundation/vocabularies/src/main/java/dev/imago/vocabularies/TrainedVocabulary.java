package dev.imago.vocabularies;

import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tokenizers.TokenizerParts;
import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.decoders.BpeDecoder;
import dev.imago.tokenizers.decoders.ByteLevelDecoder;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.decoders.FuseDecoder;
import dev.imago.tokenizers.decoders.MetaspaceDecoder;
import dev.imago.tokenizers.decoders.WordPieceDecoder;
import dev.imago.tokenizers.models.BpeModel;
import dev.imago.tokenizers.models.TokenModel;
import dev.imago.tokenizers.models.UnigramModel;
import dev.imago.tokenizers.models.WordLevelModel;
import dev.imago.tokenizers.models.WordPieceModel;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.pretokenizers.ByteLevelPreTokenizer;
import dev.imago.tokenizers.pretokenizers.MetaspacePreTokenizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import dev.imago.tokenizers.pretokenizers.SplitPreTokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What a trainer learned, before it is a tokenizer. Ids are places in [#tokens].
public sealed interface TrainedVocabulary {
  /// The tokens by id, as the file spells them; null where an id has none.
  List<@Nullable String> tokens();

  /// Those of them that are special, in the order in which they were asked for.
  List<String> specialTokens();

  /// How the words were cut that it was learned from.
  WordSplit split();

  /// The model of a tokenizer.
  TokenModel model();

  /// The tokens with their ids.
  default Map<String, Integer> vocabulary() {
    var ids = LinkedHashMap.<String, Integer>newLinkedHashMap(tokens().size());
    for (int id = 0; id < tokens().size(); id++) {
      String token = tokens().get(id);
      if (token != null) {
        ids.put(token, id);
      }
    }
    return ids;
  }

  /// The tokenizer that cuts text as it was cut for training. It puts nothing around a text, and
  /// decodes as its parts ask for: bytes, `##`, a suffix, `▁`, single characters; else with blanks
  /// between tokens.
  default Tokenizer tokenizer() {
    Map<String, Integer> ids = vocabulary();
    var special = new ArrayList<AddedToken>();
    for (String token : specialTokens()) {
      Integer id = ids.get(token);
      if (id != null) {
        special.add(AddedToken.control(id, token));
      }
    }
    return new Tokenizer(
        switch (split()) {
          case WordSplit.Bytes(SplitPattern pattern) ->
              TokenizerParts.byteLevel(pattern, model(), special);
          case WordSplit.Characters(Normalizer normalizer, PreTokenizer preTokenizer) -> {
            TokenModel model = model();
            yield new TokenizerParts(
                normalizer,
                preTokenizer,
                model,
                null,
                decoderOrNull(preTokenizer.last()),
                TokenizerParts.given(special, model, normalizer),
                null,
                null);
          }
        });
  }

  private @Nullable Decoder decoderOrNull(PreTokenizer preTokenizer) {
    return switch (this) {
      case WordPiece piece -> new WordPieceDecoder(piece.continuingSubwordPrefix(), true);
      case Bpe bpe when !bpe.endOfWordSuffix().isEmpty() -> new BpeDecoder(bpe.endOfWordSuffix());
      case Bpe _, Unigram _, WordLevel _ ->
          switch (preTokenizer) {
            case MetaspacePreTokenizer metaspace ->
                new MetaspaceDecoder(
                    metaspace.replacement(),
                    metaspace.prependScheme().fileName(),
                    metaspace.split());
            case ByteLevelPreTokenizer _ -> new ByteLevelDecoder(false, false, true);
            case SplitPreTokenizer each when each.equals(TokenizerKind.EACH_CHARACTER) ->
                new FuseDecoder();
            default -> null;
          };
    };
  }

  /// Byte pair encoding.
  ///
  /// @param tokens by id; words of bytes in their byte-level spelling
  /// @param merges by rank
  /// @param specialTokens see [TrainedVocabulary#specialTokens]
  /// @param continuingSubwordPrefix what tokens inside a word start with; empty for nothing
  /// @param endOfWordSuffix what tokens at a word's end end with; empty for nothing
  /// @param split see [TrainedVocabulary#split]
  record Bpe(
      List<@Nullable String> tokens,
      List<BpeModel.Merge> merges,
      List<String> specialTokens,
      String continuingSubwordPrefix,
      String endOfWordSuffix,
      WordSplit split)
      implements TrainedVocabulary {
    public Bpe {
      tokens = List.copyOf(tokens);
      merges = List.copyOf(merges);
      specialTokens = List.copyOf(specialTokens);
    }

    @Override
    public TokenModel model() {
      boolean plain = continuingSubwordPrefix.isEmpty() && endOfWordSuffix.isEmpty();
      return new BpeModel(
          vocabulary(),
          merges,
          plain
              ? BpeModel.Options.NONE
              : new BpeModel.Options(
                  0,
                  null,
                  orNull(continuingSubwordPrefix),
                  orNull(endOfWordSuffix),
                  false,
                  false,
                  false));
    }

    private static @Nullable String orNull(String text) {
      return text.isEmpty() ? null : text;
    }
  }

  /// Longest match first, from the left.
  ///
  /// @param tokens by id
  /// @param specialTokens see [TrainedVocabulary#specialTokens]
  /// @param continuingSubwordPrefix what tokens inside a word start with
  /// @param unkToken what a word becomes that no tokens spell
  /// @param split see [TrainedVocabulary#split]
  record WordPiece(
      List<@Nullable String> tokens,
      List<String> specialTokens,
      String continuingSubwordPrefix,
      String unkToken,
      WordSplit split)
      implements TrainedVocabulary {
    /// Longer words are unknown; Hugging Face's default.
    private static final int MAX_WORD = 100;

    public WordPiece {
      tokens = List.copyOf(tokens);
      specialTokens = List.copyOf(specialTokens);
    }

    @Override
    public TokenModel model() {
      return new WordPieceModel(vocabulary(), unkToken, continuingSubwordPrefix, MAX_WORD);
    }
  }

  /// The most probable pieces. Kudo 2018, arXiv:1804.10959.
  ///
  /// @param pieces by id, with the logarithms of their probabilities; 0 for special ones
  /// @param specialTokens see [TrainedVocabulary#specialTokens]
  /// @param unkId the token of the unknown, if there is one
  /// @param split see [TrainedVocabulary#split]
  record Unigram(
      List<UnigramModel.Scored> pieces,
      List<String> specialTokens,
      OptionalInt unkId,
      WordSplit split)
      implements TrainedVocabulary {
    public Unigram {
      pieces = List.copyOf(pieces);
      specialTokens = List.copyOf(specialTokens);
    }

    @Override
    public List<@Nullable String> tokens() {
      var tokens = new ArrayList<@Nullable String>(pieces.size());
      pieces.forEach(piece -> tokens.add(piece.token()));
      return tokens;
    }

    @Override
    public TokenModel model() {
      return new UnigramModel(pieces, unkId.orElse(-1), false);
    }
  }

  /// Whole words.
  ///
  /// @param tokens by id
  /// @param specialTokens see [TrainedVocabulary#specialTokens]
  /// @param unkToken what other words become
  /// @param split see [TrainedVocabulary#split]
  record WordLevel(
      List<@Nullable String> tokens, List<String> specialTokens, String unkToken, WordSplit split)
      implements TrainedVocabulary {
    public WordLevel {
      // Ids may have gaps, which List.copyOf would refuse.
      tokens = Collections.unmodifiableList(new ArrayList<>(tokens));
      specialTokens = List.copyOf(specialTokens);
    }

    @Override
    public TokenModel model() {
      return new WordLevelModel(vocabulary(), unkToken);
    }
  }
}
