package dev.imago.text;

/// What happens to text before it is split.
sealed interface Normalizer {
  String apply(String text);

  /// Nothing.
  record None() implements Normalizer {
    @Override
    public String apply(String text) {
      return text;
    }
  }

  /// Unicode's canonical composition.
  record Nfc() implements Normalizer {
    @Override
    public String apply(String text) {
      return java.text.Normalizer.normalize(text, java.text.Normalizer.Form.NFC);
    }
  }
}
