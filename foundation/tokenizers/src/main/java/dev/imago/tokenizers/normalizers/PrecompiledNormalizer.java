package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.Base64;
import tools.jackson.core.JsonGenerator;

/// The normalization that a SentencePiece model brings with it as a table.
public final class PrecompiledNormalizer implements Normalizer {
  private final String charsMap;
  private final Replacing replacing;

  /// @param charsMap the table, in Base64
  /// @throws IllegalArgumentException saying what is wrong with the table
  public PrecompiledNormalizer(String charsMap) {
    this.charsMap = charsMap;
    replacing = new Replacing(CharsMap.read(Base64.getDecoder().decode(charsMap)));
  }

  /// The table, in Base64.
  public String charsMap() {
    return charsMap;
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
