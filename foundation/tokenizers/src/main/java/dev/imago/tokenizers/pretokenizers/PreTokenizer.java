package dev.imago.tokenizers.pretokenizers;

import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.json.Part;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// Cuts normalised text into pieces, across which no token reaches: the `pre_tokenizer` of a
/// `tokenizer.json`. Each kind is named as in the file, and one, [ChineseWords], is our own.
/// Immutable and thread-safe.
public sealed interface PreTokenizer
    permits AtCharacters,
        ByteLevelPreTokenizer,
        ChineseWords,
        MetaspacePreTokenizer,
        PlainPreTokenizer,
        SequencePreTokenizer,
        SplitPreTokenizer {
  /// One piece, as it is.
  PreTokenizer NONE = new SequencePreTokenizer(List.of());

  /// Cuts a text; gives its pieces from left to right, none of them empty. A piece may have another
  /// spelling than the text that it was cut from.
  void split(AlignedText text, Consumer<AlignedText> pieces);

  /// Several, of which each cuts the pieces of the one before it.
  static PreTokenizer inSequence(List<PreTokenizer> steps) {
    return new SequencePreTokenizer(steps);
  }

  /// The kind that cuts last, which says how pieces are spelt.
  default PreTokenizer last() {
    return this;
  }

  /// What cuts one after the other, sequences within sequences laid flat.
  default List<PreTokenizer> steps() {
    return List.of(this);
  }

  /// The regex whose matches are pieces, as is what lies between them; empty where it is otherwise.
  default Optional<String> regex() {
    return Optional.empty();
  }

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out);

  /// Reads one.
  ///
  /// @throws IllegalArgumentException naming file, place, value and what is known
  static PreTokenizer read(Part part) {
    return switch (part.type()) {
      case "Sequence" -> sequence(part);
      case "ByteLevel" -> ByteLevelPreTokenizer.read(part);
      case "Split" -> SplitPreTokenizer.read(part);
      case "Metaspace" -> MetaspacePreTokenizer.read(part);
      case "Digits" -> AtCharacters.Digits.read(part);
      case "Punctuation" -> AtCharacters.Punctuation.read(part);
      case "CharDelimiterSplit" -> AtCharacters.CharDelimiter.read(part);
      case "FixedLength" -> AtCharacters.FixedLength.read(part);
      case "Whitespace" -> PlainPreTokenizer.WHITESPACE;
      case "WhitespaceSplit" -> PlainPreTokenizer.WHITESPACE_SPLIT;
      case "BertPreTokenizer" -> PlainPreTokenizer.BERT;
      case "UnicodeScripts" -> PlainPreTokenizer.UNICODE_SCRIPTS;
      case "ChineseWords" -> ChineseWords.read(part);
      default ->
          throw part.unknownType(
              List.of(
                  "Sequence",
                  "ByteLevel",
                  "Split",
                  "Metaspace",
                  "Digits",
                  "Punctuation",
                  "CharDelimiterSplit",
                  "FixedLength",
                  "Whitespace",
                  "WhitespaceSplit",
                  "BertPreTokenizer",
                  "UnicodeScripts",
                  "ChineseWords"));
    };
  }

  private static PreTokenizer sequence(Part part) {
    if (!part.has("pretokenizers")) {
      throw part.wrong("pretokenizers", part.node().path("pretokenizers"), "a list");
    }
    return new SequencePreTokenizer(
        part.parts("pretokenizers").stream().map(PreTokenizer::read).toList());
  }
}
