package dev.imago.sources;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLStreamReader;

/// What an EPUB says of itself (EPUB 3.3, also 2.0.1): its pages in the order in which they are
/// read.
///
/// @param pages the names of its pages in the zip
/// @param tags `title`, `author`, `date`, `licence`, as far as it says
public record EpubBook(List<String> pages, Map<String, String> tags) {
  public EpubBook {
    pages = List.copyOf(pages);
    tags = Map.copyOf(tags);
  }

  /// @throws IOException where its directory is broken
  public static EpubBook of(ZipFile zip) throws IOException {
    var parts = new ZipParts(zip);
    var directory = new ArrayList<String>();
    parts.read(
        "META-INF/container.xml",
        new ZipParts.Elements() {
          @Override
          public void begin(String name, XMLStreamReader element) {
            if (name.equals("rootfile")) {
              directory.add(ZipParts.attribute(element, "full-path"));
            }
          }
        });
    if (directory.isEmpty()) {
      throw new IOException("its container names no directory");
    }
    String opf = directory.getFirst();
    String folder = opf.substring(0, opf.lastIndexOf('/') + 1);
    Map<String, String> items = new HashMap<>();
    List<String> spine = new ArrayList<>();
    parts.read(
        opf,
        new ZipParts.Elements() {
          @Override
          public void begin(String name, XMLStreamReader element) {
            if (name.equals("item")) {
              String href = ZipParts.attribute(element, "href");
              items.put(ZipParts.attribute(element, "id"), ZipParts.resolve(folder, decoded(href)));
            } else if (name.equals("itemref")) {
              spine.add(ZipParts.attribute(element, "idref"));
            }
          }
        });
    var pages = new LinkedHashSet<String>();
    for (String id : spine) {
      String page = items.get(id);
      if (page != null && parts.has(page)) {
        pages.add(page);
      }
    }
    return new EpubBook(List.copyOf(pages), parts.facts(opf));
  }

  private static String decoded(String href) {
    try {
      return java.net.URLDecoder.decode(
          href.replace("+", "%2B"), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return href;
    }
  }
}
