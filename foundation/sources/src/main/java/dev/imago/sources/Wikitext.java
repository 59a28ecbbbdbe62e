// Past 400 lines: one reader of one markup, from left to right.
package dev.imago.sources;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Text of MediaWiki's markup, as a reader sees it: headings and lists in Markdown's form, tables
/// with a tab between cells, the templates that stand for words as these words, references as a
/// list where the page has them. Pictures, categories and what only a browser shows are left out.
///
/// One pass over the characters with a stack of what is open, then one over the lines: the time is
/// that of the length, whatever is nested or left open.
public final class Wikitext {
  /// Stands for a `|` that separates nothing.
  static final char PIPE = '\ue000';

  /// More open at once than this is an attack; deeper ones are left as they stand.
  private static final int DEEPEST = 60;

  private static final int LONGEST_TAG = 1000;

  /// MediaWiki's own bound, in bytes.
  private static final int LONGEST_TITLE = 255;

  /// Elements whose content is no text.
  private static final Set<String> UNSEEN =
      Set.of(
          "gallery",
          "timeline",
          "score",
          "imagemap",
          "templatestyles",
          "mapframe",
          "maplink",
          "graph",
          "indicator",
          "categorytree",
          "inputbox",
          "hiero",
          "section",
          "style",
          "script");

  /// Elements whose content is no markup.
  private static final Set<String> PLAIN =
      Set.of("nowiki", "pre", "math", "chem", "ce", "syntaxhighlight", "source");

  private static final Set<String> PICTURES =
      Set.of(
          "file",
          "image",
          "media",
          "category",
          "datei",
          "bild",
          "kategorie",
          "fichier",
          "catégorie",
          "archivo",
          "categoría",
          "文件",
          "档案",
          "檔案",
          "图像",
          "圖像",
          "分类",
          "分類",
          "ファイル",
          "画像",
          "カテゴリ",
          "파일",
          "분류",
          "файл",
          "категория",
          "imagem",
          "ficheiro",
          "categoria");

  /// @param categories that it is in
  public record Text(String text, Set<String> categories) {}

  /// What is open.
  private static final class Open {
    final char kind;
    final StringBuilder text = new StringBuilder();

    /// @param kind `{` a template, `[` a link, `e` an external link, `r` a reference, `0` the page
    Open(char kind) {
      this.kind = kind;
    }
  }

  private final String source;
  private final Deque<Open> open = new ArrayDeque<>();
  private final List<String> references = new ArrayList<>();
  private final Set<String> categories = new TreeSet<>();
  private int at;

  private Wikitext(String source) {
    this.source = source;
  }

  public static Text text(String wikitext) {
    var parser = new Wikitext(wikitext.replace("\r", ""));
    String flat = parser.flat().replace(PIPE, '|');
    return new Text(new WikiLines().text(flat, parser.references), parser.categories);
  }

  private StringBuilder out() {
    return open.getLast().text;
  }

  private String flat() {
    open.addLast(new Open('0'));
    while (at < source.length()) {
      char c = source.charAt(at);
      switch (c) {
        case '{' -> braces();
        case '}' -> close('{', "}}");
        case '[' -> brackets();
        case ']' -> closeLink();
        case '<' -> tag();
        case '&' -> entity();
        case '-' -> dash();
        case '\'' -> quotes();
        case '_' -> underscores();
        case '\n' -> {
          // An external link ends with its line.
          if (open.getLast().kind == 'e') {
            drop("[");
          }
          out().append(c);
          at++;
        }
        default -> {
          out().append(c);
          at++;
        }
      }
    }
    while (open.size() > 1) {
      // What was never closed stands in the text; a reference that was not is none of it.
      Open last = open.removeLast();
      if (last.kind != 'r') {
        out().append(last.text);
      }
    }
    return out().toString();
  }

  /// Looked for no further than that: an open one in every line must not cost a pass each.
  private int near(String what, int from, int within) {
    return source.indexOf(
        what, Math.min(from, source.length()), Math.min(source.length(), from + within));
  }

  private void drop(String opening) {
    Open last = open.removeLast();
    out().append(opening).append(last.text);
  }

  private boolean push(char kind, int length) {
    at += length;
    if (open.size() >= DEEPEST) {
      return false;
    }
    open.addLast(new Open(kind));
    return true;
  }

  private void braces() {
    if (source.startsWith("{{{", at) && !source.startsWith("{{{{", at)) {
      int end = near("}}}", at, LONGEST_TAG);
      // A template's parameter, which has no value outside the template: its default is shown.
      if (end > 0) {
        String[] parts = source.substring(at + 3, end).split("\\|", 2);
        if (!parts[0].contains("{")) {
          out().append(parts.length > 1 ? parts[1] : "");
          at = end + 3;
          return;
        }
      }
    }
    if (source.startsWith("{{", at)) {
      push('{', 2);
    } else {
      out().append('{');
      at++;
    }
  }

  private void close(char kind, String closing) {
    if (!source.startsWith(closing, at)) {
      out().append(source.charAt(at++));
      return;
    }
    // Links that were left open within it end with it.
    boolean any = open.stream().anyMatch(o -> o.kind == kind);
    if (!any) {
      out().append(closing);
      at += closing.length();
      return;
    }
    while (open.getLast().kind != kind) {
      drop("");
    }
    at += closing.length();
    String content = open.removeLast().text.toString();
    out().append(WikiTemplates.expand(content).replace('|', PIPE));
  }

  private void brackets() {
    if (source.startsWith("[[", at)) {
      push('[', 2);
    } else if (source.startsWith("[http", at)
        || source.startsWith("[//", at)
        || source.startsWith("[ftp", at)
        || source.startsWith("[mailto:", at)) {
      push('e', 1);
    } else {
      out().append('[');
      at++;
    }
  }

  private void closeLink() {
    char kind = open.getLast().kind;
    if (kind == 'e') {
      at++;
      String content = open.removeLast().text.toString();
      int space = content.indexOf(' ');
      out().append(space < 0 ? "" : content.substring(space + 1).strip());
    } else if (kind == '[' && source.startsWith("]]", at)) {
      at += 2;
      String content = open.removeLast().text.toString();
      out().append(link(content).replace('|', PIPE));
    } else {
      out().append(']');
      at++;
    }
  }

  private String link(String content) {
    int bar = content.indexOf('|');
    String target = (bar < 0 ? content : content.substring(0, bar)).strip();
    int colon = target.indexOf(':');
    String space = colon > 0 ? target.substring(0, colon).strip().toLowerCase(Locale.ROOT) : "";
    if (PICTURES.contains(space)) {
      if (space.startsWith("cat") || space.startsWith("kat") || space.startsWith("分")) {
        categories.add(target.substring(colon + 1).strip());
      }
      return "";
    }
    if (bar < 0) {
      // A link to the page in another language; with a colon before it, it is shown.
      boolean language = space.matches("[a-z]{2,3}(-[a-z]+)*") && !target.startsWith(":");
      return language
          ? ""
          : target.startsWith(":") ? target.substring(1) : target.replaceFirst("^#", "");
    }
    String shown = content.substring(bar + 1);
    // [[Paris (Texas)|]] shows what it is without the brackets.
    if (!shown.isBlank()) {
      return shown;
    }
    return target.length() > LONGEST_TITLE
        ? target
        : target.replaceFirst("^[^:]*:", "").replaceFirst(" *\\(.*\\)$", "");
  }

  private void tag() {
    if (source.startsWith("<!--", at)) {
      int end = source.indexOf("-->", at + 4);
      at = end < 0 ? source.length() : end + 3;
      return;
    }
    int end = near(">", at, LONGEST_TAG);
    if (end < 0) {
      out().append(source.charAt(at++));
      return;
    }
    String inside = source.substring(at + 1, end);
    boolean closing = inside.startsWith("/");
    boolean alone = inside.endsWith("/");
    String name =
        inside.replaceFirst("^/", "").replaceFirst("(?s)[\\s/>].*", "").toLowerCase(Locale.ROOT);
    if (!name.matches("[a-z][a-z0-9]*")) {
      out().append(source.charAt(at++));
      return;
    }
    at = end + 1;
    if (name.equals("ref")) {
      if (closing) {
        reference();
      } else if (!alone) {
        push('r', 0);
      }
    } else if (!closing && !alone && (UNSEEN.contains(name) || PLAIN.contains(name))) {
      int close = close(name);
      String content = source.substring(at, close < 0 ? source.length() : close);
      int after = close < 0 ? -1 : source.indexOf('>', close);
      at = after < 0 ? source.length() : after + 1;
      if (PLAIN.contains(name)) {
        plain(name, content);
      }
    } else if (name.equals("references")) {
      if (alone || !closing) {
        out().append(WikiLines.REFERENCES);
      }
    } else if (name.equals("br") || name.equals("hr")) {
      out().append('\n');
    } else if (name.equals("p") || name.equals("blockquote") || name.equals("div")) {
      out().append(open.size() == 1 ? "\n" : " ");
    } else if (name.equals("li")) {
      out().append(closing ? "" : "\n* ");
    }
  }

  private int close(String name) {
    for (int from = at; ; from++) {
      from = source.indexOf("</", from);
      if (from < 0 || source.regionMatches(true, from + 2, name, 0, name.length())) {
        return from;
      }
    }
  }

  private void plain(String name, String content) {
    String text = WikiEntities.decode(content);
    boolean block = name.equals("pre") || name.equals("source") || name.equals("syntaxhighlight");
    if (block && text.strip().contains("\n")) {
      out().append("\n").append(WikiLines.code("```\n" + block(text) + "\n```")).append("\n");
    } else {
      out().append(WikiLines.protect(text.strip()));
    }
  }

  /// Without the empty lines around it: its first line may be indented.
  private static String block(String text) {
    return text.replaceFirst("^[ \\t]*\n", "").stripTrailing();
  }

  private void reference() {
    if (open.stream().noneMatch(o -> o.kind == 'r')) {
      return;
    }
    while (open.getLast().kind != 'r') {
      drop("");
    }
    String text = open.removeLast().text.toString().replaceAll("\\s+", " ").strip();
    if (!text.isEmpty()) {
      references.add(text);
    }
  }

  private void entity() {
    int end = near(";", at, 12);
    if (end > 0) {
      String decoded = WikiEntities.of(source.substring(at + 1, end));
      if (decoded != null) {
        out().append(decoded);
        at = end + 1;
        return;
      }
    }
    out().append('&');
    at++;
  }

  /// `-{zh-hans:…;zh-hant:…}-`, of which the first is shown.
  private void dash() {
    if (source.startsWith("-{", at)) {
      int end = near("}-", at, LONGEST_TAG);
      if (end > 0) {
        String inside = source.substring(at + 2, end).replaceFirst("^[A-Z]{1,2}\\|", "");
        String first = inside.split(";", 2)[0];
        out().append(first.replaceFirst("^\\s*zh[a-z-]*:", "").strip());
        at = end + 2;
        return;
      }
    }
    out().append('-');
    at++;
  }

  private void quotes() {
    int n = 0;
    while (at + n < source.length() && source.charAt(at + n) == '\'') {
      n++;
    }
    // Two are italics, three bold, five both; what is beyond is an apostrophe.
    at += n;
    out().append("'".repeat(n == 1 || n == 4 ? 1 : n > 5 ? n - 5 : 0));
  }

  private void underscores() {
    if (source.startsWith("__", at)) {
      int end = near("__", at + 2, 40);
      if (end > 0 && source.substring(at + 2, end).matches("[\\p{Lu}\\p{Lo}]+")) {
        at = end + 2;
        return;
      }
    }
    out().append('_');
    at++;
  }
}
