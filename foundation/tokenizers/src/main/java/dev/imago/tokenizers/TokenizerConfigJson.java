package dev.imago.tokenizers;

import dev.imago.tokenizers.models.UnigramModel;
import dev.imago.tokenizers.models.WordLevelModel;
import dev.imago.tokenizers.models.WordPieceModel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// Writes `tokenizer_config.json`, by which transformers knows what the tokens of a
/// `tokenizer.json` are for.
final class TokenizerConfigJson {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// The roles that transformers knows, with the usual spellings of their tokens.
  private static final Map<String, List<String>> ROLES =
      Map.of(
          "bos_token", List.of("<s>", "<bos>"),
          "eos_token", List.of("</s>", "<eos>"),
          "unk_token", List.of("[UNK]", "<unk>"),
          "pad_token", List.of("[PAD]", "<pad>"),
          "cls_token", List.of("[CLS]", "<cls>"),
          "sep_token", List.of("[SEP]", "<sep>"),
          "mask_token", List.of("[MASK]", "<mask>"));

  private TokenizerConfigJson() {}

  /// The content of a `tokenizer_config.json` for transformers.
  static byte[] write(Tokenizer tokenizer, String chatTemplate, String endOfText, int maxLength) {
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
      for (String spelling : tokenizer.specialSpellings()) {
        if (!spelling.equals(endOfText)) {
          out.writeString(spelling);
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

  static byte[] write(Tokenizer tokenizer) {
    var roles = new TreeMap<String, String>();
    var others = new ArrayList<>(tokenizer.specialSpellings());
    String unknown =
        switch (tokenizer.parts().model()) {
          case WordPieceModel words -> words.unkToken();
          case WordLevelModel words -> words.unkToken();
          case UnigramModel pieces when pieces.unkId() >= 0 -> tokenizer.token(pieces.unkId());
          default -> "";
        };
    ROLES.forEach(
        (role, usual) -> {
          var spellings = role.equals("unk_token") ? List.of(unknown) : usual;
          spellings.stream()
              .filter(tokenizer.specialSpellings()::contains)
              .findFirst()
              .ifPresent(
                  spelling -> {
                    roles.put(role, spelling);
                    others.remove(spelling);
                  });
        });
    var bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.writerWithDefaultPrettyPrinter().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringProperty("tokenizer_class", "PreTrainedTokenizerFast");
      roles.forEach(out::writeStringProperty);
      out.writeArrayPropertyStart("additional_special_tokens");
      others.forEach(out::writeString);
      out.writeEndArray();
      out.writeBooleanProperty("clean_up_tokenization_spaces", false);
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
