package dev.imago.pages;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
  private static final float[] NO_REGION = {-1, -1, -1, -1, -1};

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
  private static final NameWords SERVICE =
      new NameWords(
          List.of(
              "cookie,privacy,copyright,subscribe,newsletter,login,related,advertis,版权,登录,注册,分享,广告,terms"
                  + " of,all rights reserved,sign up,log in,share this,share on,follow us,read"
                  + " more,click here,min read,leave a comment,leave a reply,skip to,powered by"));

  /// Of these kinds of names it is known how far they are.
  private static final int DISTANCES = 3;

  private static final int LEVELS = 6;
  private static final int[] OFFSETS = {-3, -2, -1, 1, 2, 3};

  /// Of a neighbour: words, share of links, punctuation, tag.
  private static final int[] OF_NEIGHBOURS = {0, 1, 3, 11};

  private static final int NEAR = 6;

  /// What follows in a title is no title: each block is looked for in it.
  private static final int LONGEST_TITLE = 2000;

  /// As far as headings and places are told from one another.
  private static final int FARTHEST = 50;

  final List<PageBlock> blocks;
  final double[] words;
  final BlockGroups groups;
  private final BlockText[] texts;
  private final double[] linkShares;
  private final Region[] regions;
  private final List<Region> all = new ArrayList<>();
  private final Map<Element, Region> byElement = new IdentityHashMap<>();
  private final RegionNames names = new RegionNames();
  private final Region page;
  private final Region best;
  private boolean inBody;

  BlockFeatures(Document document, List<PageBlock> blocks) {
    this.blocks = blocks;
    this.words = new double[blocks.size()];
    this.texts = new BlockText[blocks.size()];
    this.linkShares = new double[blocks.size()];
    this.regions = new Region[blocks.size()];
    page = region(document.body());
    inBody = true;
    for (int i = 0; i < words.length; i++) {
      PageBlock block = blocks.get(i);
      texts[i] = new BlockText(block.text());
      words[i] = texts[i].words;
      linkShares[i] = (double) block.linkCharacters() / Math.max(1, texts[i].seen);
      regions[i] = region(block.element());
      Region own = regions[i];
      own.characters += block.text().length();
      own.linkCharacters += block.linkCharacters();
      own.words += words[i];
      own.blocks++;
      own.punctuation += texts[i].punctuation;
      own.paragraphs += words[i] >= 12 && linkShares[i] < 0.3 ? 1 : 0;
    }
    // Parents stand before their children.
    for (Region own : all.reversed()) {
      if (own.parent != null) {
        own.parent.add(own);
      }
    }
    groups = new BlockGroups(Arrays.asList(regions));
    siblings();
    best = best();
    for (Region r = best; r != null; r = r.parent) {
      r.aboveBest = best.depth - r.depth;
    }
    for (Region own : all) {
      Region up = own.parent;
      own.inBest = own == best ? 0 : up == null || up.inBest < 0 ? -1 : up.inBest + 1;
      if (up == null || own.aboveBest >= 0) {
        own.shared = own;
      } else {
        own.shared = up.shared;
        own.belowShared = up.belowShared + 1;
      }
    }
  }

  /// The regions of a block, from its own outwards.
  Region region(int block) {
    return regions[block];
  }

  /// Without recursion, as deep as a page may nest; what lies deeper than [Region#DEEPEST] counts
  /// to the region there.
  private Region region(Element element) {
    Region known = byElement.get(element);
    if (known != null) {
      return known;
    }
    var unknown = new ArrayDeque<Element>();
    Element up = element;
    while (up != null && !byElement.containsKey(up)) {
      unknown.push(up);
      up = up.parent();
    }
    Region region = up == null ? null : byElement.get(up);
    while (!unknown.isEmpty()) {
      Element next = unknown.pop();
      if (region == null || region.depth < Region.DEEPEST) {
        // The body comes first: what comes later lies within it.
        region = new Region(next, region, inBody ? names.of(next) : 0);
        all.add(region);
      }
      byElement.put(next, region);
    }
    if (region == null) {
      throw new IllegalStateException("an element is its own nearest region");
    }
    return region;
  }

  private void siblings() {
    for (Region region : List.copyOf(all)) {
      int children = region.element.childNodeSize();
      var counts = new KindCounts();
      List<Region> own = new ArrayList<>();
      for (int i = 0; i < children; i++) {
        if (region.element.childNode(i) instanceof Element child) {
          Region of = byElement.get(child);
          if (of != null && of.element == child) {
            counts.add(of.kind);
            own.add(of);
          } else {
            counts.add(BlockGroups.kind(child));
          }
        }
      }
      for (Region child : own) {
        child.alike = Math.max(1, counts.count(child.kind));
        if (child.words >= 8 && child.linkShare() < 0.5) {
          double said = Math.min(child.words, 120) * (1 - child.linkShare());
          region.score += said * (child.blocks <= 3 ? 1 : 0.3);
        }
      }
    }
  }

  /// Whose children say most in sentences: the first such region where several do.
  private Region best() {
    Region best = page;
    var seen = Collections.newSetFromMap(new IdentityHashMap<Region, Boolean>());
    for (Region own : regions) {
      for (Region r = own; r != null && seen.add(r); r = r.parent) {
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
      row.add(heading < 0 ? -1 : Math.clamp(i - heading, -FARTHEST, FARTHEST));
      before += words[i];
      ofRegions(row, i);
      row.add(seen.getOrDefault(text, 1));
      String lower = text.toLowerCase(Locale.ROOT);
      row.add(words[i] > 2 && title.contains(lower) ? 1 : 0);
      row.add(lower.indexOf('©') >= 0 || SERVICE.in(lower) != 0 ? 1 : 0);
      row.addAll(ofPage);
      rows[i] = row.toArray();
    }
    return neighbours(rows);
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
    BlockText own = texts[i];
    char last = text.charAt(text.length() - 1);
    row.add(Math.log1p(words[i])).add(linkShares[i]).add(block.links());
    row.add(own.punctuation / Math.max(1, words[i]));
    row.add(text.length() / Math.max(1, words[i]));
    row.add(".!?。！？…\"”".indexOf(last) >= 0 ? 1 : 0).add(last == ':' || last == '：' ? 1 : 0);
    row.add((double) own.capitals / Math.max(1, own.letters));
    row.add((double) own.digits / Math.max(1, own.letters + own.digits));
    row.add((double) block.boldCharacters() / text.length()).add(block.hidden() ? 1 : 0);
    int tag = TAGS.indexOf(block.element().normalName());
    row.add(tag < 0 ? TAGS.size() : tag);
  }

  private void ofNames(FeatureRow row, int i) {
    Region own = regions[i];
    for (int at : own.tagAt) {
      row.add(at < 0 ? 0 : 1.0 / (own.depth - at + 1));
    }
    for (int kind = 0; kind < RegionNames.ABOUT_BODIES; kind++) {
      row.add(own.named[kind]);
    }
    for (int kind = 0; kind < DISTANCES; kind++) {
      row.add(own.named(kind));
    }
    row.add(own.depth - page.depth);
  }

  private void ofRegions(FeatureRow row, int i) {
    Region r = regions[i];
    for (int level = 0; level < LEVELS; level++) {
      if (r == null) {
        row.addAll(NO_REGION);
      } else {
        row.addAll(r.numbers(page.words));
        r = r.parent;
      }
    }
    Region own = regions[i];
    row.add(own.alike).add(own.parent == null ? 0 : own.parent.alike).add(own.inBest);
    Region shared = own.shared == null ? page : own.shared;
    row.add(shared.words / Math.max(1, page.words)).add(own.belowShared).add(shared.aboveBest);
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
