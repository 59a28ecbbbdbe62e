package dev.imago.tokenizers.decoders;

import dev.imago.tokenizers.json.Part;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// Turns tokens back into text: the `decoder` of a `tokenizer.json`. Each kind is a record with the
/// file's own names. Immutable and thread-safe.
///
/// A decoder is a pipe: it is fed tokens and passes on tokens, each in one fragment or several, as
/// soon as they are certain. So what streams and what is decoded at once are the same text, and
/// half a character is never passed on. The text is all fragments end to end.
public sealed interface Decoder
    permits BpeDecoder,
        ByteFallbackDecoder,
        ByteLevelDecoder,
        CtcDecoder,
        FuseDecoder,
        JoinDecoder,
        MetaspaceDecoder,
        ReplaceDecoder,
        SentencePieceDecoder,
        SequenceDecoder,
        StripDecoder,
        WordPieceDecoder {
  /// What a file without a decoder means: tokens with a blank between them.
  Decoder JOIN = new JoinDecoder();

  /// Opens a pipe into another.
  Pipe open(Pipe next);

  /// Opens a pipe whose text goes to `text`, fragment by fragment, none of them empty.
  default Pipe open(Consumer<String> text) {
    return open(
        new Pipe() {
          @Override
          public void text(String fragment) {
            if (!fragment.isEmpty()) {
              text.accept(fragment);
            }
          }

          @Override
          public void endToken() {}

          @Override
          public void end() {}
        });
  }

  /// The text of tokens, at once.
  default String decode(List<String> tokens) {
    var out = new StringBuilder();
    Pipe pipe = open(out::append);
    for (String token : tokens) {
      pipe.text(token);
      pipe.endToken();
    }
    pipe.end();
    return out.toString();
  }

  /// Takes tokens. Not thread-safe.
  interface Pipe {
    /// A part of the current token, which does not end within a character. May be empty.
    void text(String fragment);

    /// The current token is over.
    void endToken();

    /// All tokens are over. Called once, after the last token's end.
    void end();
  }

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out);

  /// Reads one.
  ///
  /// @throws IllegalArgumentException naming file, place, value and what is known
  static Decoder read(Part part) {
    return switch (part.type()) {
      case "BPEDecoder" -> BpeDecoder.read(part);
      case "ByteFallback" -> new ByteFallbackDecoder();
      case "ByteLevel" -> ByteLevelDecoder.read(part);
      case "CTC" -> CtcDecoder.read(part);
      case "Fuse" -> new FuseDecoder();
      case "Metaspace" -> MetaspaceDecoder.read(part);
      case "Replace" -> ReplaceDecoder.read(part);
      case "Sequence" -> SequenceDecoder.read(part);
      case "Strip" -> StripDecoder.read(part);
      case "WordPiece" -> WordPieceDecoder.read(part);
      default ->
          throw part.unknownType(
              List.of(
                  "BPEDecoder",
                  "ByteFallback",
                  "ByteLevel",
                  "CTC",
                  "Fuse",
                  "Metaspace",
                  "Replace",
                  "Sequence",
                  "Strip",
                  "WordPiece"));
    };
  }
}
