package dev.imago.tokenizers;

import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.added.AddedVocabulary;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.json.Part;
import dev.imago.tokenizers.models.TokenModel;
import dev.imago.tokenizers.normalizers.Normalizer;
import dev.imago.tokenizers.pretokenizers.PreTokenizer;
import dev.imago.tokenizers.processors.PostProcessor;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.StringJoiner;
import java.util.function.Consumer;
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
      TokenModel model = TokenModel.read(part.part("model"));
      Normalizer normalizer =
          part.has("normalizer") ? Normalizer.read(part.part("normalizer")) : Normalizer.NONE;
      return new TokenizerParts(
          normalizer,
          part.has("pre_tokenizer")
              ? PreTokenizer.read(part.part("pre_tokenizer"))
              : PreTokenizer.NONE,
          model,
          part.has("post_processor") ? PostProcessor.read(part.part("post_processor")) : null,
          part.has("decoder") ? Decoder.read(part.part("decoder")) : null,
          AddedVocabulary.of(
              part.parts("added_tokens").stream().map(AddedToken::read).toList(),
              token -> model.id(token).orElse(-1),
              model.size(),
              normalizer::apply),
          part.has("truncation") ? Truncation.read(part.part("truncation")) : null,
          part.has("padding") ? Padding.read(part.part("padding")) : null);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file) ? e : new IllegalArgumentException(file + ": " + message, e);
    }
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
      out.writeArrayPropertyStart("added_tokens");
      parts.added().tokens().forEach(token -> token.write(out));
      out.writeEndArray();
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

  /// The parts that are there, under the file's names, with their kinds.
  static SequencedMap<String, String> kinds(TokenizerParts parts) {
    var kinds = new LinkedHashMap<String, String>();
    kind(kinds, "normalizer", "normalizers", parts.normalizer()::write);
    kind(kinds, "pre_tokenizer", "pretokenizers", parts.preTokenizer()::write);
    PostProcessor postProcessor = parts.postProcessor();
    if (postProcessor != null) {
      kind(kinds, "post_processor", "processors", postProcessor::write);
    }
    Decoder decoder = parts.decoder();
    if (decoder != null) {
      kind(kinds, "decoder", "decoders", decoder::write);
    }
    return kinds;
  }

  private static void kind(
      SequencedMap<String, String> kinds,
      String name,
      String list,
      Consumer<JsonGenerator> writes) {
    JsonNode part = tree(writes);
    var types = new StringJoiner(", ");
    if (part.path("type").asString("").equals("Sequence")) {
      part.path(list).forEach(p -> types.add(p.path("type").asString("")));
    } else {
      types.add(part.path("type").asString(""));
    }
    if (types.length() > 0) {
      kinds.put(name, types.toString());
    }
  }

  /// A part as its JSON, to look into.
  static JsonNode tree(Consumer<JsonGenerator> writes) {
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      writes.accept(out);
    }
    return JSON.readTree(bytes.toByteArray());
  }
}
