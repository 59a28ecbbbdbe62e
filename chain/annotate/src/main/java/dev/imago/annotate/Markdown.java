package dev.imago.annotate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The headings and paragraphs of a Markdown text (CommonMark 0.31), cleaned of their marks.
///
/// Code, tables, lists, quotations, HTML blocks and front matter are left out: they are no running
/// text.
final class Markdown {
  private static final Pattern HEADING = Pattern.compile(" {0,3}#{1,6}(?:[ \\t].*|)");
  private static final Pattern UNDERLINE = Pattern.compile(" {0,3}(?:=+|-{2,})[ \\t]*");
  private static final Pattern FENCE = Pattern.compile(" {0,3}(`{3,}|~{3,}).*");
  private static final Pattern ITEM = Pattern.compile(" {0,3}(?:[-*+]|\\d{1,9}[.)])(?:[ \\t].*)?");
  private static final Pattern RULE = Pattern.compile(" {0,3}([-*_])(?:[ \\t]*\\1){2,}[ \\t]*");
  private static final Pattern NO_TEXT =
      Pattern.compile(" {0,3}(?:[|>]|</?[a-zA-Z!?]|!?\\[[^\\]]*]:).*|(?: {4}|\\t).*");

  private final List<Section> sections = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private String heading = "";
  private List<String> paragraphs = new ArrayList<>();
  private boolean text;

  private Markdown() {}

  /// @param heading plain text; empty before the first heading
  /// @param paragraphs plain text, each on one line, up to the next heading of any level
  record Section(String heading, List<String> paragraphs) {
    Section {
      paragraphs = List.copyOf(paragraphs);
    }
  }

  static List<Section> sections(String text) {
    var markdown = new Markdown();
    markdown.read(text);
    return markdown.sections;
  }

  private void read(String markdown) {
    String fence = "";
    boolean front = markdown.startsWith("---\n");
    String[] all = markdown.split("\n", -1);
    for (int i = 0; i < all.length; i++) {
      String line = all[i];
      if (front) {
        front = i == 0 || !line.strip().equals("---");
        continue;
      }
      Matcher fenced = FENCE.matcher(line);
      if (!fence.isEmpty()) {
        boolean closed = fenced.matches() && fenced.group(1).startsWith(fence);
        fence = closed ? "" : fence;
      } else if (fenced.matches()) {
        endParagraph();
        fence = fenced.group(1);
      } else {
        line(line);
      }
    }
    endParagraph();
    endSection();
  }

  private void line(String line) {
    if (line.isBlank()) {
      endParagraph();
    } else if (HEADING.matcher(line).matches()) {
      endParagraph();
      begin(title(line.strip()));
    } else if (!lines.isEmpty() && text && UNDERLINE.matcher(line).matches()) {
      String underlined = Paragraphs.joined(lines);
      lines.clear();
      begin(underlined);
    } else if (RULE.matcher(line).matches()) {
      endParagraph();
    } else if (lines.isEmpty()) {
      text = !ITEM.matcher(line).matches() && !NO_TEXT.matcher(line).matches();
      lines.add(line.strip());
    } else {
      // An item ends a paragraph; all other lines go on with what the first one began.
      if (text && ITEM.matcher(line).matches()) {
        endParagraph();
        text = false;
      }
      lines.add(line.strip());
    }
  }

  /// A heading's text, without the number signs before it and, parted by a space, after it.
  private static String title(String line) {
    int from = 0;
    while (from < line.length() && line.charAt(from) == '#') {
      from++;
    }
    int to = line.length();
    while (to > from && line.charAt(to - 1) == '#') {
      to--;
    }
    boolean closed = to == from || line.charAt(to - 1) == ' ' || line.charAt(to - 1) == '\t';
    return line.substring(from, closed ? to : line.length());
  }

  private void begin(String title) {
    endSection();
    heading = plain(title);
  }

  private void endSection() {
    if (!heading.isEmpty() || !paragraphs.isEmpty()) {
      sections.add(new Section(heading, paragraphs));
    }
    heading = "";
    paragraphs = new ArrayList<>();
  }

  private void endParagraph() {
    String plain = lines.isEmpty() || !text ? "" : plain(Paragraphs.joined(lines));
    if (!plain.isEmpty()) {
      paragraphs.add(plain);
    }
    lines.clear();
  }

  /// Inline marks, HTML and escapes taken off.
  static String plain(String inline) {
    String bare =
        inline
            .replaceAll("!\\[[^\\]\\[]{0,500}](?:\\([^)]{0,500}\\)|\\[[^\\]]{0,500}])", " ")
            .replaceAll("<!--.{0,500}?-->|</?[a-zA-Z][^<>]{0,500}>", "")
            .replaceAll("<((?:https?|mailto):[^<> ]+)>", "$1");
    return FirstSentence.plain(bare)
        .replaceAll("\\\\([\\p{Punct}])", "$1")
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replaceAll("[\\s\\u00a0]+", " ")
        .strip();
  }
}
