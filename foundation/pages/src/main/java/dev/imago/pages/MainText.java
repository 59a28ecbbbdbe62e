package dev.imago.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/// The main text of pages: articles, questions and their answers, products, listings, documentation
/// and pages of services, without navigation, advertising, notices and lists of other pages.
///
/// A page is cut into blocks; two ensembles of trees tell how much of each is content, from its
/// text, the elements around it and their names, its place and its neighbours. They were fitted to
/// pages of the Web Content Extraction Benchmark by `conformance/main_text.py`. Immutable, to be
/// shared among threads.
public final class MainText {
  /// How much of a block has to be content for it to be kept.
  private static final double KEPT = 0.45;

  private final TreeEnsemble first;
  private final TreeEnsemble second;

  private MainText(TreeEnsemble first, TreeEnsemble second) {
    this.first = first;
    this.second = second;
  }

  /// How the text is written.
  public enum Form {
    /// Blocks with an empty line between, cells of a row with a tab.
    TEXT,
    /// Headings, lists, quotations, code and tables as Markdown has them.
    MARKDOWN
  }

  /// With the trees that come with this module.
  public static MainText load() {
    return new MainText(ensemble("first.trees.gz"), ensemble("second.trees.gz"));
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
    return of(Jsoup.parse(html), form);
  }

  /// The same of a page that was parsed, and is left as it is.
  public String of(Document page, Form form) {
    List<PageBlock> blocks = PageBlocks.of(page);
    var features = new BlockFeatures(page, blocks);
    double[] alone = ContentScores.of(features, features.rows(page), first, second);
    double[] scores = features.groups.evened(alone, features.words);
    var kept = new ArrayList<PageBlock>();
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] > KEPT) {
        kept.add(blocks.get(i));
      }
    }
    return form == Form.MARKDOWN ? MarkdownBlocks.write(kept) : plain(kept);
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
