package dev.imago.pages;

import java.util.Locale;
import org.jsoup.nodes.Element;

/// The kinds of words with which makers of pages name what an element is for.
final class RegionNames {
  static final int AROUND = 1;
  static final int CONTENT = 2;
  static final int ABOUT = 4;
  static final int COMMENT = 8;

  private static final NameWords AROUND_WORDS =
      new NameWords(
          "nav menu sidebar side- foot share social related recommend promo advert cookie consent"
              + " banner breadcrumb widget newsletter subscri popup modal overlay copyright toolbar"
              + " pagination pager login signup sign-up masthead sponsor outbrain taboola skip"
              + " dropdown search");

  private static final NameWords CONTENT_WORDS =
      new NameWords(
          "article post entry content story body text main blog description product detail answer"
              + " question message thread topic page");

  private static final NameWords ABOUT_WORDS =
      new NameWords(
          "author byline meta date time tag categor caption credit bio avatar comment reply rating"
              + " price header title heading hero toc table-of-contents");

  private static final NameWords COMMENT_WORDS =
      new NameWords("comment disqus respond reply replies");

  private RegionNames() {}

  static int of(Element element) {
    String names = element.className() + " " + element.id() + " " + element.attr("role");
    if (names.length() < 3) {
      return 0;
    }
    String lower = names.toLowerCase(Locale.ROOT);
    return (AROUND_WORDS.in(lower) || advertising(lower) ? AROUND : 0)
        | (CONTENT_WORDS.in(lower) ? CONTENT : 0)
        | (ABOUT_WORDS.in(lower) ? ABOUT : 0)
        | (COMMENT_WORDS.in(lower) ? COMMENT : 0);
  }

  /// Whether `ad` or `ads` stands by itself.
  private static boolean advertising(String lower) {
    for (int at = lower.indexOf("ad"); at >= 0; at = lower.indexOf("ad", at + 1)) {
      int end = at + (lower.startsWith("ads", at) ? 3 : 2);
      if ((at == 0 || !letter(lower.charAt(at - 1)))
          && (end == lower.length() || !letter(lower.charAt(end)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean letter(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
