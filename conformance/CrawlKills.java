import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// A crawl of many hosts that is killed again and again, judged by what the hosts were asked.
///
/// `java conformance/CrawlKills.java [HOSTS=200] [PAGES=50] [KILLS=20] [COMMAND=./imago]`
///
/// Each host listens on a loopback address of its own, 127.0.x.y:PORT. It has PAGES pages, a
/// Crawl-delay, pages that robots.txt closes, one that refuses training, a calendar without an end,
/// and a folder that grows into itself; some hosts answer 503 with Retry-After once, some answer
/// robots.txt with 500. In the end no closed page was asked for, no gap between two requests was
/// below the delay, no page was asked for twice but where a host itself asked for that, no two
/// requests of a host ran at once, it was killed as often as was asked for, and no more pages are
/// missing in the archives than are told as in doubt. Exit status 1 otherwise.
final class CrawlKills {
  private static final double DELAY_SECONDS = 0.25;
  private static final int PORT = 18080;

  /// @param at nanoseconds
  private record Asked(String target, long at, int status) {}

  private static final class Host {
    final String address;
    final int number;
    final HttpServer server;
    final List<Asked> log = Collections.synchronizedList(new ArrayList<>());
    int open;
    int most;

    Host(int number) throws IOException {
      this.number = number;
      address = "127.0.%d.%d".formatted(1 + number / 250, 1 + number % 250);
      server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(address), PORT), 64);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", this::answer);
      server.start();
    }

    String at(String path) {
      return "http://" + address + ":" + PORT + path;
    }

    boolean closedAtAll() {
      return number % 50 == 49;
    }

    boolean busy(String target) {
      return number % 10 == 3
          && target.equals("/p/7")
          && log.stream().noneMatch(a -> a.target().equals(target));
    }

    private void answer(HttpExchange exchange) throws IOException {
      long at = System.nanoTime();
      String target = exchange.getRequestURI().toString();
      synchronized (this) {
        most = Math.max(most, ++open);
      }
      int status = 200;
      String type = "text/html; charset=utf-8";
      String body;
      if (target.equals("/robots.txt")) {
        type = "text/plain";
        status = closedAtAll() ? 500 : 200;
        body =
            "User-agent: *\nCrawl-delay: %s\nDisallow: /closed/\nAllow: /closed/open/\n"
                .formatted(DELAY_SECONDS);
      } else if (busy(target)) {
        status = 503;
        body = "later";
        exchange.getResponseHeaders().set("Retry-After", "1");
      } else {
        body = page(target);
        status = body.isEmpty() ? 404 : 200;
      }
      log.add(new Asked(target, at, status));
      exchange.getResponseHeaders().set("Content-Type", type);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      try (exchange) {
        exchange.sendResponseHeaders(status, 0);
        exchange.getResponseBody().write(bytes);
      } finally {
        synchronized (this) {
          open--;
        }
      }
    }

    /// A page leads to the next three, the first also to what a crawler must find out.
    private String page(String target) {
      int page =
          target.equals("/")
              ? 0
              : target.matches("/p/[0-9]+") ? Integer.parseInt(target.substring(3)) : -1;
      var html =
          new StringBuilder(
              "<html><title>%s</title><p>%s on %s, number %d of its pages.</p>"
                  .formatted(target, target, address, page));
      if (page >= PAGES) {
        return "";
      } else if (page >= 0) {
        for (int next = page + 1; next <= Math.min(page + 3, PAGES - 1); next++) {
          html.append("<a href=/p/%d>next</a>".formatted(next));
        }
        html.append(
            "<a href=/closed/%d>closed</a><a href=/p/1?PHPSESSID=%d>session</a>"
                .formatted(page, page));
        if (page == 0) {
          html.append(
              "<a href=/noai>noai</a><a href=/calendar?year=1700&month=1>c</a><a"
                  + " href=/grow/>g</a><a href=/closed/open/1>o</a>");
        }
      } else if (target.equals("/noai")) {
        html.append("<meta name=robots content=noai>");
      } else if (target.startsWith("/calendar")) {
        int year = Integer.parseInt(target.replaceAll(".*year=([0-9]+).*", "$1"));
        html.append("<a href='/calendar?year=%d&month=1'>next</a>".formatted(year + 1));
      } else if (target.startsWith("/grow/")) {
        html.append("<a href=grow/>deeper</a>");
      } else if (!target.equals("/closed/open/1")) {
        return "";
      }
      return html.toString();
    }
  }

  private static int PAGES = 50;

  private CrawlKills() {}

  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 200;
    PAGES = args.length > 1 ? Integer.parseInt(args[1]) : 50;
    int kills = args.length > 2 ? Integer.parseInt(args[2]) : 20;
    String imago = args.length > 3 ? args[3] : "./imago";
    var hosts = new ArrayList<Host>();
    for (int i = 0; i < count; i++) {
      hosts.add(new Host(i));
    }
    Path out = Files.createTempDirectory("crawl-kills-");
    var command =
        new ArrayList<>(
            List.of(
                imago,
                "data",
                "crawl",
                "--out",
                out.toString(),
                "--agent",
                "KillsBot/1.0 (+https://example.org/bot)",
                "--delay",
                "0.1",
                "--max-pages",
                "1000000",
                "--max-depth",
                "1000",
                "--connections",
                "64",
                "--allow",
                "127.0.0.0/16"));
    hosts.forEach(host -> command.add(host.at("/")));
    var random = new Random(42);
    long begun = System.nanoTime();
    int killed = 0;
    while (true) {
      Path told = out.resolve("told.txt");
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(told.toFile())
              .start();
      int asked = hosts.stream().mapToInt(h -> h.log.size()).sum();
      // Killed at a random moment once it has asked for something.
      int more = 50 + random.nextInt(Math.max(1, 9 * count * PAGES / (10 * kills + 1)));
      while (killed < kills
          && process.isAlive()
          && hosts.stream().mapToInt(h -> h.log.size()).sum() < asked + more) {
        Thread.sleep(5);
      }
      if (process.isAlive() && killed < kills) {
        Thread.sleep(random.nextInt(200));
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        killed++;
        continue;
      }
      if (!process.waitFor(30, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the crawl does not end");
      }
      System.out.println(Files.readString(told));
      break;
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    hosts.forEach(host -> host.server.stop(0));
    judge(hosts, out, killed, kills, seconds);
  }

  /// The addresses whose answers the archives hold.
  private static Set<String> kept(Path out) throws IOException {
    var kept = new HashSet<String>();
    try (var archives = Files.newDirectoryStream(out, "*.warc.gz")) {
      for (Path archive : archives) {
        try (var lines =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(archive)),
                    StandardCharsets.ISO_8859_1))) {
          boolean response = false;
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("WARC-Type: ")) {
              response = line.equals("WARC-Type: response");
            } else if (response && line.startsWith("WARC-Target-URI: ")) {
              kept.add(line.substring("WARC-Target-URI: ".length()));
            }
          }
        }
      }
    }
    return kept;
  }

  private static long inDoubt(Path out) throws IOException {
    Matcher told =
        Pattern.compile("(?m)^ *in doubt .* ([0-9,]+)\\s*$")
            .matcher(Files.readString(out.resolve("told.txt")));
    return told.find() ? Long.parseLong(told.group(1).replace(",", "")) : 0;
  }

  private static void judge(List<Host> hosts, Path out, int killed, int kills, double seconds)
      throws IOException {
    int requests = 0;
    int pages = 0;
    int closed = 0;
    int twice = 0;
    int traps = 0;
    int parallel = 0;
    int robots = 0;
    long shortest = Long.MAX_VALUE;
    int asked = 0;
    int missing = 0;
    Set<String> kept = kept(out);
    for (Host host : hosts) {
      var times = new HashMap<String, Integer>();
      List<Asked> log = new ArrayList<>(host.log);
      log.sort(java.util.Comparator.comparingLong(Asked::at));
      for (int i = 0; i < log.size(); i++) {
        Asked each = log.get(i);
        requests++;
        shortest = i == 0 ? shortest : Math.min(shortest, each.at() - log.get(i - 1).at());
        boolean special = each.target().matches("/robots.txt|/sitemap.xml|/.well-known/.*");
        robots += each.target().equals("/robots.txt") ? 1 : 0;
        closed +=
            each.target().startsWith("/closed/") && !each.target().startsWith("/closed/open/")
                    || host.closedAtAll() && !special
                ? 1
                : 0;
        traps +=
            each.target().startsWith("/calendar") || each.target().startsWith("/grow/") ? 1 : 0;
        if (!special && each.status() != 503 && times.merge(each.target(), 1, Integer::sum) > 1) {
          twice++;
        }
      }
      for (int page = 0; page < PAGES && !host.closedAtAll(); page++) {
        pages++;
        String target = page == 0 ? "/" : "/p/" + page;
        asked += times.containsKey(target) ? 1 : 0;
        missing += kept.contains(host.at(target)) ? 0 : 1;
      }
      parallel += host.most > 1 ? 1 : 0;
    }
    System.out.printf(
        "%d kills, %d hosts, %d requests in %.0f s; robots.txt asked for %d times%n",
        killed, hosts.size(), requests, seconds, robots);
    System.out.printf(
        "pages: %d of %d asked for; twice: %d; closed: %d; in traps: %d%n",
        asked, pages, twice, closed, traps);
    System.out.printf(
        "shortest gap: %.1f ms of %.0f; hosts with two requests at once: %d%n",
        shortest / 1e6, DELAY_SECONDS * 1000, parallel);
    long inDoubt = inDoubt(out);
    System.out.printf(
        "pages that are not in %s: %d; told as in doubt: %d%n", out, missing, inDoubt);
    boolean good =
        twice == 0
            && closed == 0
            && parallel == 0
            && shortest >= DELAY_SECONDS * 1e9
            && asked == pages
            && killed == kills
            && missing <= inDoubt;
    System.out.println(good ? "good" : "NOT good");
    System.exit(good ? 0 : 1);
  }
}
