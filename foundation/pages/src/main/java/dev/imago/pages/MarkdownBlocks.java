package dev.imago.pages;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.nodes.Element;

/// Blocks as Markdown: what an element is decides the marks around its text.
final class MarkdownBlocks {
  /// The numbers of the items of those ordered lists that were met.
  private final Map<Element, Integer> numbers = new IdentityHashMap<>();

  private final Set<Element> numbered = Collections.newSetFromMap(new IdentityHashMap<>());

  private MarkdownBlocks() {}

  static String write(List<PageBlock> blocks) {
    return new MarkdownBlocks().all(blocks);
  }

  private String all(List<PageBlock> blocks) {
    var parts = new ArrayList<StringBuilder>();
    boolean list = false;
    for (int i = 0; i < blocks.size(); ) {
      PageBlock block = blocks.get(i);
      Element row = block.within("tr");
      int end = i + 1;
      if (row != null) {
        while (end < blocks.size() && blocks.get(end).within("tr") == row) {
          end++;
        }
        table(parts, blocks.subList(i, end), i > 0 && sameTable(blocks.get(i - 1), block));
        list = false;
      } else {
        boolean item = block.within("li") != null;
        String text = marked(block);
        if (item && list) {
          parts.getLast().append('\n').append(text);
        } else {
          parts.add(new StringBuilder(text));
        }
        list = item;
      }
      i = end;
    }
    return String.join("\n\n", parts);
  }

  private static boolean sameTable(PageBlock a, PageBlock b) {
    return a.within("table") != null && a.within("table") == b.within("table");
  }

  private static void table(List<StringBuilder> parts, List<PageBlock> cells, boolean goesOn) {
    var line = new StringBuilder("|");
    for (PageBlock cell : cells) {
      line.append(' ').append(cell.text().replace('\n', ' ').replace("|", "\\|")).append(" |");
    }
    if (goesOn) {
      parts.getLast().append('\n').append(line);
    } else {
      parts.add(line.append("\n|").append(" --- |".repeat(cells.size())));
    }
  }

  private String marked(PageBlock block) {
    String text = block.text();
    String name = block.element().normalName();
    if (name.length() == 2
        && name.charAt(0) == 'h'
        && name.charAt(1) >= '1'
        && name.charAt(1) <= '6') {
      return "#".repeat(name.charAt(1) - '0') + " " + text.replace('\n', ' ');
    }
    if (block.within("pre") != null) {
      String fence = text.contains("```") ? "````" : "```";
      return fence + "\n" + text + "\n" + fence;
    }
    Element item = block.within("li");
    if (item != null) {
      return item(item) + text.replace('\n', ' ');
    }
    return block.within("blockquote") == null ? text : "> " + text.replace("\n", "\n> ");
  }

  private String item(Element item) {
    int depth = 0;
    for (Element e = item.parent(); e != null; e = e.parent()) {
      depth += e.normalName().equals("ul") || e.normalName().equals("ol") ? 1 : 0;
    }
    Element list = item.parent();
    String mark = "- ";
    if (list != null && list.normalName().equals("ol")) {
      if (numbered.add(list)) {
        int number = 0;
        for (Element e : list.children()) {
          if (e.normalName().equals("li")) {
            numbers.put(e, ++number);
          }
        }
      }
      mark = numbers.getOrDefault(item, 1) + ". ";
    }
    return "  ".repeat(Math.max(0, depth - 1)) + mark;
  }
}
