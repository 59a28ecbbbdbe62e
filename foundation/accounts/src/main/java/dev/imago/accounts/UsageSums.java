package dev.imago.accounts;

import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A table of sums of the ledger's entries: what it has a row for, and how long a row's stretch of
/// time is. All of them are kept in the transaction that enters what they are sums of.
enum UsageSums {
  /// By quarters of an hour: no zone's hours begin elsewhere.
  QUARTERS("usage_sum", 15 * 60_000L, true),

  /// By days of UTC, of which a month has few.
  DAYS("usage_day", 24 * 3_600_000L, true),

  /// Of an organisation as a whole, by quarters of an hour.
  TOTALS("usage_total", 15 * 60_000L, false);

  private final String table;
  private final long millis;
  private final boolean detailed;
  private final String change;
  private final String addition;

  UsageSums(String table, long millis, boolean detailed) {
    this.table = "accounts." + table;
    this.millis = millis;
    this.detailed = detailed;
    List<String> numbers = Numbers.NAMES;
    List<String> names =
        detailed
            ? List.of("begins", "organisation", "team", "person", "api_key", "model", "currency")
            : List.of("begins", "organisation", "currency");
    this.change =
        "update %s set %s where %s"
            .formatted(
                this.table,
                numbers.stream()
                    .map("%1$s = %1$s + ?"::formatted)
                    .collect(Collectors.joining(", ")),
                names.stream().map("%s = ?"::formatted).collect(Collectors.joining(" and ")));
    this.addition =
        "insert into %s (%s, %s) values (0, 0, 0, 0, 0, 0%s) on conflict do nothing"
            .formatted(
                this.table,
                String.join(", ", numbers),
                String.join(", ", names),
                ", ?".repeat(names.size()));
  }

  /// What is summed; apart, since constants are made before an enum's other fields.
  private static final class Numbers {
    static final List<String> NAMES =
        List.of("requests", "input", "cached", "output", "reasoning", "cost");
  }

  /// Its name in SQL.
  String table() {
    return table;
  }

  /// The last instant that a stretch begins at, up to another.
  long floor(long at) {
    return at - Math.floorMod(at, millis);
  }

  /// The first instant that a stretch begins at, from another on.
  long ceil(long at) {
    return at + Math.floorMod(-at, millis);
  }

  /// A row's name, in the order of the table's primary key.
  private record Name(long begins, List<String> of) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      int byTime = Long.compare(begins, other.begins);
      return byTime != 0 ? byTime : joined().compareTo(other.joined());
    }

    private String joined() {
      return String.join("\0", of);
    }
  }

  /// Adds entries; rows are locked in one order.
  void add(Transaction tx, List<Settlement> entries) throws SQLException {
    var sums = new TreeMap<Name, long[]>();
    for (Settlement each : entries) {
      TokenUse tokens = each.tokens();
      long[] sum = sums.computeIfAbsent(name(each.hold()), _ -> new long[Numbers.NAMES.size()]);
      sum[0] += each.corrects().isEmpty() ? 1 : 0;
      sum[1] += tokens.input();
      sum[2] += tokens.cached();
      sum[3] += tokens.output();
      sum[4] += tokens.reasoning();
      sum[5] += each.cost();
    }
    for (Map.Entry<Name, long[]> each : sums.entrySet()) {
      var names = new ArrayList<Object>();
      names.add(each.getKey().begins);
      names.addAll(each.getKey().of);
      var values = new ArrayList<Object>();
      for (long number : each.getValue()) {
        values.add(number);
      }
      values.addAll(names);
      if (tx.update(change, values.toArray()) == 0) {
        tx.update(addition, names.toArray());
        tx.update(change, values.toArray());
      }
    }
  }

  private Name name(Hold hold) {
    String currency = hold.price().currency();
    return new Name(
        floor(hold.at()),
        detailed
            ? List.of(
                hold.organisation(), hold.team(), hold.person(), hold.key(), hold.model(), currency)
            : List.of(hold.organisation(), currency));
  }
}
