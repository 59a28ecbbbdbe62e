package dev.imago.benchmarks;

import dev.imago.console.ConsoleConfig;
import dev.imago.console.ConsoleServer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// The console at size, as a browser sees it: `FOLDER [RUNS=100000] [POINTS=10000000]`.
///
/// Writes a workspace of so many runs of ten metrics by a hundred points, of which one has 12,000
/// metrics and one a curve of so many points, where there is none; then times the first reading, a
/// start with the index that it left, lists, sorts, filters, the long curve and its zooms.
public final class ConsoleIndex {
  private static final int METRICS = 10;
  private static final int STEPS = 100;
  private static final int MANY_METRICS = 12_000;
  private static final int TIMES = 40;
  private static final Pattern COUNT = Pattern.compile("class=\"summary\"[^>]*>([^<]*)<");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private ConsoleIndex() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int runs = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
    int points = args.length > 2 ? Integer.parseInt(args[2]) : 10_000_000;
    write(folder.resolve("runs"), runs, points);
    Files.deleteIfExists(folder.resolve("console/runs.index"));
    long begun = System.nanoTime();
    long worked = cpuNanos();
    try (ConsoleServer console = start(folder)) {
      waitFor(console, runs);
      System.out.printf(
          "first reading of %,d runs   %.1f s, %.1f s of CPU%n",
          runs, seconds(begun), (cpuNanos() - worked) / 1e9);
    }
    begun = System.nanoTime();
    worked = cpuNanos();
    try (ConsoleServer console = start(folder)) {
      waitFor(console, runs);
      System.out.printf(
          "start with the index        %.1f s, %.1f s of CPU%n",
          seconds(begun), (cpuNanos() - worked) / 1e9);
      for (String path :
          List.of(
              "runs",
              "runs?sort=-m:metric3",
              "runs?sort=s:name",
              "runs?q=word17",
              "runs?q=depth%3D7+metric3%3C0.5",
              "runs?page=700",
              "")) {
        time(console, path);
      }
      time(console, "runs/many");
      once(console, "runs/long");
      String curve = "curves.json?run=long&m=loss&px=700";
      once(console, curve);
      int looks = 0;
      begun = System.nanoTime();
      while (get(console, "runs/long").contains("class=\"hint\">") && looks < 60) {
        looks++;
      }
      System.out.printf("the rest of the long curve  %.1f s, %d looks%n", seconds(begun), looks);
      time(console, curve);
      time(console, curve + "&from=5000000&to=5100000");
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      Runtime memory = Runtime.getRuntime();
      System.out.printf(
          "heap                        %,d MiB%n",
          (memory.totalMemory() - memory.freeMemory()) >> 20);
    }
  }

  private static ConsoleServer start(Path folder) {
    return ConsoleServer.start(
        new ConsoleConfig(
            ConsoleConfig.Listening.onLoopback(0),
            folder,
            Optional.empty(),
            List.of(),
            ZoneId.of("UTC")),
        Optional.empty(),
        _ -> List.of());
  }

  /// What this process has worked so far: on a machine that has other work, times tell more of it.
  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double seconds(long begun) {
    return (System.nanoTime() - begun) / 1e9;
  }

  private static String get(ConsoleServer console, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(console.address() + path))
            .header("Accept-Language", "en")
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static void waitFor(ConsoleServer console, int runs) throws Exception {
    String wanted = "%,d runs".formatted(runs + 2);
    while (true) {
      Matcher count = COUNT.matcher(get(console, "runs"));
      if (count.find() && count.group(1).equals(wanted)) {
        return;
      }
      Thread.sleep(250);
    }
  }

  private static void once(ConsoleServer console, String path) throws Exception {
    long begun = System.nanoTime();
    int size = get(console, path).length();
    System.out.printf(
        "%-45s %8.1f ms the first time, %,d characters%n", path, seconds(begun) * 1e3, size);
  }

  private static void time(ConsoleServer console, String path) throws Exception {
    double[] millis = new double[TIMES];
    int size = 0;
    long worked = cpuNanos();
    for (int i = 0; i < TIMES; i++) {
      long begun = System.nanoTime();
      size = get(console, path).length();
      millis[i] = seconds(begun) * 1e3;
    }
    Arrays.sort(millis);
    System.out.printf(
        "%-45s %8.1f ms median, %8.1f ms p95, %6.1f ms of CPU, %,d characters%n",
        path.isEmpty() ? "overview" : path,
        millis[TIMES / 2],
        millis[TIMES * 95 / 100],
        (cpuNanos() - worked) / 1e6 / TIMES,
        size);
  }

  private static void write(Path runs, int count, int points) throws IOException {
    if (Files.exists(runs.resolve("long/run.json"))) {
      return;
    }
    Files.createDirectories(runs);
    IntStream.range(0, count).parallel().forEach(i -> writeRun(runs, i));
    record(runs.resolve("many"), "many", 1, "many");
    try (BufferedWriter out = Files.newBufferedWriter(runs.resolve("many/metrics.jsonl"))) {
      for (int step = 0; step < 5; step++) {
        out.write("{\"step\":" + step);
        for (int m = 0; m < MANY_METRICS; m++) {
          out.write(",\"layer/%d\":%d.5".formatted(m, m % 7));
        }
        out.write("}\n");
      }
    }
    Path longest = runs.resolve("long");
    Files.createDirectories(longest);
    var random = new Random(2);
    try (BufferedWriter out = Files.newBufferedWriter(longest.resolve("metrics.jsonl"))) {
      for (int step = 0; step < points; step++) {
        double loss = 10 / Math.sqrt(1 + step * 1e-3) + random.nextGaussian() * 0.1;
        out.write("{\"loss\":" + (float) loss + ",\"step\":" + step + "}\n");
      }
    }
    record(longest, "long", 1, "long");
  }

  private static void writeRun(Path runs, int i) {
    try {
      String id = "run-%06d".formatted(i);
      Path folder = runs.resolve(id);
      var random = new Random(i);
      var lines = new StringBuilder();
      Files.createDirectories(folder);
      for (int step = 1; step <= STEPS; step++) {
        lines.append("{\"step\":").append(step);
        for (int m = 0; m < METRICS; m++) {
          lines.append(",\"metric").append(m).append("\":").append(random.nextFloat());
        }
        lines.append("}\n");
      }
      Files.writeString(folder.resolve("metrics.jsonl"), lines);
      record(folder, id, i % 12, "word" + i % 1000);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void record(Path folder, String id, int depth, String name) throws IOException {
    Files.createDirectories(folder);
    String settings =
        IntStream.range(0, 20)
            .mapToObj(s -> "\"setting%d\":%d".formatted(s, s))
            .reduce((a, b) -> a + "," + b)
            .orElse("");
    Files.writeString(
        folder.resolve("run.json"),
        """
        {"id":"%s","recipe":"quick","step":"pretrain","stage":"pretrain","stageVersion":1,"key":"k",
         "status":"DONE","inputs":{},"outputs":{},"config":{"depth":%d,"name":"%s",%s},"seed":42,
         "threads":2,"codeVersion":"1","machine":"m","started":"%s","seconds":12.5,"error":""}
        """
            .formatted(
                id,
                depth,
                name,
                settings,
                Instant.ofEpochSecond(1_795_000_000L + id.hashCode() % 1_000_000)));
  }
}
