package dev.imago.benchmarks;

import dev.imago.core.Binder;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.DocumentFilter;
import dev.imago.data.Document;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What prepare's first pass costs a thread: `MODEL|- ROUNDS FILE.jsonl[.gz]…`, all default rules
/// and near duplicates' signatures; `-` lets frequent words tell languages. MB of UTF-8 as
/// collected, a second of processor time.
public final class JudgeThroughput {
  private JudgeThroughput() {}

  public static void main(String[] args) throws IOException {
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    settings.putObject("prose").put("languageModel", args[0].equals("-") ? "" : args[0]);
    var filter = new DocumentFilter(Binder.bind("prepare", settings, CorpusRules.defaults()));
    int rounds = Integer.parseInt(args[1]);
    for (int i = 2; i < args.length; i++) {
      List<Document> documents = read(Path.of(args[i]));
      long bytes = 0;
      for (Document document : documents) {
        bytes += document.text().getBytes(StandardCharsets.UTF_8).length;
      }
      for (int round = 0; round < rounds; round++) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long kept = 0;
        for (Document document : documents) {
          kept += filter.judge(document).broken().isEmpty() ? 1 : 0;
        }
        double seconds =
            (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%s: %,d documents, %.1f MB, %,d unbroken, %.2f MB/s%n",
            args[i],
            documents.size(),
            bytes / 1e6,
            kept,
            bytes / 1e6 / seconds);
      }
    }
  }

  private static List<Document> read(Path file) throws IOException {
    var documents = new ArrayList<Document>();
    var in = Files.newInputStream(file);
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in,
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String text = JsonMapper.shared().readTree(line).path("text").asString("");
        documents.add(new Document(Integer.toString(documents.size()), text, "", Map.of()));
      }
    }
    return documents;
  }
}
