package dev.imago.tokenizers;

import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.bytelevel.ByteLevel;
import dev.imago.tokenizers.formats.LlamaCppPattern;
import dev.imago.tokenizers.models.BpeModel;
import dev.imago.tokenizers.models.UnigramModel;
import dev.imago.tokenizers.models.WordPieceModel;
import dev.imago.tokenizers.normalizers.SentencePieceNormalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What GGUF says of a tokenizer of which llama.cpp makes the same ids; a tokenizer of which it
/// would make others is refused.
///
/// GGUF has no room for some things, and they are let go: that special tokens take blanks along,
/// normalisation to NFC before byte-level BPE, a limit on the length of WordPiece's words, what
/// becomes of blanks and of a `▁` that end a text before a Unigram model and of the marks that
/// Hugging Face's `Precompiled` sees together, a `▁` and a U+0085 in a text before WordPiece,
/// Hangul and other characters of several before an uncased WordPiece, the case of letters beyond
/// ASCII and the marks in o200k's and Tekken's words ([SplitPattern#isLlamaCpps]), and that
/// `Metaspace` puts no second blank before one that begins a text.
final class GgufWriting {
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;
  private static final int BYTES = 256;
  private static final String BLOCK = "▁";

  /// What models call the tokens that end and start a text.
  private static final List<String> ENDS =
      List.of("<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>", "<｜end▁of▁sentence｜>", "[SEP]");

  private static final List<String> STARTS =
      List.of("<|begin_of_text|>", "<s>", "<bos>", "<｜begin▁of▁sentence｜>", "[CLS]");

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
    if (parts.normalizer() instanceof SentencePieceNormalizer) {
      throw cannot(
          "this SentencePiece model (BPE wants byte_fallback and no normalisation, Unigram no"
              + " byte_fallback, symbols of the user no dummy prefix)");
    }
    parts.added().tokens().forEach(this::check);
    return switch (parts.model()) {
      case BpeModel bpe when KnownSplits.isByteLevel(parts.preTokenizer()) -> byteLevel(bpe);
      case BpeModel bpe -> scoredPairs(bpe);
      case UnigramModel unigram -> unigram(unigram);
      case WordPieceModel words -> wordPiece(words);
      default -> throw cannot("a model of the kind " + tokenizer.kind());
    };
  }

  private void check(AddedToken token) {
    if (!token.special() && (token.singleWord() || token.leftStrip() || token.rightStrip())) {
      throw cannot(
          "the added token «%s» with single_word, lstrip or rstrip".formatted(token.content()));
    }
    // llama.cpp looks for it in the text as it is.
    String normalized = parts.normalizer().apply(AlignedText.ofUntracked(token.content())).text();
    if (token.normalized()
        && (!normalized.equals(token.content()) || parts.model() instanceof WordPieceModel)) {
      throw cannot("the added token «%s» with normalized".formatted(token.content()));
    }
  }

  /// Whether every token is what its own letters are merged to, so that `ignore_merges` changes
  /// nothing.
  private boolean isReached(BpeModel model) {
    var options = model.options();
    var merging =
        new BpeModel(
            model.vocabulary(),
            model.merges(),
            new BpeModel.Options(
                0,
                options.unkToken(),
                null,
                null,
                options.fuseUnk(),
                options.byteFallback(),
                false));
    for (var entry : model.vocabulary().entrySet()) {
      int id = entry.getValue();
      if (!entry.getKey().isEmpty() && !tokenizer.added(id) && !isByte(entry.getKey())) {
        var ids = new ArrayList<Integer>();
        merging.tokenize(entry.getKey(), (token, _, _, _) -> ids.add(token));
        if (!ids.equals(List.of(id))) {
          return false;
        }
      }
    }
    return true;
  }

  private static void checkPlain(BpeModel.Options options) {
    if (options.dropout() > 0) {
      throw cannot("dropout");
    }
    if (isSet(options.continuingSubwordPrefix()) || isSet(options.endOfWordSuffix())) {
      throw cannot("BPE that marks the parts of words");
    }
  }

  private static boolean isSet(@Nullable String mark) {
    return mark != null && !mark.isEmpty();
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
    checkPlain(model.options());
    for (int b = 0; b < BYTES; b++) {
      if (model.options().unkToken() != null
          && model.id(String.valueOf(ByteLevel.spell(b))).isEmpty()) {
        throw cannot("byte-level BPE without all bytes, and with unk_token");
      }
    }
    boolean whole = model.options().ignoreMerges();
    List<String> regexes =
        KnownSplits.regexes(parts.preTokenizer())
            .orElseThrow(
                () -> cannot("the pre-tokenizer " + tokenizer.kinds().get("pre_tokenizer")));
    String pre =
        SplitPattern.ofRegexes(regexes)
            .map(SplitPattern::llamaCppName)
            .or(() -> LlamaCppPattern.nameOf(regexes, whole))
            .orElseThrow(
                () ->
                    cannot(
                        "a pre-tokenizer that is none of llama.cpp's (%s)"
                            .formatted(tokenizer.kinds().get("pre_tokenizer"))));
    if (LlamaCppPattern.ignoresMerges(pre) != whole && !isReached(model)) {
      if (whole || !pre.equals("llama-bpe")) {
        throw cannot(
            "ignore_merges = %s with the pre-tokenizer that llama.cpp calls %s"
                .formatted(whole, pre));
      }
      pre = "dbrx"; // the same pattern, with merges
    }
    return said("gpt2", pre, List.of(), types(-1, false), tokenizer.merges(), new byte[0], null);
  }

  /// Llama 2's kind: BPE of characters, which llama.cpp runs by scores.
  private GgufTokens scoredPairs(BpeModel model) {
    SentencePieceShape shape = SentencePieceShape.of(parts, GgufWriting::cannot);
    if (shape.charsMap().length > 0 || shape.removesExtra() || shape.strips()) {
      throw cannot("normalisation before BPE of characters");
    }
    if (!shape.prefix().isEmpty() && !shape.prefix().equals(BLOCK)) {
      throw cannot("«" + shape.prefix() + "» put before a text");
    }
    BpeModel.Options options = model.options();
    checkPlain(options);
    if (options.ignoreMerges() && !isReached(model)) {
      throw cannot("BPE of characters with ignore_merges");
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
    if (model.unkId() < 0) {
      throw cannot("a Unigram model without unk_id");
    }
    if (shape.strips() && !shape.removesExtra()) {
      throw cannot("blanks that go at the ends of a text alone");
    }
    if (shape.removesExtra() && shape.prefix().isEmpty()) {
      // llama.cpp puts a blank before every word then, the first too.
      throw cannot("blanks of which one stays, without one that is put before a text");
    }
    shape.requireWordsApart(model.vocabulary().keySet(), GgufWriting::cannot);
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
    List<JsonNode> normalizers = SentencePieceShape.steps(parts.normalizer()::write, "normalizers");
    JsonNode bert =
        normalizers.isEmpty() ? JsonNodeFactory.instance.objectNode() : normalizers.getFirst();
    if (normalizers.size() != 1
        || !bert.path("type").asString("").equals("BertNormalizer")
        || !bert.path("clean_text").asBoolean(true)
        || !bert.path("handle_chinese_chars").asBoolean(true)) {
      throw cannot(
          "WordPiece after another normalizer than BertNormalizer with clean_text and"
              + " handle_chinese_chars");
    }
    boolean lowercase = bert.path("lowercase").asBoolean(true);
    boolean stripAccents = bert.path("strip_accents").asBoolean(lowercase);
    List<JsonNode> cuts = SentencePieceShape.steps(parts.preTokenizer()::write, "pretokenizers");
    if (cuts.size() != 1 || !cuts.getFirst().path("type").asString("").equals("BertPreTokenizer")) {
      throw cannot("WordPiece after another pre-tokenizer than BertPreTokenizer");
    }
    if (!model.continuingSubwordPrefix().equals("##")) {
      throw cannot(
          "WordPiece whose words go on with «%s» and not ##"
              .formatted(model.continuingSubwordPrefix()));
    }
    GgufTokens says =
        said(
            "bert",
            "default",
            List.of(),
            types(unkId(model.unkToken()), false),
            List.of(),
            new byte[0],
            null);
    return says.with(
        Map.of("normalizer.lowercase", lowercase, "normalizer.strip_accents", stripAccents));
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
    var seen = new HashMap<String, Integer>();
    for (int id = 0; id < types.length; id++) {
      String token = tokenizer.token(id);
      tokens.add(
          token.isEmpty()
              ? "[PAD" + id + "]"
              : model.equals("bert") && types[id] == NORMAL ? phantom(token) : token);
      listedTypes.add(types[id]);
      Integer other = seen.putIfAbsent(tokens.getLast(), id);
      if (other != null) {
        throw cannot(
            "the tokens %d and %d, which would both be «%s»"
                .formatted(other, id, tokens.getLast()));
      }
    }
    SurroundingTokens around = SurroundingTokens.of(tokenizer, GgufWriting::cannot);
    var ids = new HashMap<String, Integer>();
    around.before().ifPresent(id -> ids.put("bos", id));
    around.after().ifPresent(id -> ids.put("eos", id));
    // A file says of these only what it puts around a text; llama.cpp would take fixed numbers.
    firstOf(ENDS).ifPresent(id -> ids.putIfAbsent("eos", id));
    firstOf(STARTS).ifPresent(id -> ids.putIfAbsent("bos", id));
    if (ids.containsKey("eos")) {
      ids.putIfAbsent("bos", ids.get("eos"));
    }
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

  private OptionalInt firstOf(List<String> spellings) {
    return spellings.stream()
        .map(this::named)
        .filter(OptionalInt::isPresent)
        .findFirst()
        .orElse(OptionalInt.empty());
  }

  private OptionalInt named(String special) {
    OptionalInt id = tokenizer.id(special);
    return id.isPresent() && tokenizer.special(id.getAsInt()) ? id : OptionalInt.empty();
  }

  /// WordPiece's tokens as llama.cpp spells them: what starts a word has a block before it.
  private static String phantom(String token) {
    return token.startsWith("##") ? token.substring(2) : BLOCK + token;
  }
}
