package dev.imago.pages;

import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;

/// What a page says of itself: its kind, in Open Graph and in the types of schema.org, and the
/// texts that it repeats for machines.
final class PageHints {
  private static final List<List<String>> TYPES =
      List.of(
          List.of("Article", "NewsArticle", "BlogPosting", "Report"),
          List.of("Product", "Offer"),
          List.of("QAPage", "DiscussionForumPosting", "Question"),
          List.of("ItemList", "CollectionPage", "SearchResultsPage", "OfferCatalog"),
          List.of("FAQPage", "HowTo", "Recipe", "TechArticle"),
          List.of("LocalBusiness", "Service", "Organization", "Event"));

  private static final List<String> BODIES =
      List.of("\"articleBody\"", "\"text\"", "\"reviewBody\"");

  /// A kind of Open Graph, then 1 for each of [#TYPES] that is named.
  final float[] kinds = new float[1 + TYPES.size()];

  /// Its main text and its description, as far as they are repeated.
  final TextRuns body = new TextRuns();

  final TextRuns description = new TextRuns();
  int articles;
  boolean main;

  PageHints(Document page) {
    page.traverse(
        (Node node, int depth) -> {
          if (node instanceof Element element && element.attributesSize() > 0) {
            look(element);
          }
          if (node instanceof Element element) {
            switch (element.normalName()) {
              case "article" -> articles++;
              case "main" -> main = true;
              default -> {}
            }
          }
        });
  }

  private void look(Element element) {
    switch (element.normalName()) {
      case "meta" -> meta(element);
      case "script" -> {
        if (element.attributes().get("type").equals("application/ld+json")) {
          data(element.data());
        }
      }
      default -> {
        String type = element.attributes().get("itemtype");
        if (!type.isEmpty()) {
          types(type, "/", "");
        }
      }
    }
  }

  private void meta(Element element) {
    String property = element.attributes().get("property");
    String name = property.isEmpty() ? element.attributes().get("name") : property;
    String content = element.attributes().get("content");
    switch (name) {
      case "og:type" ->
          kinds[0] =
              content.startsWith("article")
                  ? 1
                  : content.startsWith("product") ? 2 : content.isEmpty() ? 0 : 3;
      case "description", "og:description", "twitter:description" -> description.add(content);
      default -> {}
    }
  }

  private void data(String json) {
    types(json, "\"", "\"");
    for (String key : BODIES) {
      strings(json, key, body);
    }
    strings(json, "\"description\"", description);
  }

  private void types(String text, String before, String after) {
    for (int i = 0; i < TYPES.size(); i++) {
      for (String type : TYPES.get(i)) {
        if (kinds[i + 1] == 0 && text.contains(before + type + after)) {
          kinds[i + 1] = 1;
        }
      }
    }
  }

  /// The strings that a key has anywhere. What is no JSON is read as far as it goes.
  private static void strings(String json, String key, TextRuns to) {
    for (int at = json.indexOf(key); at >= 0; at = json.indexOf(key, at + 1)) {
      int i = blanks(json, at + key.length());
      if (i < json.length() && json.charAt(i) == ':') {
        i = blanks(json, i + 1);
        if (i < json.length() && json.charAt(i) == '"') {
          to.add(string(json, i + 1));
        }
      }
    }
  }

  private static int blanks(String json, int from) {
    int i = from;
    while (i < json.length() && json.charAt(i) <= ' ') {
      i++;
    }
    return i;
  }

  private static String string(String json, int from) {
    var text = new StringBuilder();
    for (int i = from; i < json.length() && json.charAt(i) != '"'; i++) {
      char c = json.charAt(i);
      if (c == '\\' && i + 1 < json.length()) {
        i++;
        char escaped = json.charAt(i);
        if (escaped == 'u' && i + 4 < json.length()) {
          text.append(unit(json, i + 1));
          i += 4;
        } else {
          text.append(escaped == '"' || escaped == '/' || escaped == '\\' ? escaped : ' ');
        }
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static char unit(String json, int from) {
    int unit = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(json.charAt(i), 16);
      unit = unit * 16 + Math.max(0, digit);
    }
    return (char) unit;
  }
}
