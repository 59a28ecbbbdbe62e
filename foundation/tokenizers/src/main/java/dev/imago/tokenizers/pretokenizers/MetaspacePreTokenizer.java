package dev.imago.tokenizers.pretokenizers;

import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.json.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// `Metaspace`: writes a visible character for each blank, cuts before each, and may put one at the
/// start, as SentencePiece does.
///
/// @param replacement the visible character
/// @param prependScheme where one is put at the start
/// @param split whether the text is cut
public record MetaspacePreTokenizer(int replacement, Prepend prependScheme, boolean split)
    implements PreTokenizer {
  /// Where the character is put at the start of what does not have it there.
  public enum Prepend {
    /// Where the original text starts.
    FIRST,
    NEVER,
    /// At the start of every piece that comes in.
    ALWAYS;

    /// As the file has it.
    public String fileName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static MetaspacePreTokenizer read(Part part) {
    int replacement = part.character("replacement", -1);
    if (replacement < 0) {
      throw part.wrong("replacement", part.node().path("replacement"), "one character");
    }
    List<String> schemes = Arrays.stream(Prepend.values()).map(Prepend::fileName).toList();
    String scheme = part.word("prepend_scheme", schemes, Prepend.ALWAYS.fileName());
    // Older files say it with a flag.
    if (!part.bool("add_prefix_space", true) && !scheme.equals(Prepend.NEVER.fileName())) {
      throw part.complaint(
          "%s.add_prefix_space is false, where prepend_scheme is %s and not never"
              .formatted(part.path(), scheme));
    }
    return new MetaspacePreTokenizer(
        replacement, Prepend.valueOf(scheme.toUpperCase(Locale.ROOT)), part.bool("split", true));
  }

  @Override
  public void split(AlignedText text, Consumer<AlignedText> pieces) {
    if (text.isEmpty()) {
      return;
    }
    AlignedText marked = marked(text);
    if (!split) {
      pieces.accept(marked);
      return;
    }
    String all = marked.text();
    int start = 0;
    for (int at = all.indexOf(replacement, 1); at >= 0; at = all.indexOf(replacement, at + 1)) {
      if (start < at) {
        pieces.accept(marked.slice(start, at));
      }
      start = at;
    }
    pieces.accept(marked.slice(start, all.length()));
  }

  private AlignedText marked(AlignedText text) {
    String mark = Character.toString(replacement);
    AlignedText marked = text;
    if (mark.length() == 1) {
      if (text.text().indexOf(' ') >= 0) {
        marked = text.respelled(text.text().replace(' ', mark.charAt(0)));
      }
    } else {
      AlignedText.Rewriting rewriting = text.rewrite();
      int kept = 0;
      for (int at = text.text().indexOf(' '); at >= 0; at = text.text().indexOf(' ', kept)) {
        rewriting.keep(kept, at).put(mark, at);
        kept = at + 1;
      }
      marked = rewriting.keep(kept, text.length()).done();
    }
    boolean prepends =
        switch (prependScheme) {
          case ALWAYS -> true;
          case NEVER -> false;
          case FIRST -> text.origin() == 0;
        };
    // It takes the place of the first character, and that one stands beside it.
    return prepends && !marked.text().startsWith(mark)
        ? marked.rewrite().put(mark, 0).keep(0, marked.length()).done()
        : marked;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Metaspace");
    out.writeStringProperty("replacement", Character.toString(replacement));
    out.writeStringProperty("prepend_scheme", prependScheme.fileName());
    out.writeBooleanProperty("split", split);
    out.writeEndObject();
  }
}
