package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BudgetsOnH2Test extends BudgetsContract {
  @TempDir Path folder;

  @Override
  Office office() {
    return new Office(folder);
  }

  private static Hold hold(String request) {
    return new Hold(
        request, 0, "acme", "", "", "key_1", "/x", "tiny", TokenPrice.free("EUR"), List.of());
  }

  /// Settlements that the database did not take are in a file; whoever opens it next books them,
  /// once, but for a line that was cut.
  @Test
  void theLedgerCatchesUpFromItsFile() throws Exception {
    try (Office office = office()) {
      Path lines = folder.resolve("spill");
      try (LedgerFile spill = LedgerFile.open(lines)) {
        var one = new Settlement(hold("a"), RequestOutcome.ANSWERED, new TokenUse(3, 0, 4, 0));
        spill.append(
            List.of(one, new Settlement(hold("b"), RequestOutcome.FAILED, TokenUse.NONE)), 0);
        spill.append(List.of(one), 0);
      }
      Path file = lines.resolve("ledger-1.jsonl");
      Files.writeString(file, Files.readString(file) + "{\"hold\":{\"req");
      try (var state = dev.imago.state.State.open(dev.imago.state.StateAddress.in(folder));
          Ledger ledger = new Ledger(state, lines, _ -> {})) {
        ledger.settle(new Settlement(hold("c"), RequestOutcome.ANSWERED, new TokenUse(1, 0, 1, 0)));
        while (ledger.lost()) {
          Thread.onSpinWait();
        }
        assertEquals(
            3L, (long) state.transaction(tx -> tx.number("select count(*) from accounts.entry")));
        assertEquals(
            9L,
            (long)
                state.transaction(
                    tx -> tx.number("select sum(input + output) from accounts.usage_sum")));
      }
      assertEquals(0, Files.size(file));
    }
  }

  /// A file is emptied once the database has its lines on disk; what the database does not take
  /// stays there for the next who opens it.
  @Test
  void theFileHoldsWhatTheDatabaseDoesNot() throws Exception {
    Path lines = folder.resolve("spill");
    var address = dev.imago.state.StateAddress.in(folder);
    office().close();
    try (var state = dev.imago.state.State.open(address);
        Ledger ledger = new Ledger(state, lines, _ -> {})) {
      ledger.settle(new Settlement(hold("a"), RequestOutcome.ANSWERED, new TokenUse(3, 0, 4, 0)));
      while (Files.size(lines.resolve("ledger-1.jsonl")) > 0) {
        Thread.onSpinWait();
      }
      assertFalse(ledger.lost());
      state.close();
      ledger.settle(new Settlement(hold("b"), RequestOutcome.FAILED, new TokenUse(1, 0, 0, 0)));
      assertTrue(ledger.lost());
    }
    try (var state = dev.imago.state.State.open(address)) {
      assertEquals(7L, entered(state));
      var told = new ArrayList<Settlement>();
      Ledger.takeUp(state, lines, told::addAll);
      assertEquals(List.of("b"), told.stream().map(each -> each.hold().request()).toList());
      assertEquals(8L, entered(state));
      assertEquals(List.of(), LedgerFile.left(lines));
    }
  }

  /// Where a kill took the database's last words, the counter of a limit is lost with them: what
  /// the file has is counted all the same, once, and a server goes on from there.
  @Test
  void aCounterThatWasLostIsMadeAnewOfTheFile() {
    try (Office office = office()) {
      Account account = office.key().account();
      office.limit("key", account.key(), "tokens", "day", "100");
      String limit = office.standing().limit().id();
      long day = java.time.Instant.parse("2026-11-15T00:00:00Z").toEpochMilli();
      var share = new Hold.Share(limit, day, LimitMeasure.TOKENS, 12);
      var hold =
          new Hold(
              "a",
              day,
              "acme",
              "",
              "",
              account.key(),
              "/x",
              "tiny",
              TokenPrice.free("EUR"),
              List.of(share, new Hold.Share("taken away", day, LimitMeasure.TOKENS, 12)));
      Path lines = folder.resolve("spill");
      try (LedgerFile spill = LedgerFile.open(lines)) {
        var one = new Settlement(hold, RequestOutcome.ANSWERED, new TokenUse(3, 0, 4, 0));
        spill.append(List.of(one, one), 0);
      }
      try (var state = dev.imago.state.State.open(dev.imago.state.StateAddress.in(folder))) {
        Ledger.takeUp(state, lines, _ -> {});
        assertEquals(
            1L, (long) state.transaction(tx -> tx.number("select count(*) from accounts.counter")));
      }
      assertEquals(7, office.standing().used());
      assertEquals(0, office.standing().reserved());
      try (Metering server = office.accounts.metering()) {
        assertEquals(81, server.reserve(account, office.use(2, 10)).rooms().getFirst().left());
      }
    }
  }

  private static long entered(dev.imago.state.State state) {
    return state.transaction(tx -> tx.number("select sum(input + output) from accounts.entry"));
  }

  @Test
  void twoServersOfOneFolderHaveAFileEach() {
    try (LedgerFile one = LedgerFile.open(folder);
        LedgerFile other = LedgerFile.open(folder)) {
      one.append(List.of(new Settlement(hold("a"), RequestOutcome.ANSWERED, TokenUse.NONE)), 0);
      assertTrue(other.isEmpty());
      assertEquals(1, one.read().size());
    }
  }
}
