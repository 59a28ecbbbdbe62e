package dev.imago.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/// Writes what the ensembles see of pages, for `conformance/main_text.py`, which fits them. Of each
/// page a line `page NAME BLOCKS`; of each block a line of its words, and a line of its numbers, a
/// bar, and the numbers of the five regions around it. With `body` as a third argument, the numbers
/// are those of the ensemble that tells bodies, by the trees that come with the module.
final class FeatureDump {
  private static final MainText TREES = MainText.load();

  private FeatureDump() {}

  /// @param args a file of lines: a name, a tab, the path of a page packed by gzip; and the output
  public static void main(String[] args) throws IOException {
    try (var out = new PrintStream(args[1], StandardCharsets.UTF_8)) {
      for (String line : Files.readAllLines(Path.of(args[0]))) {
        String[] parts = line.split("\t");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(Path.of(parts[1])))) {
          dump(
              parts[0],
              new String(in.readAllBytes(), StandardCharsets.UTF_8),
              args.length > 2,
              out);
        }
      }
    }
  }

  private static void dump(String name, String html, boolean body, PrintStream out) {
    Document page = Jsoup.parse(html);
    List<PageBlock> blocks = PageBlocks.of(page);
    var features = new BlockFeatures(page, blocks);
    float[][] rows = features.rows(page);
    if (body) {
      rows = MainText.bodyRows(page, features, rows, TREES.content(features, rows));
    }
    Map<Region, Integer> numbers = new IdentityHashMap<>();
    out.println("page " + name + " " + blocks.size());
    for (int i = 0; i < rows.length; i++) {
      out.println(blocks.get(i).text().replaceAll("[^\\p{L}\\p{N}_]+", " ").strip());
      var line = new StringBuilder();
      for (float value : rows[i]) {
        line.append(value).append(' ');
      }
      line.append('|');
      Region region = features.region(i);
      for (int up = 0; up < 5; up++) {
        line.append(' ').append(numbers.computeIfAbsent(region, _ -> numbers.size()));
        region = region.parent == null ? region : region.parent;
      }
      out.println(line);
    }
  }
}
