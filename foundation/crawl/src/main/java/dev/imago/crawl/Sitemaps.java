package dev.imago.crawl;

import crawlercommons.sitemaps.AbstractSiteMap;
import crawlercommons.sitemaps.SiteMap;
import crawlercommons.sitemaps.SiteMapIndex;
import crawlercommons.sitemaps.SiteMapParser;
import crawlercommons.sitemaps.SiteMapURL;
import crawlercommons.sitemaps.UnknownFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// Reads sitemaps (<https://www.sitemaps.org/protocol.html>: files, indexes, plain text, packed or
/// not) and feeds (RSS, Atom), whatever of them can be read.
///
/// @param maps other sitemaps
/// @param pages addresses of pages
record Sitemaps(List<String> maps, List<String> pages) {
  /// As the protocol bounds them, unpacked.
  static final int MOST_BYTES = 50 << 20;

  private static final int MOST_PAGES = 50_000;

  /// @param address where it lies
  static Sitemaps of(String address, byte[] content) {
    var maps = new ArrayList<String>();
    var pages = new ArrayList<String>();
    try {
      byte[] plain = unpacked(content);
      String start =
          new String(
              plain, 0, Math.min(plain.length, 200), java.nio.charset.StandardCharsets.ISO_8859_1);
      String type =
          start.stripLeading().replaceFirst("^ï»¿", "").startsWith("<") ? "text/xml" : "text/plain";
      AbstractSiteMap read =
          new SiteMapParser(false).parseSiteMap(type, plain, URI.create(address).toURL());
      switch (read) {
        case SiteMapIndex index ->
            index.getSitemaps().forEach(map -> maps.add(map.getUrl().toString()));
        case SiteMap map -> {
          for (SiteMapURL page : map.getSiteMapUrls()) {
            pages.add(page.getUrl().toString());
          }
        }
        default -> {}
      }
    } catch (UnknownFormatException | IllegalArgumentException e) {
      return new Sitemaps(List.of(), List.of()); // no sitemap: many servers answer a page
    } catch (MalformedURLException e) {
      return new Sitemaps(List.of(), List.of());
    } catch (IOException e) {
      return new Sitemaps(maps, pages);
    }
    return new Sitemaps(
        maps.subList(0, Math.min(maps.size(), MOST_PAGES)),
        pages.subList(0, Math.min(pages.size(), MOST_PAGES)));
  }

  private static byte[] unpacked(byte[] content) throws IOException {
    if (content.length < 2 || content[0] != 0x1f || (content[1] & 0xff) != 0x8b) {
      return content;
    }
    try (var in = new GZIPInputStream(new ByteArrayInputStream(content))) {
      return in.readNBytes(MOST_BYTES);
    }
  }
}
