package dev.imago.text.pretokenizers;

import dev.imago.text.aligned.AlignedText;
import dev.imago.text.json.Part;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// Cuts normalised text into pieces, across which no token reaches: the `pre_tokenizer` of a
/// `tokenizer.json`. Each kind is a record with the file's own names. Immutable and thread-safe.
public sealed interface PreTokenizer permits SequencePreTokenizer {
  /// One piece, as it is.
  PreTokenizer NONE = new SequencePreTokenizer(List.of());

  /// Cuts a text; gives its pieces from left to right, none of them empty. A piece may have another
  /// spelling than the text that it was cut from.
  void split(AlignedText text, Consumer<AlignedText> pieces);

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out);

  /// Reads one.
  ///
  /// @throws IllegalArgumentException naming file, place, value and what is known
  static PreTokenizer read(Part part) {
    return switch (part.type()) {
      case "Sequence" ->
          new SequencePreTokenizer(
              part.parts("pretokenizers").stream().map(PreTokenizer::read).toList());
      default -> throw part.unknownType(List.of("Sequence"));
    };
  }
}
