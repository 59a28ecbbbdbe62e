package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import dev.imago.state.StateSchema;
import dev.imago.state.Transaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BudgetWebhooksTest {
  @TempDir Path folder;

  private static void use(Office office, Metering metering, long prompt) {
    var account = office.accounts.keys().all().getFirst();
    metering
        .reserve(account, office.use(prompt, 0))
        .settle(RequestOutcome.ANSWERED, new TokenUse(prompt, 0, 0, 0));
  }

  private static void softLimit(Office office, String period, String amount) {
    office
        .accounts
        .limits()
        .set(
            "root", new Limits.Wanted("team", "acme", "research", "tokens", period, amount, false));
  }

  @Test
  void aSoftLimitIsToldOnceAndAgainUntilItIsTaken() throws Exception {
    try (Office office = new Office(folder)) {
      var _ = office.key();
      String secret =
          office.accounts.webhooks().set("root", "acme", "https://example.com/hook?token=t");
      softLimit(office, "month", "10");
      try (Metering metering = office.accounts.metering();
          Metering other = office.accounts.metering()) {
        use(office, metering, 10);
        assertEquals(List.of(), metering.dueNotices());
        use(office, metering, 1);
        List<Notice> due = waited(metering);
        use(office, metering, 1);
        assertEquals(1, due.size());
        assertEquals(List.of(), other.dueNotices(), "one sender has it");
        Notice told = due.getFirst();
        assertTrue(told.content().contains("\"used\":\"11\""), told.content());
        assertTrue(told.content().contains("budget.soft_limit_passed"), told.content());
        assertEquals(signed(secret, told, 1_700_000_000), metering.signature(told, 1_700_000_000));
        metering.notSent(told, "503");
        office.time.pass(Duration.ofSeconds(6));
        Notice again = other.dueNotices().getFirst();
        assertEquals(told.id(), again.id());
        assertEquals(2, again.tries());
        office.time.pass(Duration.ofSeconds(9));
        assertEquals(List.of(), metering.dueNotices(), "each pause is twice as long");
        other.sent(again);
        office.time.pass(Duration.ofDays(1));
        assertEquals(List.of(), metering.dueNotices());
      }
      String log = office.accounts.audit().newest(99).toString();
      assertTrue(log.contains("webhook.set") && log.contains("example.com"), log);
      assertTrue(!log.contains("token=t") && !log.contains(secret), log);
    }
  }

  /// What a server left in its file when it was killed is booked by whoever opens the state, be it
  /// a command; and what it kept is counted as lost by another server.
  @Test
  void aSoftLimitThatIsPassedByWhatAKilledServerLeftIsTold() {
    try (Office office = new Office(folder)) {
      Account account = office.key().account();
      var _ = office.accounts.webhooks().set("root", "acme", "https://example.com/hook");
      softLimit(office, "month", "10");
      office
          .accounts
          .limits()
          .set(
              "root",
              new Limits.Wanted("key", "acme", account.key(), "requests", "day", "2", false));
      Metering killed = office.accounts.metering();
      use(office, killed, 10);
      var _ = killed.reserve(account, office.use(1, 0));
      var shares =
          office.accounts.limits().all().stream()
              .map(
                  each ->
                      new Hold.Share(
                          each.limit().id(),
                          each.limit()
                              .period()
                              .begins(office.time.millis(), java.time.ZoneOffset.UTC),
                          each.limit().measure(),
                          0))
              .toList();
      var hold =
          new Hold(
              "req_x",
              office.time.millis(),
              "acme",
              "research",
              "anna",
              account.key(),
              "/x",
              "tiny",
              TokenPrice.free("EUR"),
              shares);
      try (LedgerFile left = LedgerFile.open(folder.resolve("state"))) {
        left.append(
            List.of(new Settlement(hold, RequestOutcome.ANSWERED, new TokenUse(1, 0, 0, 0))), 0);
      }
      try (Accounts accounts =
              Accounts.open(office.address, folder.resolve("state"), office.time, new Random(8));
          Metering server = accounts.metering()) {
        List<Notice> tokens = server.dueNotices();
        assertEquals(1, tokens.size());
        assertTrue(tokens.getFirst().content().contains("\"used\":\"11\""));
        office.time.pass(Duration.ofSeconds(20));
        server.tick();
        List<Notice> requests = server.dueNotices();
        assertEquals(1, requests.size());
        assertTrue(requests.getFirst().content().contains("\"used\":\"3\""));
      }
      killed.close();
    }
  }

  /// The notice is written by the ledger's thread, after the settlement is booked.
  private static List<Notice> waited(Metering metering) {
    List<Notice> due = metering.dueNotices();
    while (due.isEmpty()) {
      due = metering.dueNotices();
    }
    return due;
  }

  /// As a client of Standard Webhooks works it out.
  private static String signed(String secret, Notice notice, long seconds) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
    byte[] signed =
        mac.doFinal(
            (notice.id() + "." + seconds + "." + notice.content())
                .getBytes(StandardCharsets.UTF_8));
    return "v1," + Base64.getEncoder().encodeToString(signed);
  }

  @Test
  void whatIsNeverTakenIsGivenUpAndNoted() {
    try (Office office = new Office(folder)) {
      var _ = office.key();
      var _ = office.accounts.webhooks().set("root", "acme", "http://127.0.0.1:1/");
      softLimit(office, "day", "0");
      try (Metering metering = office.accounts.metering()) {
        use(office, metering, 1);
        Notice notice = waited(metering).getFirst();
        int tries = 1;
        for (; ; tries++) {
          metering.notSent(notice, "refused");
          office.time.pass(Duration.ofHours(1));
          List<Notice> due = metering.dueNotices();
          if (due.isEmpty()) {
            break;
          }
          notice = due.getFirst();
        }
        assertEquals(45, tries);
        assertEquals("webhook.gave_up", office.accounts.audit().newest(1).getFirst().action());
      }
    }
  }

  @Test
  void addressesThatAreNoneAreRefused() {
    try (Office office = new Office(folder)) {
      var _ = office.key();
      for (String address : List.of("ftp://x/", "example.com", "https://u:p@x/", "http://[")) {
        assertThrows(
            ConfigException.class,
            () -> office.accounts.webhooks().set("root", "acme", address),
            address);
      }
      assertThrows(
          ConfigException.class,
          () -> office.accounts.webhooks().set("root", "nobody", "https://x.example/"));
    }
  }

  /// States of each earlier version, with something in them.
  @Test
  void aStateOfAVersionBeforeIsBroughtUpToDateWithWhatIsInIt() {
    StateSchema now = AccountsSchema.schema();
    for (int version = 1; version < now.migrations().size(); version++) {
      Path place = folder.resolve("v" + version);
      StateAddress address = StateAddress.in(place);
      try (State old = State.open(address, now.upTo(version))) {
        int _ =
            old.durably(
                tx ->
                    tx.update(
                        "insert into accounts.organisation (name, zone, currency, created) values"
                            + " ('acme', 'UTC', 'EUR', 1)"));
        int _ = old.durably(BudgetWebhooksTest::usedInTwoQuarters);
        if (version >= 2) {
          int _ = old.durably(BudgetWebhooksTest::someoneWhoWasHere);
        }
        if (version >= 4) {
          int _ =
              old.durably(tx -> tx.update("update accounts.login set seen = 7 where name = 'ann'"));
        }
      }
      try (Accounts accounts = Accounts.open(address, place.resolve("state"))) {
        assertEquals("acme", accounts.organisations().all().getFirst().name());
        var _ = accounts.webhooks().set("root", "acme", "https://example.com/");
        assertEquals(
            version >= 2 ? List.of(7L, 0L) : List.of(),
            accounts.people().all().stream().map(People.Person::seen).toList());
        var month = UsageReports.Span.month("", "2026-11", Organisations.zone("Asia/Kathmandu"));
        assertEquals(List.of(), accounts.usage().reconcile(month));
        for (UsageReports.By by : UsageReports.By.values()) {
          assertEquals(
              2, accounts.usage().report(by, month).stream().mapToLong(r -> r.requests()).sum());
        }
      }
    }
  }

  /// Two requests, half a day apart, as they have been entered since the first version.
  private static int usedInTwoQuarters(Transaction tx) throws SQLException {
    int rows = 0;
    for (long begins : new long[] {1_794_000_600_000L, 1_794_043_800_000L}) {
      rows +=
          tx.update(
              "insert into accounts.entry (request, corrects, at, organisation, team, person,"
                  + " api_key, route, model, outcome, input, cached, output, reasoning, cost,"
                  + " currency) values (?, '', ?, 'acme', '', '', 'key_1', '/', 'm', 'answered', 3,"
                  + " 0, 4, 0, 7, 'EUR')",
              "req_" + begins,
              begins + 1);
      rows +=
          tx.update(
              "insert into accounts.usage_sum (begins, organisation, team, person, api_key, model,"
                  + " currency, requests, input, cached, output, reasoning, cost) values (?,"
                  + " 'acme', '', '', 'key_1', 'm', 'EUR', 1, 3, 0, 4, 0, 7)",
              begins);
    }
    return rows;
  }

  /// Ann in two sessions, Bea in none.
  private static int someoneWhoWasHere(Transaction tx) throws SQLException {
    int rows = 0;
    for (String name : List.of("ann", "bea")) {
      rows +=
          tx.update(
              "insert into accounts.person (organisation, name, team, role, created) values"
                  + " ('acme', ?, '', 'owner', 1)",
              name);
      rows +=
          tx.update(
              "insert into accounts.login (name, organisation, password, created) values (?,"
                  + " 'acme', '', 1)",
              name);
    }
    for (long seen : new long[] {5, 7}) {
      rows +=
          tx.update(
              "insert into accounts.login_session (hash, name, created, seen) values (?, 'ann', 1,"
                  + " ?)",
              "hash" + seen,
              seen);
    }
    return rows;
  }
}
