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
  private final List<String> names;
  private final String change;
  private final String addition;
  private final String missing;

  UsageSums(String table, long millis, boolean detailed) {
    this.table = "accounts." + table;
    this.millis = millis;
    this.detailed = detailed;
    List<String> numbers = Numbers.NAMES;
    this.names =
        detailed
            ? List.of("organisation", "team", "person", "api_key", "model", "currency")
            : List.of("organisation", "currency");
    String others = String.join(", ", names);
    this.change =
        "update %s set %s where %s"
            .formatted(
                this.table,
                each(numbers, "%1$s = %1$s + ?", ", "),
                "begins = ? and " + each(names, "%s = ?", " and "));
    this.addition =
        "insert into %s (%s, %s) values (0, 0, 0, 0, 0, 0, ?%s) on conflict do nothing"
            .formatted(
                this.table,
                String.join(", ", numbers),
                "begins, " + others,
                ", ?".repeat(names.size()));
    this.missing =
        "select begins, %1$s, %2$s from (select at - mod(at, %3$d) as begins, %1$s, case when corrects = '' then 1 else 0 end as requests, input, cached, output, reasoning, cost from accounts.entry where organisation = ? and at >= ? and at < ? union all select begins, %1$s, %4$s from %5$s where organisation = ? and begins >= ? and begins < ?) as both_sides group by begins, %1$s having %6$s"
            .formatted(
                others,
                each(numbers, "sum(%1$s) as %1$s", ", "),
                millis,
                each(numbers, "-%s", ", "),
                this.table,
                each(numbers, "sum(%s) <> 0", " or "));
  }

  private static String each(List<String> names, String form, String between) {
    return names.stream().map(form::formatted).collect(Collectors.joining(between));
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
    change(tx, sums);
  }

  /// Adds what the entries of a stretch of time have and this does not, and takes away what it has
  /// beyond them. Entries and sums are read by one statement, and are booked together: so the
  /// difference stays what it is, whatever is booked meanwhile.
  ///
  /// @param from where one of its rows may begin, as may `until`
  /// @return the rows that it changed, and the requests, tokens of prompts and answers, and cost
  ///   that they were changed by
  long[] mend(Transaction tx, String organisation, long from, long until) throws SQLException {
    var sums = new TreeMap<Name, long[]>();
    tx.each(
        missing,
        row -> {
          var of = new ArrayList<String>();
          for (String name : names) {
            of.add(row.text(name));
          }
          long[] sum = new long[Numbers.NAMES.size()];
          for (int i = 0; i < sum.length; i++) {
            sum[i] = row.number(Numbers.NAMES.get(i));
          }
          sums.put(new Name(row.number("begins"), of), sum);
        },
        organisation,
        from,
        until,
        organisation,
        from,
        until);
    change(tx, sums);
    long[] by = new long[Numbers.NAMES.size() + 1];
    by[0] = sums.size();
    for (long[] sum : sums.values()) {
      for (int i = 0; i < sum.length; i++) {
        by[i + 1] += sum[i];
      }
    }
    return by;
  }

  private void change(Transaction tx, Map<Name, long[]> sums) throws SQLException {
    for (Map.Entry<Name, long[]> each : sums.entrySet()) {
      var key = new ArrayList<Object>();
      key.add(each.getKey().begins);
      key.addAll(each.getKey().of);
      var values = new ArrayList<Object>();
      for (long number : each.getValue()) {
        values.add(number);
      }
      values.addAll(key);
      if (tx.update(change, values.toArray()) == 0) {
        tx.update(addition, key.toArray());
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
