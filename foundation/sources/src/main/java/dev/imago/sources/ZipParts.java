package dev.imago.sources;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// The parts of an Office document or an EPUB: XML in a zip, read without DTDs and entities.
final class ZipParts {
  /// The most that a part may unpack to.
  private static final long LARGEST = 256L << 20;

  private final ZipFile zip;
  private final XMLInputFactory xml = plainXml();

  ZipParts(ZipFile zip) {
    this.zip = zip;
  }

  /// Reads XML without DTDs: no entities but XML's own five, which the JDK's limits count too, so
  /// that a long text with many of them would be refused.
  static XMLInputFactory plainXml() {
    XMLInputFactory xml = XMLInputFactory.newFactory();
    xml.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    xml.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    xml.setProperty(XMLInputFactory.IS_COALESCING, true);
    xml.setProperty("jdk.xml.maxGeneralEntitySizeLimit", "0");
    xml.setProperty("jdk.xml.totalEntitySizeLimit", "0");
    return xml;
  }

  boolean has(String name) {
    return zip.getEntry(name) != null;
  }

  /// What is told of a part's elements, one after another.
  interface Elements {
    default void begin(String name, XMLStreamReader element) {}

    default void text(String text) {}

    default void end(String name) {}
  }

  String text(String name) throws IOException {
    try (InputStream in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private InputStream open(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException("it has no part %s".formatted(name));
    }
    if (entry.getSize() > LARGEST) {
      throw new IOException(
          "its part %s has %,d bytes, more than %,d".formatted(name, entry.getSize(), LARGEST));
    }
    return new java.io.FilterInputStream(zip.getInputStream(entry)) {
      private long left = LARGEST;

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        int n = super.read(to, offset, length);
        left -= Math.max(0, n);
        if (left < 0) {
          throw new IOException("its part %s unpacks to more than %,d".formatted(name, LARGEST));
        }
        return n;
      }
    };
  }

  /// Reads a part. One that breaks off has given what stood before.
  void read(String name, Elements elements) throws IOException {
    try (InputStream in = open(name)) {
      XMLStreamReader reader = xml.createXMLStreamReader(in);
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.START_ELEMENT -> elements.begin(reader.getLocalName(), reader);
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
              elements.text(reader.getText());
          case XMLStreamConstants.END_ELEMENT -> elements.end(reader.getLocalName());
          default -> {}
        }
      }
    } catch (XMLStreamException e) {
      throw new IOException(
          "its part %s is broken: %s"
              .formatted(name, String.valueOf(e.getMessage()).replaceAll("\\s+", " ")),
          e);
    }
  }

  /// An attribute by its name without a prefix; empty where it is not there.
  static String attribute(XMLStreamReader element, String name) {
    for (int i = 0; i < element.getAttributeCount(); i++) {
      if (element.getAttributeLocalName(i).equals(name)) {
        return element.getAttributeValue(i);
      }
    }
    return "";
  }

  /// The targets of a part's relations by their ids, as names of parts.
  Map<String, String> relations(String part) throws IOException {
    int slash = part.lastIndexOf('/');
    String folder = part.substring(0, slash + 1);
    String name = folder + "_rels/" + part.substring(slash + 1) + ".rels";
    var targets = new TreeMap<String, String>();
    if (has(name)) {
      read(
          name,
          new Elements() {
            @Override
            public void begin(String element, XMLStreamReader reader) {
              if (element.equals("Relationship")) {
                targets.put(attribute(reader, "Id"), resolve(folder, attribute(reader, "Target")));
              }
            }
          });
    }
    return targets;
  }

  /// A relative name, from a folder of the zip.
  static String resolve(String folder, String target) {
    if (target.startsWith("/")) {
      return target.substring(1);
    }
    List<String> path = new ArrayList<>();
    for (String step : (folder + target).split("/")) {
      if (step.equals("..")) {
        if (!path.isEmpty()) {
          path.removeLast();
        }
      } else if (!step.isEmpty() && !step.equals(".")) {
        path.add(step);
      }
    }
    return String.join("/", path);
  }

  /// Title, author and date, as Dublin Core names them in a part.
  Map<String, String> facts(String name) {
    var tags = new TreeMap<String, String>();
    try {
      if (has(name)) {
        read(
            name,
            new Elements() {
              private final StringBuilder text = new StringBuilder();

              @Override
              public void begin(String element, XMLStreamReader reader) {
                text.setLength(0);
              }

              @Override
              public void text(String more) {
                text.append(more);
              }

              @Override
              public void end(String element) {
                String tag =
                    switch (element) {
                      case "title" -> "title";
                      case "creator", "initial-creator" -> "author";
                      case "created", "creation-date", "date" -> "date";
                      case "rights" -> "licence";
                      default -> "";
                    };
                String value = text.toString().replaceAll("\\s+", " ").strip();
                text.setLength(0);
                if (!tag.isEmpty() && !value.isEmpty()) {
                  tags.putIfAbsent(tag, value);
                }
              }
            });
      }
    } catch (IOException _) {
      // What it says of itself is no reason to lose its text.
    }
    return tags;
  }
}
