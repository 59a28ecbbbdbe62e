package dev.imago.pages;

import java.util.List;
import java.util.Locale;
import org.jsoup.nodes.Document;

/// What tells an article's body from what else is content, as numbers: titles, captions, who wrote
/// it and when, lists of what else there is to read.
final class BodyFeatures {
  /// What is said of pictures; of who wrote it and when; of what else there is to read.
  private static final NameWords SAID =
      new NameWords(
          List.of(
              "photo,image,picture,getty,reuters,courtesy of,credit:,source:,illustration,file pic,"
                  + "shutterstock,图片,来源",
              "by ,published,updated,posted,written by,last modified,editor,reporter,contribut,作者,"
                  + "编辑,发布,记者",
              "read also,also read,see also,more from,more on,read next,read more,related:,"
                  + "recommended,most popular,trending,you may,up next,follow ,tags:,filed under,"
                  + "topics:,subscribe,newsletter,sign up,相关,推荐"));

  private static final int SAID_KINDS = 3;

  /// Longer texts say something else.
  private static final int LOOKED_AT = 400;

  /// As far as headings are told from one another.
  private static final int FARTHEST = 50;

  private final BlockFeatures features;
  private final PageHints hints;

  BodyFeatures(BlockFeatures features, Document page) {
    this.features = features;
    hints = new PageHints(page);
  }

  /// Of all blocks, a row of numbers each.
  float[][] rows() {
    List<PageBlock> blocks = features.blocks;
    float[][] rows = new float[blocks.size()][];
    int heading = -1;
    for (int i = 0; i < rows.length; i++) {
      PageBlock block = blocks.get(i);
      String text = block.text();
      var row = new FeatureRow();
      heading = isHeading(block) ? i : heading;
      row.add(heading < 0 ? -1 : Math.min(FARTHEST, i - heading));
      row.add(heading < 0 ? -1 : blocks.get(heading).element().normalName().charAt(1) - '0');
      row.add((double) block.italicCharacters() / text.length());
      row.add(Character.isLowerCase(text.codePointAt(0)) ? 1 : 0);
      row.add(Character.isLetterOrDigit(text.codePointAt(0)) ? 1 : 0);
      int said =
          SAID.in(text.substring(0, Math.min(text.length(), LOOKED_AT)).toLowerCase(Locale.ROOT));
      for (int kind = 0; kind < SAID_KINDS; kind++) {
        row.add(said >> kind & 1);
      }
      Region own = features.region(i);
      for (int kind = RegionNames.ABOUT_BODIES; kind < RegionNames.KINDS; kind++) {
        row.add(own.named(kind));
      }
      row.add(hints.body.isEmpty() ? -1 : hints.body.share(text));
      row.add(hints.description.isEmpty() ? -1 : hints.description.share(text));
      row.addAll(hints.kinds);
      Region item = own;
      while (item.alike < 3 && item.parent != null) {
        item = item.parent;
      }
      row.add(item.alike).add(own.depth - item.depth).add(item.words).add(item.linkShare());
      rows[i] = row.toArray();
    }
    return rows;
  }

  private static boolean isHeading(PageBlock block) {
    String name = block.element().normalName();
    return name.length() == 2 && name.charAt(0) == 'h' && Character.isDigit(name.charAt(1));
  }
}
