package dev.imago.collect;

import dev.imago.corpus.extract.ExtractionListener.Head;
import dev.imago.corpus.extract.FileKind;
import dev.imago.corpus.extract.Magic;
import dev.imago.data.Losses;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Files whose endings are not read, counted by ending; the first of each is looked at, to say what
/// they are. Too common to be told one by one.
final class OtherFiles {
  /// @param first the first of them
  /// @param magic what it is, if its first bytes say
  /// @param text whether it looks like text
  private record Ending(long count, long bytes, String first, @Nullable Magic magic, boolean text) {
    Ending plus(long more) {
      return new Ending(count + 1, bytes + more, first, magic, text);
    }
  }

  private final Map<String, Ending> endings = new TreeMap<>();

  void add(String name, long bytes, Head head) {
    String ending = FileKind.ending(name);
    Ending known = endings.get(ending);
    endings.put(ending, known == null ? first(name, bytes, head) : known.plus(bytes));
  }

  private static Ending first(String name, long bytes, Head head) {
    byte[] start;
    try {
      start = head.read();
    } catch (IOException e) {
      start = new byte[0];
    }
    return new Ending(1, bytes, name, Magic.of(start), Magic.looksLikeText(start));
  }

  long count() {
    return endings.values().stream().mapToLong(Ending::count).sum();
  }

  long bytes() {
    return endings.values().stream().mapToLong(Ending::bytes).sum();
  }

  /// Counts all as lost, each ending a reason.
  ///
  /// @return how many bytes of them seem to be text
  long lose(Losses losses) {
    long text = 0;
    for (Map.Entry<String, Ending> entry : endings.entrySet()) {
      Ending files = entry.getValue();
      losses.in(files.count(), files.bytes());
      losses.lost(
          "the ending .%s, which is not read".formatted(entry.getKey()),
          files.count(),
          files.bytes(),
          files.first(),
          mend(entry.getKey(), files));
      text += files.text() ? files.bytes() : 0;
    }
    return text;
  }

  private static String mend(String ending, Ending files) {
    Magic magic = files.magic();
    if (magic != null && !magic.read()) {
      return "it is %s: %s".formatted(magic.words(), magic.mend());
    }
    return files.text()
        ? "collect.textEndings=[%s] reads such files as plain text".formatted(ending)
        : "no text is read from it";
  }
}
