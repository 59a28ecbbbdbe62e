package dev.imago.text;

/// A token that is found in text before the text is split, as `added_tokens` of a `tokenizer.json`
/// lists it.
///
/// @param singleWord only between characters that belong to no word
/// @param leftStrip takes the white space before it along
/// @param rightStrip takes the white space after it along
/// @param normalized looked for in normalised text, not in the text as given
/// @param special a control token, which no ordinary text may produce
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean leftStrip,
    boolean rightStrip,
    boolean normalized,
    boolean special) {
  static AddedToken control(int id, String content) {
    return new AddedToken(id, content, false, false, false, false, true);
  }
}
