package dev.imago.sources;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLStreamReader;

/// The text of Office documents since 2007 (ECMA-376) and of OpenDocument (ISO 26300), by their
/// XML.
///
/// Word: body, then footnotes and endnotes; what was deleted is left out. PowerPoint: slides in
/// their order, each with its notes. Excel: [Sheets]. Headers and footers of pages are left out.
final class OfficeText {
  private OfficeText() {}

  static DocumentText read(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      var parts = new ZipParts(zip);
      Map<String, String> tags = new TreeMap<>(parts.facts("docProps/core.xml"));
      tags.putAll(parts.facts("meta.xml"));
      String text;
      if (parts.has("word/document.xml")) {
        text = word(parts);
      } else if (parts.has("ppt/presentation.xml")) {
        text = slides(parts);
      } else if (parts.has("xl/workbook.xml")) {
        text = new Sheets(parts).text();
      } else if (parts.has("content.xml")) {
        text = openDocument(parts);
      } else {
        throw new IOException("a zip that holds no document");
      }
      return new DocumentText(text, tags, List.of(), List.of());
    } catch (ZipException e) {
      throw new IOException(
          "it is no zip, or breaks off, or is encrypted (%s)".formatted(e.getMessage()), e);
    }
  }

  private static String word(ZipParts parts) throws IOException {
    var blocks = new Blocks();
    parts.read("word/document.xml", new WordElements(blocks));
    for (String notes : List.of("word/footnotes.xml", "word/endnotes.xml")) {
      if (parts.has(notes)) {
        parts.read(notes, new WordElements(blocks));
      }
    }
    return blocks.text();
  }

  /// WordprocessingML and DrawingML name what we look for alike: `p` a paragraph, `t` text, `tr`
  /// and `tc` rows and cells.
  private static final class WordElements implements ZipParts.Elements {
    private final Blocks blocks;
    private int unseen;
    private boolean text;

    WordElements(Blocks blocks) {
      this.blocks = blocks;
    }

    @Override
    public void begin(String name, XMLStreamReader element) {
      if (unseen > 0 || name.equals("Fallback") || name.equals("moveFrom")) {
        // A second form of what stands beside it, or of what stands where it was moved to.
        unseen++;
        return;
      }
      switch (name) {
        case "p" -> blocks.begin();
        case "pStyle" -> blocks.style(ZipParts.attribute(element, "val"));
        case "outlineLvl" -> blocks.style("heading" + (level(element) + 1));
        case "numPr" -> blocks.item();
        case "ph" -> {
          String type = ZipParts.attribute(element, "type");
          blocks.nextIsTitle(type.equals("title") || type.equals("ctrTitle"));
        }
        case "t" -> text = true;
        case "tab" -> blocks.add("\t");
        case "br", "cr" -> blocks.add("\n");
        case "noBreakHyphen" -> blocks.add("-");
        case "tr" -> blocks.beginRow();
        case "tc" -> blocks.beginCell();
        default -> {}
      }
    }

    private static int level(XMLStreamReader element) {
      String level = ZipParts.attribute(element, "val");
      return level.matches("[0-5]") ? Integer.parseInt(level) : 8;
    }

    @Override
    public void text(String more) {
      if (text && unseen == 0) {
        blocks.add(more);
      }
    }

    @Override
    public void end(String name) {
      if (unseen > 0) {
        unseen--;
        return;
      }
      switch (name) {
        case "t" -> text = false;
        case "p" -> blocks.end();
        case "tr" -> blocks.endRow();
        case "sp" -> blocks.nextIsTitle(false);
        default -> {}
      }
    }
  }

  private static String slides(ZipParts parts) throws IOException {
    Map<String, String> relations = parts.relations("ppt/presentation.xml");
    var slides = new ArrayList<String>();
    parts.read(
        "ppt/presentation.xml",
        new ZipParts.Elements() {
          @Override
          public void begin(String name, XMLStreamReader element) {
            if (name.equals("sldId")) {
              for (int i = 0; i < element.getAttributeCount(); i++) {
                String target = relations.get(element.getAttributeValue(i));
                if (target != null && element.getAttributeLocalName(i).equals("id")) {
                  slides.add(target);
                }
              }
            }
          }
        });
    var blocks = new Blocks();
    for (String slide : slides) {
      if (!parts.has(slide)) {
        continue;
      }
      parts.read(slide, new WordElements(blocks));
      for (String target : parts.relations(slide).values()) {
        if (target.contains("notesSlide") && parts.has(target)) {
          parts.read(target, new WordElements(blocks));
        }
      }
    }
    return blocks.text();
  }

  private static String openDocument(ZipParts parts) throws IOException {
    var blocks = new Blocks();
    if (parts.text("META-INF/manifest.xml").contains("encryption-data")) {
      throw new IOException("it is encrypted and wants a password; take that off first");
    }
    parts.read("content.xml", new OpenDocumentElements(blocks));
    return blocks.text();
  }

  private static final class OpenDocumentElements implements ZipParts.Elements {
    private final Blocks blocks;
    private int unseen;
    private int paragraph;
    private int items;

    OpenDocumentElements(Blocks blocks) {
      this.blocks = blocks;
    }

    @Override
    public void begin(String name, XMLStreamReader element) {
      if (unseen > 0
          || name.equals("annotation")
          || name.equals("tracked-changes")
          || name.equals("note-citation")) {
        unseen++;
        return;
      }
      switch (name) {
        case "p", "h" -> {
          if (paragraph++ == 0) {
            blocks.begin();
          } else {
            blocks.add(" ");
          }
          if (name.equals("h")) {
            blocks.style("heading" + ZipParts.attribute(element, "outline-level"));
          } else if (items > 0) {
            blocks.item();
          }
        }
        case "list-item" -> items++;
        case "s" -> blocks.add(" ");
        case "tab" -> blocks.add("\t");
        case "line-break" -> blocks.add("\n");
        case "table-row" -> blocks.beginRow();
        case "table-cell" -> blocks.beginCell();
        default -> {}
      }
    }

    @Override
    public void text(String more) {
      if (paragraph > 0 && unseen == 0) {
        blocks.add(more.replaceAll("\\s+", " "));
      }
    }

    @Override
    public void end(String name) {
      if (unseen > 0) {
        unseen--;
        return;
      }
      switch (name) {
        case "p", "h" -> {
          if (--paragraph == 0) {
            blocks.end();
          }
        }
        case "list-item" -> items--;
        case "table-row" -> blocks.endRow();
        default -> {}
      }
    }
  }
}
