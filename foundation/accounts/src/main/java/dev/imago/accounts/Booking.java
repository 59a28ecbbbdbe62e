package dev.imago.accounts;

import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The statements that put settlements into the ledger, each exactly once however often they are
/// run: an entry that is there already changes nothing else.
final class Booking {
  private static final String ENTRY =
      "insert into accounts.entry (request, corrects, at, organisation, team, person, api_key,"
          + " route, model, outcome, input, cached, output, reasoning, cost, currency) values (?,"
          + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing";

  private static final String UPDATE =
      "update accounts.counter set used = used + ?, reserved = reserved - ? where usage_limit = ?"
          + " and begins = ?";

  private static final String MAKE_COUNTER =
      "insert into accounts.counter (usage_limit, begins, used, reserved) select id, cast(? as bigint), 0,"
          + " 0 from accounts.usage_limit where id = ? on conflict do nothing";

  private Booking() {}

  /// What a limit's counter changes by.
  private record Counter(String limit, long begins) implements Comparable<Counter> {
    @Override
    public int compareTo(Counter other) {
      int byLimit = limit.compareTo(other.limit);
      return byLimit != 0 ? byLimit : Long.compare(begins, other.begins);
    }
  }

  /// Books settlements; locks are taken in one order, so that two that book do not wait for each
  /// other.
  static void book(Transaction tx, List<Settlement> settlements) throws SQLException {
    List<Settlement> fresh = fresh(tx, settlements);
    var requests = new ArrayList<@Nullable Object[]>();
    fresh.forEach(each -> requests.add(new Object[] {each.hold().request()}));
    int[] held = tx.updateAll("delete from accounts.hold where request = ?", requests);
    var counters = new TreeMap<Counter, long[]>();
    for (int i = 0; i < fresh.size(); i++) {
      Settlement each = fresh.get(i);
      for (Hold.Share share : each.hold().shares()) {
        long[] change =
            counters.computeIfAbsent(new Counter(share.limit(), share.begins()), _ -> new long[2]);
        change[0] +=
            each.corrects().isEmpty() || share.measure() != LimitMeasure.REQUESTS
                ? share.used(each.tokens(), each.cost())
                : 0;
        change[1] += held[i] > 0 ? share.amount() : 0; // else it was given back already
      }
    }
    for (UsageSums each : UsageSums.values()) {
      each.add(tx, fresh);
    }
    update(tx, counters); // last: whoever looks for room waits for their rows
  }

  /// Those that are not in the ledger yet. One that was given up as lost, and came after all, is
  /// booked as a correction of that entry.
  private static List<Settlement> fresh(Transaction tx, List<Settlement> settlements)
      throws SQLException {
    var rows = new ArrayList<@Nullable Object[]>();
    settlements.forEach(each -> rows.add(row(each)));
    int[] entered = tx.updateAll(ENTRY, rows);
    var fresh = new ArrayList<Settlement>();
    for (int i = 0; i < entered.length; i++) {
      Settlement each = settlements.get(i);
      if (entered[i] > 0) {
        fresh.add(each);
        continue;
      }
      String request = each.hold().request();
      boolean lost =
          each.outcome() != RequestOutcome.LOST
              && each.corrects().isEmpty()
              && tx.number(
                      "select count(*) from accounts.entry where request = ? and outcome = 'lost'",
                      request)
                  > 0;
      if (lost) {
        var late =
            new Settlement(
                each.hold().withRequest(request + "~late"),
                RequestOutcome.CORRECTION,
                each.tokens(),
                request);
        if (tx.update(ENTRY, row(late)) > 0) {
          fresh.add(late);
        }
      }
    }
    return fresh;
  }

  private static Object[] row(Settlement each) {
    Hold hold = each.hold();
    TokenUse tokens = each.tokens();
    return new Object[] {
      hold.request(),
      each.corrects(),
      hold.at(),
      hold.organisation(),
      hold.team(),
      hold.person(),
      hold.key(),
      hold.route(),
      hold.model(),
      each.outcome().word(),
      tokens.input(),
      tokens.cached(),
      tokens.output(),
      tokens.reasoning(),
      each.cost(),
      hold.price().currency()
    };
  }

  private static void update(Transaction tx, Map<Counter, long[]> counters) throws SQLException {
    var rows = new ArrayList<@Nullable Object[]>();
    counters.forEach(
        (counter, change) ->
            rows.add(new Object[] {change[0], change[1], counter.limit, counter.begins}));
    int[] updated = tx.updateAll(UPDATE, rows);
    for (int i = 0; i < updated.length; i++) {
      @Nullable Object[] row = rows.get(i);
      if (updated[i] == 0) {
        // A database of files that was killed before it was on disk has lost the counter, too; one
        // of a limit that was taken away stays away.
        tx.update(MAKE_COUNTER, row[3], row[2]);
        tx.update(UPDATE, row);
      }
    }
  }
}
