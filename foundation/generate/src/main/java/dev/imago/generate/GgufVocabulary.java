package dev.imago.generate;

import dev.imago.tensor.GgufValue;
import dev.imago.text.ChatTemplate;
import dev.imago.text.GgufTokens;
import dev.imago.text.SplitPattern;
import dev.imago.text.Tokenizer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// A tokenizer as GGUF's metadata has it (`tokenizer.ggml.*`): what llama.cpp calls `gpt2`,
/// byte-level BPE, with the name of its pattern.
///
/// @param stopIds at which an answer ends: end of text first, end of turn after it
/// @param chatTemplate Jinja, where the model has one
public record GgufVocabulary(
    Tokenizer tokenizer, List<Integer> stopIds, Optional<String> chatTemplate) {
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
          // So the format spells it.
          "sep", "seperator_token_id");

  /// llama.cpp's kinds of tokens.
  private static final int NORMAL = 1;

  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;

  public GgufVocabulary {
    stopIds = List.copyOf(stopIds);
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
    var tokens = new ArrayList<String>();
    var types = new ArrayList<Integer>();
    for (int id = 0; id < vocabularySize; id++) {
      String token = id < tokenizer.vocabularySize() ? tokenizer.token(id) : "";
      tokens.add(token.isEmpty() ? "[PAD" + id + "]" : token);
      types.add(token.isEmpty() ? UNUSED : type(id));
    }
    var to = new LinkedHashMap<String, GgufValue>();
    to.put(PREFIX + "model", new GgufValue.Text("gpt2"));
    SplitPattern pattern =
        tokenizer
            .pattern()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the tokenizer is no byte-level BPE with a pattern that llama.cpp knows"));
    to.put(PREFIX + "pre", new GgufValue.Text(pattern.llamaCppName()));
    to.put(PREFIX + "tokens", new GgufValue.Texts(tokens));
    to.put(PREFIX + "token_type", GgufValue.i32s(types));
    to.put(PREFIX + "merges", new GgufValue.Texts(tokenizer.merges()));
    if (!stopIds.isEmpty()) {
      to.put(PREFIX + "bos_token_id", GgufValue.u32(stopIds.getFirst()));
      to.put(PREFIX + "eos_token_id", GgufValue.u32(stopIds.getFirst()));
    }
    if (stopIds.size() > 1) {
      to.put(PREFIX + "eot_token_id", GgufValue.u32(stopIds.get(1)));
    }
    to.put(PREFIX + "add_bos_token", new GgufValue.Bool(false));
    to.put(PREFIX + "add_eos_token", new GgufValue.Bool(false));
    chatTemplate.ifPresent(t -> to.put(CHAT_TEMPLATE, new GgufValue.Text(t)));
    return to;
  }

  private int type(int id) {
    return tokenizer.special(id) ? CONTROL : tokenizer.added(id) ? USER_DEFINED : NORMAL;
  }

  /// Reads what [#metadata] writes, and llama.cpp's converter.
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
    return new GgufVocabulary(
        Tokenizer.fromGguf(says), List.copyOf(stops), text(metadata, CHAT_TEMPLATE));
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
    for (String key :
        List.of(
            "add_bos_token",
            "add_eos_token",
            "add_space_prefix",
            "remove_extra_whitespaces",
            "treat_whitespace_as_suffix")) {
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
        chatTemplate.get(), Map.of("bos_token", end, "eos_token", end), Clock.systemDefaultZone());
  }
}
