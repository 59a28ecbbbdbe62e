package dev.imago.pages;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/// What is known of each block of a page, as numbers: of itself, of what it lies in, of its place,
/// of its neighbours and of the page.
final class BlockFeatures {
  private static final List<String> TAGS =
      List.of(
          "p",
          "li",
          "h1",
          "h2",
          "h3",
          "h4",
          "h5",
          "td",
          "th",
          "pre",
          "blockquote",
          "div",
          "figcaption",
          "dd",
          "dt",
          "section",
          "article",
          "body",
          "span",
          "header",
          "footer");

  /// What is seldom said in an article, in English and Chinese.
  private static final List<NameWords> SERVICE_WORDS =
      List.of(
          new NameWords("cookie privacy copyright © subscribe newsletter login related advertis"),
          new NameWords("版权 登录 注册 分享 广告"));

  private static final List<String> SERVICE_PHRASES =
      List.of(
          "terms of",
          "all rights reserved",
          "sign up",
          "log in",
          "share this",
          "share on",
          "follow us",
          "read more",
          "click here",
          "min read",
          "leave a comment",
          "leave a reply",
          "skip to",
          "powered by");

  private static final int LEVELS = 6;
  private static final int[] OFFSETS = {-3, -2, -1, 1, 2, 3};

  /// Of a neighbour: words, share of links, punctuation, tag.
  private static final int[] OF_NEIGHBOURS = {0, 1, 3, 11};

  private static final int NEAR = 6;

  /// What follows in a title is no title: each block is looked for in it.
  private static final int LONGEST_TITLE = 2000;

  final List<PageBlock> blocks;
  final double[] words;
  private final Region[] regions;
  private final Map<Element, Region> byElement = new IdentityHashMap<>();
  private final Region page;
  private final Region best;

  /// The regions that have the best within them, and how far above it they are.
  private final Map<Region, Integer> aboveBest = new IdentityHashMap<>();

  BlockFeatures(Document document, List<PageBlock> blocks) {
    this.blocks = blocks;
    this.words = new double[blocks.size()];
    this.regions = new Region[blocks.size()];
    for (int i = 0; i < words.length; i++) {
      PageBlock block = blocks.get(i);
      words[i] = PageWords.count(block.text());
      regions[i] = region(block.element());
      double marks = PageWords.punctuation(block.text());
      boolean paragraph = words[i] >= 12 && linkShare(block) < 0.3;
      for (Region r = regions[i]; r != null; r = r.parent) {
        r.characters += block.text().length();
        r.linkCharacters += block.linkCharacters();
        r.words += words[i];
        r.blocks++;
        r.punctuation += marks;
        r.paragraphs += paragraph ? 1 : 0;
      }
    }
    page = region(document.body());
    siblings();
    best = best();
    for (Region r = best; r != null; r = r.parent) {
      aboveBest.put(r, aboveBest.size());
    }
  }

  /// The regions of a block, from its own outwards.
  Region region(int block) {
    return regions[block];
  }

  /// Without recursion, as deep as a page may nest; what lies deeper than [Region#DEEPEST] counts
  /// to the region there.
  private Region region(Element element) {
    var unknown = new ArrayDeque<Element>();
    Element up = element;
    while (up != null && !byElement.containsKey(up)) {
      unknown.push(up);
      up = up.parent();
    }
    Region region = up == null ? null : byElement.get(up);
    while (!unknown.isEmpty()) {
      Element next = unknown.pop();
      region = region != null && region.depth == Region.DEEPEST ? region : new Region(next, region);
      byElement.put(next, region);
    }
    if (region == null) {
      throw new IllegalStateException("an element is its own nearest region");
    }
    return region;
  }

  private static double linkShare(PageBlock block) {
    if (block.linkCharacters() == 0) {
      return 0;
    }
    String text = block.text();
    int seen = 0;
    for (int i = 0; i < text.length(); i++) {
      seen += text.charAt(i) > ' ' ? 1 : 0;
    }
    return (double) block.linkCharacters() / Math.max(1, seen);
  }

  private void siblings() {
    for (Region region : List.copyOf(byElement.values())) {
      List<Element> children = region.element.children();
      var counts = new HashMap<Long, Integer>();
      long[] kinds = new long[children.size()];
      for (int i = 0; i < kinds.length; i++) {
        kinds[i] = BlockGroups.kind(children.get(i));
        counts.merge(kinds[i], 1, Integer::sum);
      }
      for (int i = 0; i < kinds.length; i++) {
        Region own = byElement.get(children.get(i));
        if (own != null) {
          own.alike = counts.getOrDefault(kinds[i], 1);
          if (own.words >= 8 && own.linkShare() < 0.5) {
            double said = Math.min(own.words, 120) * (1 - own.linkShare());
            region.score += said * (own.blocks <= 3 ? 1 : 0.3);
          }
        }
      }
    }
  }

  /// Whose children say most in sentences: the first such region where several do.
  private Region best() {
    Region best = page;
    for (Region own : regions) {
      for (Region r = own; r != null; r = r.parent) {
        best = r.score > best.score ? r : best;
      }
    }
    return best;
  }

  /// Of all blocks, a row of numbers each.
  float[][] rows(Document document) {
    int n = words.length;
    var seen = new HashMap<String, Integer>();
    int heading = -1;
    for (int i = 0; i < n; i++) {
      seen.merge(blocks.get(i).text(), 1, Integer::sum);
      heading = heading < 0 && blocks.get(i).element().normalName().equals("h1") ? i : heading;
    }
    float[] ofPage = ofPage(document);
    String whole = document.title();
    String title =
        whole.substring(0, Math.min(whole.length(), LONGEST_TITLE)).toLowerCase(Locale.ROOT);
    var rows = new float[n][];
    double before = 0;
    for (int i = 0; i < n; i++) {
      var row = new FeatureRow();
      String text = blocks.get(i).text();
      ofText(row, i);
      ofNames(row, i);
      row.add((double) i / n).add(before / Math.max(1, page.words)).add(i).add(n - i);
      row.add(heading < 0 ? -1 : Math.clamp(i - heading, -50, 50));
      before += words[i];
      ofRegions(row, i);
      row.add(seen.getOrDefault(text, 1));
      String lower = text.toLowerCase(Locale.ROOT);
      row.add(words[i] > 2 && title.contains(lower) ? 1 : 0).add(ofService(lower) ? 1 : 0);
      for (float value : ofPage) {
        row.add(value);
      }
      rows[i] = row.toArray();
    }
    return neighbours(rows);
  }

  private static boolean ofService(String lower) {
    for (NameWords words : SERVICE_WORDS) {
      if (words.in(lower)) {
        return true;
      }
    }
    for (String phrase : SERVICE_PHRASES) {
      if (lower.contains(phrase)) {
        return true;
      }
    }
    return false;
  }

  private float[] ofPage(Document document) {
    Element type = document.selectFirst("meta[property=og:type]");
    String kind = type == null ? "" : type.attr("content");
    int articles = document.getElementsByTag("article").size();
    return new float[] {
      (float) Math.log1p(page.words),
      (float) page.linkShare(),
      document.getElementsByTag("main").isEmpty() ? 0 : 1,
      Math.min(articles, 20),
      kind.startsWith("article") ? 1 : kind.startsWith("product") ? 2 : 0,
      (float) page.paragraphs,
      words.length
    };
  }

  private void ofText(FeatureRow row, int i) {
    PageBlock block = blocks.get(i);
    String text = block.text();
    double letters = 0;
    double capitals = 0;
    double digits = 0;
    for (int k = 0; k < text.length(); k++) {
      char c = text.charAt(k);
      letters += Character.isLetter(c) ? 1 : 0;
      capitals += Character.isUpperCase(c) ? 1 : 0;
      digits += Character.isDigit(c) ? 1 : 0;
    }
    char last = text.charAt(text.length() - 1);
    row.add(Math.log1p(words[i])).add(linkShare(block)).add(block.links());
    row.add(PageWords.punctuation(text) / Math.max(1, words[i]));
    row.add(text.length() / Math.max(1, words[i]));
    row.add(".!?。！？…\"”".indexOf(last) >= 0 ? 1 : 0).add(last == ':' || last == '：' ? 1 : 0);
    row.add(capitals / Math.max(1, letters)).add(digits / Math.max(1, letters + digits));
    row.add((double) block.boldCharacters() / text.length()).add(block.hidden() ? 1 : 0);
    int tag = TAGS.indexOf(block.element().normalName());
    row.add(tag < 0 ? TAGS.size() : tag);
  }

  private void ofNames(FeatureRow row, int i) {
    var nearness = new double[Region.ANCESTORS.size()];
    int around = 0;
    int content = 0;
    int about = 0;
    int comments = 0;
    int aroundAt = 30;
    int contentAt = 30;
    int aboutAt = 30;
    int depth = 0;
    for (Region r = regions[i]; r != null; r = r.parent, depth++) {
      if (r.tag >= 0 && nearness[r.tag] == 0) {
        nearness[r.tag] = 1.0 / (depth + 1);
      }
      if (r.element.normalName().equals("body")) {
        break;
      }
      if ((r.names & RegionNames.AROUND) != 0) {
        around++;
        aroundAt = Math.min(aroundAt, depth);
      }
      if ((r.names & RegionNames.CONTENT) != 0) {
        content++;
        contentAt = Math.min(contentAt, depth);
      }
      if ((r.names & RegionNames.ABOUT) != 0) {
        about++;
        aboutAt = Math.min(aboutAt, depth);
      }
      comments += (r.names & RegionNames.COMMENT) != 0 ? 1 : 0;
    }
    for (double near : nearness) {
      row.add(near);
    }
    row.add(around).add(content).add(about).add(comments);
    row.add(aroundAt).add(contentAt).add(aboutAt).add(depth);
  }

  private void ofRegions(FeatureRow row, int i) {
    Region r = regions[i];
    for (int level = 0; level < LEVELS; level++) {
      if (r == null) {
        row.add(-1).add(-1).add(-1).add(-1).add(-1);
      } else {
        row.add(r.words / Math.max(1, page.words)).add(r.linkShare()).add(r.paragraphs);
        row.add(r.words / Math.max(1, r.blocks)).add(r.punctuation / Math.max(1, r.words));
        r = r.parent;
      }
    }
    Region parent = regions[i].parent;
    row.add(regions[i].alike).add(parent == null ? 0 : parent.alike);
    int depth = 0;
    int inBest = -1;
    for (Region up = regions[i]; up != null && inBest < 0; up = up.parent, depth++) {
      inBest = up == best ? depth : -1;
    }
    row.add(inBest);
    int steps = 0;
    Region shared = regions[i];
    while (shared.parent != null && !aboveBest.containsKey(shared)) {
      shared = shared.parent;
      steps++;
    }
    row.add(shared.words / Math.max(1, page.words)).add(steps);
    row.add(aboveBest.getOrDefault(shared, -1));
  }

  private float[][] neighbours(float[][] rows) {
    int n = rows.length;
    var wide = new float[n][];
    for (int i = 0; i < n; i++) {
      int at = rows[i].length;
      float[] row = Arrays.copyOf(rows[i], at + OFFSETS.length * OF_NEIGHBOURS.length + 4);
      for (int offset : OFFSETS) {
        int j = i + offset;
        for (int feature : OF_NEIGHBOURS) {
          row[at++] = j < 0 || j >= n ? -1 : rows[j][feature];
        }
      }
      double said = 0;
      double linked = 0;
      double weights = 0;
      for (int j = Math.max(0, i - NEAR); j <= Math.min(n - 1, i + NEAR); j++) {
        double weight = 1.0 / (1 + Math.abs(i - j));
        said += weight * Math.min(words[j], 60);
        linked += weight * rows[j][1];
        weights += weight;
      }
      row[at++] = (float) (said / weights);
      row[at++] = (float) (linked / weights);
      row[at++] = i > 0 && regions[i - 1].parent == regions[i].parent ? 1 : 0;
      row[at] = i + 1 < n && regions[i + 1].parent == regions[i].parent ? 1 : 0;
      wide[i] = row;
    }
    return wide;
  }
}
