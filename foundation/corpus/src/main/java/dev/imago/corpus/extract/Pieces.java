package dev.imago.corpus.extract;

import dev.imago.data.Document;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Hands on documents: texts as they are, or the parts of long ones, numbered `#1`, `#2` … and
/// tagged with the line on which each begins.
final class Pieces {
  /// A text that is cut is read in windows, so that its size does not matter.
  private static final int WINDOW_CHARS = 1 << 22;

  private final ExtractionListener listener;
  private final Cutter cutter;
  private final boolean cuts;

  Pieces(ExtractionSettings settings, ExtractionListener listener) {
    this.listener = listener;
    cutter = new Cutter(settings.cutWords());
    cuts = !settings.cut().equals("never");
  }

  /// A text that is one document.
  void give(String text, FileKind kind, String id, String source, Map<String, String> tags)
      throws Refused, InterruptedException {
    if (text.isBlank()) {
      throw new Refused(Skip.EMPTY, "nothing but space");
    }
    hand(text, kind, id, source, tags);
  }

  /// A text that is there, cut where it is long.
  void cut(String text, String id, String source, Map<String, String> tags)
      throws Refused, InterruptedException {
    List<Cutter.Part> parts = cuts ? cutter.cut(text) : List.of(new Cutter.Part(text, 1));
    if (parts.size() == 1) {
      give(text, FileKind.PROSE, id, source, tags);
      return;
    }
    var numbered = new Numbered(new TextOrigin(id, source, tags, null));
    for (Cutter.Part part : parts) {
      numbered.add(part.text());
    }
    numbered.end();
  }

  /// A text of any length, cut where it is long.
  void cut(Reader in, TextOrigin origin) throws IOException, InterruptedException {
    var numbered = new Numbered(origin);
    var window = new char[1 << 16];
    int kept = 0;
    while (true) {
      int filled = kept;
      while (true) {
        int read = in.read(window, filled, window.length - filled);
        if (read < 0) {
          break;
        }
        filled += read;
        if (filled == window.length) {
          if (filled == WINDOW_CHARS) {
            break;
          }
          window = java.util.Arrays.copyOf(window, 2 * filled);
        }
      }
      List<Cutter.Part> parts = cutter.cut(new String(window, 0, filled));
      if (filled < WINDOW_CHARS) {
        for (Cutter.Part part : parts) {
          numbered.add(part.text());
        }
        numbered.end();
        return;
      }
      // The last part may go on in the next window.
      for (Cutter.Part part : parts.subList(0, Math.max(1, parts.size() - 1))) {
        numbered.add(part.text());
      }
      String rest = parts.size() == 1 ? "" : parts.getLast().text();
      rest.getChars(0, rest.length(), window, 0);
      kept = rest.length();
    }
  }

  private void hand(String text, FileKind kind, String id, String source, Map<String, String> tags)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    var all = new TreeMap<>(tags);
    all.put("kind", kind.tag());
    listener.document(new Document(id, text, source, all));
  }

  /// The parts of one text. The first waits for the second: alone it is the whole, and no part.
  private final class Numbered {
    private final TextOrigin origin;
    private @Nullable String held;
    private int number;
    private int line = 1;
    private int offset;

    Numbered(TextOrigin origin) {
      this.origin = origin;
    }

    void add(String part) throws InterruptedException {
      if (held != null) {
        give(held);
      }
      held = part;
    }

    void end() throws Refused, InterruptedException {
      if (number == 0) {
        Pieces.this.give(
            held == null ? "" : held,
            FileKind.PROSE,
            origin.place(),
            origin.source(),
            origin.tags());
      } else if (held != null) {
        give(held);
        listener.cut(origin.place(), number);
      }
    }

    private void give(String part) throws InterruptedException {
      int from = 0;
      int ink = 0;
      while (ink < part.length() && Character.isWhitespace(part.charAt(ink))) {
        if (part.charAt(ink++) == '\n') {
          from = ink;
          line++;
        }
      }
      String text = part.substring(from).stripTrailing();
      if (!text.isEmpty()) {
        var all = new TreeMap<>(origin.tags());
        all.put("line", String.valueOf(line));
        if (!origin.pageStarts().isEmpty()) {
          int begin = offset + from;
          all.put("page", origin.pages(begin, begin + text.length() - 1));
        }
        hand(text, FileKind.PROSE, origin.place() + "#" + ++number, origin.source(), all);
      }
      line += (int) part.substring(from).chars().filter(c -> c == '\n').count();
      offset += part.length();
    }
  }
}
