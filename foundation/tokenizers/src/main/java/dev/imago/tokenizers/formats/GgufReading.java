package dev.imago.tokenizers.formats;

import dev.imago.tokenizers.GgufTokens;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.decoders.ByteLevelDecoder;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.decoders.SentencePieceDecoder;
import dev.imago.tokenizers.decoders.WordPieceDecoder;
import dev.imago.tokenizers.models.BpeModel;
import dev.imago.tokenizers.models.ScoredPieces;
import dev.imago.tokenizers.models.TokenModel;
import dev.imago.tokenizers.models.WordPieceModel;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.normalizers.SentencePieceNormalizer;
import dev.imago.tokenizers.pretokenizers.ByteLevelPreTokenizer;
import dev.imago.tokenizers.pretokenizers.PlainPreTokenizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The parts that llama.cpp makes of what GGUF says of a tokenizer.
final class GgufReading {
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;
  private static final char BLOCK = '▁';

  private final GgufTokens says;
  private final List<String> tokens;

  private GgufReading(GgufTokens says) {
    this.says = says;
    this.tokens = says.tokens();
  }

  /// The parts of a tokenizer with llama.cpp's ids.
  ///
  /// @throws IllegalArgumentException naming the key and value that is broken or not supported
  static VocabularyParts parts(GgufTokens says) {
    return new GgufReading(says).parts();
  }

  private int type(int id) {
    return says.types().isEmpty() ? NORMAL : says.types().get(id);
  }

  private boolean flag(String name, boolean fallback) {
    return says.flags().getOrDefault(name, fallback);
  }

  private OptionalInt id(String... names) {
    for (String name : names) {
      Integer id = says.ids().get(name);
      if (id != null) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  private VocabularyParts parts() {
    return switch (says.model()) {
      case "gpt2" -> byteLevel();
      case "llama" -> sentencePiece(scored(false).bpe());
      case "t5" -> sentencePiece(scored(true).unigramOfLlamaCpp());
      case "bert" -> wordPiece();
      default ->
          throw new IllegalArgumentException(
              "tokenizer.ggml.model = %s is not supported; bert, gpt2, llama and t5 are"
                  .formatted(says.model()));
    };
  }

  private VocabularyParts byteLevel() {
    LlamaCppPattern pattern =
        LlamaCppPattern.named(says.pre())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "tokenizer.ggml.pre = %s is not supported; %s are"
                            .formatted(
                                says.pre(), String.join(", ", LlamaCppPattern.knownNames()))));
    return parts(
        Normalizer.NONE,
        // Where we have llama.cpp's own pattern as a scanner, that is faster.
        ByteLevelPreTokenizer.after(
            SplitPattern.ofLlamaCppName(says.pre())
                .filter(SplitPattern::isLlamaCpps)
                .map(SplitPattern::regexes)
                .orElse(pattern.patterns())),
        byteLevelModel(pattern.ignoreMerges()),
        new ByteLevelDecoder(true, true, true),
        pattern.addBos(),
        false);
  }

  private TokenModel byteLevelModel(boolean ignoreMerges) {
    var numbers = numbers();
    var parsed = new ArrayList<BpeModel.Merge>(says.merges().size());
    for (String merge : says.merges()) {
      int space = merge.indexOf(' ', 1); // a token is never empty, but may begin with anything
      String left = merge.substring(0, Math.max(0, space));
      String right = merge.substring(space + 1);
      Integer leftId = numbers.get(left);
      Integer rightId = numbers.get(right);
      Integer merged = numbers.get(left + right);
      if (leftId == null || rightId == null || merged == null) {
        throw new IllegalArgumentException(
            "tokenizer.ggml.merges[%d], «%s», is no pair of tokens whose merge is a token; convert the model again"
                .formatted(parsed.size(), merge));
      }
      parsed.add(new BpeModel.Merge(leftId, rightId, merged, parsed.size()));
    }
    var options = new BpeModel.Options(0, null, null, null, false, false, ignoreMerges);
    return new BpeModel(numbers, parsed, options);
  }

  private Map<String, Integer> numbers() {
    var numbers = new LinkedHashMap<String, Integer>();
    for (int id = 0; id < tokens.size(); id++) {
      Integer other = numbers.putIfAbsent(named(id), id);
      if (other != null) {
        throw new IllegalArgumentException(
            "tokenizer.ggml.tokens has «%s» at %d and at %d; convert the model again"
                .formatted(tokens.get(id), other, id));
      }
    }
    return numbers;
  }

  /// A token, or what llama.cpp puts in the place of an empty one.
  private String named(int id) {
    return tokens.get(id).isEmpty() ? "[EMPTY_" + id + "]" : tokens.get(id);
  }

  private ScoredPieces scored(boolean telling) {
    var pieces = new ArrayList<String>();
    var kinds = new ArrayList<ScoredPieces.Kind>();
    int unk = id("unk").orElse(-1);
    boolean bytes = false;
    for (int id = 0; id < tokens.size(); id++) {
      pieces.add(named(id));
      int type = type(id);
      if (unk < 0 && type == UNKNOWN) {
        unk = id;
      }
      bytes |= type == BYTE;
      kinds.add(
          telling && type >= NORMAL && type <= BYTE
              ? ScoredPieces.Kind.values()[type - 1]
              // Text becomes any token here, whatever it is.
              : ScoredPieces.Kind.NORMAL);
    }
    List<Float> all =
        says.scores().isEmpty() ? Collections.nCopies(tokens.size(), 0f) : says.scores();
    return new ScoredPieces(pieces, all, kinds, Math.max(0, unk), bytes);
  }

  private VocabularyParts sentencePiece(TokenModel made) {
    // Before BPE llama.cpp looks at the prefix only, whatever else the file says.
    boolean unigram = says.model().equals("t5");
    boolean prefix = flag("add_space_prefix", !unigram);
    boolean removes = unigram && flag("remove_extra_whitespaces", false);
    var control = new ArrayList<String>();
    boolean bytes = false;
    for (int id = 0; id < tokens.size(); id++) {
      if (type(id) == CONTROL) {
        control.add(named(id));
      }
      bytes |= type(id) == BYTE;
    }
    String unk = named(id("unk").orElse(Math.max(0, says.types().indexOf(UNKNOWN))));
    return parts(
        new SentencePieceNormalizer(
            new SentencePieceNormalizer.Settings(
                unigram ? says.precompiledCharsmap() : new byte[0],
                prefix,
                removes,
                true,
                false,
                unigram ? userDefined() : List.of(),
                unigram)),
        PreTokenizer.NONE,
        made,
        new SentencePieceDecoder(Set.copyOf(control), unk, " \u2047 ", bytes, prefix, removes),
        !unigram,
        unigram);
  }

  private List<String> userDefined() {
    var some = new ArrayList<String>();
    for (int id = 0; id < tokens.size(); id++) {
      if (type(id) == USER_DEFINED) {
        some.add(named(id));
      }
    }
    return some;
  }

  /// A token that starts a word has a block before it in the file; here the others get `##`.
  private VocabularyParts wordPiece() {
    var numbers = new LinkedHashMap<String, Integer>();
    var spellings = new HashMap<Integer, String>();
    for (int id = 0; id < tokens.size(); id++) {
      String token = named(id);
      String spelling =
          type(id) == CONTROL || type(id) == UNKNOWN || isBracketed(token)
              ? token
              : token.charAt(0) == BLOCK ? token.substring(1) : "##" + token;
      spellings.put(id, spelling);
      if (!spelling.isEmpty()) {
        numbers.putIfAbsent(spelling, id);
      }
    }
    int unk = id("unk").orElse(says.types().indexOf(UNKNOWN));
    String unkToken = spellings.getOrDefault(unk, "[UNK]");
    return parts(
        Normalizer.ofLlamaCpp(
            flag("normalizer.strip_accents", flag("normalizer.lowercase", true)),
            flag("normalizer.lowercase", true)),
        PlainPreTokenizer.BERT,
        WordPieceModel.ofLlamaCpp(numbers, unkToken),
        new WordPieceDecoder("##", true),
        true,
        true);
  }

  private static boolean isBracketed(String token) {
    return token.length() > 2 && token.startsWith("[") && token.endsWith("]");
  }

  private VocabularyParts parts(
      Normalizer normalizer,
      PreTokenizer preTokenizer,
      TokenModel made,
      Decoder decoder,
      boolean addBos,
      boolean addEos) {
    var added = new ArrayList<AddedToken>();
    for (int id = 0; id < tokens.size(); id++) {
      String token = Optional.ofNullable(made.token(id)).orElse(named(id));
      switch (type(id)) {
        case CONTROL, UNKNOWN, UNUSED -> added.add(AddedToken.control(id, token));
        case USER_DEFINED ->
            added.add(new AddedToken(id, token, false, false, false, false, false));
        default -> {}
      }
    }
    return new VocabularyParts(
        normalizer,
        preTokenizer,
        made,
        decoder,
        added,
        id("bos", "cls"),
        says.model().equals("bert") ? id("sep", "eos") : id("eos"),
        id("unk"),
        id("pad"),
        flag("add_bos_token", addBos),
        flag("add_eos_token", addEos),
        Optional.of(says));
  }
}
