package dev.imago.tokenizers.pretokenizers;

import dev.imago.tokenizers.aligned.AlignedText;
import java.lang.Character.UnicodeScript;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// The kinds without settings, named as in the file.
public enum PlainPreTokenizer implements PreTokenizer {
  /// Words and what stands between them, `\w+|[^\w\s]+`; white space goes.
  WHITESPACE("Whitespace") {
    @Override
    public void split(AlignedText aligned, Consumer<AlignedText> pieces) {
      String text = aligned.text();
      int start = 0;
      int kind = SPACE;
      for (int i = 0; i < text.length(); ) {
        int c = text.codePointAt(i);
        int now = CharacterKind.isWord(c) ? WORD : CharacterKind.isSpace(c) ? SPACE : BETWEEN;
        if (now != kind) {
          if (kind != SPACE) {
            pieces.accept(aligned.slice(start, i));
          }
          start = i;
          kind = now;
        }
        i += Character.charCount(c);
      }
      if (kind != SPACE) {
        pieces.accept(aligned.slice(start, text.length()));
      }
    }
  },
  /// What stands between white space.
  WHITESPACE_SPLIT("WhitespaceSplit") {
    @Override
    public void split(AlignedText text, Consumer<AlignedText> pieces) {
      CharacterKind.SPACE.cut(text, Behavior.REMOVED, pieces);
    }
  },
  /// What stands between white space, each punctuation mark on its own.
  BERT("BertPreTokenizer") {
    @Override
    public void split(AlignedText text, Consumer<AlignedText> pieces) {
      CharacterKind.SPACE.cut(
          text,
          Behavior.REMOVED,
          word -> CharacterKind.PUNCTUATION.cut(word, Behavior.ISOLATED, pieces));
    }
  },
  /// Cut where the script changes; Han and the two kanas are one, and blanks belong to any. What
  /// stands before the first character with a script goes, as it does there.
  UNICODE_SCRIPTS("UnicodeScripts") {
    @Override
    public void split(AlignedText aligned, Consumer<AlignedText> pieces) {
      String text = aligned.text();
      int start = -1;
      UnicodeScript script = UnicodeScript.UNKNOWN;
      for (int i = 0; i < text.length(); ) {
        int c = text.codePointAt(i);
        UnicodeScript now = Scripts.of(c);
        if (now != UnicodeScript.UNKNOWN) {
          if (now != script) {
            if (start >= 0) {
              pieces.accept(aligned.slice(start, i));
            }
            start = i;
          }
          script = now;
        }
        i += Character.charCount(c);
      }
      if (start >= 0) {
        pieces.accept(aligned.slice(start, text.length()));
      }
    }
  };

  private static final int SPACE = 0;
  private static final int WORD = 1;
  private static final int BETWEEN = 2;

  private final String fileName;

  PlainPreTokenizer(String fileName) {
    this.fileName = fileName;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", fileName);
    out.writeEndObject();
  }
}
