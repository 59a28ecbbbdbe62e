package dev.imago.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jsoup.nodes.Attributes;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jspecify.annotations.Nullable;

/// Cuts a page into its blocks, in their order.
final class PageBlocks {
  private static final Set<String> LEFT_OUT =
      Set.of(
          "script",
          "style",
          "noscript",
          "template",
          "svg",
          "iframe",
          "head",
          "select",
          "option",
          "input",
          "textarea",
          "object",
          "embed",
          "canvas",
          "audio",
          "video",
          "datalist",
          "button",
          "dialog");

  /// Elements that are parts of a line.
  private static final Set<String> INLINE =
      Set.of(
          "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
          "em", "font", "i", "img", "ins", "kbd", "label", "mark", "math", "q", "rp", "rt", "ruby",
          "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
          "wbr", "picture", "source");

  private static final int LEAST_NOSCRIPT = 1000;

  private final List<PageBlock> blocks = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private Element at;
  private int linkCharacters;
  private int links;
  private int boldCharacters;
  private int italicCharacters;
  private int hiddenCharacters;
  private boolean space;
  private int breaks;
  private int inLink;
  private int inBold;
  private int inItalic;
  private @Nullable Element hiddenBy;
  private int inPre;

  private PageBlocks(Element body) {
    at = body;
  }

  static List<PageBlock> of(Document page) {
    Element body = page.body();
    var cutter = new PageBlocks(body);
    cutter.walk(body);
    cutter.end();
    return cutter.blocks;
  }

  /// Without recursion: pages nest as deep as their makers like.
  private void walk(Element root) {
    Node node = root;
    while (true) {
      boolean entered = enter(node);
      if (entered && node.childNodeSize() > 0) {
        node = node.childNode(0);
        continue;
      }
      while (true) {
        if (entered && node != root) {
          leave(node);
        }
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
        entered = true;
      }
    }
  }

  /// @return whether what lies within is gone into, and left again
  private boolean enter(Node node) {
    if (node instanceof TextNode words) {
      add(words.getWholeText(), words.parent());
      return false;
    }
    if (!(node instanceof Element element)
        || LEFT_OUT.contains(element.normalName()) && !isPage(element)) {
      return false;
    }
    String name = element.normalName();
    if (name.equals("br")) {
      lineBreak();
      return false;
    }
    if (!INLINE.contains(name)) {
      end();
    }
    count(element, 1);
    if (hiddenBy == null && hidden(element)) {
      hiddenBy = element;
    }
    links += name.equals("a") ? 1 : 0;
    return true;
  }

  /// Pages that scripts draw keep their text for those who run none; other such elements hold a
  /// notice or a picture.
  private static boolean isPage(Element element) {
    return element.normalName().equals("noscript") && element.text().length() >= LEAST_NOSCRIPT;
  }

  private void leave(Node node) {
    if (node instanceof Element element) {
      count(element, -1);
      if (element == hiddenBy) {
        hiddenBy = null;
      }
      if (!INLINE.contains(element.normalName())) {
        end();
      }
    }
  }

  private void count(Element element, int by) {
    switch (element.normalName()) {
      case "a" -> inLink += by;
      case "b", "strong" -> inBold += by;
      case "i", "em" -> inItalic += by;
      case "pre" -> inPre += by;
      default -> {}
    }
  }

  private static boolean hidden(Element element) {
    if (element.attributesSize() == 0) {
      return false;
    }
    Attributes attributes = element.attributes();
    String style = attributes.get("style");
    return attributes.hasKey("hidden")
        || attributes.get("aria-hidden").equals("true")
        || !style.isEmpty() && style.replace(" ", "").contains("display:none");
  }

  private void lineBreak() {
    breaks++;
    if (breaks >= 2 && inPre == 0) {
      end();
    } else {
      text.append('\n');
      space = false;
    }
  }

  private void add(String words, @Nullable Node parent) {
    if (text.isEmpty() && parent instanceof Element element) {
      at = block(element);
    }
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      if (c == '\u200b' || c == '\r') {
        continue;
      }
      boolean blank = c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\u00a0';
      if (blank && inPre > 0) {
        text.append(c);
        continue;
      }
      if (blank) {
        space = true;
        continue;
      }
      if (space && !text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
        text.append(' ');
      }
      space = false;
      breaks = 0;
      text.append(c);
      linkCharacters += inLink > 0 ? 1 : 0;
      boldCharacters += inBold > 0 ? 1 : 0;
      italicCharacters += inItalic > 0 ? 1 : 0;
      hiddenCharacters += hiddenBy != null ? 1 : 0;
    }
  }

  private static Element block(Element element) {
    Element block = element;
    for (int up = 0; up < Region.DEEPEST && INLINE.contains(block.normalName()); up++) {
      Element parent = block.parent();
      if (parent == null) {
        break;
      }
      block = parent;
    }
    return block;
  }

  private static boolean hasWords(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (Character.isLetterOrDigit(text.codePointAt(i))) {
        return true;
      }
    }
    return false;
  }

  private void end() {
    String words = inPre > 0 ? text.toString().stripTrailing() : text.toString().strip();
    if (hasWords(words)) {
      boolean hidden = hiddenCharacters * 2 > words.length();
      blocks.add(
          new PageBlock(
              words, at, linkCharacters, links, boldCharacters, italicCharacters, hidden));
    }
    text.setLength(0);
    linkCharacters = 0;
    links = 0;
    boldCharacters = 0;
    italicCharacters = 0;
    hiddenCharacters = 0;
    space = false;
    breaks = 0;
  }
}
