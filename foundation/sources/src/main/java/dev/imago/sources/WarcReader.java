package dev.imago.sources;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The records of a WARC (ISO 28500), WET or WAT file, or of an ARC file, one after another.
///
/// A record that is broken costs itself: it is told with its place, and reading goes on with the
/// next line that begins a record. A length that reaches into other records is seen by what follows
/// it, and these are read. Not thread-safe.
public final class WarcReader {
  /// A header line longer than this is an attack, or no header.
  private static final int LONGEST_LINE = 1 << 16;

  private static final int MOST_HEADERS = 1000;

  private static final long LARGEST_HEADERS = 1 << 20;

  private static final Pattern ARC =
      Pattern.compile(
          "(?<address>[a-z][a-z0-9+.-]*:\\S*) (?<ip>\\S+) (?<date>\\d{14}) (?<rest>.*)");

  /// A record, or a place where none could be read.
  public sealed interface Item {
    record Found(WebRecord record) implements Item {}

    /// @param bytes about how many were lost
    record Broken(String place, String why, long bytes) implements Item {}
  }

  private final RecordInput in;
  private final LongFunction<String> places;
  private final int maxBytes;
  private boolean arc;

  /// @param places what a position in `in` is called in the file, such as [GzipMembers]
  /// @param maxBytes the largest record, and the most that its body may unpack to
  public WarcReader(InputStream in, LongFunction<String> places, int maxBytes) {
    this.in = new RecordInput(in);
    this.places = places;
    this.maxBytes = maxBytes;
  }

  /// The next record or broken place; null at the end.
  public @Nullable Item next() {
    long lostFrom = -1;
    String why = "";
    while (true) {
      long from = in.position();
      try {
        String line = in.line(LONGEST_LINE);
        if (line == null) {
          return lostFrom < 0 ? null : broken(lostFrom, why);
        }
        if (line.isEmpty()) {
          continue;
        }
        if (begins(line)) {
          if (lostFrom >= 0) {
            in.back(from);
            return broken(lostFrom, why);
          }
          return record(from, line);
        }
        if (lostFrom < 0) {
          lostFrom = from;
          why = "no record begins here";
        }
      } catch (Broken e) {
        // What follows is looked at again from the next line on.
        if (lostFrom < 0) {
          lostFrom = from;
          why = String.valueOf(e.getMessage());
        }
      } catch (IOException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        if (in.stuck()) {
          // Told by the call before, if not by this one.
          return lostFrom < 0 ? null : broken(lostFrom, why);
        }
        if (lostFrom < 0) {
          lostFrom = from;
          why = message;
        }
      }
    }
  }

  private Item.Broken broken(long from, String why) {
    return new Item.Broken(places.apply(from), why, in.position() - from);
  }

  /// A record that is not one.
  private static final class Broken extends IOException {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
      super(message);
    }
  }

  private boolean begins(String line) {
    return line.matches("WARC/[01]\\.[0-9]+")
        || line.startsWith("filedesc://")
        || arc && ARC.matcher(line).matches();
  }

  private Item record(long from, String line) throws IOException {
    if (!line.startsWith("WARC/")) {
      arc = true;
      return arcRecord(from, line);
    }
    Map<String, String> headers = headers();
    byte[] block = block(headers.getOrDefault("content-length", ""), from);
    String type = headers.getOrDefault("warc-type", "").toLowerCase(Locale.ROOT);
    String contentType = headers.getOrDefault("content-type", "");
    boolean http = contentType.toLowerCase(Locale.ROOT).startsWith("application/http");
    HttpMessage message =
        http && type.equals("response")
            ? HttpMessage.of(block, maxBytes)
            : new HttpMessage(0, Map.of(), block, "");
    String mediaType = http ? message.headers().getOrDefault("content-type", "") : contentType;
    String truncated = headers.getOrDefault("warc-truncated", message.truncated());
    String address = headers.getOrDefault("warc-target-uri", "");
    return found(
        from,
        type,
        // The first edition of the standard wrote it as <address>.
        address.startsWith("<") && address.endsWith(">")
            ? address.substring(1, address.length() - 1)
            : address,
        headers.getOrDefault("warc-date", ""),
        message,
        mediaType,
        truncated);
  }

  private Item arcRecord(long from, String line) throws IOException {
    Matcher fields = ARC.matcher(line);
    if (!fields.matches()) {
      throw new Broken("an ARC record's line that is none");
    }
    String rest = fields.group("rest");
    byte[] block = block(rest.substring(rest.lastIndexOf(' ') + 1), from);
    boolean described = line.startsWith("filedesc://");
    String date = fields.group("date");
    HttpMessage message =
        described ? new HttpMessage(0, Map.of(), block, "") : HttpMessage.of(block, maxBytes);
    return found(
        from,
        described ? "warcinfo" : message.status() > 0 ? "response" : "resource",
        fields.group("address"),
        "%s-%s-%sT%s:%s:%sZ"
            .formatted(
                date.substring(0, 4),
                date.substring(4, 6),
                date.substring(6, 8),
                date.substring(8, 10),
                date.substring(10, 12),
                date.substring(12)),
        message,
        message.headers().getOrDefault("content-type", rest.replaceFirst(" .*", "")),
        message.truncated());
  }

  private Item found(
      long from,
      String type,
      String address,
      String date,
      HttpMessage message,
      String contentType,
      String truncated) {
    var charset = Pattern.compile("(?i)charset\\s*=\\s*[\"']?([^\\s;\"',]+)").matcher(contentType);
    return new Item.Found(
        new WebRecord(
            places.apply(from),
            type,
            address,
            date,
            message.status(),
            contentType.replaceFirst("[;,].*", "").strip().toLowerCase(Locale.ROOT),
            charset.find() ? charset.group(1) : "",
            message.headers(),
            message.body(),
            truncated));
  }

  private Map<String, String> headers() throws IOException {
    var headers = new TreeMap<String, String>();
    String last = "";
    int lines = 0;
    long length = 0;
    while (true) {
      String line = in.line(LONGEST_LINE);
      if (line == null) {
        throw new Broken("the file ends within a record's headers");
      }
      if (line.isEmpty()) {
        return headers;
      }
      int colon = line.indexOf(':');
      if (Character.isWhitespace(line.charAt(0)) && !last.isEmpty()) {
        headers.merge(last, line.strip(), (a, b) -> a + " " + b);
      } else if (colon > 0) {
        last = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        headers.put(last, line.substring(colon + 1).strip());
      }
      length += line.length();
      if (++lines > MOST_HEADERS) {
        throw new Broken("a record with more than %,d headers".formatted(MOST_HEADERS));
      } else if (length > LARGEST_HEADERS) {
        throw new Broken("a record whose headers exceed %,d characters".formatted(LARGEST_HEADERS));
      }
    }
  }

  /// The block of a record whose headers end here.
  private byte[] block(String declared, long from) throws IOException {
    if (!declared.matches("[0-9]{1,18}")) {
      throw new Broken("its length is «%s»".formatted(declared.replaceAll("\\p{Cntrl}", "?")));
    }
    long length = Long.parseLong(declared);
    if (length > maxBytes) {
      throw new Broken("a record of %,d bytes, more than %,d".formatted(length, maxBytes));
    }
    long begin = in.position();
    byte[] block = in.bytes((int) length);
    String why = "";
    if (block.length < length) {
      why = "the file ends after %,d of its %,d bytes".formatted(block.length, length);
    } else if (!in.atRecord(arc, begin)) {
      why = "its length is %,d, and no record follows there".formatted(length);
    }
    if (!why.isEmpty()) {
      int other = RecordInput.record(block);
      if (other >= 0) {
        in.back(begin + other);
      }
      throw new Broken(why);
    }
    return block;
  }
}
