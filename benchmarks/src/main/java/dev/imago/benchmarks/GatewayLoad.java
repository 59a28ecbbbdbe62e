// Past 400 lines: five loads of one server, one client and one setting up.
package dev.imago.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.Limits;
import dev.imago.accounts.Metering;
import dev.imago.accounts.Prices;
import dev.imago.accounts.Role;
import dev.imago.accounts.TokenPrice;
import dev.imago.generate.LanguageModel;
import dev.imago.masking.TenantMasking;
import dev.imago.serve.Safeguards;
import dev.imago.serve.Server;
import dev.imago.serve.ServerConfig;
import dev.imago.state.StateAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import tools.jackson.databind.json.JsonMapper;

/// Our side of `benchmarks/gateway MODEL [latency [RATE [SECONDS]] | tokens [THREADS] | crowd |
/// streams | soak N]`.
///
/// *latency*: two servers of one tiny model, one bare, one with keys, three limits, masking and the
/// ledger, are asked RATE times a second for one token, by turns; what the second takes longer is
/// what these add, a group-committed fsync among it, which is measured beside: as many lines of 500
/// bytes a second, appended by one thread, those that come together with one fsync. *tokens*: the
/// same two servers, of a real model, give four streams of 128 tokens each at a time, by turns: the
/// tokens a second of both. *crowd*: 1,024 connections ask four times each at once, four times
/// over, against a limit of 5,120 requests. *streams*: 1,024 streams are open at once. *soak*: N
/// requests, and the heap after each tenth of them. Load comes from the same process.
public final class GatewayLoad implements AutoCloseable {
  private static final int CONNECTIONS = 1_024;
  private static final int ASKING = 64;
  private static final int STREAMS = 4;
  private static final int STREAMED = 128;

  /// Bytes of an entry of the ledger, about.
  private static final int LINE = 500;

  private final Path folder = Files.createTempDirectory("gateway");
  private final Accounts accounts = Accounts.open(StateAddress.in(folder), folder.resolve("state"));
  private final Metering metering = accounts.serve();
  private final LanguageModel model;
  private final String key;

  private GatewayLoad(Path file, int threads) throws IOException {
    model = LanguageModel.open(file, threads);
    accounts
        .prices()
        .set(
            "root",
            new Prices.Entry("*", LocalDate.EPOCH, new TokenPrice("EUR", 1_000_000, 0, 1, 1)));
    ApiKeyStore.Made made =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "load", "acme", "team", "anna", Role.MEMBER, List.of("*"), List.of("*"), null));
    key = made.key();
    limit("key", made.account().key(), "requests", "minute", "1000000000");
    limit("team", "team", "tokens", "day", "1000000000000");
    limit("organisation", "acme", "money", "month", "1000000.00");
    metering.refresh();
  }

  private void limit(String scope, String who, String what, String per, String amount) {
    accounts.limits().set("root", new Limits.Wanted(scope, "acme", who, what, per, amount, true));
  }

  private Server start(boolean full) {
    ServerConfig.Limits limits = ServerConfig.Limits.USUAL;
    limits =
        new ServerConfig.Limits(
            64,
            8_192,
            0,
            limits.bodyBytes(),
            limits.keptAnswers(),
            limits.keptBytes(),
            limits.cache(),
            limits.reuse());
    ServerConfig usual = ServerConfig.of("tiny", "tiny", folder.resolve("ratings.jsonl"));
    var config =
        new ServerConfig(
            ServerConfig.Listening.on("127.0.0.1", 0),
            usual.model(),
            usual.ratings(),
            limits,
            new ServerConfig.Times(usual.times().grace(), Duration.ofHours(1)), // answers are whole
            "");
    if (full) {
      TenantMasking masking =
          TenantMasking.read(
              JsonMapper.shared().readTree("{\"all\":{\"email\":\"number\",\"card\":\"block\"}}"),
              List.of(),
              Optional.empty());
      config =
          config
              .withMetering(Optional.of(metering))
              .withSafeguards(Safeguards.NONE.withMasking(masking));
    }
    return Server.start(config, model, System.err);
  }

  public static void main(String[] args) throws Exception {
    String what = args.length > 1 ? args[1] : "latency";
    int threads = what.equals("tokens") ? number(args, 2, 2) : 1;
    try (var load = new GatewayLoad(Path.of(args[0]), threads)) {
      switch (what) {
        case "latency" -> load.latency(number(args, 2, 1_000), number(args, 3, 20));
        case "tokens" -> load.tokens();
        case "crowd" -> load.crowd();
        case "streams" -> load.streams();
        case "soak" -> load.soak(number(args, 2, 1_000_000));
        default -> throw new IllegalArgumentException(what);
      }
    }
  }

  private static int number(String[] args, int at, int usual) {
    return args.length > at ? Integer.parseInt(args[at]) : usual;
  }

  private byte[] request(boolean stream, int most) {
    String body =
        "{\"max_tokens\":%d,\"ignore_eos\":true,\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"anna@example.com asks\"}]}"
            .formatted(most, stream);
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(key, body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// A client's connection, with as little of its own as can be.
  private static final class Connection implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Connection(URI address) throws IOException {
      socket = new Socket(address.getHost(), address.getPort());
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), 1 << 11);
      out = socket.getOutputStream();
    }

    /// @return the status, once the whole answer is read
    int ask(byte[] request) throws IOException {
      out.write(request);
      int status = 0;
      int length = 0;
      for (String line = line(); !line.isEmpty(); line = line()) {
        if (status == 0) {
          status = Integer.parseInt(line.substring(9, 12));
        } else if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(15).strip());
        }
      }
      in.skipNBytes(length);
      return status;
    }

    /// Asks for a stream, and reads up to its first bytes.
    void begin(byte[] request) throws IOException {
      out.write(request);
      String status = line();
      if (!status.startsWith("200", 9)) {
        throw new IOException("a stream got " + status);
      }
      while (!line().isEmpty()) {}
      if (in.read() < 0) {
        throw new IOException("no stream");
      }
    }

    /// Asks for a stream, and reads it to its end.
    void drain(byte[] request) throws IOException {
      begin(request);
      for (String line = line(); !line.equals("data: [DONE]"); line = line()) {}
    }

    private String line() throws IOException {
      var line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("cut");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private void latency(int rate, int seconds) throws Exception {
    try (Server bare = start(false);
        Server full = start(true)) {
      for (int i = 0; i < 3; i++) { // until both are compiled
        asked(bare, rate, 5);
        asked(full, rate, 5);
      }
      long[] without = new long[0];
      long[] with = new long[0];
      long spentWithout = 0;
      long spentWith = 0;
      long paused = 0;
      long collections = 0;
      for (int turn = 0; turn < 4; turn++) {
        long began = processNanos();
        without = joined(without, asked(bare, rate, seconds / 4 + 1));
        long between = processNanos();
        long pausedBefore = collected(GarbageCollectorMXBean::getCollectionTime);
        long before = collected(GarbageCollectorMXBean::getCollectionCount);
        with = joined(with, asked(full, rate, seconds / 4 + 1));
        paused += collected(GarbageCollectorMXBean::getCollectionTime) - pausedBefore;
        collections += collected(GarbageCollectorMXBean::getCollectionCount) - before;
        spentWithout += between - began;
        spentWith += processNanos() - between;
      }
      Arrays.sort(without);
      Arrays.sort(with);
      long[] fsync = fsyncs();
      long[] group = groupFsyncs(rate, 5);
      System.out.printf(
          Locale.ROOT,
          "%d requests/s: bare %.0f µs p50, %.2f ms p99; keys, three limits, masking, ledger %.0f"
              + " µs p50, %.2f ms p99; one fsync alone %.0f µs p50, %.2f ms p99%n",
          rate,
          at(without, 0.5) / 1e3,
          at(without, 0.99) / 1e6,
          at(with, 0.5) / 1e3,
          at(with, 0.99) / 1e6,
          at(fsync, 0.5) / 1e3,
          at(fsync, 0.99) / 1e6);
      System.out.printf(
          Locale.ROOT,
          "processor time a request, its client's too: bare %.0f µs, with all %.0f µs%n",
          spentWithout / 1e3 / without.length,
          spentWith / 1e3 / with.length);
      System.out.printf(
          Locale.ROOT,
          "with all: %.1f collections of garbage a second, %.1f ms each%n",
          collections * (double) rate / with.length,
          paused / (double) Math.max(1, collections));
      System.out.printf(
          Locale.ROOT,
          "a group-committed fsync at this rate: %.0f µs p50, %.2f ms p99%n",
          at(group, 0.5) / 1e3,
          at(group, 0.99) / 1e6);
      System.out.printf(
          Locale.ROOT,
          "added besides a group-committed fsync: %.0f µs p50, %.2f ms p99%n",
          (at(with, 0.5) - at(without, 0.5) - at(group, 0.5)) / 1e3,
          (at(with, 0.99) - at(without, 0.99) - at(group, 0.99)) / 1e6);
    }
  }

  private void tokens() throws Exception {
    try (Server bare = start(false);
        Server full = start(true)) {
      double[] seconds = new double[2];
      for (int round = 0; round < 9; round++) {
        for (int which = 0; which < 2; which++) {
          long began = System.nanoTime();
          Server server = (round + which) % 2 == 0 ? bare : full;
          streamed(server);
          if (round > 0) { // the first is for what is not compiled yet
            seconds[server == full ? 1 : 0] += (System.nanoTime() - began) / 1e9;
          }
        }
      }
      double all = 8.0 * STREAMS * STREAMED;
      System.out.printf(
          Locale.ROOT,
          "%d streams at a time: bare %.1f tokens/s, with all %.1f tokens/s, %.4f of it%n",
          STREAMS,
          all / seconds[0],
          all / seconds[1],
          seconds[0] / seconds[1]);
    }
  }

  private void streamed(Server server) throws Exception {
    byte[] request = request(true, STREAMED);
    together(
        STREAMS,
        _ -> {
          try (var connection = new Connection(server.address())) {
            connection.drain(request);
          }
        });
  }

  private static long processNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long collected(ToLongFunction<GarbageCollectorMXBean> what) {
    return ManagementFactory.getGarbageCollectorMXBeans().stream().mapToLong(what).sum();
  }

  private static long at(long[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.round(share * sorted.length))];
  }

  private static long[] joined(long[] one, long[] other) {
    long[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }

  /// Work of one connection.
  private interface Work {
    void of(int connection) throws Exception;
  }

  /// Has as many connections at work at once, and fails where one does.
  private static void together(int connections, Work work) throws Exception {
    try (var all = Executors.newVirtualThreadPerTaskExecutor()) {
      var under = new ArrayList<Future<?>>();
      for (int c = 0; c < connections; c++) {
        int connection = c;
        under.add(
            all.submit(
                () -> {
                  work.of(connection);
                  return 0;
                }));
      }
      for (Future<?> each : under) {
        each.get();
      }
    }
  }

  /// From the moment at which each request was due to the end of its answer.
  private long[] asked(Server server, int rate, int seconds) throws Exception {
    int count = rate * seconds;
    long[] nanos = new long[count];
    byte[] request = request(false, 1);
    long began = System.nanoTime() + 50_000_000;
    together(
        ASKING,
        first -> {
          try (var connection = new Connection(server.address())) {
            for (int i = first; i < count; i += ASKING) {
              long due = began + i * 1_000_000_000L / rate;
              sleepUntil(due);
              int status = connection.ask(request);
              if (status != 200) {
                throw new IOException("a request got " + status);
              }
              nanos[i] = System.nanoTime() - due;
            }
          }
        });
    return nanos;
  }

  /// What a line takes to be on disk, of those that come at a rate, from when it is given.
  private long[] groupFsyncs(int rate, int seconds) throws Exception {
    int count = rate * seconds;
    long[] nanos = new long[count];
    var lines = new LinkedBlockingQueue<CompletableFuture<Void>>();
    try (FileChannel file =
        FileChannel.open(
            folder.resolve("lines"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Thread.ofPlatform().daemon().start(() -> write(lines, file));
      long began = System.nanoTime() + 50_000_000;
      together(
          ASKING,
          first -> {
            for (int i = first; i < count; i += ASKING) {
              sleepUntil(began + i * 1_000_000_000L / rate);
              long given = System.nanoTime();
              var line = new CompletableFuture<Void>();
              lines.add(line);
              line.join();
              nanos[i] = System.nanoTime() - given;
            }
          });
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static void write(LinkedBlockingQueue<CompletableFuture<Void>> lines, FileChannel file) {
    var batch = new ArrayList<CompletableFuture<Void>>();
    try {
      while (file.isOpen()) {
        batch.add(lines.take());
        lines.drainTo(batch);
        file.write(ByteBuffer.wrap(new byte[LINE * batch.size()]));
        file.force(false);
        batch.forEach(each -> each.complete(null));
        batch.clear();
      }
    } catch (IOException | InterruptedException e) {
      batch.forEach(each -> each.completeExceptionally(e));
    }
  }

  private static void sleepUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private long[] fsyncs() throws IOException {
    long[] nanos = new long[300];
    var line = new byte[LINE];
    try (FileChannel file =
        FileChannel.open(
            folder.resolve("fsync"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < nanos.length; i++) {
        long began = System.nanoTime();
        file.write(ByteBuffer.wrap(line));
        file.force(false);
        nanos[i] = System.nanoTime() - began;
      }
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private void crowd() throws Exception {
    limit("organisation", "acme", "requests", "day", Integer.toString(5 * CONNECTIONS));
    metering.refresh();
    try (Server full = start(true)) {
      byte[] request = request(false, 1);
      for (int round = 0; round < 4; round++) {
        var statuses = new ConcurrentHashMap<Integer, AtomicInteger>();
        together(
            CONNECTIONS,
            _ -> {
              try (var connection = new Connection(full.address())) {
                for (int i = 0; i < 4; i++) {
                  statuses
                      .computeIfAbsent(connection.ask(request), _ -> new AtomicInteger())
                      .incrementAndGet();
                }
              }
            });
        System.out.printf(
            "%d requests on %d connections: %s; heap after them %d MB%n",
            4 * CONNECTIONS, CONNECTIONS, new TreeMap<>(statuses), heapBytes() >> 20);
      }
    }
  }

  private void streams() throws Exception {
    try (Server full = start(true)) {
      long before = heapBytes();
      byte[] request = request(true, 1_000);
      var begun = new CountDownLatch(CONNECTIONS);
      var enough = new CountDownLatch(1);
      var failures = new ConcurrentLinkedQueue<IOException>();
      try (var all = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int c = 0; c < CONNECTIONS; c++) {
          all.submit(
              () -> {
                try (var connection = new Connection(full.address())) {
                  connection.begin(request);
                  begun.countDown();
                  enough.await();
                } catch (IOException e) {
                  failures.add(e);
                  begun.countDown();
                }
                return 0;
              });
        }
        begun.await();
        if (!failures.isEmpty()) {
          enough.countDown();
          throw new IOException(
              "%d of %d streams failed".formatted(failures.size(), CONNECTIONS), failures.peek());
        }
        System.out.printf(
            "%d streams open: heap %d MB, %d MB without them, at most %d MB%n",
            CONNECTIONS, heapBytes() >> 20, before >> 20, Runtime.getRuntime().maxMemory() >> 20);
        enough.countDown();
      }
    }
  }

  private void soak(int count) throws Exception {
    int each = Math.ceilDiv(count, 10 * ASKING);
    try (Server full = start(true)) {
      for (int tenth = 0; tenth < 10; tenth++) {
        long began = System.nanoTime();
        byte[] request = request(false, 1);
        together(
            ASKING,
            _ -> {
              try (var connection = new Connection(full.address())) {
                for (int i = 0; i < each; i++) {
                  int status = connection.ask(request);
                  if (status != 200) {
                    throw new IOException("a request got " + status);
                  }
                }
              }
            });
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%d requests, %.0f a second; heap after them %d MB%n",
            (tenth + 1) * each * ASKING,
            each * ASKING / seconds,
            heapBytes() >> 20);
      }
    }
  }

  private static long heapBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Override
  public void close() {
    metering.close();
    accounts.close();
    model.close();
  }
}
