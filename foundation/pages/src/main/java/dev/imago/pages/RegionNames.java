package dev.imago.pages;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jsoup.nodes.Attributes;
import org.jsoup.nodes.Element;

/// The kinds of words with which makers of pages name what an element is for, in its class and its
/// id. For one page: makers repeat themselves.
final class RegionNames {
  /// How many kinds there are; each is a bit.
  static final int KINDS = 7;

  /// Those from this one on tell what is no part of an article's body, and are looked for in what
  /// scripts call an element, too.
  static final int ABOUT_BODIES = 4;

  private static final NameWords WORDS =
      new NameWords(
          List.of(
              // What stands around the content.
              "nav,menu,sidebar,side-,foot,share,social,related,recommend,promo,advert,cookie,consent,banner,"
                  + "breadcrumb,widget,newsletter,subscri,popup,modal,overlay,copyright,toolbar,pagination,"
                  + "pager,login,signup,sign-up,masthead,sponsor,outbrain,taboola,skip,dropdown,search",
              // Content.
              "article,post,entry,content,story,body,text,main,blog,description,product,detail,answer,"
                  + "question,message,thread,topic,page",
              // What is said about it.
              "author,byline,meta,date,time,tag,categor,caption,credit,bio,avatar,comment,reply,rating,"
                  + "price,header,title,heading,hero,toc,table-of-contents",
              "comment,disqus,respond,reply,replies"));

  private static final NameWords OF_BODIES =
      new NameWords(
          List.of(
              // Who wrote it, and when.
              "author,byline,meta,date,time,bio,avatar,contributor,publish,dateline,reporter",
              // What is said of a picture.
              "caption,credit,figure,image,photo,picture,gallery,media,video,slide,embed",
              // What else there is to read.
              "related,recommend,more-,read-next,also,trending,popular,most-,outbrain,taboola,"
                  + "teaser,promo,inline-,links,latest,tags,topics,next,previous"));

  private static final int AROUND = 1;

  private static final String[] NAMING = {"class", "id", "role"};
  private static final String[] NAMING_FOR_SCRIPTS = {"itemprop", "data-testid", "data-component"};

  private final Map<String, Integer> known = new HashMap<>();
  private final StringBuilder names = new StringBuilder();

  /// The kinds of an element's names.
  int of(Element element) {
    if (element.attributesSize() == 0) {
      return 0;
    }
    Attributes attributes = element.attributes();
    names.setLength(0);
    append(attributes, NAMING);
    int shared = names.length();
    append(attributes, NAMING_FOR_SCRIPTS);
    if (names.length() < 3) {
      return 0;
    }
    String all = names.toString();
    Integer before = known.get(all);
    if (before == null) {
      String lower = all.toLowerCase(Locale.ROOT);
      String makers =
          shared == all.length() ? lower : all.substring(0, shared).toLowerCase(Locale.ROOT);
      before =
          WORDS.in(makers)
              | (advertising(makers) ? AROUND : 0)
              | OF_BODIES.in(lower) << ABOUT_BODIES;
      known.put(all, before);
    }
    return before;
  }

  private void append(Attributes attributes, String[] naming) {
    for (String attribute : naming) {
      String value = attributes.get(attribute);
      if (!value.isEmpty()) {
        names.append(value).append(' ');
      }
    }
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
