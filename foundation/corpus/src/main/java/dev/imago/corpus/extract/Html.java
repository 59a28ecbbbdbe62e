package dev.imago.corpus.extract;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;

/// The text of an HTML page: its visible blocks, one after another with a blank line between. No
/// judgement of what is an article and what is decoration, beyond the elements that say so.
public final class Html {
  private static final String UNSEEN =
      "script,style,noscript,template,svg,iframe,object,head,nav,footer,aside,form,button,select,"
          + "dialog,[hidden],[aria-hidden=true]";

  private static final Set<String> CELLS = Set.of("td", "th");

  private Html() {}

  /// The text of a page, decoded.
  public static String text(String html) {
    return text(Jsoup.parse(html));
  }

  /// The text of a page, from which what is not seen is taken away.
  static String text(Document page) {
    page.select(UNSEEN).remove();
    var blocks = new ArrayList<String>();
    var open = new StringBuilder();
    walk(page.body(), blocks, open);
    end(blocks, open);
    return String.join("\n\n", blocks);
  }

  /// Without recursion: pages nest as deep as their makers like.
  private static void walk(Element root, List<String> blocks, StringBuilder open) {
    Node node = root;
    int kept = 0;
    while (true) {
      enter(node, blocks, open, kept > 0);
      kept += isPre(node) ? 1 : 0;
      if (node.childNodeSize() > 0) {
        node = node.childNode(0);
        continue;
      }
      while (true) {
        kept -= isPre(node) ? 1 : 0;
        leave(node, blocks, open);
        if (node == root) {
          return;
        }
        Node next = node.nextSibling();
        if (next != null) {
          node = next;
          break;
        }
        Node parent = node.parent();
        if (parent == null) {
          return;
        }
        node = parent;
      }
    }
  }

  private static boolean isPre(Node node) {
    return node.nodeName().equals("pre") || node.nodeName().equals("textarea");
  }

  private static void enter(Node node, List<String> blocks, StringBuilder open, boolean pre) {
    if (node instanceof TextNode text) {
      String words = pre ? text.getWholeText() : text.getWholeText().replaceAll("\\s+", " ");
      boolean begins = open.isEmpty() || Character.isWhitespace(open.charAt(open.length() - 1));
      open.append(begins && !pre ? words.stripLeading() : words);
    } else if (node.nodeName().equals("br")) {
      separate(open, '\n');
    } else if (isBlock(node)) {
      end(blocks, open);
    }
  }

  private static void leave(Node node, List<String> blocks, StringBuilder open) {
    if (CELLS.contains(node.nodeName())) {
      separate(open, '\t');
    } else if (isBlock(node)) {
      end(blocks, open);
    }
  }

  private static boolean isBlock(Node node) {
    return node instanceof Element element
        && element.isBlock()
        && !node.nodeName().equals("br")
        && !CELLS.contains(node.nodeName());
  }

  private static void separate(StringBuilder open, char with) {
    while (!open.isEmpty() && open.charAt(open.length() - 1) == ' ') {
      open.setLength(open.length() - 1);
    }
    open.append(with);
  }

  private static void end(List<String> blocks, StringBuilder open) {
    String block = open.toString().strip();
    open.setLength(0);
    if (!block.isEmpty()) {
      blocks.add(block);
    }
  }
}
