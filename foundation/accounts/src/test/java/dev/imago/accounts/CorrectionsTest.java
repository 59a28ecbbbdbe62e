package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorrectionsTest {
  @TempDir Path folder;

  private static Corrections.Wanted output(String request, long tokens, String why) {
    return new Corrections.Wanted(
        request,
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.of(tokens),
        OptionalLong.empty(),
        Optional.empty(),
        why);
  }

  private static void refused(Office office, Corrections.Wanted wanted, String words) {
    var e =
        assertThrows(
            ConfigException.class, () -> office.accounts.corrections().correct("root", wanted));
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
  }

  @Test
  void aCorrectionIsOneMoreEntryAndSumsBudgetsAndInvoicesFollow() {
    try (Office office = new Office(folder)) {
      office.price();
      var key = office.key();
      office.limit("organisation", "acme", "money", "month", "5");
      office.limit("organisation", "acme", "requests", "month", "5");
      try (Metering metering = office.accounts.metering()) {
        metering
            .reserve(key.account(), office.use(3, 500_000))
            .settle(RequestOutcome.ANSWERED, new TokenUse(3, 0, 500_000, 0));
      }
      assertEquals(1_000_003, office.november().cost());
      var corrections = office.accounts.corrections();
      var first = corrections.correct("root", output("req_1", 100, "cut off"));
      assertEquals("req_1~1", first.request());
      assertEquals(-499_900, first.tokens().output());
      assertEquals(203, office.november().cost());
      assertEquals(1, office.november().requests());
      var free =
          new Corrections.Wanted(
              "req_1",
              OptionalLong.empty(),
              OptionalLong.empty(),
              OptionalLong.empty(),
              OptionalLong.empty(),
              Optional.of("0"),
              "a gift");
      assertEquals("req_1~2", corrections.correct("root", free).request());
      assertEquals(0, office.november().cost());
      assertEquals(new TokenUse(3, 0, 100, 0), office.november().tokens());
      office.accounts.limits().all().forEach(each -> assertEquals(0, each.reserved()));
      assertEquals(
          List.of(0L, 1L),
          office.accounts.limits().all().stream().map(Limits.Standing::used).sorted().toList());
      var month = UsageReports.Span.month("", "2026-11", ZoneOffset.UTC);
      assertEquals(List.of(), office.accounts.usage().reconcile(month));
      assertEquals(3, corrections.newest("acme", 10).size());
      String noted = office.accounts.audit().newest(1).getFirst().detail();
      assertTrue(noted.contains("a gift"), noted);
      refused(office, free, "nothing to correct");
      refused(office, output("req_1~1", 1, "a"), "correct the request itself, req_1");
      refused(office, output("req_9", 1, "a"), "no request req_9");
      refused(office, output("req_1", -1, "a"), "cannot be");
      refused(office, output("req_1", Long.MAX_VALUE, "a"), "outside 0 … 1000000000");
      refused(office, output("req_1", 1, " "), "--why");
      office.time.set("2026-12-02T00:00:00Z");
      var _ = office.accounts.invoices().create("root", "acme", "2026-11", 0);
      refused(office, output("req_1", 1, "late"), "--credit 1");
    }
  }

  @Test
  void correctionsAtOnceAreOneAfterTheOther() throws Exception {
    try (Office office = new Office(folder)) {
      office.price();
      var key = office.key();
      try (Metering metering = office.accounts.metering()) {
        metering
            .reserve(key.account(), office.use(3, 100))
            .settle(RequestOutcome.ANSWERED, new TokenUse(3, 0, 100, 0));
      }
      var made = new ArrayList<Future<Corrections.Entry>>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 1; i <= 8; i++) {
          var wanted = output("req_1", i, "counted anew");
          made.add(threads.submit(() -> office.accounts.corrections().correct("root", wanted)));
        }
      }
      var names = new TreeSet<String>();
      for (var each : made) {
        names.add(each.get().request());
      }
      assertEquals(8, names.size(), "each has an entry of its own: " + names);
      assertEquals(9, office.accounts.corrections().newest("acme", 20).size());
      assertTrue(office.november().tokens().output() <= 8, office.november().toString());
    }
  }

  @Test
  void whatIsReleasedLeavesNoEntryAndNothingKept() {
    try (Office office = new Office(folder)) {
      var key = office.key();
      office.limit("organisation", "acme", "requests", "month", "1");
      try (Metering metering = office.accounts.metering()) {
        Reservation first = metering.reserve(key.account(), office.use(3, 5));
        first.release();
        first.settle(RequestOutcome.FAILED, TokenUse.NONE);
        metering
            .reserve(key.account(), office.use(3, 5))
            .settle(RequestOutcome.ANSWERED, new TokenUse(3, 0, 4, 0));
      }
      assertEquals(1, office.november().requests());
      assertEquals(0, office.standing().reserved());
      assertEquals(1, office.standing().used());
    }
  }
}
