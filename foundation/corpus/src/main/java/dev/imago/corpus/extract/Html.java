package dev.imago.corpus.extract;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jspecify.annotations.Nullable;

/// The text of an HTML page: its visible blocks, one after another with a blank line between. No
/// judgement of what is an article and what is decoration, beyond the elements that say so.
public final class Html {
  /// Where a page declares its encoding, by the HTML standard.
  static final int HEAD_BYTES = 1024;

  private static final Pattern CHARSET =
      Pattern.compile("(?i)<meta\\s[^>]*charset\\s*=\\s*[\"']?\\s*([a-z0-9_:.+-]+)");

  private static final Pattern XML_ENCODING =
      Pattern.compile(
          "^(?:\u00ef\u00bb\u00bf)?<\\?xml\\s[^>]*encoding\\s*=\\s*[\"']([A-Za-z0-9_:.-]+)[\"']");

  private static final String UNSEEN =
      "script,style,noscript,template,svg,iframe,object,head,nav,footer,aside,form,button,select,"
          + "dialog,[hidden],[aria-hidden=true]";

  private static final Set<String> CELLS = Set.of("td", "th");

  private Html() {}

  /// The encoding that a page declares for itself; null where it does not, or declares UTF-16 in
  /// bytes that are not.
  static @Nullable Charset declared(byte[] head) {
    String text =
        new String(head, StandardCharsets.ISO_8859_1).replaceAll("(?s)<!--.*?(?:-->|$)", "");
    for (Pattern pattern : List.of(XML_ENCODING, CHARSET)) {
      var matcher = pattern.matcher(text);
      if (matcher.find()) {
        return charset(matcher.group(1));
      }
    }
    return null;
  }

  /// What the web takes a name for: pages that say GB2312 or ISO-8859-1 use more than that has.
  private static @Nullable Charset charset(String name) {
    String label =
        switch (name.toLowerCase(java.util.Locale.ROOT)) {
          case "gb2312", "gbk", "x-gbk", "gb_2312-80" -> "GB18030";
          case "iso-8859-1", "iso8859-1", "latin1", "us-ascii", "ascii" -> "windows-1252";
          case "iso-8859-9" -> "windows-1254";
          case "shift_jis", "shift-jis", "sjis", "x-sjis" -> "windows-31j";
          case "big5", "big5-hkscs" -> "Big5-HKSCS";
          case "euc-kr", "ks_c_5601-1987" -> "x-windows-949";
          case "utf-16", "utf-16le", "utf-16be" -> "UTF-8";
          default -> name;
        };
    try {
      return Charset.isSupported(label) ? Charset.forName(label) : null;
    } catch (IllegalCharsetNameException e) {
      return null;
    }
  }

  /// The text of a page, decoded.
  public static String text(String html) {
    Document page = Jsoup.parse(html);
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
