package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed in mid-work: what it called written down is there once, what it kept is
/// given back. `IMAGO_KILLS=100` kills it a hundred times.
class KilledServerTest {
  private static final int KILLS =
      Integer.parseInt(System.getenv().getOrDefault("IMAGO_KILLS", "1"));

  @TempDir Path folder;

  /// Answers requests on eight threads until it is killed; says each once it is written down.
  static final class Serving {
    public static void main(String[] args) {
      Path folder = Path.of(args[0]);
      Accounts accounts = Accounts.open(StateAddress.in(folder), folder.resolve("state"));
      Metering metering = accounts.serve();
      Account account = metering.account(args[1]).orElseThrow();
      var threads = Executors.newVirtualThreadPerTaskExecutor();
      for (int i = 0; i < 8; i++) {
        int thread = i;
        threads.submit(
            () -> {
              for (int n = 0; ; n++) {
                String id = args[2] + "-" + thread + "-" + n;
                var use = new Metering.Use(id, "/v1/chat/completions", "tiny", 2, 10, 1);
                metering
                    .reserve(account, use)
                    .settle(RequestOutcome.ANSWERED, new TokenUse(2, 0, 3, 0));
                System.out.println(id);
              }
            });
      }
      threads.close();
    }
  }

  @Test
  void whatWasWrittenDownIsThereOnceAndWhatWasKeptIsGivenBack() throws Exception {
    ApiKeyStore.Made key;
    try (Office office = new Office(folder)) {
      key = office.key();
      office.price();
      office.limit("key", key.account().key(), "tokens", "month", "1000000000");
      office.limit("organisation", "acme", "money", "month", "1000000");
    }
    Set<String> said = new HashSet<>();
    var random = new Random(5);
    for (int kill = 0; kill < KILLS; kill++) {
      said.addAll(servedUntilKilled(key.key(), "kill" + kill, 20 + random.nextInt(200)));
    }
    try (Office office = new Office(folder);
        State state = State.open(StateAddress.in(folder))) {
      office.time.set(java.time.Instant.now().plus(Duration.ofHours(1)).toString());
      try (Metering after = office.accounts.metering()) {
        after.tick();
      }
      Set<String> entries =
          new HashSet<>(
              state.transaction(
                  tx -> tx.list("select request from accounts.entry", row -> row.text("request"))));
      assertTrue(entries.containsAll(said), "written down, and not there");
      List<Long> sums =
          state.transaction(
              tx ->
                  tx.list(
                      "select (select sum(input + output) from accounts.entry) as entries, (select"
                          + " sum(used) from accounts.counter c join accounts.usage_limit l on l.id"
                          + " = c.usage_limit where l.measure = 'tokens') as counted, (select"
                          + " sum(reserved) from accounts.counter) as kept, (select count(*) from"
                          + " accounts.hold) as holds",
                      row ->
                          row.number("entries")
                              - row.number("counted")
                              + row.number("kept")
                              + row.number("holds")));
      assertEquals(List.of(0L), sums);
      var span =
          UsageReports.Span.month("", YearMonth.now(ZoneOffset.UTC).toString(), ZoneOffset.UTC);
      assertEquals(List.of(), office.accounts.usage().reconcile(span));
    }
  }

  private Set<String> servedUntilKilled(String key, String name, int after) throws Exception {
    var said = new HashSet<String>();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Serving.class.getName(),
                folder.toString(),
                key,
                name)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        said.add(line);
        if (said.size() == after) {
          process.toHandle().destroyForcibly(); // the process itself would close its output, too
        }
      }
      process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    assertTrue(said.size() >= after, said.size() + " served");
    return said;
  }
}
