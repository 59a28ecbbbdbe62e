package dev.imago.text;

import dev.imago.text.bytelevel.ByteLevelBpe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Hugging Face's `tokenizer.json`: reads the kinds of parts that byte-level BPE needs, writes
/// them.
final class TokenizerJson {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path file;
  private final JsonNode root;

  private TokenizerJson(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static Tokenizer read(Path file) {
    try {
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      return new TokenizerJson(file, root).tokenizer();
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "%s is no JSON (%s); get the file again".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private Tokenizer tokenizer() {
    for (String part : List.of("truncation", "padding")) {
      if (root.hasNonNull(part)) {
        throw unsupported(part, "set", "null");
      }
    }
    String post = type(root.path("post_processor"));
    if (!post.isEmpty() && !post.equals("ByteLevel")) {
      throw unsupported("post_processor", post, "ByteLevel or null");
    }
    if (!types(root.path("decoder"), "decoders").equals(List.of("ByteLevel"))) {
      throw unsupported("decoder", type(root.path("decoder")), "ByteLevel");
    }
    JsonNode model = root.path("model");
    if (!model.path("merges").isArray() || !model.path("type").asString("BPE").equals("BPE")) {
      throw unsupported("model", type(model), "BPE");
    }
    for (String option : List.of("continuing_subword_prefix", "end_of_word_suffix", "dropout")) {
      if (model.hasNonNull(option) && !model.get(option).asString("").isEmpty()) {
        throw unsupported("model." + option, model.get(option).toString(), "null");
      }
    }
    Map<String, Integer> ids = vocabulary(model.path("vocab"));
    List<AddedToken> added = added(ids);
    return new Tokenizer(
        normalizer(),
        pattern(),
        byId(ids, added),
        merges(model.get("merges"), ids),
        added,
        model.path("ignore_merges").asBoolean(false));
  }

  private Map<String, Integer> vocabulary(JsonNode vocabulary) {
    var ids = new HashMap<String, Integer>();
    for (var entry : vocabulary.properties()) {
      // Bounds the arrays that are made by id.
      int bound = 2 * vocabulary.size() + 65_536;
      if (!entry.getValue().isInt() || outside(entry.getValue().intValue(), bound)) {
        throw broken(
            "model.vocab gives «%s» the id %s, which is not in 0 … %d"
                .formatted(entry.getKey(), entry.getValue(), bound - 1));
      }
      ids.put(entry.getKey(), entry.getValue().intValue());
    }
    if (ids.isEmpty()) {
      throw broken("model.vocab is empty");
    }
    return ids;
  }

  private static boolean outside(int id, int bound) {
    return id < 0 || id >= bound;
  }

  private List<AddedToken> added(Map<String, Integer> ids) {
    var added = new ArrayList<AddedToken>();
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").asString("");
      int id = token.path("id").asInt(-1);
      int bound = 2 * (ids.size() + root.path("added_tokens").size()) + 65_536;
      if (content.isEmpty() || outside(id, bound)) {
        throw broken("added_tokens holds " + token + ", which has no content or no usable id");
      }
      added.add(
          new AddedToken(
              ids.getOrDefault(content, id),
              content,
              token.path("single_word").asBoolean(false),
              token.path("lstrip").asBoolean(false),
              token.path("rstrip").asBoolean(false),
              token.path("normalized").asBoolean(false),
              token.path("special").asBoolean(false)));
    }
    return added;
  }

  private List<@Nullable String> byId(Map<String, Integer> ids, List<AddedToken> added) {
    int largest = Collections.max(ids.values());
    for (AddedToken token : added) {
      largest = Math.max(largest, token.id());
    }
    var tokens = new ArrayList<@Nullable String>(Collections.nCopies(largest + 1, null));
    for (var entry : ids.entrySet()) {
      String other = tokens.set(entry.getValue(), entry.getKey());
      if (other != null) {
        throw broken(
            "model.vocab gives «%s» and «%s» the same id %d"
                .formatted(other, entry.getKey(), entry.getValue()));
      }
    }
    for (AddedToken token : added) {
      tokens.set(token.id(), token.content());
    }
    return tokens;
  }

  private List<ByteLevelBpe.Merge> merges(JsonNode list, Map<String, Integer> ids) {
    var merges = new ArrayList<ByteLevelBpe.Merge>(list.size());
    for (JsonNode merge : list) {
      String left;
      String right;
      if (merge.isArray() && merge.size() == 2) {
        left = merge.get(0).asString("");
        right = merge.get(1).asString("");
      } else {
        String pair = merge.asString("");
        int space = pair.indexOf(' ');
        left = pair.substring(0, Math.max(0, space));
        right = pair.substring(space + 1);
      }
      Integer leftId = ids.get(left);
      Integer rightId = ids.get(right);
      Integer merged = ids.get(left + right);
      if (leftId == null || rightId == null || merged == null) {
        throw broken(
            "model.merges, entry %d: %s is no pair of tokens whose merge is a token"
                .formatted(merges.size(), merge));
      }
      merges.add(new ByteLevelBpe.Merge(leftId, rightId, merged));
    }
    return merges;
  }

  private Normalizer normalizer() {
    Normalizer found = new Normalizer.None();
    for (String type : types(root.path("normalizer"), "normalizers")) {
      if (!type.equals("NFC")) {
        throw unsupported("normalizer", type, "NFC or null");
      }
      found = new Normalizer.Nfc();
    }
    return found;
  }

  private SplitPattern pattern() {
    JsonNode part = root.path("pre_tokenizer");
    List<JsonNode> parts = parts(part, "pretokenizers");
    if (parts.isEmpty() || !type(parts.getLast()).equals("ByteLevel") || parts.size() > 2) {
      throw unsupported("pre_tokenizer", type(part), "ByteLevel, or Split and then ByteLevel");
    }
    JsonNode byteLevel = parts.getLast();
    if (byteLevel.path("add_prefix_space").asBoolean(true)) {
      throw unsupported("pre_tokenizer", "ByteLevel with add_prefix_space", "one without");
    }
    boolean splits = byteLevel.path("use_regex").asBoolean(true);
    if (parts.size() == 1 && splits) {
      return SplitPattern.GPT2;
    }
    JsonNode split = parts.getFirst();
    String regex = split.path("pattern").path("Regex").asString("");
    boolean isolates =
        split.path("behavior").asString("").equals("Isolated")
            ? !split.path("invert").asBoolean(false)
            // Removing what the pattern leaves over: the same, for patterns that leave nothing.
            : split.path("behavior").asString("").equals("Removed")
                && split.path("invert").asBoolean(false);
    if (parts.size() == 1 || splits || !type(split).equals("Split") || !isolates) {
      throw unsupported("pre_tokenizer", part.toString(), "Split (Isolated), then ByteLevel");
    }
    return SplitPattern.ofRegex(regex)
        .orElseThrow(
            () ->
                unsupported(
                    "pre_tokenizer",
                    "Split by «" + regex + "»",
                    "GPT-2's, Qwen2's or Llama 3's pattern"));
  }

  private static List<JsonNode> parts(JsonNode part, String list) {
    if (!part.isObject()) {
      return List.of();
    }
    return type(part).equals("Sequence") ? List.copyOf(part.path(list).values()) : List.of(part);
  }

  private static List<String> types(JsonNode part, String list) {
    return parts(part, list).stream().map(TokenizerJson::type).toList();
  }

  private static String type(JsonNode part) {
    return part.path("type").asString("");
  }

  private IllegalArgumentException broken(String what) {
    return new IllegalArgumentException(
        file + ": " + what + "; the file is broken: get it again from where it came");
  }

  private IllegalArgumentException unsupported(String part, String found, String wanted) {
    return new IllegalArgumentException(
        "%s: %s is %s, which this version does not read; it reads byte-level BPE, where %s is %s"
            .formatted(file, part, found.isEmpty() ? "missing" : "«" + found + "»", part, wanted));
  }

  /// The file's content: one token a line, so that two files compare well.
  static byte[] write(Tokenizer tokenizer) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.writerWithDefaultPrettyPrinter().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringProperty("version", "1.0");
      out.writeNullProperty("truncation");
      out.writeNullProperty("padding");
      out.writeArrayPropertyStart("added_tokens");
      for (AddedToken token : tokenizer.addedTokens()) {
        out.writeStartObject();
        out.writeNumberProperty("id", token.id());
        out.writeStringProperty("content", token.content());
        out.writeBooleanProperty("single_word", token.singleWord());
        out.writeBooleanProperty("lstrip", token.leftStrip());
        out.writeBooleanProperty("rstrip", token.rightStrip());
        out.writeBooleanProperty("normalized", token.normalized());
        out.writeBooleanProperty("special", token.special());
        out.writeEndObject();
      }
      out.writeEndArray();
      switch (tokenizer.normalizer()) {
        case Normalizer.None() -> out.writeNullProperty("normalizer");
        case Normalizer.Nfc() -> {
          out.writeObjectPropertyStart("normalizer");
          out.writeStringProperty("type", "NFC");
          out.writeEndObject();
        }
      }
      writePattern(out, tokenizer.pattern());
      out.writeNullProperty("post_processor");
      out.writeName("decoder");
      writeByteLevel(out, true);
      writeModel(out, tokenizer);
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /// The content of a `tokenizer_config.json` for transformers.
  static byte[] writeConfig(
      Tokenizer tokenizer, String chatTemplate, String endOfText, int maxLength) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.writerWithDefaultPrettyPrinter().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringProperty("tokenizer_class", "PreTrainedTokenizerFast");
      out.writeNumberProperty("model_max_length", maxLength);
      out.writeNullProperty("bos_token");
      out.writeStringProperty("eos_token", endOfText);
      out.writeStringProperty("pad_token", endOfText);
      out.writeNullProperty("unk_token");
      out.writeArrayPropertyStart("additional_special_tokens");
      for (AddedToken token : tokenizer.addedTokens()) {
        if (token.special() && !token.content().equals(endOfText)) {
          out.writeString(token.content());
        }
      }
      out.writeEndArray();
      out.writeBooleanProperty("add_prefix_space", false);
      out.writeBooleanProperty("clean_up_tokenization_spaces", false);
      out.writeStringProperty("chat_template", chatTemplate);
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void writePattern(JsonGenerator out, SplitPattern pattern) {
    out.writeName("pre_tokenizer");
    if (pattern == SplitPattern.GPT2) {
      writeByteLevel(out, true);
      return;
    }
    out.writeStartObject();
    out.writeStringProperty("type", "Sequence");
    out.writeArrayPropertyStart("pretokenizers");
    out.writeStartObject();
    out.writeStringProperty("type", "Split");
    out.writeObjectPropertyStart("pattern");
    out.writeStringProperty("Regex", pattern.regex());
    out.writeEndObject();
    out.writeStringProperty("behavior", "Isolated");
    out.writeBooleanProperty("invert", false);
    out.writeEndObject();
    writeByteLevel(out, false);
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void writeByteLevel(JsonGenerator out, boolean splits) {
    out.writeStartObject();
    out.writeStringProperty("type", "ByteLevel");
    out.writeBooleanProperty("add_prefix_space", false);
    out.writeBooleanProperty("trim_offsets", false);
    out.writeBooleanProperty("use_regex", splits);
    out.writeEndObject();
  }

  private static void writeModel(JsonGenerator out, Tokenizer tokenizer) {
    out.writeObjectPropertyStart("model");
    out.writeStringProperty("type", "BPE");
    for (String option :
        List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      out.writeNullProperty(option);
    }
    out.writeBooleanProperty("fuse_unk", false);
    out.writeBooleanProperty("byte_fallback", false);
    out.writeBooleanProperty("ignore_merges", tokenizer.ignoreMerges());
    out.writeObjectPropertyStart("vocab");
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      if (!tokenizer.token(id).isEmpty()) {
        out.writeNumberProperty(tokenizer.token(id), id);
      }
    }
    out.writeEndObject();
    out.writeArrayPropertyStart("merges");
    for (ByteLevelBpe.Merge merge : tokenizer.mergeList()) {
      out.writeStartArray();
      out.writeString(tokenizer.token(merge.left()));
      out.writeString(tokenizer.token(merge.right()));
      out.writeEndArray();
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
