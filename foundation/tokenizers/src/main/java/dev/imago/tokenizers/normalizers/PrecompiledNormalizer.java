package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.Base64;
import tools.jackson.core.JsonGenerator;

/// The normalization that a SentencePiece model brings with it as a table.
///
/// @param charsMap the table, in Base64
/// @param replacing the same, put to work
record PrecompiledNormalizer(String charsMap, Replacing replacing) implements Normalizer {
  /// @throws IllegalArgumentException saying what is wrong with the table
  PrecompiledNormalizer(String charsMap) {
    this(charsMap, new Replacing(CharsMap.read(Base64.getDecoder().decode(charsMap))));
  }

  @Override
  public AlignedText apply(AlignedText text) {
    return replacing.apply(text);
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Precompiled");
    out.writeStringProperty("precompiled_charsmap", charsMap);
    out.writeEndObject();
  }
}
