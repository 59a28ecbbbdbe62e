package dev.imago.text.normalizers;

import dev.imago.text.aligned.AlignedText;
import dev.imago.text.json.Part;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// What happens to text before it is split: the `normalizer` of a `tokenizer.json`. Each kind is a
/// record with the file's own names. Immutable and thread-safe.
public sealed interface Normalizer permits SequenceNormalizer {
  /// No change at all.
  Normalizer NONE = new SequenceNormalizer(List.of());

  /// The text, changed, its origins kept.
  AlignedText apply(AlignedText text);

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out);

  /// Reads one.
  ///
  /// @throws IllegalArgumentException naming file, place, value and what is known
  static Normalizer read(Part part) {
    return switch (part.type()) {
      case "Sequence" ->
          new SequenceNormalizer(part.parts("normalizers").stream().map(Normalizer::read).toList());
      default -> throw part.unknownType(List.of("Sequence"));
    };
  }
}
