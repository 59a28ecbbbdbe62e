package dev.imago.collect;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.corpus.extract.SourceFile;
import dev.imago.data.Document;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// One record of an archive, by its place: the byte at which reading begins, and the documents that
/// are the record's.
final class RecordAt {
  private static final Pattern PLACE = Pattern.compile("[0-9]{1,18}(?:\\+[0-9]{1,18})?");
  private static final byte[] GZIP = {0x1f, (byte) 0x8b, 8};
  private static final byte[] WARC = "WARC/".getBytes(StandardCharsets.US_ASCII);

  private final SourceFile file;
  private final String place;
  private final Consumer<Document> documents;
  private boolean found;
  private String next = "";

  /// Documents of a later record come: the one that was asked for is over.
  static final class Passed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Passed() {
      super(null, null, false, false);
    }
  }

  /// @throws ConfigException for what is no place, or lies behind the file's end
  RecordAt(SourceFile whole, String place, Consumer<Document> documents) {
    if (!PLACE.matcher(place).matches()) {
      throw new ConfigException(
          "offset = «%s» is no place; take what stands behind the ! of an id, such as 18342 or"
                  .formatted(place)
              + " 18342+512");
    }
    this.place = place;
    this.documents = documents;
    file =
        new SourceFile(
            whole.path(),
            whole.name(),
            whole.kind(),
            whole.bytes(),
            from(whole.path(), offset(place)));
  }

  SourceFile file() {
    return file;
  }

  /// Where reading may begin: at the offset, if a member or a record of the file begins there.
  private static long from(Path path, long offset) {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] head = in.readNBytes(WARC.length);
      if (offset < head.length || Files.size(path) <= offset) {
        return 0;
      }
      in.skipNBytes(offset - head.length);
      byte[] there = in.readNBytes(WARC.length);
      boolean begins =
          begins(head, GZIP) && begins(there, GZIP) || begins(head, WARC) && begins(there, WARC);
      return begins ? offset : 0;
    } catch (IOException e) {
      throw AtomicFile.failure("read", path, e);
    }
  }

  private static boolean begins(byte[] bytes, byte[] with) {
    return bytes.length >= with.length
        && Arrays.equals(bytes, 0, with.length, with, 0, with.length);
  }

  /// @param notes what is told of the record
  CollectReport report(Consumer<String> notes) {
    return new CollectReport(notes, this::take);
  }

  private void take(Document document) {
    String id = document.id();
    int part = id.lastIndexOf('#');
    String whole = part < 0 ? id : id.substring(0, part);
    if (whole.endsWith("!" + place)) {
      found = true;
      documents.accept(document);
    } else if (found || file.from() > 0 && isBehind(whole)) {
      next = whole;
      throw new Passed();
    }
  }

  /// Whether a document stands behind the place: those before it share its gzip member.
  private boolean isBehind(String whole) {
    String own = whole.substring(whole.lastIndexOf('!') + 1);
    return !PLACE.matcher(own).matches()
        || offset(own) > offset(place)
        || offset(own) == offset(place) && within(own) > within(place);
  }

  private static long offset(String place) {
    int plus = place.indexOf('+');
    return Long.parseLong(plus < 0 ? place : place.substring(0, plus));
  }

  private static long within(String place) {
    int plus = place.indexOf('+');
    return plus < 0 ? 0 : Long.parseLong(place.substring(plus + 1));
  }

  /// Why there is no document, in one line; empty where there is one.
  String whyNone() {
    return found
        ? ""
        : "%s has no document at %s%s; ids of `imago data read %s` have their places behind the !"
            .formatted(
                file.name(), place, next.isEmpty() ? "" : ", and the next is " + next, file.name());
  }
}
