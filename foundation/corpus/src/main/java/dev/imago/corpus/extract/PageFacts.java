package dev.imago.corpus.extract;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/// What an HTML page says of itself in its head, under the names that the web has for it: HTML's
/// own (`title`, `meta name=author`), Open Graph's, Dublin Core's.
final class PageFacts {
  /// A title or a name longer than this is text.
  private static final int LONGEST = 300;

  private static final List<String> DATES =
      List.of("article:published_time", "date", "dc.date", "dcterms.created", "datepublished");
  private static final List<String> AUTHORS = List.of("author", "article:author", "dc.creator");

  private PageFacts() {}

  static Map<String, String> of(Document page) {
    var tags = new TreeMap<String, String>();
    put(tags, "title", page.title());
    metas(page, tags, "title", List.of("og:title", "dc.title"));
    metas(page, tags, "date", DATES);
    metas(page, tags, "author", AUTHORS);
    metas(page, tags, "licence", List.of("dc.rights", "dcterms.license"));
    link(page, tags, "licence", "license");
    link(page, tags, "address", "canonical");
    metas(page, tags, "address", List.of("og:url"));
    Element html = page.selectFirst("html[lang]");
    put(tags, "declared-language", html == null ? "" : html.attr("lang"));
    return tags;
  }

  private static void metas(
      Document page, Map<String, String> tags, String tag, List<String> names) {
    for (Element meta : page.select("meta[content]")) {
      String name = meta.hasAttr("property") ? meta.attr("property") : meta.attr("name");
      if (names.contains(name.toLowerCase(java.util.Locale.ROOT))) {
        put(tags, tag, meta.attr("content"));
      }
    }
  }

  private static void link(Document page, Map<String, String> tags, String tag, String relation) {
    for (Element link : page.select("link[rel][href], a[rel][href]")) {
      if (link.attr("rel").equalsIgnoreCase(relation)) {
        put(tags, tag, link.attr("href"));
      }
    }
  }

  /// The first value counts.
  private static void put(Map<String, String> tags, String tag, String value) {
    String clean = value.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    if (!clean.isEmpty() && clean.length() <= LONGEST) {
      tags.putIfAbsent(tag, clean);
    }
  }
}
