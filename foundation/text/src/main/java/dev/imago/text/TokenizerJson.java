package dev.imago.text;

import dev.imago.text.decoders.Decoder;
import dev.imago.text.json.Part;
import dev.imago.text.models.Model;
import dev.imago.text.normalizers.Normalizer;
import dev.imago.text.pretokenizers.PreTokenizer;
import dev.imago.text.processors.PostProcessor;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Hugging Face's `tokenizer.json`, read and written. Each part reads and writes itself; here they
/// are put together.
final class TokenizerJson {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private TokenizerJson() {}

  /// @param file the file's name, for messages
  /// @throws IllegalArgumentException naming file, place, value and mend
  static TokenizerParts read(String file, byte[] content) {
    JsonNode root;
    try {
      root = JSON.readTree(content);
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new IllegalArgumentException(
          "%s is no JSON, at line %d, column %d (%s); get the file again"
              .formatted(file, at.getLineNr(), at.getColumnNr(), e.getOriginalMessage()),
          e);
    }
    Part part = new Part(file, "", root);
    if (!root.isObject() || !root.has("model")) {
      throw new IllegalArgumentException(
          file + " is no tokenizer.json: it has no «model»; name the file that has one");
    }
    try {
      Model model = Model.read(part.part("model"));
      return new TokenizerParts(
          part.has("normalizer") ? Normalizer.read(part.part("normalizer")) : Normalizer.NONE,
          part.has("pre_tokenizer")
              ? PreTokenizer.read(part.part("pre_tokenizer"))
              : PreTokenizer.NONE,
          model,
          part.has("post_processor") ? PostProcessor.read(part.part("post_processor")) : null,
          part.has("decoder") ? Decoder.read(part.part("decoder")) : null,
          added(part, model),
          part.has("truncation") ? Truncation.read(part.part("truncation")) : null,
          part.has("padding") ? Padding.read(part.part("padding")) : null);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file) ? e : new IllegalArgumentException(file + ": " + message, e);
    }
  }

  private static List<AddedToken> added(Part root, Model model) {
    List<Part> list = root.parts("added_tokens");
    // Bounds the arrays that are made by id.
    int most = (int) Math.min(Integer.MAX_VALUE - 8L, 2L * (model.size() + list.size()) + 65_535);
    var added = new ArrayList<AddedToken>(list.size());
    for (Part token : list) {
      added.add(
          new AddedToken(
              token.whole("id", 0, most),
              token.string("content"),
              token.bool("single_word", false),
              token.bool("lstrip", false),
              token.bool("rstrip", false),
              token.bool("normalized", false),
              token.bool("special", false)));
    }
    return added;
  }

  /// The file's content: one token a line, so that two files compare well.
  static byte[] write(TokenizerParts parts) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.writerWithDefaultPrettyPrinter().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringProperty("version", "1.0");
      out.writeName("truncation");
      if (parts.truncation() == null) {
        out.writeNull();
      } else {
        parts.truncation().write(out);
      }
      out.writeName("padding");
      if (parts.padding() == null) {
        out.writeNull();
      } else {
        parts.padding().write(out);
      }
      writeAdded(out, parts.added());
      out.writeName("normalizer");
      if (parts.normalizer().equals(Normalizer.NONE)) {
        out.writeNull();
      } else {
        parts.normalizer().write(out);
      }
      out.writeName("pre_tokenizer");
      if (parts.preTokenizer().equals(PreTokenizer.NONE)) {
        out.writeNull();
      } else {
        parts.preTokenizer().write(out);
      }
      out.writeName("post_processor");
      if (parts.postProcessor() == null) {
        out.writeNull();
      } else {
        parts.postProcessor().write(out);
      }
      out.writeName("decoder");
      if (parts.decoder() == null) {
        out.writeNull();
      } else {
        parts.decoder().write(out);
      }
      out.writeName("model");
      parts.model().write(out);
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void writeAdded(JsonGenerator out, List<AddedToken> added) {
    out.writeArrayPropertyStart("added_tokens");
    for (AddedToken token : added) {
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
      for (AddedToken token : tokenizer.parts().added()) {
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

  /// A part as its JSON, to look into.
  static JsonNode tree(java.util.function.Consumer<JsonGenerator> writes) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      writes.accept(out);
    }
    return JSON.readTree(bytes.toByteArray());
  }
}
