package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What BERT does to text: controls go and blanks become spaces, Chinese characters get a space on
/// either side, accents go, letters become small. Devlin et al. 2018, arXiv:1810.04805, its
/// `BasicTokenizer`.
///
/// @param stripAccents null to do as `lowercase` does
/// @param steps the same, put to work
record BertNormalizer(
    boolean cleanText,
    boolean handleChineseChars,
    @Nullable Boolean stripAccents,
    boolean lowercase,
    BertSteps steps)
    implements Normalizer {

  BertNormalizer(
      boolean cleanText,
      boolean handleChineseChars,
      @Nullable Boolean stripAccents,
      boolean lowercase) {
    this(
        cleanText,
        handleChineseChars,
        stripAccents,
        lowercase,
        new BertSteps(
            cleanText,
            handleChineseChars,
            stripAccents == null ? lowercase : stripAccents,
            lowercase));
  }

  @Override
  public AlignedText apply(AlignedText text) {
    return steps.apply(text);
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "BertNormalizer");
    out.writeBooleanProperty("clean_text", cleanText);
    out.writeBooleanProperty("handle_chinese_chars", handleChineseChars);
    out.writeName("strip_accents");
    if (stripAccents == null) {
      out.writeNull();
    } else {
      out.writeBoolean(stripAccents);
    }
    out.writeBooleanProperty("lowercase", lowercase);
    out.writeEndObject();
  }
}
