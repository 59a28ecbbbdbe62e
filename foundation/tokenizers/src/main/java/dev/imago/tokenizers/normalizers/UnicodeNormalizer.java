package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import tools.jackson.core.JsonGenerator;

/// One of Unicode's normalization forms: `NFC`, `NFD`, `NFKC` or `NFKD`.
record UnicodeNormalizer(UnicodeForm form) implements Normalizer {
  @Override
  public AlignedText apply(AlignedText text) {
    return form.apply(text);
  }

  @Override
  public void write(JsonGenerator out) {
    Normalizer.writeType(out, form.kind().name());
  }
}
