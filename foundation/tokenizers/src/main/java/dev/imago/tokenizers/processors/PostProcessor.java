package dev.imago.tokenizers.processors;

import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Puts special tokens around and between the tokens of texts: the `post_processor` of a
/// `tokenizer.json`. Each kind is a record with the file's own names. Immutable and thread-safe.
public sealed interface PostProcessor
    permits BertProcessing,
        ByteLevelProcessing,
        RobertaProcessing,
        SequenceProcessing,
        TemplateProcessing {
  /// How many tokens are put in, for a text or for a text and its pair.
  int added(boolean pair);

  /// Changes the encodings of a text and perhaps its pair, and puts others between them.
  ///
  /// @param special whether special tokens are put in
  List<Encoding> each(List<Encoding> encodings, boolean special);

  /// Makes one encoding of a text's, or of a text's and its pair's.
  ///
  /// @param special whether special tokens are put in
  default Encoding process(Encoding first, @Nullable Encoding second, boolean special) {
    var encodings = new ArrayList<Encoding>();
    encodings.add(ofSequence(first, 0));
    if (second != null) {
      encodings.add(ofSequence(second, 1));
    }
    return Encoding.merge(each(encodings, special));
  }

  /// Makes one encoding where a file has no post-processor.
  static Encoding unprocessed(Encoding first, @Nullable Encoding second) {
    return second == null
        ? first
        : Encoding.merge(List.of(first.withSequence(0), second.withSequence(1)));
  }

  private static Encoding ofSequence(Encoding text, int sequence) {
    // What overflows keeps the types that it has.
    return withOverflowing(
        text.withTypeId(sequence).withSequence(sequence), o -> o.withSequence(sequence));
  }

  /// Changes what overflows of an encoding.
  static Encoding withOverflowing(Encoding encoding, UnaryOperator<Encoding> change) {
    return encoding.overflowing().isEmpty()
        ? encoding
        : encoding.withOverflowing(encoding.overflowing().stream().map(change).toList());
  }

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out);

  /// Reads one.
  ///
  /// @throws IllegalArgumentException naming file, place, value and what is known
  static PostProcessor read(Part part) {
    return switch (part.type()) {
      case "BertProcessing" -> BertProcessing.read(part);
      case "ByteLevel" -> ByteLevelProcessing.read(part);
      case "RobertaProcessing" -> RobertaProcessing.read(part);
      case "Sequence" ->
          new SequenceProcessing(
              part.parts("processors").stream().map(PostProcessor::read).toList());
      case "TemplateProcessing" -> TemplateProcessing.read(part);
      default ->
          throw part.unknownType(
              List.of(
                  "BertProcessing",
                  "ByteLevel",
                  "RobertaProcessing",
                  "Sequence",
                  "TemplateProcessing"));
    };
  }
}
