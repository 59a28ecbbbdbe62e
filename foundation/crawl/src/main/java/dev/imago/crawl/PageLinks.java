package dev.imago.crawl;

import dev.imago.fetch.WebAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/// The addresses that a page of HTML leads to.
///
/// @param pages in the page's order
/// @param feeds that it announces
record PageLinks(List<WebAddress> pages, List<WebAddress> feeds) {
  /// More are lists that machines make.
  private static final int MOST = 10_000;

  private static final Set<String> FEEDS =
      Set.of("application/rss+xml", "application/atom+xml", "application/feed+json");

  /// What holds no text.
  private static final Set<String> NO_TEXT =
      Set.of(
          "jpg", "jpeg", "png", "gif", "webp", "svg", "ico", "bmp", "tif", "tiff", "avif", "mp3",
          "mp4", "m4a", "m4v", "webm", "ogg", "ogv", "oga", "wav", "flac", "avi", "mov", "mkv",
          "wmv", "css", "js", "mjs", "map", "woff", "woff2", "ttf", "otf", "eot", "zip", "gz",
          "tgz", "bz2", "xz", "zst", "7z", "rar", "tar", "iso", "dmg", "exe", "msi", "apk", "deb",
          "rpm", "jar", "war", "bin", "swf", "torrent");

  static PageLinks of(Document page, WebAddress address) {
    WebAddress base = base(page, address);
    var pages = new ArrayList<WebAddress>();
    var feeds = new ArrayList<WebAddress>();
    for (Element element :
        page.select("a[href], area[href], iframe[src], frame[src], link[rel][href]")) {
      String rel = " " + element.attr("rel").toLowerCase(Locale.ROOT) + " ";
      boolean head = element.normalName().equals("link");
      WebAddress to = WebAddress.of(element.attr(element.hasAttr("href") ? "href" : "src"), base);
      if (to == null || !to.user().isEmpty() || rel.contains(" nofollow ")) {
        continue;
      }
      if (head
          && rel.contains(" alternate ")
          && FEEDS.contains(element.attr("type").strip().toLowerCase(Locale.ROOT))) {
        feeds.add(to);
      } else if (!head || rel.matches(".* (next|prev|canonical|alternate) .*")) {
        if (mayBePage(to) && pages.size() < MOST) {
          pages.add(to);
        }
      }
    }
    return new PageLinks(pages, feeds);
  }

  private static WebAddress base(Document page, WebAddress address) {
    Element base = page.selectFirst("base[href]");
    @Nullable WebAddress said = base == null ? null : WebAddress.of(base.attr("href"), address);
    return said == null ? address : said;
  }

  static boolean mayBePage(WebAddress address) {
    String last = address.path().substring(address.path().lastIndexOf('/') + 1);
    int dot = last.lastIndexOf('.');
    return dot < 0 || !NO_TEXT.contains(last.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
