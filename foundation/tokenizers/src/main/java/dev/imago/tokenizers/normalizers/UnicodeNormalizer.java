package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.text.Normalizer.Form;
import tools.jackson.core.JsonGenerator;

/// One of Unicode's normalization forms: `NFC`, `NFD`, `NFKC` or `NFKD`.
public final class UnicodeNormalizer implements Normalizer {
  private final UnicodeForm form;

  public UnicodeNormalizer(Form form) {
    this.form = new UnicodeForm(UnicodeForm.Kind.valueOf(form.name()));
  }

  /// Which of them.
  public Form form() {
    return Form.valueOf(form.kind().name());
  }

  @Override
  public AlignedText apply(AlignedText text) {
    return form.apply(text);
  }

  @Override
  public void write(JsonGenerator out) {
    Normalizer.writeType(out, form.kind().name());
  }
}
