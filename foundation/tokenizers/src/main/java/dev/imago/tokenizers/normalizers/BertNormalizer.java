package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What BERT does to text: controls go and blanks become spaces, Chinese characters get a space on
/// either side, accents go, letters become small. Devlin et al. 2018, arXiv:1810.04805, its
/// `BasicTokenizer`.
public final class BertNormalizer implements Normalizer {
  private final boolean cleanText;
  private final boolean handleChineseChars;
  private final @Nullable Boolean stripAccents;
  private final boolean lowercase;
  private final BertSteps steps;

  /// @param stripAccents null to do as `lowercase` does
  public BertNormalizer(
      boolean cleanText,
      boolean handleChineseChars,
      @Nullable Boolean stripAccents,
      boolean lowercase) {
    this.cleanText = cleanText;
    this.handleChineseChars = handleChineseChars;
    this.stripAccents = stripAccents;
    this.lowercase = lowercase;
    steps = new BertSteps(cleanText, handleChineseChars, stripsAccents(), lowercase);
  }

  /// Whether controls go and blanks become spaces.
  public boolean cleanText() {
    return cleanText;
  }

  /// Whether Chinese characters get a space on either side.
  public boolean handleChineseChars() {
    return handleChineseChars;
  }

  /// Whether accents go.
  public boolean stripsAccents() {
    return stripAccents == null ? lowercase : stripAccents;
  }

  /// Whether letters become small.
  public boolean lowercase() {
    return lowercase;
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
