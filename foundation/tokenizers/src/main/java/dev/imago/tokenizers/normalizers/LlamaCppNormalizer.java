package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.text.Normalizer.Form;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What llama.cpp does to text before WordPiece, where [BertNormalizer] only comes near: where
/// marks go, of a character that stands for several the first alone stays, so that of a Hangul
/// syllable its first consonant does.
///
/// Written as the normalizer that comes nearest.
///
/// @param stripAccents whether marks of every kind go
/// @param lowercase whether letters become small
record LlamaCppNormalizer(
    boolean stripAccents, boolean lowercase, CharacterMap map, BertNormalizer chinese)
    implements Normalizer {
  LlamaCppNormalizer(boolean stripAccents, boolean lowercase) {
    this(
        stripAccents,
        lowercase,
        new CharacterMap(c -> changed(c, stripAccents, lowercase)),
        new BertNormalizer(false, true, false, false));
  }

  /// What a character becomes, or null where it stays.
  private static @Nullable String changed(int c, boolean stripAccents, boolean lowercase) {
    if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
      return "";
    }
    int first =
        stripAccents
            ? java.text.Normalizer.normalize(Character.toString(c), Form.NFD).codePointAt(0)
            : c;
    if (isWhiteSpace(first)) {
      return first == c ? null : Character.toString(first);
    }
    boolean gone =
        switch (Character.getType(first)) {
          case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE ->
              true;
          case Character.NON_SPACING_MARK,
              Character.ENCLOSING_MARK,
              Character.COMBINING_SPACING_MARK ->
              stripAccents;
          default -> first == 0xfffd;
        };
    if (gone) {
      return "";
    }
    if (first >= 0x80 && isPunctuation(first)) {
      // The pre-tokenizer that follows knows those of Unicode 9 alone.
      return " " + Character.toString(first) + " ";
    }
    int small = lowercase ? Character.toLowerCase(first) : first;
    return small == c ? null : Character.toString(small);
  }

  private static boolean isPunctuation(int c) {
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  private static boolean isWhiteSpace(int c) {
    return c >= 9 && c <= 13 || c == 0x85 || Character.isSpaceChar(c);
  }

  @Override
  public AlignedText apply(AlignedText text) {
    return chinese.apply(map.apply(text));
  }

  @Override
  public void write(JsonGenerator out) {
    new BertNormalizer(true, true, stripAccents, lowercase).write(out);
  }
}
