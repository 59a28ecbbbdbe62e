package dev.imago.tokenizers.added;

import dev.imago.tokenizers.json.Part;
import tools.jackson.core.JsonGenerator;

/// A token that is found in text before the text is split, as `added_tokens` of a `tokenizer.json`
/// lists it.
///
/// @param id as the file has it; [AddedVocabulary#of] gives the true one
/// @param singleWord only between characters that belong to no word
/// @param leftStrip takes the white space before it along
/// @param rightStrip takes the white space after it along
/// @param normalized looked for in normalised text, not in the text as given
/// @param special a control token, which no ordinary text may produce
public record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean leftStrip,
    boolean rightStrip,
    boolean normalized,
    boolean special) {
  /// A control token, as most files have them.
  public static AddedToken control(int id, String content) {
    return new AddedToken(id, content, false, false, false, false, true);
  }

  AddedToken withId(int other) {
    return new AddedToken(other, content, singleWord, leftStrip, rightStrip, normalized, special);
  }

  /// Reads one.
  ///
  /// @throws IllegalArgumentException naming file, place and value
  public static AddedToken read(Part part) {
    boolean special = part.bool("special", false);
    return new AddedToken(
        part.whole("id", 0, Integer.MAX_VALUE),
        part.string("content"),
        part.bool("single_word", false),
        part.bool("lstrip", false),
        part.bool("rstrip", false),
        part.bool("normalized", !special),
        special);
  }

  /// Writes the object that [#read] reads.
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeNumberProperty("id", id);
    out.writeStringProperty("content", content);
    out.writeBooleanProperty("single_word", singleWord);
    out.writeBooleanProperty("lstrip", leftStrip);
    out.writeBooleanProperty("rstrip", rightStrip);
    out.writeBooleanProperty("normalized", normalized);
    out.writeBooleanProperty("special", special);
    out.writeEndObject();
  }
}
