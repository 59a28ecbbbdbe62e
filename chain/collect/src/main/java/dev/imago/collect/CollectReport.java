package dev.imago.collect;

import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.corpus.extract.ExtractionListener;
import dev.imago.corpus.extract.FileKind;
import dev.imago.corpus.extract.Magic;
import dev.imago.corpus.extract.Skip;
import dev.imago.data.Document;
import dev.imago.data.Losses;
import dev.imago.data.Utf8Length;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What was taken and what was passed over, counted; the first few of each reason are told by name,
/// and what was assumed of files is told once for all that it was assumed of.
final class CollectReport implements ExtractionListener {
  private static final List<String> HEADER = List.of("what", "count", "bytes");

  /// A line for each would bury the rest where one archive has thousands.
  private static final int NOTED_EACH = 5;

  private static final int BRIEF_CHARS = 160;

  /// Where there is less text than this, a share says nothing.
  private static final long LEAST_TEXT_BYTES = 100_000;

  private record Sum(long count, long bytes) {
    Sum plus(Sum other) {
      return new Sum(count + other.count, bytes + other.bytes);
    }
  }

  private record Assumed(String first, long times) {}

  private final Consumer<String> notes;
  private final Consumer<Document> documents;
  private LongConsumer progress = bytes -> {};
  private final Losses files = new Losses();
  private final Losses rows = new Losses();
  private final OtherFiles others = new OtherFiles();
  private final Map<String, Sum> taken = new TreeMap<>();
  private final Map<Skip, Sum> skipped = new EnumMap<>(Skip.class);
  private final Map<String, Assumed> assumed = new LinkedHashMap<>();
  private String firstCut = "";
  private long cutTexts;
  private long cutParts;
  private long textBytes;
  private @Nullable String first;

  /// @param notes for people
  /// @param documents where they go
  CollectReport(Consumer<String> notes, Consumer<Document> documents) {
    this.notes = notes;
    this.documents = documents;
  }

  /// Where it is to be shown how far the reading is.
  void show(LongConsumer bytes) {
    progress = bytes;
  }

  @Override
  public void document(Document document) {
    documents.accept(document);
    taken.merge(
        "taken: " + document.tags().get("kind"),
        new Sum(1, Utf8Length.of(document.text())),
        Sum::plus);
  }

  @Override
  public void progress(long bytes) {
    progress.accept(bytes);
  }

  @Override
  public void in(long bytes) {
    files.in(1, bytes);
  }

  @Override
  public void holdsFiles(long bytes) {
    files.in(-1, -bytes);
  }

  @Override
  public void read(long bytes) {
    textBytes += bytes;
  }

  @Override
  public void other(String place, long bytes, Head head) {
    others.add(place, bytes, head);
  }

  @Override
  public void tell(String place, String what) {
    assumed.merge(what, new Assumed(place, 1), (a, b) -> new Assumed(a.first, a.times + 1));
  }

  @Override
  public void cut(String place, int parts) {
    firstCut = cutTexts == 0 ? "%s into %,d".formatted(place, parts) : firstCut;
    cutTexts++;
    cutParts += parts;
  }

  @Override
  public void skip(Skip why, @Nullable Magic magic, String place, String detail, long bytes) {
    note(why, magic == null ? why.mend() : magic.mend(), place, detail, bytes);
    textBytes += why.text() ? bytes : 0;
    if (why != Skip.EMPTY) {
      String reason = magic == null ? why.words() : magic.words();
      String mend = magic == null ? why.mend() : magic.mend();
      String example = magic == null ? "%s (%s)".formatted(place, brief(detail)) : place;
      files.lost(reason, 1, bytes, example, mend);
    }
  }

  @Override
  public void rows(long count) {
    rows.in(count, 0);
  }

  @Override
  public void skipRow(Skip why, String place, String detail) {
    note(why, why.mend(), place, detail, 0);
    if (why == Skip.EMPTY) {
      return;
    }
    rows.lost(why.words(), 1, 0, "%s (%s)".formatted(place, brief(detail)), why.mend());
  }

  private void note(Skip why, String mend, String place, String detail, long bytes) {
    long times = skipped.merge(why, new Sum(1, bytes), Sum::plus).count();
    String line = "%s: %s, passed over (%s)".formatted(place, why.words(), brief(detail));
    if (first == null) {
      first = why == Skip.EMPTY ? line : line + "; " + mend;
    }
    if (why.noted() && times <= NOTED_EACH) {
      notes.accept(line);
    } else if (why.noted() && times == NOTED_EACH + 1) {
      notes.accept("more of these (%s) are counted in the table".formatted(why.words()));
    }
  }

  private static String brief(String text) {
    return text.length() <= BRIEF_CHARS ? text : text.substring(0, BRIEF_CHARS) + "…";
  }

  /// Why there is no document, in one line; empty where there is one.
  String whyNone() {
    return taken() == 0 ? why() : "";
  }

  private long taken() {
    return taken.values().stream().mapToLong(Sum::count).sum();
  }

  /// Tells the run what was assumed, cut and lost.
  ///
  /// @throws InputException where nothing came of it, or nearly nothing
  void finish(Run run, List<String> sources, double leastRead) {
    tellAssumed(run::note);
    if (cutTexts > 0) {
      run.note(
          "%,d long %s cut into %,d documents, such as %s; collect.cut=never keeps texts whole"
              .formatted(cutTexts, cutTexts == 1 ? "text was" : "texts were", cutParts, firstCut));
    }
    textBytes += others.lose(files);
    run.table("Collected", HEADER, rows());
    if (taken() == 0) {
      throw new InputException(
          "no document in %s: %s".formatted(String.join(", ", sources), why()));
    }
    long arrived = taken.values().stream().mapToLong(Sum::bytes).sum();
    if (textBytes >= LEAST_TEXT_BYTES && arrived < leastRead * textBytes) {
      throw new InputException(
          "nearly nothing was read: %,d of %,d bytes of text in %s%n%s%n  collect.leastRead = %s is the least; 0 takes what there is"
              .formatted(
                  arrived,
                  textBytes,
                  String.join(", ", sources),
                  String.join("\n", lost()),
                  leastRead));
    }
    files.tell("files", run);
    rows.tell("rows", run);
  }

  /// Tells what was assumed of files, once for all of which the same was.
  void tellAssumed(Consumer<String> to) {
    assumed.forEach(
        (what, of) ->
            to.accept(
                of.times == 1
                    ? "%s %s".formatted(of.first, what)
                    : "%s (and %,d more like it) %s".formatted(of.first, of.times - 1, what)));
  }

  private List<String> lost() {
    var lines = new ArrayList<>(files.describe("files"));
    if (rows.share() > 0) {
      lines.addAll(rows.describe("rows"));
    }
    return lines;
  }

  /// Why there is nothing, in one line.
  private String why() {
    long all = skipped.values().stream().mapToLong(Sum::count).sum() + others.count();
    if (first != null) {
      return "%d passed over, the first %s".formatted(all, first);
    }
    return "%s of a kind that is read (%s; a .gz by the ending before it; nothing hidden); name others with --input PATH, or their endings with collect.textEndings"
        .formatted(
            all == 0
                ? "there is no file"
                : all == 1 ? "its one file is not" : "none of its %,d files is".formatted(all),
            FileKind.ENDINGS);
  }

  private List<List<String>> rows() {
    var table = new ArrayList<List<String>>();
    taken.forEach((what, sum) -> table.add(List.of(what, number(sum.count), number(sum.bytes))));
    if (others.count() > 0) {
      table.add(
          List.of("not: " + Skip.OTHER.words(), number(others.count()), number(others.bytes())));
    }
    skipped.forEach(
        (why, sum) ->
            table.add(
                List.of(
                    "not: " + why.words(),
                    number(sum.count),
                    sum.bytes == 0 ? "" : number(sum.bytes))));
    return table;
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
