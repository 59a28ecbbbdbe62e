package dev.imago.corpus.extract;

import dev.imago.data.Rows;
import dev.imago.data.Rows.Format;
import dev.imago.data.TextEncoding;
import dev.imago.data.TextReader;
import dev.imago.pages.MainText;
import dev.imago.sources.PageEncoding;
import dev.imago.sources.Subtitles;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;

/// Makes documents of one stream of text after another: decodes it, sees how it is laid out, and
/// hands on the whole of it, its parts, or its rows.
final class Texts {
  /// The layout is told from this many characters.
  private static final int LOOK_CHARS = 1 << 18;

  private final ExtractionSettings settings;
  private final ExtractionListener listener;
  private final Pieces pieces;
  private final RowTexts rows;

  Texts(ExtractionSettings settings, ExtractionListener listener) {
    this.settings = settings;
    this.listener = listener;
    pieces = new Pieces(settings, listener);
    rows = new RowTexts(settings, listener, pieces);
  }

  /// @param in marks may be set in it
  /// @param name the name whose ending says what it is
  /// @param bytes its size, −1 where that is not known
  void read(InputStream in, FileKind kind, String name, long bytes, TextOrigin origin)
      throws IOException, InterruptedException {
    String place = origin.place();
    var text = new TextReader(in, kind == FileKind.HTML ? declared(in, origin) : named());
    boolean whole =
        kind == FileKind.CODE || kind == FileKind.HTML || settings.cut().equals("never");
    if (whole && kind != FileKind.ROWS && bytes > settings.maxDocumentBytes()) {
      throw large(bytes);
    }
    LongSupplier left = () -> Math.max(0, bytes - text.bytes());
    switch (kind) {
      case CODE -> pieces.give(whole(text), kind, place, place, code(name));
      case HTML -> html(whole(text), origin);
      case ROWS -> rows(text, Format.of(name), place, left);
      case PROSE, OTHER -> prose(text, place, name, left);
      case SUBTITLES -> given(Subtitles.text(whole(text)), origin);
      case ZIP, TAR, PACKED, WEB, XML, DOCUMENT, TABLE ->
          throw new AssertionError(kind + " is no text");
    }
    tell(text, place);
    // Of a page, most is markup.
    listener.read(kind == FileKind.HTML || kind == FileKind.SUBTITLES ? 0 : text.bytes());
  }

  /// A page or a text as the web has it: its lines are no rows.
  ///
  /// @param kind HTML or prose
  void page(InputStream in, FileKind kind, TextOrigin origin)
      throws IOException, InterruptedException {
    var text = new TextReader(in, kind == FileKind.HTML ? declared(in, origin) : transport(origin));
    if (kind == FileKind.HTML) {
      html(whole(text), origin);
    } else {
      running(text, origin);
    }
    tell(text, origin.place());
    listener.read(kind == FileKind.HTML ? 0 : text.bytes());
  }

  /// A text that is there.
  void given(String text, TextOrigin origin) throws IOException, InterruptedException {
    running(new StringReader(text), origin);
  }

  /// Read when the first page asks for them.
  private static final class Trees {
    private static final MainText MAIN_TEXT = MainText.load();
  }

  private void html(String page, TextOrigin origin) throws IOException, InterruptedException {
    Document read = Jsoup.parse(page);
    Map<String, String> facts = PageFacts.of(read);
    String text =
        switch (settings.mainText()) {
          case "text" -> mainText(read, MainText.Form.TEXT, MainText.Scope.CONTENT);
          case "markdown" -> mainText(read, MainText.Form.MARKDOWN, MainText.Scope.CONTENT);
          case "body" -> mainText(read, MainText.Form.TEXT, MainText.Scope.BODY);
          case "body-markdown" -> mainText(read, MainText.Form.MARKDOWN, MainText.Scope.BODY);
          default -> Html.text(read);
        };
    if (text.isBlank() && !settings.mainText().equals("none")) {
      listener.tell(origin.place(), "has no main text, and is passed over");
    }
    var tags = new TreeMap<>(facts);
    // What brought the page knows better than the page.
    tags.putAll(origin.tags());
    running(
        new StringReader(text),
        new TextOrigin(origin.place(), origin.source(), tags, origin.transport()));
  }

  private static String mainText(Document page, MainText.Form form, MainText.Scope scope) {
    return Trees.MAIN_TEXT.of(page, form, scope);
  }

  private static Map<String, String> code(String name) {
    String language = CodeLanguage.of(FileKind.ending(name));
    return language == null ? Map.of() : Map.of("code", language);
  }

  private @Nullable Charset named() {
    return settings.encoding().isEmpty() ? null : Charset.forName(settings.encoding());
  }

  private @Nullable Charset transport(TextOrigin origin) {
    return origin.transport() == null ? named() : origin.transport();
  }

  /// In the web's order: what the transport says, what the page declares; then what a setting says
  /// of all files. A byte-order mark comes before all of them.
  private @Nullable Charset declared(InputStream in, TextOrigin origin) throws IOException {
    if (origin.transport() != null) {
      return origin.transport();
    }
    in.mark(PageEncoding.HEAD_BYTES);
    Charset declared = PageEncoding.declared(in.readNBytes(PageEncoding.HEAD_BYTES));
    in.reset();
    return declared == null ? named() : declared;
  }

  private void tell(TextReader text, String place) {
    TextEncoding found = text.encoding();
    String label = found.label();
    switch (found.certainty()) {
      case CERTAIN -> {
        if (!label.equals("UTF-8")) {
          listener.tell(place, "is read as " + label);
        }
      }
      case LIKELY -> listener.tell(place, "is in " + label + " by its bytes, and converted");
      case DOUBTFUL ->
          listener.tell(
              place,
              "may be in %s, and is read so; collect.encoding names the encoding of what is not UTF-8"
                  .formatted(label));
    }
    if (text.replaced() > 0) {
      listener.tell(
          place,
          "holds bytes that are no %s, the first at byte %,d; each is replaced by U+FFFD"
              .formatted(label, text.firstReplaced()));
    }
  }

  private void prose(TextReader text, String place, String name, LongSupplier left)
      throws IOException, InterruptedException {
    var look = new char[LOOK_CHARS];
    int n = fill(text, look);
    var in = new PushbackReader(text, Math.max(1, n));
    in.unread(look, 0, n);
    switch (layout(new String(look, 0, n), n < LOOK_CHARS, name)) {
      case RUNNING -> running(in, TextOrigin.of(place));
      case LINES -> {
        listener.tell(
            place, "is read as one text a line; collect.lines=false reads it as one text");
        rows(in, Format.LINES, place, left);
      }
      case TABLE -> {
        listener.tell(
            place,
            "is read as columns between tabs, a text a line; collect.lines=false reads it as one"
                + " text");
        rows(in, Format.TSV, place, left);
      }
      case TAGGED -> {
        listener.tell(
            place,
            "is read as words with their tags, a sentence a text, without the tags;"
                + " collect.lines=false reads it as one text");
        rows(in, Format.COLUMNS, place, left);
      }
      case JSONL -> {
        listener.tell(place, "is JSONL, whatever its name says, and read as such");
        rows(in, Format.JSONL, place, left);
      }
    }
  }

  private TextLayout layout(String beginning, boolean all, String name) {
    if (FileKind.isMarkdown(name)) {
      return TextLayout.RUNNING;
    }
    TextLayout found = TextLayout.of(beginning, all);
    return switch (settings.lines()) {
      case "true" -> found == TextLayout.RUNNING ? TextLayout.LINES : found;
      case "false" -> found == TextLayout.JSONL ? found : TextLayout.RUNNING;
      default -> found;
    };
  }

  private void rows(Reader in, Rows.@Nullable Format format, String place, LongSupplier left)
      throws IOException, InterruptedException {
    Format known = format == null ? Format.JSONL : format;
    rows.read(Rows.of(in, known, Math.toIntExact(settings.maxDocumentBytes())), place, left);
  }

  /// A text that is cut where it is long; then its size does not matter.
  private void running(Reader in, TextOrigin origin) throws IOException, InterruptedException {
    if (settings.cut().equals("never")) {
      pieces.give(whole(in), FileKind.PROSE, origin.place(), origin.source(), origin.tags());
    } else {
      pieces.cut(in, origin);
    }
  }

  /// All of one document: the cap holds whatever size was declared. A character is a byte at least.
  private String whole(Reader in) throws IOException {
    var all = new StringBuilder();
    var piece = new char[1 << 13];
    for (int n = in.read(piece, 0, piece.length); n >= 0; n = in.read(piece, 0, piece.length)) {
      all.append(piece, 0, n);
      if (all.length() > settings.maxDocumentBytes()) {
        throw large(all.length());
      }
    }
    return all.toString();
  }

  private Refused large(long bytes) {
    return new Refused(
        Skip.LARGE,
        "at least %,d bytes, more than maxDocumentBytes = %,d: split it, or raise that up to %,d"
            .formatted(bytes, settings.maxDocumentBytes(), ExtractionSettings.LARGEST_DOCUMENT));
  }

  /// Reads until `to` is full or the text ends.
  static int fill(Reader in, char[] to) throws IOException {
    int n = 0;
    while (n < to.length) {
      int read = in.read(to, n, to.length - n);
      if (read < 0) {
        break;
      }
      n += read;
    }
    return n;
  }
}
