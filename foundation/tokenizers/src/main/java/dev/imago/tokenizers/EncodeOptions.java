package dev.imago.tokenizers;

/// How a text becomes an [Encoding].
///
/// @param specialTokensInText whether the spelling of a special token in the text means the token;
///   false for whatever users and documents say
/// @param addedSpecialTokens whether the tokenizer's post-processor adds what the model expects
///   around a text, such as `[CLS]` and `[SEP]`
/// @param limited whether the file's own truncation and padding apply
public record EncodeOptions(
    boolean specialTokensInText, boolean addedSpecialTokens, boolean limited) {
  /// As Hugging Face's `encode` does without arguments.
  public static final EncodeOptions DEFAULT = new EncodeOptions(true, true, true);

  /// For text that users and documents say, and nothing around it.
  public static final EncodeOptions ORDINARY = new EncodeOptions(false, false, false);

  public EncodeOptions withSpecialTokensInText(boolean value) {
    return new EncodeOptions(value, addedSpecialTokens, limited);
  }

  public EncodeOptions withAddedSpecialTokens(boolean value) {
    return new EncodeOptions(specialTokensInText, value, limited);
  }

  public EncodeOptions withLimits(boolean value) {
    return new EncodeOptions(specialTokensInText, addedSpecialTokens, value);
  }
}
