package dev.imago.text.decoders;

import dev.imago.text.json.Part;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Turns tokens back into text: the `decoder` of a `tokenizer.json`. Each kind is a record with the
/// file's own names. Immutable and thread-safe.
///
/// A decoder is a pipe: it is fed tokens and passes on tokens, each in one fragment or several, as
/// soon as they are certain. So what streams and what is decoded at once are the same text, and
/// half a character is never passed on. The text is all fragments end to end.
public sealed interface Decoder permits SequenceDecoder {
  /// Opens a pipe into another.
  Pipe open(Pipe next);

  /// Takes tokens. Not thread-safe.
  interface Pipe {
    /// A part of the current token.
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
      case "Sequence" ->
          new SequenceDecoder(part.parts("decoders").stream().map(Decoder::read).toList());
      default -> throw part.unknownType(List.of("Sequence"));
    };
  }
}
