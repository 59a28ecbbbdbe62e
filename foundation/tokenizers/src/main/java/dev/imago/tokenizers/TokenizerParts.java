package dev.imago.tokenizers;

import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.added.AddedVocabulary;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.formats.Parts;
import dev.imago.tokenizers.json.Part;
import dev.imago.tokenizers.models.Model;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import dev.imago.tokenizers.processors.PostProcessor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a tokenizer is made of: the parts of a `tokenizer.json`, whatever file they come from.
///
/// @param postProcessor null where nothing is put around a text
/// @param decoder null where tokens are joined by blanks
/// @param added tokens that are found before the text is cut
/// @param gguf what GGUF says of it, where the file it comes from says as much
public record TokenizerParts(
    Normalizer normalizer,
    PreTokenizer preTokenizer,
    Model model,
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
      Model model,
      @Nullable PostProcessor postProcessor,
      @Nullable Decoder decoder,
      AddedVocabulary added,
      @Nullable Truncation truncation,
      @Nullable Padding padding) {
    this(normalizer, preTokenizer, model, postProcessor, decoder, added, truncation, padding, null);
  }

  /// The parts of a file that is no `tokenizer.json`: added tokens have the ids that it gives them.
  static TokenizerParts of(Parts parts) {
    var around = new ArrayList<String>();
    if (parts.addBos()) {
      token(parts, parts.bos()).ifPresent(around::add);
    }
    around.add("$A");
    if (parts.addEos()) {
      token(parts, parts.eos()).ifPresent(around::add);
    }
    return new TokenizerParts(
        parts.normalizer(),
        parts.preTokenizer(),
        parts.model(),
        around.size() == 1 ? null : template(parts, around),
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

  private static Optional<String> token(Parts parts, OptionalInt id) {
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
  public static AddedVocabulary given(List<AddedToken> added, Model model, Normalizer normalizer) {
    Map<String, Integer> ids = new HashMap<>();
    added.forEach(token -> ids.putIfAbsent(token.content(), token.id()));
    return AddedVocabulary.of(
        added, content -> ids.getOrDefault(content, -1), model.size(), normalizer::apply);
  }

  private static PostProcessor template(Parts parts, List<String> around) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("type", "TemplateProcessing");
    ArrayNode single = root.putArray("single");
    ArrayNode pair = root.putArray("pair");
    ObjectNode special = root.putObject("special_tokens");
    for (int type = 0; type < 2; type++) {
      for (String piece : around) {
        boolean text = piece.equals("$A");
        ObjectNode item = JsonNodeFactory.instance.objectNode();
        item.putObject(text ? "Sequence" : "SpecialToken")
            .put("id", text ? (type == 0 ? "A" : "B") : piece)
            .put("type_id", type);
        pair.add(item);
        if (type == 0) {
          single.add(item.deepCopy());
        }
        if (!text && !special.has(piece)) {
          ObjectNode token = special.putObject(piece).put("id", piece);
          token.putArray("ids").add(id(parts, piece));
          token.putArray("tokens").add(piece);
        }
      }
    }
    return PostProcessor.read(new Part("this vocabulary", "post_processor", root));
  }

  private static int id(Parts parts, String content) {
    for (AddedToken token : parts.added()) {
      if (token.content().equals(content)) {
        return token.id();
      }
    }
    return parts.model().id(content).orElseThrow();
  }
}
