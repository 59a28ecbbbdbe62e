package dev.imago.generate;

import dev.imago.templates.ChatTemplate;
import dev.imago.tensor.GgufValue;
import dev.imago.tokenizers.GgufTokens;
import dev.imago.tokenizers.Tokenizer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/// A tokenizer as GGUF's metadata has it (`tokenizer.ggml.*`), of any kind that llama.cpp has:
/// `gpt2`, byte-level BPE; `llama` and `t5`, SentencePiece's BPE and Unigram; `bert`, WordPiece.
///
/// @param stopIds at which an answer ends: end of text first, end of turn after it
/// @param chatTemplate Jinja, where the model has one
/// @param bos the spelling of the token that begins a text, where the file names one
public record GgufVocabulary(
    Tokenizer tokenizer,
    List<Integer> stopIds,
    Optional<String> chatTemplate,
    Optional<String> bos) {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final String CHAT_TEMPLATE = "tokenizer.chat_template";

  /// The keys of tokens with a role.
  private static final Map<String, String> ROLES =
      Map.of(
          "bos", "bos_token_id",
          "eos", "eos_token_id",
          "unk", "unknown_token_id",
          "pad", "padding_token_id",
          "cls", "cls_token_id",
          "mask", "mask_token_id",
          // So the format spells it.
          "sep", "seperator_token_id");

  /// llama.cpp's kinds of a token that text becomes and of one that nothing means.
  private static final int NORMAL = 1;

  private static final int UNUSED = 5;

  /// Below any path's score, so that no text becomes such a token.
  private static final float UNUSED_SCORE = -10_000;

  private static final List<String> FLAGS =
      List.of(
          "add_bos_token",
          "add_eos_token",
          "add_space_prefix",
          "remove_extra_whitespaces",
          "normalizer.lowercase",
          "normalizer.strip_accents");

  public GgufVocabulary {
    stopIds = List.copyOf(stopIds);
  }

  /// A vocabulary whose end of text begins a text, too.
  public GgufVocabulary(Tokenizer tokenizer, List<Integer> stopIds, Optional<String> chatTemplate) {
    this(tokenizer, stopIds, chatTemplate, Optional.empty());
  }

  /// The keys for a model whose embedding has `vocabularySize` rows; ids past the tokenizer's
  /// become tokens that nothing encodes to.
  ///
  /// @throws IllegalArgumentException when the tokenizer has more ids than the model
  public SequencedMap<String, GgufValue> metadata(int vocabularySize) {
    if (tokenizer.vocabularySize() > vocabularySize) {
      throw new IllegalArgumentException(
          "the tokenizer has %d ids and the model %d: they do not belong together"
              .formatted(tokenizer.vocabularySize(), vocabularySize));
    }
    GgufTokens says = tokenizer.toGguf();
    var tokens = new ArrayList<>(says.tokens());
    var types =
        new ArrayList<>(
            says.types().isEmpty() ? Collections.nCopies(tokens.size(), NORMAL) : says.types());
    var scores = new ArrayList<>(says.scores());
    while (tokens.size() < vocabularySize) {
      tokens.add("[PAD" + tokens.size() + "]");
      types.add(UNUSED);
      if (!says.scores().isEmpty()) {
        scores.add(UNUSED_SCORE);
      }
    }
    var to = new LinkedHashMap<String, GgufValue>();
    to.put(PREFIX + "model", new GgufValue.Text(says.model()));
    to.put(PREFIX + "pre", new GgufValue.Text(says.pre()));
    to.put(PREFIX + "tokens", new GgufValue.Texts(tokens));
    if (!scores.isEmpty()) {
      to.put(PREFIX + "scores", GgufValue.f32s(scores));
    }
    to.put(PREFIX + "token_type", GgufValue.i32s(types));
    if (says.model().equals("gpt2")) {
      to.put(PREFIX + "merges", new GgufValue.Texts(says.merges()));
    }
    byte[] charsMap = says.precompiledCharsmap();
    if (charsMap.length > 0) {
      to.put(PREFIX + "precompiled_charsmap", GgufValue.u8s(charsMap));
    }
    SequencedMap<String, Integer> ids = new TreeMap<>();
    says.ids().forEach((role, id) -> ids.put(String.valueOf(ROLES.get(role)), id));
    if (!stopIds.isEmpty()) {
      ids.putIfAbsent("bos_token_id", stopIds.getFirst());
      ids.put("eos_token_id", stopIds.getFirst());
    }
    if (stopIds.size() > 1) {
      ids.put("eot_token_id", stopIds.get(1));
    }
    ids.forEach((key, id) -> to.put(PREFIX + key, GgufValue.u32(id)));
    for (String flag : FLAGS) {
      Boolean set = says.flags().get(flag);
      if (set != null) {
        to.put(PREFIX + flag, new GgufValue.Bool(set));
      }
    }
    chatTemplate.ifPresent(t -> to.put(CHAT_TEMPLATE, new GgufValue.Text(t)));
    return to;
  }

  /// Reads what [#metadata] writes, and llama.cpp's converter. Tokens that end an answer are
  /// control tokens here, whatever type the file gives them: as in llama.cpp, no text that users
  /// write becomes one.
  ///
  /// @throws IllegalArgumentException naming the key that is missing or of a kind that is not
  ///   supported
  public static GgufVocabulary read(Map<String, GgufValue> metadata) {
    GgufTokens says = tokens(metadata);
    Set<Integer> stops = new LinkedHashSet<>();
    for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
      if (metadata.get(PREFIX + key) instanceof GgufValue.Whole(GgufValue.Type _, long id)
          && id >= 0
          && id < says.tokens().size()) {
        stops.add((int) id);
      }
    }
    stops.addAll(EndTokens.of(says.tokens()));
    Integer bos = says.ids().get("bos");
    return new GgufVocabulary(
        Tokenizer.fromGguf(EndTokens.asControl(says, stops)),
        List.copyOf(stops),
        text(metadata, CHAT_TEMPLATE),
        bos == null ? Optional.empty() : Optional.of(says.tokens().get(bos)));
  }

  /// What the metadata says of the vocabulary, whatever kind it is of.
  ///
  /// @throws IllegalArgumentException naming the key that is missing or of another type
  public static GgufTokens tokens(Map<String, GgufValue> metadata) {
    var ids = new HashMap<String, Integer>();
    ROLES.forEach(
        (role, key) -> {
          if (metadata.get(PREFIX + key) instanceof GgufValue.Whole(GgufValue.Type _, long id)) {
            // llama.cpp writes −1 for a token that there is not.
            if (id >= 0 && id < Integer.MAX_VALUE) {
              ids.put(role, (int) id);
            }
          }
        });
    var flags = new HashMap<String, Boolean>();
    for (String key : FLAGS) {
      if (metadata.get(PREFIX + key) instanceof GgufValue.Bool(boolean set)) {
        flags.put(key, set);
      }
    }
    return new GgufTokens(
        text(metadata, PREFIX + "model").orElse("none"),
        text(metadata, PREFIX + "pre").orElse("default"),
        texts(metadata, "tokens"),
        metadata.get(PREFIX + "scores") instanceof GgufValue.Reals scores
            ? scores.values().stream().map(Double::floatValue).toList()
            : List.of(),
        metadata.get(PREFIX + "token_type") instanceof GgufValue.Wholes types
            ? types.values().stream().map(Long::intValue).toList()
            : List.of(),
        metadata.get(PREFIX + "merges") instanceof GgufValue.Texts merges
            ? merges.values()
            : List.of(),
        bytes(metadata, "precompiled_charsmap"),
        ids,
        flags);
  }

  private static byte[] bytes(Map<String, GgufValue> metadata, String key) {
    if (!(metadata.get(PREFIX + key) instanceof GgufValue.Wholes list)) {
      return new byte[0];
    }
    byte[] bytes = new byte[list.values().size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (long) list.values().get(i);
    }
    return bytes;
  }

  private static Optional<String> text(Map<String, GgufValue> metadata, String key) {
    return metadata.get(key) instanceof GgufValue.Text(String value)
        ? Optional.of(value)
        : Optional.empty();
  }

  private static List<String> texts(Map<String, GgufValue> metadata, String key) {
    if (metadata.get(PREFIX + key) instanceof GgufValue.Texts texts) {
      return texts.values();
    }
    throw new IllegalArgumentException("the file lacks the list " + PREFIX + key);
  }

  /// The template, parsed; ChatML where there is none.
  ChatTemplate parsedTemplate() {
    if (chatTemplate.isEmpty()) {
      return ChatTemplate.chatml();
    }
    String end = stopIds.isEmpty() ? "" : tokenizer.token(stopIds.getFirst());
    return ChatTemplate.of(
        chatTemplate.get(),
        Map.of("bos_token", bos.orElse(end), "eos_token", end),
        Clock.systemDefaultZone());
  }
}
