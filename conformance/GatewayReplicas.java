// Past 400 lines: a load, its judge and the processes that it kills, in one file that `java`
// starts.
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Three servers (or `-Dservers=N`) of one PostgreSQL, as processes, judged by the ledger.
///
/// `java [-Dservers=3] [-Dpostgres=HOST:PORT/DATABASE] -cp 'postgres-peers/*'
/// conformance/GatewayReplicas.java MODEL [THREADS=64] [REQUESTS=100] [HANGUPS=1000] [KILLS=100]
/// [COMMAND=./imago]`
///
/// 1. THREADS × REQUESTS requests against one budget, which has room for half of them: the spend
///    never passes it and ends within one request of it; answers and refusals are as many as
///    requests, and entries as many as answers.
/// 2. HANGUPS streams whose client goes after the first piece: their slots are free within a
///    second, and the ledger has the tokens that the engines counted.
/// 3. KILLS kills with signal 9 at random moments, under load: what was answered is in the ledger
///    once, nothing stays kept, and no budget is passed.
///
/// PostgreSQL is started for it, or is the one that is named, with an empty database of a user
/// `postgres`. MODEL is a file or folder whose context holds 120 tokens; a tiny one does. Exit
/// status 1 where anything of it does not hold.
final class GatewayReplicas {
  private static final int SERVERS = Integer.getInteger("servers", 3);
  private static final int FIRST_PORT = 18_190;
  private static final Pattern ID = Pattern.compile("key_[A-Za-z0-9_-]{12}");
  private static final Pattern KEY = Pattern.compile("imago_[A-Za-z0-9_-]{43}");

  private final Path workspace;
  private final List<String> command;
  private final String state;
  private final String jdbc;
  private final String model;
  private final List<Process> servers = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(60))
          .build();
  private boolean good = true;

  private GatewayReplicas(
      Path workspace, List<String> command, String state, String jdbc, String model) {
    this.workspace = workspace;
    this.command = command;
    this.state = state;
    this.jdbc = jdbc;
    this.model = model;
  }

  public static void main(String[] args) throws Exception {
    String model = Path.of(args[0]).toAbsolutePath().toString();
    int threads = number(args, 1, 64);
    int requests = number(args, 2, 100);
    int hangUps = number(args, 3, 1000);
    int kills = number(args, 4, 100);
    List<String> command = args.length > 5 ? Arrays.asList(args[5].split(" ")) : List.of("./imago");
    Path workspace = Files.createTempDirectory("imago-replicas");
    String given = System.getProperty("postgres", "");
    try (EmbeddedPostgres postgres = given.isEmpty() ? started() : null) {
      String address =
          postgres == null ? given : "127.0.0.1:%d/postgres".formatted(postgres.getPort());
      var run =
          new GatewayReplicas(
              workspace,
              command,
              "postgresql://postgres:postgres@" + address,
              "jdbc:postgresql://" + address + "?user=postgres&password=postgres",
              model);
      try {
        run.all(threads, requests, hangUps, kills);
      } finally {
        run.servers.forEach(Process::destroyForcibly);
      }
      System.out.println(run.good ? "all holds" : "something does not hold");
      System.exit(run.good ? 0 : 1);
    }
  }

  private static EmbeddedPostgres started() throws IOException {
    return EmbeddedPostgres.builder().setPGStartupWait(Duration.ofMinutes(2)).start();
  }

  private static int number(String[] args, int at, int usual) {
    return args.length > at ? Integer.parseInt(args[at]) : usual;
  }

  private void all(int threads, int requests, int hangUps, int kills) throws Exception {
    String poor = key("acme", "member");
    String free = key("other", "member");
    String operator = key("root", "operator");
    for (String organisation : List.of("acme", "other")) {
      said("budget", "organisation", organisation, "--zone", "UTC", "--currency", "EUR");
    }
    said("budget", "price", "*", "--input", "1.00", "--output", "2.00", "--currency", "EUR");
    for (int i = 0; i < SERVERS; i++) {
      servers.add(start(i));
    }
    for (int i = 0; i < SERVERS; i++) {
      awaitReady(i);
    }
    budget(threads, requests, poor);
    hangUps(hangUps, free, operator);
    kills(kills, threads, poor, free);
  }

  /// The first request tells what one costs at most; the budget has room for half of all.
  private void budget(int threads, int requests, String key) throws Exception {
    HttpResponse<String> first = ask(0, key, 4);
    check(first.statusCode() == 200, "a first request is answered: " + first.body());
    long one = number("select max(cost) from accounts.entry where organisation = 'acme'");
    int total = threads * requests;
    long budget = one * (total / 2) + one / 2;
    said("budget", "set", "organisation", "acme", "money", millionths(budget), "--per", "month");
    Thread.sleep(1_000); // each server has seen it
    var statuses = new ConcurrentHashMap<Integer, AtomicInteger>();
    var over = new AtomicBoolean();
    long began = System.nanoTime();
    var watching = new AtomicBoolean(true);
    Thread watch =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (watching.get()) {
                    try {
                      over.compareAndSet(false, counter("used + reserved") > budget);
                      Thread.sleep(50);
                    } catch (Exception e) {
                      return;
                    }
                  }
                });
    try (var all = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < threads; t++) {
        int thread = t;
        all.submit(
            () -> {
              for (int i = 0; i < requests; i++) {
                int status = ask((thread + i) % SERVERS, key, 4).statusCode();
                statuses.computeIfAbsent(status, _ -> new AtomicInteger()).incrementAndGet();
              }
              return 0;
            });
      }
    }
    watching.set(false);
    watch.join();
    double seconds = (System.nanoTime() - began) / 1e9;
    long used = counter("used");
    int answered = count(statuses, 200);
    System.out.printf(
        "budget: %d requests in %.1f s, %s; spent %d of %d millionths, one costs %d%n",
        total, seconds, statuses, used, budget, one);
    check(answered + count(statuses, 429) == total, "200s and 429s make all");
    check(!over.get() && used <= budget, "no budget was passed");
    check(counter("reserved") == 0, "nothing stays kept");
    check(
        number("select count(*) from accounts.entry where organisation = 'acme'") == answered + 1,
        "as many entries as answers");
    check(budget - used <= one, "the spend ends within one request of the budget");
  }

  private void hangUps(int times, String key, String operator) throws Exception {
    long before = number("select coalesce(sum(output), 0) from accounts.entry");
    double counted = measured(operator, "imago_tokens_total\\{[^}]*completion[^}]*}");
    var began = new AtomicInteger();
    var refused = new AtomicInteger(); // as too many wait: those who went are not all seen yet
    try (var all = Executors.newFixedThreadPool(16, Thread.ofVirtual().factory())) {
      for (int i = 0; i < times; i++) {
        int port = FIRST_PORT + i % SERVERS;
        all.submit(
            () -> {
              String answer = hungUp(port, key);
              if (answer.contains("data: ")) {
                began.incrementAndGet();
              } else if (answer.startsWith("HTTP/1.1 429") || answer.startsWith("HTTP/1.1 503")) {
                refused.incrementAndGet();
              } else {
                System.out.println("  neither a stream nor a refusal: " + answer);
              }
              return 0;
            });
      }
    }
    long since = System.nanoTime();
    while (measured(operator, "imago_answers_running\\S*") > 0
        && System.nanoTime() - since < 30_000_000_000L) {
      Thread.sleep(50);
    }
    double freed = (System.nanoTime() - since) / 1e9;
    Thread.sleep(1_000); // the last entries
    long rows =
        number(
            "select count(*) from accounts.entry where organisation = 'other' and outcome <>"
                + " 'failed'");
    long output = number("select coalesce(sum(output), 0) from accounts.entry") - before;
    double engines = measured(operator, "imago_tokens_total\\{[^}]*completion[^}]*}") - counted;
    System.out.printf(
        "hang-ups: %d begun, %d refused, %d entries, %d tokens in the ledger, %.0f by the engines,"
            + " slots free after %.2f s%n",
        began.get(), refused.get(), rows, output, engines, freed);
    check(
        began.get() + refused.get() == times, "each stream began, or was refused as too many wait");
    check(began.get() > times / 2, "most of them began");
    check(rows == began.get(), "an entry for each answer that began");
    check(output == Math.round(engines), "the ledger has what the engines counted");
    check(freed <= 1, "slots are free within a second");
  }

  /// What came of an answer up to its first event, at which it was given up.
  private static String hungUp(int port, String key) throws IOException {
    String body =
        "{\"stream\":true,\"max_tokens\":60,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(120_000);
      String request =
          "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(port, key, body.length(), body);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      var seen = new StringBuilder();
      for (int c = in.read(); c >= 0; c = in.read()) {
        seen.append((char) c);
        boolean refused =
            !seen.toString().startsWith("HTTP/1.1 200") && seen.indexOf("\r\n\r\n") > 0;
        if (refused || seen.indexOf("data: ") >= 0) { // a refusal's connection stays open
          break;
        }
      }
      return seen.toString();
    }
  }

  private void kills(int times, int threads, String poor, String free) throws Exception {
    Set<String> answered = ConcurrentHashMap.newKeySet();
    var going = new AtomicBoolean(true);
    var random = new Random(5);
    long budget = counter("used + reserved") + 1_000_000;
    said("budget", "set", "organisation", "acme", "money", millionths(budget), "--per", "month");
    try (var all = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < Math.min(16, threads); t++) {
        int thread = t;
        all.submit(
            () -> {
              for (int i = 0; going.get(); i++) {
                try {
                  HttpResponse<String> answer =
                      ask((thread + i) % SERVERS, thread % 2 == 0 ? poor : free, 4);
                  if (answer.statusCode() == 200) {
                    answer.headers().firstValue("x-imago-entry").ifPresent(answered::add);
                  }
                } catch (IOException e) {
                  Thread.sleep(50); // it was killed; the next is asked
                }
              }
              return 0;
            });
      }
      for (int kill = 0; kill < times; kill++) {
        Thread.sleep(200 + random.nextInt(2_000));
        int victim = random.nextInt(SERVERS);
        kill(servers.get(victim));
        servers.set(victim, start(victim));
        awaitReady(victim);
      }
      going.set(false);
    }
    Thread.sleep(25_000); // the leases of the dead run out
    long lost = number("select count(*) from accounts.entry where outcome = 'lost'");
    Set<String> missing = new HashSet<>(answered);
    try (Connection connection = DriverManager.getConnection(jdbc);
        var statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select request from accounts.entry")) {
      while (row.next()) { // a request is the table's key: none is there twice
        missing.remove(row.getString(1));
      }
    }
    System.out.printf(
        "kills: %d, %d answers, %d of them not in the ledger, %d lost under way, %d kept%n",
        times, answered.size(), missing.size(), lost, counter("reserved"));
    check(!answered.isEmpty() && missing.isEmpty(), "what was answered is in the ledger once");
    check(counter("reserved") == 0, "what the dead kept was given back");
    check(number("select count(*) from accounts.hold") == 0, "no request is under way");
    check(counter("used") <= budget, "no budget was passed");
    String told = said("usage", "reconcile");
    check(told.contains("agree"), "entries, sums and invoices agree: " + told);
  }

  /// The process, and what it started: a script may have.
  private static void kill(Process process) throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.waitFor();
  }

  private Process start(int number) throws IOException {
    var words = new ArrayList<>(command);
    words.addAll(
        List.of(
            "--workspace",
            workspace.toString(),
            "serve",
            model,
            "--port",
            String.valueOf(FIRST_PORT + number),
            "--state",
            state,
            "--threads",
            "1"));
    Path log = workspace.resolve("server-%d.log".formatted(number));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private void awaitReady(int number) throws Exception {
    for (int i = 0; i < 3_000; i++) {
      try {
        if (get(number, "/readyz", "").statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not yet.
      }
      Thread.sleep(100);
    }
    throw new IOException("server %d does not start; see %s".formatted(number, workspace));
  }

  private HttpResponse<String> ask(int server, String key, int most) throws Exception {
    String body =
        "{\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}".formatted(most);
    return client.send(
        request(server, "/v1/chat/completions", key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(int server, String path, String key) throws Exception {
    return client.send(request(server, path, key).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(int server, String path, String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d%s".formatted(FIRST_PORT + server, path)))
            .timeout(Duration.ofMinutes(5));
    return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
  }

  /// The sum over all servers of what /metrics says.
  private double measured(String operator, String name) throws Exception {
    double sum = 0;
    Pattern line = Pattern.compile("(?m)^" + name + " ([0-9.eE+]+)$");
    for (int i = 0; i < SERVERS; i++) {
      Matcher found = line.matcher(get(i, "/metrics", operator).body());
      while (found.find()) {
        sum += Double.parseDouble(found.group(1));
      }
    }
    return sum;
  }

  private String key(String organisation, String role) throws Exception {
    String told = said("keys", "create", "--organisation", organisation, "--role", role);
    Matcher key = KEY.matcher(told);
    check(key.find() && ID.matcher(told).find(), "a key is made: " + told);
    return key.group();
  }

  private String said(String... words) throws Exception {
    var all = new ArrayList<>(command);
    all.addAll(List.of("--workspace", workspace.toString()));
    all.addAll(Arrays.asList(words));
    ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
    builder.environment().put("IMAGO_STATE", state);
    Process process = builder.start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", words) + ": " + told);
    }
    return told;
  }

  private static String millionths(long amount) {
    return "%d.%06d".formatted(amount / 1_000_000, amount % 1_000_000);
  }

  private long counter(String what) throws SQLException {
    return number("select coalesce(sum(" + what + "), 0) from accounts.counter");
  }

  private long number(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbc);
        var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static int count(ConcurrentHashMap<Integer, AtomicInteger> statuses, int status) {
    AtomicInteger count = statuses.get(status);
    return count == null ? 0 : count.get();
  }

  private void check(boolean holds, String what) {
    System.out.printf("  %s  %s%n", holds ? "yes" : "NO ", what);
    good &= holds;
  }
}
