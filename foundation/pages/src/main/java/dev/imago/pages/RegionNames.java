package dev.imago.pages;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/// The kinds of words with which makers of pages name what an element is for.
final class RegionNames {
  static final int AROUND = 1;
  static final int CONTENT = 2;
  static final int ABOUT = 4;
  static final int COMMENT = 8;

  private static final Pattern AROUND_WORDS =
      Pattern.compile(
          "nav|menu|sidebar|side-|foot|share|social|related|recommend|promo|advert|\\bads?\\b"
              + "|cookie|consent|banner|breadcrumb|widget|newsletter|subscri|popup|modal|overlay"
              + "|copyright|toolbar|pagination|pager|login|signup|sign-up|masthead|sponsor"
              + "|outbrain|taboola|skip|dropdown|search");

  private static final Pattern CONTENT_WORDS =
      Pattern.compile(
          "article|post|entry|content|story|body|text|main|blog|description|product|detail|answer"
              + "|question|message|thread|topic|page");

  private static final Pattern ABOUT_WORDS =
      Pattern.compile(
          "author|byline|meta|date|time|tag|categor|caption|credit|bio|avatar|comment|reply|rating"
              + "|price|header|title|heading|hero|toc|table-of-contents");

  private static final Pattern COMMENT_WORDS =
      Pattern.compile("comment|disqus|respond|reply|replies");

  private RegionNames() {}

  static int of(Element element) {
    String names = element.className() + " " + element.id() + " " + element.attr("role");
    if (names.length() < 3) {
      return 0;
    }
    String lower = names.toLowerCase(Locale.ROOT);
    return (AROUND_WORDS.matcher(lower).find() ? AROUND : 0)
        | (CONTENT_WORDS.matcher(lower).find() ? CONTENT : 0)
        | (ABOUT_WORDS.matcher(lower).find() ? ABOUT : 0)
        | (COMMENT_WORDS.matcher(lower).find() ? COMMENT : 0);
  }
}
