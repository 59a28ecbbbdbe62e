package dev.imago.sources;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/// The text of a PDF: its lines by PDFBox, columns one after another, running heads and page
/// numbers left out, lines joined to paragraphs and words that a line's end parts to words. A page
/// without text is a scan, and told.
final class PdfText {
  /// Lines in so much of a page at its top and bottom may be running heads.
  private static final double MARGIN = 0.08;

  /// Fewer pages than this have no running heads to tell.
  private static final int LEAST_PAGES = 3;

  private PdfText() {}

  /// A line, or a column's part of one, in points from the page's left and top.
  record Line(float left, float right, float top, float bottom, String text) {
    float height() {
      return bottom - top;
    }
  }

  record Page(float width, float height, List<Line> lines) {}

  static DocumentText read(Path file) throws IOException {
    try (PDDocument document = Loader.loadPDF(file.toFile())) {
      var pages = new ArrayList<Page>();
      int empty = 0;
      for (PDPage page : document.getPages()) {
        var lines = new Lines(page);
        lines.setStartPage(pages.size() + 1);
        lines.setEndPage(pages.size() + 1);
        lines.getText(document);
        pages.add(lines.page());
        empty += lines.page().lines().isEmpty() ? 1 : 0;
      }
      if (empty == pages.size()) {
        throw new IOException(
            "%d pages and no text in them: a scan, which wants character recognition first"
                .formatted(empty));
      }
      var notes = new ArrayList<String>();
      if (empty > 0) {
        notes.add(
            "has pages without text (%d of %d), which may be scans".formatted(empty, pages.size()));
      }
      PdfParagraphs paragraphs = paragraphs(pages);
      return new DocumentText(
          paragraphs.text(), tags(document, pages.size()), notes, paragraphs.pageStarts());
    } catch (InvalidPasswordException e) {
      throw new IOException("it is encrypted and wants a password; take that off first", e);
    }
  }

  private static Map<String, String> tags(PDDocument document, int pages) {
    var tags = new TreeMap<String, String>();
    tags.put("pages", String.valueOf(pages));
    var about = document.getDocumentInformation();
    put(tags, "title", about.getTitle());
    put(tags, "author", about.getAuthor());
    try {
      Calendar date = about.getCreationDate();
      put(
          tags,
          "date",
          date == null ? "" : Instant.ofEpochMilli(date.getTimeInMillis()).toString());
    } catch (RuntimeException _) {
      // A date that is none is no reason to lose the text.
    }
    return tags;
  }

  private static void put(
      Map<String, String> tags, String tag, @org.jspecify.annotations.Nullable String value) {
    String clean = value == null ? "" : value.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    if (!clean.isEmpty()) {
      tags.put(tag, clean);
    }
  }

  static PdfParagraphs paragraphs(List<Page> pages) {
    Map<String, Integer> heads = new HashMap<>();
    for (Page page : pages) {
      page.lines().stream()
          .filter(line -> atEdge(line, page))
          .map(line -> shape(line.text()))
          .distinct()
          .forEach(shape -> heads.merge(shape, 1, Integer::sum));
    }
    var paragraphs = new PdfParagraphs();
    for (Page page : pages) {
      List<Line> body =
          page.lines().stream().filter(line -> !running(line, page, heads, pages.size())).toList();
      paragraphs.page(PdfColumns.inReadingOrder(body, page.width()));
    }
    return paragraphs;
  }

  private static boolean running(Line line, Page page, Map<String, Integer> heads, int pages) {
    if (!atEdge(line, page)) {
      return false;
    }
    String shape = shape(line.text());
    boolean number =
        shape.length() < 12
            && shape.matches("[\\W_]*#([\\W_]*(/|of|von|de|页)?[\\W_]*#)?[\\W_]*|[ivxlc]{1,6}");
    return pages >= LEAST_PAGES
        && (number || heads.getOrDefault(shape, 0) >= Math.max(3, pages / 3));
  }

  private static boolean atEdge(Line line, Page page) {
    return line.bottom() < MARGIN * page.height() || line.top() > (1 - MARGIN) * page.height();
  }

  /// What running heads of different pages have in common.
  private static String shape(String text) {
    return text.strip().replaceAll("[0-9]+", "#");
  }

  /// Gathers the lines of one page, words of which stand close enough to be read as one.
  private static final class Lines extends PDFTextStripper {
    /// Columns are apart by more than so many times the size of their letters.
    private static final float GUTTER = 1.5f;

    private final List<Line> lines = new ArrayList<>();
    private final float width;
    private final float height;
    private final StringBuilder text = new StringBuilder();
    private float left;
    private float right;
    private float top;
    private float bottom;

    Lines(PDPage page) {
      var box = page.getCropBox();
      boolean turned = page.getRotation() % 180 != 0;
      width = turned ? box.getHeight() : box.getWidth();
      height = turned ? box.getWidth() : box.getHeight();
      setSortByPosition(false);
      setSuppressDuplicateOverlappingText(true);
      // Formulas have spaces of a sixth of an em, which part words, too; poppler's bound is a
      // tenth.
      setAverageCharTolerance(0.2f);
      setSpacingTolerance(0.35f);
    }

    Page page() {
      end();
      return new Page(width, height, List.copyOf(lines));
    }

    @Override
    protected void writeString(String word, List<TextPosition> positions) {
      if (positions.isEmpty()) {
        return;
      }
      float from = Float.MAX_VALUE;
      float to = 0;
      float high = 0;
      float base = 0;
      float em = 1;
      for (TextPosition position : positions) {
        from = Math.min(from, position.getXDirAdj());
        to = Math.max(to, position.getXDirAdj() + position.getWidthDirAdj());
        high = Math.max(high, position.getHeightDir());
        base = Math.max(base, position.getYDirAdj());
        em = Math.max(em, position.getFontSizeInPt());
      }
      float size = Math.max(high, 1);
      boolean apart = !text.isEmpty() && (from - right > GUTTER * em || from < left - size);
      if (apart) {
        end();
      }
      if (text.isEmpty()) {
        left = from;
        right = to;
        top = base - size;
        bottom = base;
      } else {
        text.append(' ');
        right = Math.max(right, to);
        top = Math.min(top, base - size);
        bottom = Math.max(bottom, base);
      }
      text.append(word);
    }

    @Override
    protected void writeWordSeparator() {
      // Words are parted as they come.
    }

    @Override
    protected void writeLineSeparator() {
      end();
    }

    private void end() {
      String line = text.toString().replaceAll("\\p{Cntrl}", " ").strip();
      if (!line.isEmpty()) {
        lines.add(new Line(left, right, top, bottom, line));
      }
      text.setLength(0);
    }
  }
}
