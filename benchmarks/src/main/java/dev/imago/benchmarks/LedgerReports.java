package dev.imago.benchmarks;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.UsageReports;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;

/// Our side of `benchmarks/gateway reports [ROWS [KEYS [FOLDER]]]`: a month's reports over a ledger
/// of ROWS entries, evenly through November 2026, of KEYS keys in five organisations and three
/// models, made by SQL (once, where FOLDER keeps it; what was stopped goes on): each report right
/// after the database was opened, and once more.
public final class LedgerReports {
  private static final long AT_ONCE = 250_000;
  private static final int ORGANISATIONS = 5;
  private static final int MODELS = 3;

  private static final String ENTRIES =
      """
      insert into accounts.entry (request, corrects, at, organisation, team, person, api_key, route,
        model, outcome, input, cached, output, reasoning, cost, currency)
      select 'req_' || lpad(cast(x as varchar), 12, '0'), '', 1793491200000 + cast(x * (2592000000.0 / cast(? as bigint)) as bigint),
        'organisation' || mod(mod(x * 7919, ?), %1$d), 'team', 'person' || mod(x * 7919, ?),
        'key_' || mod(x * 7919, ?), '/v1/chat/completions', 'model' || mod(x, %2$d), 'answered',
        100 + mod(x, 900), mod(x, 100), 10 + mod(x, 300), 0, 1000 + mod(x, 5000), 'EUR'
      from system_range(?, ?) as numbers(x)
      """
          .formatted(ORGANISATIONS, MODELS);

  private static final List<String> TABLES = List.of("usage_sum", "usage_day", "usage_total");

  private static final List<String> SUMS =
      List.of(
          sums(TABLES.get(0), "at - mod(at, 900000)", ", team, person, api_key, model"),
          sums(TABLES.get(1), "at - mod(at, 86400000)", ", team, person, api_key, model"),
          sums(TABLES.get(2), "at - mod(at, 900000)", ""));

  private static String sums(String table, String begins, String details) {
    return "insert into accounts.%1$s (begins, organisation%3$s, currency, requests, input, cached, output, reasoning, cost) select %2$s, organisation%3$s, currency, count(*), sum(input), sum(cached), sum(output), sum(reasoning), sum(cost) from accounts.entry group by %2$s, organisation%3$s, currency"
        .formatted(table, begins, details);
  }

  private LedgerReports() {}

  public static void main(String[] args) throws Exception {
    long rows = args.length > 0 ? Long.parseLong(args[0]) : 10_000_000;
    int keys = args.length > 1 ? Integer.parseInt(args[1]) : 50;
    Path folder = args.length > 2 ? Path.of(args[2]) : Files.createTempDirectory("reports");
    StateAddress address = StateAddress.in(folder);
    Accounts.open(address, folder.resolve("state")).close();
    try (State state = State.open(address)) {
      fill(state, rows, keys);
      System.out.printf(
          "%,d entries, %,d sums%n",
          number(state, "select count(*) from accounts.entry"),
          number(state, "select count(*) from accounts.usage_sum"));
    }
    double slowest = 0;
    for (UsageReports.By by : UsageReports.By.values()) {
      for (String zone : List.of("UTC", "Asia/Shanghai")) {
        try (Accounts accounts = Accounts.open(address, folder.resolve("state"))) {
          var span = UsageReports.Span.month("", "2026-11", ZoneId.of(zone));
          double first = seconds(accounts, by, span);
          double again = seconds(accounts, by, span);
          slowest = Math.max(slowest, first);
          System.out.printf(
              Locale.ROOT, "by %s, %s: %.3f s, again %.3f s%n", by.word(), zone, first, again);
        }
      }
    }
    System.out.printf(Locale.ROOT, "slowest: %.3f s%n", slowest);
  }

  private static long number(State state, String sql) {
    return state.transaction(tx -> tx.number(sql));
  }

  private static void fill(State state, long rows, int keys) {
    long there = number(state, "select count(*) from accounts.entry");
    for (long from = there + 1; from <= rows; from += AT_ONCE) {
      long first = from;
      long last = Math.min(rows, from + AT_ONCE - 1);
      var _ = state.transaction(tx -> tx.update(ENTRIES, rows, keys, keys, keys, first, last));
    }
    for (int i = 0; i < SUMS.size(); i++) {
      String sums = SUMS.get(i);
      if (there < rows) { // sums of fewer entries, should there be any
        String old = "truncate table accounts." + TABLES.get(i);
        var _ = state.durably(tx -> tx.update(old));
      }
      if (number(state, "select count(*) from accounts." + TABLES.get(i)) > 0) {
        continue;
      }
      var _ = state.durably(tx -> tx.update(sums));
    }
  }

  private static double seconds(Accounts accounts, UsageReports.By by, UsageReports.Span span) {
    long began = System.nanoTime();
    if (accounts.usage().report(by, span).isEmpty()) {
      throw new IllegalStateException("no row");
    }
    return (System.nanoTime() - began) / 1e9;
  }
}
