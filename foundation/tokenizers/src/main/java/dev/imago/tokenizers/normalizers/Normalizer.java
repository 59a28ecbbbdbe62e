package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.json.Part;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// What happens to text before it is split: the `normalizer` of a `tokenizer.json`. Each kind is a
/// record with the file's own names, and does to text and origins what Hugging Face tokenizers 0.23
/// does. Immutable and thread-safe.
///
/// That library cannot go on from a text whose first character was put in before anything (it ends
/// in an index out of bounds); here every kind goes on from there as from anywhere.
public sealed interface Normalizer
    permits BertNormalizer,
        ByteLevelNormalizer,
        LlamaCppNormalizer,
        LowercaseNormalizer,
        NmtNormalizer,
        PrecompiledNormalizer,
        PrependNormalizer,
        ReplaceNormalizer,
        SentencePieceNormalizer,
        SequenceNormalizer,
        StripAccentsNormalizer,
        StripNormalizer,
        UnicodeNormalizer {
  /// No change at all.
  Normalizer NONE = new SequenceNormalizer(List.of());

  /// The text, changed, its origins kept; the same object where nothing clearly changes.
  AlignedText apply(AlignedText text);

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out);

  /// Reads one.
  ///
  /// @throws IllegalArgumentException naming file, place, value and what is known
  static Normalizer read(Part part) {
    return NormalizerParts.read(part);
  }

  /// What llama.cpp does before WordPiece.
  ///
  /// @param stripAccents whether marks go
  /// @param lowercase whether letters become small
  static Normalizer ofLlamaCpp(boolean stripAccents, boolean lowercase) {
    return new LlamaCppNormalizer(stripAccents, lowercase);
  }

  /// Writes an object that has nothing but a type.
  static void writeType(JsonGenerator out, String type) {
    out.writeStartObject();
    out.writeStringProperty("type", type);
    out.writeEndObject();
  }
}
