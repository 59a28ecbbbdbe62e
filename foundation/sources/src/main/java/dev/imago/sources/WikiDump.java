package dev.imago.sources;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/// The pages of a dump of MediaWiki (`pages-articles`, export format 0.3 to 0.11), one after
/// another.
///
/// Each page is cut out of the file by its tags and parsed by itself, without DTDs and entities of
/// its own: a page that is broken costs itself, and so does a piece of the file. Of several
/// revisions the last counts. Not thread-safe.
public final class WikiDump {
  private static final byte[] BEGIN = "<page>".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "</page>".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CLOSE = "</mediawiki>".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern BASE = Pattern.compile("<base>([^<]*/)[^/<]*</base>");

  /// Text between two pages longer than this is none of a dump.
  private static final int LONGEST_BETWEEN = 1 << 24;

  /// A page, or a place where none could be read.
  public sealed interface Item {
    record Found(WikiPage page) implements Item {}

    /// @param bytes about how many were lost
    record Broken(String place, String why, long bytes) implements Item {}
  }

  private final RecordInput in;
  private final LongFunction<String> places;
  private final int maxBytes;
  private final XMLInputFactory xml;
  private String base = "";
  private boolean first = true;
  private boolean ended;
  private long brokenAt = -1;

  /// @param places what a position in `in` is called in the file
  /// @param maxBytes the largest page
  public WikiDump(InputStream in, LongFunction<String> places, int maxBytes) {
    this.in = new RecordInput(in);
    this.places = places;
    this.maxBytes = maxBytes;
    xml = ZipParts.plainXml();
  }

  /// The next page or broken place; null at the end.
  public @Nullable Item next() {
    long from = in.position();
    try {
      byte[] before = in.through(BEGIN, LONGEST_BETWEEN);
      if (before == null) {
        boolean closed = ended || brokenAt >= 0 || in.endsWith(CLOSE);
        ended = true;
        return closed || first && from == in.position()
            ? null
            : new Item.Broken(places.apply(in.position()), "the file ends within the dump", 0);
      }
      if (first) {
        first = false;
        var found = BASE.matcher(new String(before, StandardCharsets.UTF_8));
        base = found.find() ? found.group(1) : "";
      }
      long begin = in.position() - BEGIN.length;
      from = begin;
      byte[] page = in.through(END, maxBytes);
      String place = places.apply(begin);
      if (page == null) {
        boolean end = in.position() - begin <= maxBytes;
        ended |= end;
        return new Item.Broken(
            place,
            end
                ? "the file ends within a page"
                : "a page of more than %,d bytes".formatted(maxBytes),
            in.position() - begin);
      }
      try {
        return new Item.Found(page(place, page));
      } catch (XMLStreamException e) {
        String why = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        return new Item.Broken(place, why, page.length);
      }
    } catch (IOException e) {
      if (ended || in.stuck()) {
        ended = true;
        return null;
      }
      brokenAt = in.position();
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      return new Item.Broken(places.apply(from), why, in.position() - from);
    }
  }

  private WikiPage page(String place, byte[] bytes) throws XMLStreamException {
    // What stands before the bytes is the tag that they were cut off behind.
    byte[] whole = new byte[BEGIN.length + bytes.length];
    System.arraycopy(BEGIN, 0, whole, 0, BEGIN.length);
    System.arraycopy(bytes, 0, whole, BEGIN.length, bytes.length);
    XMLStreamReader reader =
        xml.createXMLStreamReader(new ByteArrayInputStream(whole), StandardCharsets.UTF_8.name());
    Map<String, String> fields = new HashMap<>();
    Deque<String> path = new ArrayDeque<>();
    var text = new StringBuilder();
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          path.addLast(reader.getLocalName());
          text.setLength(0);
          if (reader.getLocalName().equals("redirect")) {
            String title = reader.getAttributeValue(null, "title");
            fields.put("redirect", title == null ? "?" : title);
          }
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          fields.put(String.join("/", path), text.toString());
          path.removeLast();
          text.setLength(0);
        }
        default -> {}
      }
    }
    String title = fields.getOrDefault("page/title", "").strip();
    String revision = "page/revision/";
    String namespace = fields.getOrDefault("page/ns", "0").strip();
    return new WikiPage(
        place,
        title,
        fields.getOrDefault("page/id", "").strip(),
        namespace.matches("-?[0-9]{1,9}") ? Integer.parseInt(namespace) : 0,
        fields.getOrDefault("redirect", ""),
        fields.getOrDefault(revision + "timestamp", "").strip(),
        fields.getOrDefault(revision + "contributor/username", "").strip(),
        base.isEmpty() ? "" : base + title.replace(' ', '_'),
        fields.getOrDefault(revision + "text", ""));
  }
}
