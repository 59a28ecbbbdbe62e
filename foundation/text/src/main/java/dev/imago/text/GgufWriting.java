package dev.imago.text;

import dev.imago.text.added.AddedToken;
import dev.imago.text.formats.LlamaCppPattern;
import dev.imago.text.models.BpeModel;
import dev.imago.text.models.UnigramModel;
import dev.imago.text.models.WordPieceModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What GGUF says of a tokenizer of which llama.cpp makes the same ids; a tokenizer of which it
/// would make others is refused.
///
/// GGUF has no room for some things, and they are let go: that special tokens take blanks along,
/// normalisation to NFC before byte-level BPE, a limit on the length of WordPiece's words, what
/// becomes of blanks that end a text before a Unigram model, the case of letters beyond ASCII and
/// the marks in o200k's and Tekken's words ([SplitPattern#isLlamaCpps]), and that `Metaspace` puts
/// no second blank before one that begins a text.
final class GgufWriting {
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;
  private static final int BYTES = 256;
  private static final String BLOCK = "▁";

  private final Tokenizer tokenizer;
  private final TokenizerParts parts;

  private GgufWriting(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.parts = tokenizer.parts();
  }

  /// @throws IllegalArgumentException naming the part that GGUF cannot say
  static GgufTokens of(Tokenizer tokenizer) {
    return new GgufWriting(tokenizer).tokens();
  }

  private GgufTokens tokens() {
    GgufTokens read = parts.gguf();
    if (read != null) {
      return read;
    }
    for (AddedToken token : parts.added().tokens()) {
      if (!token.special() && (token.singleWord() || token.leftStrip() || token.rightStrip())) {
        throw cannot(
            "the added token «%s» with single_word, lstrip or rstrip".formatted(token.content()));
      }
    }
    return switch (parts.model()) {
      case BpeModel bpe when KnownSplits.isByteLevel(parts.preTokenizer()) -> byteLevel(bpe);
      case BpeModel bpe -> scoredPairs(bpe);
      case UnigramModel unigram -> unigram(unigram);
      case WordPieceModel words -> wordPiece(words);
      default -> throw cannot("a model of the kind " + tokenizer.kind());
    };
  }

  private static IllegalArgumentException cannot(String what) {
    return new IllegalArgumentException(
        "GGUF has no room for %s: llama.cpp would give other ids; write a tokenizer.json instead"
            .formatted(what));
  }

  private GgufTokens byteLevel(BpeModel model) {
    for (JsonNode step : SentencePieceShape.steps(parts.normalizer()::write, "normalizers")) {
      if (!step.path("type").asString("").equals("NFC")) {
        throw cannot("the normalizer " + step.path("type").asString("") + " of byte-level BPE");
      }
    }
    String pre =
        KnownSplits.regexes(parts.preTokenizer())
            .flatMap(
                regexes ->
                    SplitPattern.ofRegexes(regexes)
                        .map(SplitPattern::llamaCppName)
                        .or(() -> LlamaCppPattern.nameOf(regexes, model.options().ignoreMerges())))
            .orElseThrow(
                () ->
                    cannot(
                        "a pre-tokenizer that is none of llama.cpp's (%s)"
                            .formatted(tokenizer.kinds().get("pre_tokenizer"))));
    return said("gpt2", pre, List.of(), types(-1, false), tokenizer.merges(), new byte[0], null);
  }

  /// Llama 2's kind: BPE of characters, which llama.cpp runs by scores.
  private GgufTokens scoredPairs(BpeModel model) {
    SentencePieceShape shape = SentencePieceShape.of(parts, GgufWriting::cannot);
    if (shape.charsMap().length > 0 || shape.removesExtra()) {
      throw cannot("normalisation before BPE of characters");
    }
    if (!shape.prefix().isEmpty() && !shape.prefix().equals(BLOCK)) {
      throw cannot("«" + shape.prefix() + "» put before a text");
    }
    BpeModel.Options options = model.options();
    if (options.continuingSubwordPrefix() != null || options.endOfWordSuffix() != null) {
      throw cannot("BPE that marks the parts of words");
    }
    if (!options.byteFallback()) {
      throw cannot("BPE of characters without byte_fallback");
    }
    for (int b = 0; b < BYTES; b++) {
      if (model.id("<0x%02X>".formatted(b)).isEmpty()) {
        throw cannot("BPE of characters without the token <0x%02X>".formatted(b));
      }
    }
    shape.requireWordsApart(model.vocabulary().keySet(), GgufWriting::cannot);
    int unk = unkId(options.unkToken());
    int[] types = types(unk, true);
    float[] scores =
        MergeScores.of(
            model, tokenizer.vocabularySize(), id -> types[id] == NORMAL, GgufWriting::cannot);
    return said("llama", "default", listed(scores), types, List.of(), new byte[0], shape);
  }

  private GgufTokens unigram(UnigramModel model) {
    SentencePieceShape shape = SentencePieceShape.of(parts, GgufWriting::cannot);
    if (model.byteFallback()) {
      throw cannot("a Unigram model with byte_fallback");
    }
    if (!shape.removesExtra()) {
      shape.requireWordsApart(model.vocabulary().keySet(), GgufWriting::cannot);
    }
    float[] scores = new float[tokenizer.vocabularySize()];
    for (int id = 0; id < model.size(); id++) {
      scores[id] = (float) model.scored().get(id).score();
    }
    return said(
        "t5",
        "default",
        listed(scores),
        types(model.unkId(), false),
        List.of(),
        shape.charsMap(),
        shape);
  }

  private GgufTokens wordPiece(WordPieceModel model) {
    String bert =
        "clean_text=true, handle_chinese_chars=true, lowercase=true and strip_accents null or true";
    List<JsonNode> normalizers = SentencePieceShape.steps(parts.normalizer()::write, "normalizers");
    boolean fits =
        normalizers.size() == 1
            && normalizers.getFirst().path("type").asString("").equals("BertNormalizer")
            && normalizers.getFirst().path("clean_text").asBoolean(true)
            && normalizers.getFirst().path("handle_chinese_chars").asBoolean(true)
            && normalizers.getFirst().path("lowercase").asBoolean(true)
            && normalizers.getFirst().path("strip_accents").asBoolean(true);
    if (!fits) {
      throw cannot("WordPiece after another normalizer than BertNormalizer with " + bert);
    }
    List<JsonNode> cuts = SentencePieceShape.steps(parts.preTokenizer()::write, "pretokenizers");
    if (cuts.size() != 1 || !cuts.getFirst().path("type").asString("").equals("BertPreTokenizer")) {
      throw cannot("WordPiece after another pre-tokenizer than BertPreTokenizer");
    }
    if (!model.continuingSubwordPrefix().equals("##")) {
      throw cannot(
          "WordPiece whose words go on with «%s» and not ##"
              .formatted(model.continuingSubwordPrefix()));
    }
    return said(
        "bert",
        "default",
        List.of(),
        types(unkId(model.unkToken()), false),
        List.of(),
        new byte[0],
        null);
  }

  private int unkId(@Nullable String token) {
    return token == null ? -1 : tokenizer.id(token).orElse(-1);
  }

  private int[] types(int unk, boolean bytes) {
    int[] types = new int[tokenizer.vocabularySize()];
    for (int id = 0; id < types.length; id++) {
      String token = tokenizer.token(id);
      types[id] =
          token.isEmpty()
              ? UNUSED
              : id == unk
                  ? UNKNOWN
                  : tokenizer.special(id)
                      ? CONTROL
                      : tokenizer.added(id) ? USER_DEFINED : bytes && isByte(token) ? BYTE : NORMAL;
    }
    return types;
  }

  private static boolean isByte(String token) {
    return token.length() == 6 && token.matches("<0x[0-9A-F]{2}>");
  }

  private static List<Float> listed(float[] scores) {
    var list = new ArrayList<Float>(scores.length);
    for (float score : scores) {
      list.add(score);
    }
    return list;
  }

  /// Puts together what is known, with the tokens that stand around a text.
  private GgufTokens said(
      String model,
      String pre,
      List<Float> scores,
      int[] types,
      List<String> merges,
      byte[] charsMap,
      @Nullable SentencePieceShape shape) {
    var tokens = new ArrayList<String>(types.length);
    var listedTypes = new ArrayList<Integer>(types.length);
    for (int id = 0; id < types.length; id++) {
      String token = tokenizer.token(id);
      tokens.add(
          token.isEmpty()
              ? "[PAD" + id + "]"
              : model.equals("bert") && types[id] == NORMAL ? phantom(token) : token);
      listedTypes.add(types[id]);
    }
    var around = Around.of(tokenizer);
    var ids = new HashMap<String, Integer>();
    around.before().ifPresent(id -> ids.put("bos", id));
    around.after().ifPresent(id -> ids.put("eos", id));
    if (model.equals("bert")) {
      around.before().ifPresent(id -> ids.put("cls", id));
      around.after().ifPresent(id -> ids.put("sep", id));
      named("[MASK]").ifPresent(id -> ids.put("mask", id));
    }
    for (int id = 0; id < types.length; id++) {
      if (types[id] == UNKNOWN) {
        ids.put("unk", id);
      }
    }
    OptionalInt pad =
        parts.padding() == null
            ? named("[PAD]").isPresent() ? named("[PAD]") : named("<pad>")
            : tokenizer.id(parts.padding().token());
    pad.ifPresent(id -> ids.put("pad", id));
    var flags = new HashMap<String, Boolean>();
    flags.put("add_bos_token", around.before().isPresent());
    flags.put("add_eos_token", around.after().isPresent());
    if (shape != null) {
      flags.put("add_space_prefix", !shape.prefix().isEmpty());
      flags.put("remove_extra_whitespaces", shape.removesExtra());
    }
    return new GgufTokens(
        model, pre, tokens, scores, listedTypes, merges, charsMap, ids, Map.copyOf(flags));
  }

  private OptionalInt named(String special) {
    OptionalInt id = tokenizer.id(special);
    return id.isPresent() && tokenizer.special(id.getAsInt()) ? id : OptionalInt.empty();
  }

  /// WordPiece's tokens as llama.cpp spells them: what starts a word has a block before it.
  private static String phantom(String token) {
    return token.startsWith("##") ? token.substring(2) : BLOCK + token;
  }

  /// The tokens that the post-processor puts before and after a text.
  private record Around(OptionalInt before, OptionalInt after) {
    static Around of(Tokenizer tokenizer) {
      Encoding empty = tokenizer.encoding("", EncodeOptions.DEFAULT.withLimits(false));
      Encoding some = tokenizer.encoding("a", EncodeOptions.DEFAULT.withLimits(false));
      int before = 0;
      while (before < some.size() && some.special(before)) {
        before++;
      }
      int after = empty.size() - before;
      if (before > 1 || after > 1) {
        throw cannot(
            "%d tokens before a text and %d after it, where it has one each"
                .formatted(before, after));
      }
      return new Around(
          before == 1 ? OptionalInt.of(some.id(0)) : OptionalInt.empty(),
          after == 1 ? OptionalInt.of(some.id(some.size() - 1)) : OptionalInt.empty());
    }
  }
}
