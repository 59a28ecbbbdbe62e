package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnvironmentException;
import dev.imago.state.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Budgets and the ledger, on every database.
abstract class BudgetsContract {
  private Office office;

  abstract Office office();

  @BeforeEach
  void open() {
    office = office();
    office.price();
  }

  @AfterEach
  void close() {
    office.close();
  }

  /// 64 threads on three servers of one state, with requests that reserve up to 12 and use between
  /// 1 and 12: what is spent never passes the budget, and ends within one request of it.
  @Test
  void noNumberOfThreadsAndServersPassesABudget() throws Exception {
    Account account = office.key().account();
    office.limit("team", "research", "tokens", "day", "600");
    office.limit("organisation", "acme", "money", "month", "5000");
    List<Metering> servers =
        List.of(office.accounts.metering(), office.accounts.metering(), office.accounts.metering());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> running =
          IntStream.range(0, 64)
              .mapToObj(i -> threads.submit(() -> ask(servers.get(i % 3), account, i)))
              .toList();
      int answered = 0;
      for (Future<Integer> each : running) {
        answered += each.get();
      }
      assertTrue(answered > 600 / 12, answered + " answered");
      assertEquals(answered, office.november().requests());
    }
    servers.forEach(Metering::close);
    var tokens = office.november().tokens();
    long used = tokens.input() + tokens.output();
    assertTrue(used <= 600 && used > 600 - 12, used + " used");
    Limits.Standing day =
        office.accounts.limits().all().stream()
            .filter(s -> s.limit().measure() == LimitMeasure.TOKENS)
            .findFirst()
            .orElseThrow();
    assertEquals(used, day.used());
    assertEquals(0, day.reserved());
  }

  /// @return answers until there was no room
  private int ask(Metering server, Account account, int seed) {
    var random = new Random(seed);
    int answered = 0;
    while (true) {
      Reservation kept;
      try {
        kept = server.reserve(account, office.use(1, 11));
      } catch (LimitReachedException full) {
        if (full.left() < 12 && office.standing().reserved() == 0) {
          return answered;
        }
        Thread.yield();
        continue;
      }
      kept.settle(RequestOutcome.ANSWERED, new TokenUse(1, 0, random.nextInt(12), 0));
      answered++;
    }
  }

  @Test
  void whatIsKeptIsFreeAgainBeyondWhatWasUsed() {
    Account account = office.key().account();
    office.limit("key", account.key(), "tokens", "day", "100");
    try (Metering server = office.accounts.metering()) {
      Reservation kept = server.reserve(account, office.use(10, 80));
      var full =
          assertThrows(
              LimitReachedException.class, () -> server.reserve(account, office.use(1, 10)));
      assertEquals(10, full.left());
      assertEquals(
          java.time.Instant.parse("2026-11-16T00:00:00Z").toEpochMilli(), full.resetsMillis());
      kept.settle(RequestOutcome.CANCELLED, new TokenUse(10, 0, 5, 0));
      kept.settle(RequestOutcome.ANSWERED, new TokenUse(10, 0, 80, 0)); // once only
      assertEquals(85, server.reserve(account, office.use(5, 0)).rooms().getFirst().left() + 5);
      assertEquals(15, office.standing().used());
    }
  }

  @Test
  void aRefusalKeepsNothingInAnyLimit() {
    Account account = office.key().account();
    office.limit("key", account.key(), "requests", "minute", "5");
    office.limit("user", "anna", "tokens", "day", "10");
    try (Metering server = office.accounts.metering()) {
      for (int i = 0; i < 20; i++) {
        assertThrows(
            LimitReachedException.class, () -> server.reserve(account, office.use(10, 10)));
      }
      office.accounts.limits().all().forEach(s -> assertEquals(0, s.used() + s.reserved()));
      assertEquals(
          4,
          server
              .reserve(account, office.use(1, 1))
              .byTheMinute(LimitMeasure.REQUESTS)
              .orElseThrow()
              .left());
    }
  }

  @Test
  void aDayBeginsInTheOrganisationsZone() {
    Account account = office.key().account();
    office.accounts.organisations().set("root", "acme", "Asia/Shanghai", "EUR");
    office.limit("organisation", "acme", "requests", "day", "1");
    office.time.set("2026-11-15T15:59:59Z");
    try (Metering server = office.accounts.metering()) {
      server.reserve(account, office.use(1, 1)).settle(RequestOutcome.ANSWERED, TokenUse.NONE);
      var full =
          assertThrows(
              LimitReachedException.class, () -> server.reserve(account, office.use(1, 1)));
      assertEquals(
          java.time.Instant.parse("2026-11-15T16:00:00Z").toEpochMilli(), full.resetsMillis());
      office.time.pass(Duration.ofSeconds(1));
      server.reserve(account, office.use(1, 1)).settle(RequestOutcome.ANSWERED, TokenUse.NONE);
      office.time.set("2026-11-15T15:59:59Z"); // a clock that goes back gives nothing away
      assertThrows(LimitReachedException.class, () -> server.reserve(account, office.use(1, 1)));
    }
  }

  @Test
  void moneyGoesByThePriceOfTheDayAndIsWhole() {
    Account account = office.key().account();
    office
        .accounts
        .prices()
        .set(
            "root",
            new Prices.Entry(
                "tiny", java.time.LocalDate.of(2026, 11, 16), new TokenPrice("EUR", 3, 0, 0, 0)));
    office.limit("organisation", "acme", "money", "month", "0.0002");
    try (Metering server = office.accounts.metering()) {
      // 10 × 0.1 + 90 × 1 + 10 × 4 + 15 × 2 millionths
      server
          .reserve(account, office.use(100, 25))
          .settle(RequestOutcome.ANSWERED, new TokenUse(100, 10, 25, 10));
      assertEquals(161, office.november().cost());
      assertEquals("0.000161", office.november().costText());
      assertThrows(LimitReachedException.class, () -> server.reserve(account, office.use(100, 0)));
      office.time.set("2026-11-16T00:00:00Z");
      server
          .reserve(account, office.use(100, 100))
          .settle(RequestOutcome.ANSWERED, new TokenUse(100, 0, 9, 0));
      assertEquals(162, office.november().cost()); // 0.0003 millionths are one
    }
  }

  @Test
  void aModelWithoutAPriceIsRefusedWhereMoneyIsLimited() {
    Account account = office.key().account();
    office.accounts.organisations().set("root", "other", "UTC", "USD");
    try (Metering server = office.accounts.metering()) {
      server.reserve(account, office.use(1, 1)).settle(RequestOutcome.FAILED, TokenUse.NONE);
      Account dollars =
          office
              .accounts
              .keys()
              .create(
                  "root",
                  new ApiKeyStore.Wanted(
                      "b", "other", "", "", Role.MEMBER, List.of("*"), List.of("*"), null))
              .account();
      office
          .accounts
          .limits()
          .set(
              "root",
              new Limits.Wanted("organisation", "other", "other", "money", "month", "1", true));
      server.tick();
      assertThrows(EnvironmentException.class, () -> server.reserve(dollars, office.use(1, 1)));
    }
  }

  @Test
  void answersAtATimeAreFreeWhenTheyEnd() {
    Account account = office.key().account();
    office.limit("key", account.key(), "answers", "", "2");
    try (Metering server = office.accounts.metering()) {
      Reservation one = server.reserve(account, office.use(1, 1));
      server.reserve(account, office.use(1, 1));
      assertThrows(LimitReachedException.class, () -> server.reserve(account, office.use(1, 1)));
      one.settle(RequestOutcome.ANSWERED, TokenUse.NONE);
      server.reserve(account, office.use(1, 1));
    }
  }

  @Test
  void aSoftLimitIsToldAndGoesOn() {
    Account account = office.key().account();
    office
        .accounts
        .limits()
        .set("root", new Limits.Wanted("team", "acme", "research", "tokens", "day", "10", false));
    try (Metering server = office.accounts.metering()) {
      assertEquals(List.of(), server.reserve(account, office.use(5, 5)).passed());
      Reservation beyond = server.reserve(account, office.use(5, 5));
      assertEquals(1, beyond.passed().size());
      beyond.settle(RequestOutcome.ANSWERED, new TokenUse(5, 0, 5, 0));
    }
  }

  /// A server that dies keeps its room for the length of its lease; its requests stand in the
  /// ledger. One that was only slow corrects that.
  @Test
  void whatADeadServerKeptIsGivenBack() {
    Account account = office.key().account();
    office.limit("key", account.key(), "tokens", "day", "100");
    try (Metering dead = office.accounts.metering();
        Metering alive = office.accounts.metering()) {
      Reservation kept = dead.reserve(account, office.use(50, 50));
      office.time.pass(Duration.ofMillis(ServerLease.LEASE_MILLIS - 1));
      alive.tick();
      assertThrows(LimitReachedException.class, () -> alive.reserve(account, office.use(1, 0)));
      office.time.pass(Duration.ofSeconds(20));
      alive.tick();
      assertEquals(0, office.standing().reserved());
      assertEquals(1, office.november().requests());
      kept.settle(RequestOutcome.ANSWERED, new TokenUse(50, 0, 7, 0));
      assertEquals(57, office.standing().used());
      assertEquals(0, office.standing().reserved());
      assertEquals(1, office.november().requests());
      assertEquals(7, office.november().tokens().output());
    }
  }

  /// A server of the version before keeps the sums of quarters alone; and one that books meanwhile
  /// changes nothing.
  @Test
  void sumsThatAreNotThoseOfTheirEntriesAreMended() {
    Account account = office.key().account();
    var month = UsageReports.Span.month("", "2026-11", Organisations.zone("Asia/Kathmandu"));
    try (Metering server = office.accounts.metering();
        State state = State.open(office.address)) {
      for (int day = 10; day < 14; day++) {
        office.time.set("2026-11-%dT23:50:00Z".formatted(day));
        server
            .reserve(account, office.use(10, 10))
            .settle(RequestOutcome.ANSWERED, new TokenUse(day, 0, 5, 0));
      }
      assertEquals(List.of(), office.accounts.mending().mend("root", month));
      long removed =
          state.transaction(
              tx ->
                  tx.update("delete from accounts.usage_day where begins < ?", 1_794_441_600_000L)
                      + 10
                          * tx.update(
                              "update accounts.usage_total set requests = 0, input = input + 1"));
      assertEquals(42, removed);
      var _ =
          state.transaction(tx -> tx.update("update accounts.usage_sum set cost = cost - 1000"));
      assertEquals(3, office.accounts.usage().reconcile(month).size());
      List<SumsMending.Mended> mended = office.accounts.mending().mend("root", month);
      assertEquals(
          List.of(
              new SumsMending.Mended("acme", "quarters", 4, 0, 0, 4000),
              new SumsMending.Mended("acme", "days", 2, 2, 10 + 11 + 10, 41),
              new SumsMending.Mended("acme", "totals", 4, 4, -4, 0)),
          mended);
    }
    assertEquals(List.of(), office.accounts.usage().reconcile(month));
    assertEquals(List.of(), office.accounts.mending().mend("root", month));
    assertEquals("usage.mend", office.accounts.audit().newest(1).getFirst().action());
  }

  @Test
  void reportsAreTheSumsOfTheirEntriesInAnyZone() {
    Account account = office.key().account();
    var random = new Random(3);
    try (Metering server = office.accounts.metering()) {
      for (int i = 0; i < 72; i++) {
        office.time.set("2026-11-%02dT%02d:%02d:00Z".formatted(1 + i / 8, i % 24, i % 60));
        server
            .reserve(account, office.use(100, 100))
            .settle(
                RequestOutcome.ANSWERED,
                new TokenUse(random.nextInt(100), 0, random.nextInt(100), 0));
      }
    }
    for (String zone : List.of("UTC", "Asia/Shanghai", "Asia/Kathmandu", "America/St_Johns")) {
      var span = UsageReports.Span.month("", "2026-11", Organisations.zone(zone));
      assertEquals(List.of(), office.accounts.usage().reconcile(span));
      UsageReports.Row whole =
          office.accounts.usage().report(UsageReports.By.ORGANISATION, span).getFirst();
      for (UsageReports.By by : UsageReports.By.values()) {
        List<UsageReports.Row> rows = office.accounts.usage().report(by, span);
        assertEquals(whole.cost(), rows.stream().mapToLong(UsageReports.Row::cost).sum());
        assertEquals(whole.requests(), rows.stream().mapToLong(UsageReports.Row::requests).sum());
      }
    }
    var days = new ArrayList<String>();
    office
        .accounts
        .usage()
        .report(
            UsageReports.By.DAY,
            UsageReports.Span.month("acme", "2026-11", Organisations.zone("Asia/Shanghai")))
        .forEach(row -> days.add(row.name()));
    // The third day's requests came when it was the fourth in Shanghai.
    assertTrue(days.contains("2026-11-04"), days.toString());
    assertFalse(days.contains("2026-11-03"), days.toString());
  }
}
