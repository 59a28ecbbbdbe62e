package dev.imago.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/// The main text of pages: articles, questions and their answers, products, listings, documentation
/// and pages of services, without navigation, advertising, notices and lists of other pages.
///
/// A page is cut into blocks; two ensembles of trees tell how much of each is content, from its
/// text, the elements around it and their names, its place and its neighbours. They were fitted to
/// pages of the Web Content Extraction Benchmark by `conformance/main_text.py`; a third one, which
/// tells an article's body, to the article extraction benchmark by `conformance/article_bodies.py`.
/// Immutable, to be shared among threads.
public final class MainText {
  /// How much of a block has to be content for it to be kept.
  private static final double KEPT = 0.45;

  /// The same, where an article's body is asked for.
  private static final double BODY_KEPT = 0.42;

  private final TreeEnsemble first;
  private final TreeEnsemble second;
  private final TreeEnsemble body;

  private MainText(TreeEnsemble first, TreeEnsemble second, TreeEnsemble body) {
    this.first = first;
    this.second = second;
    this.body = body;
  }

  /// How the text is written.
  public enum Form {
    /// Blocks with an empty line between, cells of a row with a tab.
    TEXT,
    /// Headings, lists, quotations, code and tables as Markdown has them.
    MARKDOWN
  }

  /// What is taken.
  public enum Scope {
    /// All of the content, with its title, its lists and comments that are posts.
    CONTENT,
    /// Of an article what its author wrote below the title, without captions, names and dates.
    BODY
  }

  /// With the trees that come with this module.
  public static MainText load() {
    return new MainText(
        ensemble("first.trees.gz"), ensemble("second.trees.gz"), ensemble("body.trees.gz"));
  }

  private static TreeEnsemble ensemble(String name) {
    try (InputStream in = MainText.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the module");
      }
      byte[] text = new GZIPInputStream(in).readAllBytes();
      return TreeEnsemble.parse(new String(text, StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The main text of a page, decoded; empty where there is none.
  ///
  /// @param html the page's source
  public String of(String html, Form form) {
    return of(Jsoup.parse(html), form, Scope.CONTENT);
  }

  /// The same of a page that was parsed, and is left as it is.
  public String of(Document page, Form form, Scope scope) {
    List<PageBlock> blocks = PageBlocks.of(page);
    var features = new BlockFeatures(page, blocks);
    float[][] rows = features.rows(page);
    double[] content = content(features, rows);
    boolean[] keep = above(KEPT, features, content);
    if (scope == Scope.BODY) {
      double[] bodies = body.predict(bodyRows(page, features, rows, content));
      boolean[] ofBody = above(BODY_KEPT, features, bodies);
      for (int i = 0; i < keep.length; i++) {
        keep[i] &= ofBody[i];
      }
    }
    var kept = new ArrayList<PageBlock>();
    for (int i = 0; i < keep.length; i++) {
      if (keep[i]) {
        kept.add(blocks.get(i));
      }
    }
    return form == Form.MARKDOWN ? MarkdownBlocks.write(kept) : plain(kept);
  }

  private static boolean[] above(double bound, BlockFeatures features, double[] scores) {
    double[] evened = features.groups.evened(scores, features.words);
    boolean[] above = new boolean[evened.length];
    for (int i = 0; i < above.length; i++) {
      above[i] = evened[i] > bound;
    }
    return above;
  }

  /// How much of each block is content.
  double[] content(BlockFeatures features, float[][] rows) {
    return ContentScores.of(features, rows, first, second);
  }

  /// What the third ensemble sees of each block: what the others see, how much content it and its
  /// neighbours are, and what tells a body from the rest.
  static float[][] bodyRows(
      Document page, BlockFeatures features, float[][] rows, double[] content) {
    float[][] wide = ContentScores.joined(features, rows, content);
    float[][] more = new BodyFeatures(features, page).rows();
    for (int i = 0; i < wide.length; i++) {
      float[] row = Arrays.copyOf(wide[i], wide[i].length + more[i].length);
      System.arraycopy(more[i], 0, row, wide[i].length, more[i].length);
      wide[i] = row;
    }
    return wide;
  }

  private static String plain(List<PageBlock> blocks) {
    var text = new StringBuilder();
    PageBlock before = null;
    for (PageBlock block : blocks) {
      if (before != null) {
        boolean row = block.within("tr") != null && block.within("tr") == before.within("tr");
        text.append(row ? "\t" : "\n\n");
      }
      text.append(block.text());
      before = block;
    }
    return text.toString();
  }
}
