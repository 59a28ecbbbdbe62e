package dev.imago.benchmarks;

import dev.imago.console.ConsoleConfig;
import dev.imago.console.ConsoleServer;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/// A console that finds documents among many, as a browser sees it: `FOLDER [DOCUMENTS=1000000]`.
///
/// Writes a corpus of so many rejects of about a hundred words each, by Zipf's law, in two scripts,
/// where there is none; waits for its index, then asks by id, source, rule and word.
public final class ConsoleDocuments {
  private static final int WORDS = 60_000;
  private static final int RULES = 30;
  private static final int SITES = 5_000;
  private static final int TIMES = 60;
  private static final String HASH = "d".repeat(64);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Random random = new Random(7);
  private final int documents;
  private final double[] shares = new double[WORDS];

  private ConsoleDocuments(int documents) {
    this.documents = documents;
    double sum = 0;
    for (int i = 0; i < WORDS; i++) {
      sum += 1.0 / (i + 3);
      shares[i] = sum;
    }
    for (int i = 0; i < WORDS; i++) {
      shares[i] /= sum;
    }
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int documents = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
    new ConsoleDocuments(documents).run(folder);
  }

  private void run(Path folder) throws Exception {
    Path corpus = folder.resolve("artifacts/corpus").resolve(HASH);
    if (!Files.exists(corpus.resolve("manifest.json"))) {
      write(corpus);
    }
    var config =
        new ConsoleConfig(
            ConsoleConfig.Listening.onLoopback(0),
            folder,
            Optional.empty(),
            List.of(),
            ZoneId.of("UTC"));
    try (ConsoleServer console = ConsoleServer.start(config, Optional.empty(), _ -> List.of())) {
      String page = "artifacts/corpus/" + HASH + "/documents?part=rejects";
      get(console, page);
      long begun = System.nanoTime();
      while (get(console, page).contains("An index is being made")) {
        Thread.sleep(500);
      }
      Path index;
      try (var files = Files.list(folder.resolve("console/documents"))) {
        index = files.findFirst().orElseThrow();
      }
      System.out.printf(
          "index of %,d documents  %.1f s, %,d MiB%n",
          documents, (System.nanoTime() - begun) / 1e9, Files.size(index) >> 20);
      double worst = 0;
      worst = Math.max(worst, time(console, "id", () -> "id=" + id(random.nextInt(documents))));
      worst =
          Math.max(
              worst,
              time(
                  console,
                  "id begins",
                  () -> "id=" + id(random.nextInt(documents)).substring(0, 7)));
      worst =
          Math.max(
              worst,
              time(
                  console, "source", () -> "source=" + encoded(source(random.nextInt(documents)))));
      worst =
          Math.max(
              worst, time(console, "source's site", () -> "source=site" + random.nextInt(SITES)));
      worst = Math.max(worst, time(console, "rule", () -> "rule=rule" + random.nextInt(RULES)));
      worst = Math.max(worst, time(console, "word, any", () -> "word=" + encoded(word())));
      worst =
          Math.max(
              worst,
              time(
                  console,
                  "word, seldom",
                  () -> "word=" + encoded(name(WORDS - 1 - random.nextInt(2_000)))));
      worst = Math.max(worst, time(console, "word, nowhere", () -> "word=x" + random.nextInt()));
      worst =
          Math.max(
              worst,
              time(
                  console,
                  "word and rule",
                  () ->
                      "word=%s&rule=rule%d"
                          .formatted(
                              encoded(name(200 + random.nextInt(5_000))), random.nextInt(RULES))));
      worst = Math.max(worst, time(console, "page", () -> "from=" + random.nextInt(documents)));
      System.out.printf("console-documents: ours %.0f ms p95 at worst, at most 200%n", worst);
    }
  }

  private double time(ConsoleServer console, String what, Supplier<String> query)
      throws IOException, InterruptedException {
    double[] millis = new double[TIMES];
    for (int i = -10; i < TIMES; i++) {
      String path = "artifacts/corpus/" + HASH + "/documents?part=rejects&" + query.get();
      long begun = System.nanoTime();
      get(console, path);
      if (i >= 0) {
        millis[i] = (System.nanoTime() - begun) / 1e6;
      }
    }
    Arrays.sort(millis);
    double high = millis[TIMES * 95 / 100];
    System.out.printf("%-16s %6.1f ms, %6.1f p95%n", what, millis[TIMES / 2], high);
    return high;
  }

  private static String get(ConsoleServer console, String path)
      throws IOException, InterruptedException {
    URI address = console.address().resolve("/" + path);
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(address).header("Accept-Language", "en").build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + answer.statusCode());
    }
    return answer.body();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String id(int number) {
    return "%016x".formatted((number + 1) * 0x9e3779b97f4a7c15L);
  }

  private static String source(int number) {
    return "https://site%d.example/page/%d".formatted(number % SITES, number);
  }

  private String word() {
    int at = Arrays.binarySearch(shares, random.nextDouble());
    return name(Math.min(WORDS - 1, at < 0 ? -at - 1 : at));
  }

  /// Every third word is of Han characters.
  private static String name(int rank) {
    if (rank % 3 != 2) {
      return Integer.toString(rank + 40_000, 36);
    }
    return "" + (char) (0x4e00 + rank % 3_000) + (char) (0x4e00 + rank / 20);
  }

  private void write(Path corpus) throws IOException {
    Files.createDirectories(corpus);
    long begun = System.nanoTime();
    try (var writer = new Documents.Writer(corpus, "rejects")) {
      for (int i = 0; i < documents; i++) {
        var text = new StringBuilder();
        for (int left = 40 + random.nextInt(120); left > 0; left--) {
          text.append(word()).append(' ');
        }
        String rule = "rule" + Math.min(RULES - 1, (int) (-Math.log(random.nextDouble()) * 6));
        writer.write(
            new Document(
                id(i), text.toString(), source(i), Map.of("rule", rule, "measured", "" + i)));
      }
    }
    Files.writeString(
        corpus.resolve("manifest.json"),
        "{\"kind\":\"corpus\",\"hash\":\"%s\",\"files\":[]}".formatted(HASH));
    System.out.printf(
        "written %,d documents  %.1f s%n", documents, (System.nanoTime() - begun) / 1e9);
  }
}
