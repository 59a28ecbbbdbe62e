package dev.imago.console.html;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// One element of HTML or SVG, with its attributes and what stands in it.
///
/// What could run is refused, whoever asks for it: handlers (`on…`), styles, scripts with a body,
/// and addresses that are no [Link]. That is a mistake of a page's author, and no user's.
public final class Element implements Content {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9-]*");
  private static final Set<String> ADDRESSES =
      Set.of(
          "href", "src", "action", "formaction", "data", "poster", "srcdoc", "hx-get", "hx-post");
  private static final Set<String> BODILESS =
      Set.of("script", "style", "iframe", "object", "embed");
  private static final Set<String> VOID =
      Set.of("br", "hr", "img", "input", "link", "meta", "wbr", "col");

  private final String name;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<Content> content = new ArrayList<>();

  private Element(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("«" + name + "» is no name of an element");
    }
    this.name = name;
  }

  public static Element of(String name, Content... content) {
    return new Element(name).add(content);
  }

  /// An element of a class that holds some text.
  public static Element of(String name, String styled, String text) {
    return new Element(name).is(styled).add(Content.text(text));
  }

  /// Its class, by which the style sheet knows it.
  public Element is(String styled) {
    return set("class", styled);
  }

  /// An attribute that holds text.
  public Element with(String attribute, String value) {
    if (!NAME.matcher(attribute).matches()
        || attribute.startsWith("on")
        || attribute.startsWith("hx-on")
        || attribute.equals("style")
        || ADDRESSES.contains(attribute)) {
      throw new IllegalArgumentException(
          "«%s» is no attribute that holds text; an address is set by a Link".formatted(attribute));
    }
    return set(attribute, value);
  }

  public Element with(String attribute, long value) {
    return with(attribute, Long.toString(value));
  }

  /// An attribute that is there or is not.
  public Element when(boolean there, String attribute) {
    return there ? with(attribute, "") : this;
  }

  /// An attribute that holds text, where something is so.
  public Element when(boolean there, String attribute, String value) {
    return there ? with(attribute, value) : this;
  }

  /// Where a link leads, a form is sent, or a file is found.
  public Element to(Link link) {
    return set(
        switch (name) {
          case "form" -> "action";
          case "script", "img" -> "src";
          default -> "href";
        },
        link.toString());
  }

  /// A place within this page.
  public Element toPart(String id) {
    return set("href", "#" + id);
  }

  /// What htmx asks for in place of the browser.
  public Element gets(Link link) {
    return set("hx-get", link.toString());
  }

  private Element set(String attribute, String value) {
    attributes.put(attribute, value);
    return this;
  }

  public Element add(Content... more) {
    if (more.length > 0 && (BODILESS.contains(name) || VOID.contains(name))) {
      throw new IllegalArgumentException("nothing may stand within " + name);
    }
    content.addAll(List.of(more));
    return this;
  }

  public Element add(String text) {
    return add(Content.text(text));
  }

  public Element add(List<? extends Content> more) {
    return add(Content.of(more));
  }

  boolean isNamed(String other) {
    return name.equals(other);
  }

  /// What an attribute holds; empty where it is not there.
  String attribute(String named) {
    return attributes.getOrDefault(named, "");
  }

  /// What stands in it.
  List<Content> content() {
    return content;
  }

  /// The elements that stand in it.
  List<Element> elements() {
    var elements = new ArrayList<Element>();
    content.forEach(each -> addElements(each, elements));
    return elements;
  }

  private static void addElements(Content content, List<Element> to) {
    switch (content) {
      case Element element -> to.add(element);
      case Content.Several(List<? extends Content> each) -> each.forEach(c -> addElements(c, to));
      case Content.Text _ -> {}
    }
  }

  /// Puts something in at a place.
  void insert(int at, Content more) {
    content.add(at, more);
  }

  /// Puts several in the place of one.
  void replace(int at, List<? extends Content> several) {
    content.remove(at);
    content.addAll(at, several);
  }

  @Override
  public void writeTo(StringBuilder out) {
    out.append('<').append(name);
    attributes.forEach(
        (attribute, value) -> {
          out.append(' ').append(attribute).append("=\"");
          Content.escape(value, out);
          out.append('"');
        });
    out.append('>');
    if (!VOID.contains(name)) {
      content.forEach(c -> c.writeTo(out));
      out.append("</").append(name).append('>');
    }
  }

  /// A whole page whose root this is.
  public String page() {
    var out = new StringBuilder(1 << 14).append("<!doctype html>\n");
    writeTo(out);
    return out.append('\n').toString();
  }

  @Override
  public String toString() {
    var out = new StringBuilder();
    writeTo(out);
    return out.toString();
  }
}
