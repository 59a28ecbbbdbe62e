package dev.imago.tokenizers.pretokenizers;

import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.json.Part;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// The kinds that cut at single characters.
public sealed interface AtCharacters extends PreTokenizer {
  /// `Digits`: numbers apart from the rest, each digit on its own or together.
  record Digits(boolean individualDigits) implements AtCharacters {
    static Digits read(Part part) {
      return new Digits(SplitPreTokenizer.required(part, "individual_digits"));
    }

    @Override
    public void split(AlignedText text, Consumer<AlignedText> pieces) {
      CharacterKind.NUMBER.cut(
          text, individualDigits ? Behavior.ISOLATED : Behavior.CONTIGUOUS, pieces);
    }

    @Override
    public Optional<String> regex() {
      return Optional.of(individualDigits ? "\\p{N}" : "\\p{N}+");
    }

    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      out.writeStringProperty("type", "Digits");
      out.writeBooleanProperty("individual_digits", individualDigits);
      out.writeEndObject();
    }
  }

  /// `Punctuation`.
  record Punctuation(Behavior behavior) implements AtCharacters {
    static Punctuation read(Part part) {
      return new Punctuation(
          Behavior.of(part.word("behavior", Behavior.fileNames(), Behavior.ISOLATED.fileName())));
    }

    @Override
    public void split(AlignedText text, Consumer<AlignedText> pieces) {
      CharacterKind.PUNCTUATION.cut(text, behavior, pieces);
    }

    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      out.writeStringProperty("type", "Punctuation");
      out.writeStringProperty("behavior", behavior.fileName());
      out.writeEndObject();
    }
  }

  /// `CharDelimiterSplit`: what stands between a character.
  record CharDelimiter(int delimiter) implements AtCharacters {
    static CharDelimiter read(Part part) {
      int delimiter = part.character("delimiter", -1);
      if (delimiter < 0) {
        throw part.wrong("delimiter", part.node().path("delimiter"), "one character");
      }
      return new CharDelimiter(delimiter);
    }

    @Override
    public void split(AlignedText aligned, Consumer<AlignedText> pieces) {
      String text = aligned.text();
      int width = Character.charCount(delimiter);
      int start = 0;
      for (int at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, start)) {
        if (start < at) {
          pieces.accept(aligned.slice(start, at));
        }
        start = at + width;
      }
      if (start < text.length()) {
        pieces.accept(aligned.slice(start, text.length()));
      }
    }

    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      out.writeStringProperty("type", "CharDelimiterSplit");
      out.writeStringProperty("delimiter", Character.toString(delimiter));
      out.writeEndObject();
    }
  }

  /// `FixedLength`: so many characters each, the last piece fewer.
  record FixedLength(int length) implements AtCharacters {
    public FixedLength {
      if (length < 1) {
        throw new IllegalArgumentException("length = " + length + " is below 1; 5 is usual");
      }
    }

    static FixedLength read(Part part) {
      return new FixedLength(part.whole("length", 1, Integer.MAX_VALUE, 5));
    }

    @Override
    public void split(AlignedText aligned, Consumer<AlignedText> pieces) {
      String text = aligned.text();
      int start = 0;
      int count = 0;
      for (int i = 0; i < text.length(); ) {
        i += Character.charCount(text.codePointAt(i));
        if (++count == length || i == text.length()) {
          pieces.accept(aligned.slice(start, i));
          start = i;
          count = 0;
        }
      }
    }

    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      out.writeStringProperty("type", "FixedLength");
      out.writeNumberProperty("length", length);
      out.writeEndObject();
    }
  }
}
