package dev.imago.accounts;

import dev.imago.core.ConfigException;
import dev.imago.state.SqlRow;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What was used, by whom, of what, when: sums of the ledger's entries, in any time zone.
public final class UsageReports {
  private static final String SUMS =
      "sum(requests) as requests, sum(input) as input, sum(cached) as cached, sum(output) as"
          + " output, sum(reasoning) as reasoning, sum(cost) as cost";

  private final State state;

  UsageReports(State state) {
    this.state = state;
  }

  /// What a report has a row for.
  public enum By {
    ORGANISATION("organisation"),
    TEAM("team"),
    USER("person"),
    KEY("api_key"),
    MODEL("model"),
    DAY(""),
    HOUR("");

    private final String column;

    By(String column) {
      this.column = column;
    }

    /// @throws ConfigException for another word
    public static By parse(String text) {
      for (By by : values()) {
        if (by.word().equals(text)) {
          return by;
        }
      }
      throw new ConfigException(
          "by = %s is none of organisation, team, user, key, model, day, hour".formatted(text));
    }

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @param name of what the row is of; `-` for none
  /// @param cost in millionths of the currency's unit
  public record Row(
      String organisation,
      String name,
      String currency,
      long requests,
      TokenUse tokens,
      long cost) {
    public String costText() {
      return Money.text(cost);
    }

    /// Such as `3 requests, 120 + 40 tokens, 0.50 EUR`.
    private String words() {
      return "%d requests, %d + %d tokens, %s %s"
          .formatted(requests, tokens.input(), tokens.output(), costText(), currency);
    }

    Row plus(Row other) {
      return new Row(
          organisation,
          name,
          currency,
          requests + other.requests,
          tokens.plus(other.tokens),
          Math.addExact(cost, other.cost));
    }
  }

  /// Half-open: from the first instant of one day to that of another.
  ///
  /// @param organisation empty for all
  public record Span(String organisation, LocalDate from, LocalDate until, ZoneId zone) {
    public Span {
      if (!from.isBefore(until)) {
        throw new ConfigException("%s … %s holds no day".formatted(from, until));
      }
    }

    /// A month such as `2026-11`.
    ///
    /// @throws ConfigException for what is none
    public static Span month(String organisation, String month, ZoneId zone) {
      YearMonth parsed = parseMonth(month);
      return new Span(organisation, parsed.atDay(1), parsed.plusMonths(1).atDay(1), zone);
    }

    long begins() {
      return from.atStartOfDay(zone).toInstant().toEpochMilli();
    }

    long ends() {
      return until.atStartOfDay(zone).toInstant().toEpochMilli();
    }
  }

  static YearMonth parseMonth(String month) {
    try {
      return YearMonth.parse(month);
    } catch (DateTimeException e) {
      throw new ConfigException(
          "month = %s is no month; give one like 2026-11".formatted(month), e);
    }
  }

  public List<Row> report(By by, Span span) {
    return state.transaction(
        tx -> {
          var rows = new TreeMap<String, Row>();
          if (by == By.ORGANISATION || by.column.isEmpty()) {
            add(tx, UsageSums.TOTALS, by, span, span.begins(), span.ends(), rows);
            return List.copyOf(rows.values());
          }
          // Whole days of UTC, and by quarters of an hour what is before and behind them.
          long first = Math.min(span.ends(), UsageSums.DAYS.ceil(span.begins()));
          long last = Math.max(first, UsageSums.DAYS.floor(span.ends()));
          add(tx, UsageSums.QUARTERS, by, span, span.begins(), first, rows);
          add(tx, UsageSums.DAYS, by, span, first, last, rows);
          add(tx, UsageSums.QUARTERS, by, span, last, span.ends(), rows);
          return List.copyOf(rows.values());
        });
  }

  /// Adds what a table has from one instant to before another, in rows by their names.
  private static void add(
      Transaction tx,
      UsageSums sums,
      By by,
      Span span,
      long from,
      long until,
      Map<String, Row> rows)
      throws SQLException {
    if (from >= until) {
      return;
    }
    String what = by.column.isEmpty() ? "begins" : by.column;
    var values = new ArrayList<Object>(List.of(from, until));
    String whose = "";
    if (!span.organisation.isEmpty()) {
      whose = " and organisation = ?";
      values.add(span.organisation);
    }
    String group =
        by == By.ORGANISATION ? "organisation, currency" : "organisation, currency, " + what;
    tx.each(
        "select organisation, currency, %s as name, %s from %s where begins >= ? and begins < ?%s group by %s"
            .formatted(what, SUMS, sums.table(), whose, group),
        sum -> {
          Row row = row(sum, name(by, sum, span.zone));
          rows.merge(String.join("\0", row.organisation, row.name, row.currency), row, Row::plus);
        },
        values.toArray());
  }

  private static String name(By by, SqlRow sum, ZoneId zone) throws SQLException {
    if (!by.column.isEmpty()) {
      String name = sum.text("name");
      return name.isEmpty() ? "-" : name;
    }
    var at = Instant.ofEpochMilli(sum.number("name")).atZone(zone);
    return by == By.DAY
        ? at.toLocalDate().toString()
        : at.truncatedTo(ChronoUnit.HOURS).toOffsetDateTime().toString();
  }

  private static Row row(SqlRow sum, String name) throws SQLException {
    return new Row(
        sum.text("organisation"),
        name,
        sum.text("currency"),
        sum.number("requests"),
        new TokenUse(
            sum.number("input"),
            sum.number("cached"),
            sum.number("output"),
            sum.number("reasoning")),
        sum.number("cost"));
  }

  /// The same sum counted anew from each entry, by organisation: what the sums must equal.
  List<Row> ofEntries(Span span) {
    String all =
        "select organisation, currency, sum(case when corrects = '' then 1 else 0 end) as requests,"
            + " sum(input) as input, sum(cached) as cached, sum(output) as output, sum(reasoning)"
            + " as reasoning, sum(cost) as cost from accounts.entry where at >= ? and at < ? and"
            + " (organisation = ? or ? = '') group by organisation, currency order by organisation,"
            + " currency";
    return state.transaction(
        tx ->
            tx.list(
                all,
                sum -> row(sum, sum.text("organisation")),
                span.begins(),
                span.ends(),
                span.organisation,
                span.organisation));
  }

  /// Where the sums and their entries do not agree; empty where all is well.
  public List<String> reconcile(Span span) {
    List<Row> entries = ofEntries(span);
    var differences = new ArrayList<String>();
    // Which are of the three tables of sums.
    compare(entries, "organisation", report(By.ORGANISATION, span), differences);
    compare(entries, "key", report(By.KEY, span), differences);
    compare(entries, "quarter of an hour", quarters(span), differences);
    return differences;
  }

  /// The sums that invoices are made of.
  private List<Row> quarters(Span span) {
    return state.transaction(
        tx -> {
          var rows = new TreeMap<String, Row>();
          add(tx, UsageSums.QUARTERS, By.ORGANISATION, span, span.begins(), span.ends(), rows);
          return List.copyOf(rows.values());
        });
  }

  private static void compare(
      List<Row> entries, String by, List<Row> sums, List<String> differences) {
    var names = new TreeMap<String, Row>();
    entries.forEach(row -> names.put(row.organisation + " " + row.currency, row));
    for (Row sum : byOrganisation(sums)) {
      Row counted = names.remove(sum.organisation + " " + sum.currency);
      if (counted == null || !counted.equals(sum)) {
        differences.add(
            "%s: the sums by %s say %s, its entries %s"
                .formatted(
                    sum.organisation, by, sum.words(), counted == null ? "none" : counted.words()));
      }
    }
    names
        .values()
        .forEach(
            row ->
                differences.add(
                    "%s has entries, and no sums by %s".formatted(row.organisation, by)));
  }

  private static Collection<Row> byOrganisation(List<Row> rows) {
    var sums = new TreeMap<String, Row>();
    for (Row each : rows) {
      var row =
          new Row(
              each.organisation,
              each.organisation,
              each.currency,
              each.requests,
              each.tokens,
              each.cost);
      sums.merge(each.organisation + " " + each.currency, row, Row::plus);
    }
    return sums.values();
  }
}
