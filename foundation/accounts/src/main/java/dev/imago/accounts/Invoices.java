package dev.imago.accounts;

import dev.imago.core.ConfigException;
import dev.imago.core.Hashing;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Invoices of a month. Their numbers have no gaps: a number is counted up in the transaction that
/// keeps its invoice. None is ever changed; a mistake is taken back by a credit note.
public final class Invoices {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final State state;
  private final AuditLog audit;
  private final Organisations organisations;
  private final Clock clock;

  Invoices(State state, AuditLog audit, Organisations organisations, Clock clock) {
    this.state = state;
    this.audit = audit;
    this.organisations = organisations;
    this.clock = clock;
  }

  /// Makes the invoice of a month that is over.
  ///
  /// @param taxRate in hundredths of a per cent
  /// @throws ConfigException where there is one already, nothing was used, or the month goes on
  public Invoice create(String actor, String organisation, String month, int taxRate) {
    if (taxRate < 0 || taxRate > 10_000) {
      throw new ConfigException("tax = %d is outside 0 … 100 per cent".formatted(taxRate / 100));
    }
    Organisations.Organisation of = organisations.named(organisation);
    var span = UsageReports.Span.month(organisation, month, of.zone());
    YearMonth parsed = UsageReports.parseMonth(month);
    LocalDate today = LocalDate.ofInstant(clock.instant(), of.zone());
    if (!parsed.isBefore(YearMonth.from(today))) {
      throw new ConfigException(
          "%s is not over in %s: make its invoice from %s on"
              .formatted(month, of.zone(), parsed.plusMonths(1).atDay(1)));
    }
    return state.durably(
        tx -> {
          long number =
              Versions.next(tx, "invoice"); // locks: two at once become one after the other
          Optional<Invoice> standing = standing(tx, organisation, month);
          if (standing.isPresent()) {
            throw new ConfigException(
                "invoice %d is that of %s for %s; take it back first, with `imago invoice create --credit %d`"
                    .formatted(
                        standing.get().number(), organisation, month, standing.get().number()));
          }
          List<Invoice.Line> lines =
              tx.list(
                  "select model, sum(requests) as requests, sum(input) as input, sum(cached) as"
                      + " cached, sum(output) as output, sum(reasoning) as reasoning, sum(cost) as"
                      + " cost from accounts.usage_sum where organisation = ? and currency = ? and"
                      + " begins >= ? and begins < ? group by model order by model",
                  row ->
                      new Invoice.Line(
                          row.text("model"),
                          row.number("requests"),
                          row.number("input"),
                          row.number("cached"),
                          row.number("output"),
                          row.number("reasoning"),
                          row.number("cost")),
                  organisation,
                  of.currency(),
                  span.begins(),
                  span.ends());
          if (lines.isEmpty()) {
            throw new ConfigException(
                "%s used nothing in %s, so there is nothing to charge"
                    .formatted(organisation, month));
          }
          long net = coins(lines.stream().mapToLong(Invoice.Line::cost).sum(), of.currency());
          long tax =
              coins(
                  BigDecimal.valueOf(net)
                      .multiply(BigDecimal.valueOf(taxRate))
                      .divide(BigDecimal.valueOf(10_000), 0, RoundingMode.HALF_UP)
                      .longValueExact(),
                  of.currency());
          return keep(
              tx,
              actor,
              new Invoice(
                  number,
                  "invoice",
                  organisation,
                  month,
                  of.zone().getId(),
                  0,
                  today.toString(),
                  of.currency(),
                  lines,
                  net,
                  taxRate,
                  tax,
                  net + tax));
        });
  }

  /// Rounded to the currency's smallest coin, halves up.
  private static long coins(long millionths, String currency) {
    int digits;
    try {
      digits = Math.clamp(Currency.getInstance(currency).getDefaultFractionDigits(), 0, 6);
    } catch (IllegalArgumentException _) {
      digits = 2;
    }
    return BigDecimal.valueOf(millionths, 6)
        .setScale(digits, RoundingMode.HALF_UP)
        .movePointRight(6)
        .longValueExact();
  }

  /// Takes an invoice back: the same with other signs, and a number of its own.
  public Invoice credit(String actor, long number) {
    return state.durably(
        tx -> {
          long own = Versions.next(tx, "invoice");
          Invoice old = named(tx, number);
          if (old.corrects() != 0) {
            throw new ConfigException(
                "%d is a credit note; make the month's invoice anew instead".formatted(number));
          }
          if (!standing(tx, old.organisation(), old.month())
              .map(standing -> standing.number() == number)
              .orElse(false)) {
            throw new ConfigException("invoice %d has been taken back already".formatted(number));
          }
          Organisations.Organisation of = organisations.known(tx, old.organisation());
          return keep(
              tx,
              actor,
              new Invoice(
                  own,
                  "credit note",
                  old.organisation(),
                  old.month(),
                  old.zone(),
                  number,
                  LocalDate.ofInstant(clock.instant(), of.zone()).toString(),
                  old.currency(),
                  old.lines().stream().map(Invoice.Line::negated).toList(),
                  -old.net(),
                  old.taxRate(),
                  -old.tax(),
                  -old.gross()));
        });
  }

  /// A month's invoice that no credit note has taken back.
  static Optional<Invoice> standing(Transaction tx, String organisation, String month)
      throws SQLException {
    return tx.first(
            "select content from accounts.invoice i where organisation = ? and charged_month = ?"
                + " and corrects = 0 and not exists (select 1 from accounts.invoice c where"
                + " c.corrects = i.number)",
            row -> row.text("content"),
            organisation,
            month)
        .map(content -> JSON.readValue(content, Invoice.class));
  }

  private Invoice keep(Transaction tx, String actor, Invoice made) throws SQLException {
    String content = JSON.writeValueAsString(made);
    tx.update(
        "insert into accounts.invoice (number, kind, organisation, charged_month, corrects, gross,"
            + " created, content, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        made.number(),
        made.kind(),
        made.organisation(),
        made.month(),
        made.corrects(),
        made.gross(),
        clock.millis(),
        content,
        Hashing.of(content));
    audit.append(
        tx,
        actor,
        "invoice.create",
        String.valueOf(made.number()),
        "%s of %s for %s: %s %s, sha256 %s"
            .formatted(
                made.kind(),
                made.organisation(),
                made.month(),
                made.grossText(),
                made.currency(),
                Hashing.of(content)));
    return made;
  }

  /// @throws ConfigException where there is none of this number, or it was changed
  public Invoice named(long number) {
    return state.transaction(tx -> named(tx, number));
  }

  private static Invoice named(Transaction tx, long number) throws SQLException {
    String[] found =
        tx.first(
                "select content, hash from accounts.invoice where number = ?",
                row -> new String[] {row.text("content"), row.text("hash")},
                number)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "there is no invoice %d; `imago invoice show` tells those that are"
                            .formatted(number)));
    if (!Hashing.of(found[0]).equals(found[1])) {
      throw new ConfigException(
          "invoice %d is not as it was made: its hash is another; bring back a backup"
              .formatted(number));
    }
    return JSON.readValue(found[0], Invoice.class);
  }

  public List<Invoice> all() {
    return state.transaction(
        tx ->
            tx.list(
                "select content from accounts.invoice order by number",
                row -> JSON.readValue(row.text("content"), Invoice.class)));
  }

  /// Where invoices that stand and the ledger do not agree, to the token; empty where all is well.
  public List<String> differences() {
    var differences = new ArrayList<String>();
    var usage = new UsageReports(state);
    List<Invoice> all = all();
    for (int i = 0; i < all.size(); i++) {
      Invoice invoice = all.get(i);
      if (invoice.number() != i + 1) {
        differences.add("invoice %d is missing".formatted(i + 1));
        return differences;
      }
      boolean stands =
          invoice.corrects() == 0
              && all.stream().noneMatch(other -> other.corrects() == invoice.number());
      if (!stands) {
        continue;
      }
      var span =
          UsageReports.Span.month(
              invoice.organisation(), invoice.month(), Organisations.zone(invoice.zone()));
      var used =
          usage.report(UsageReports.By.MODEL, span).stream()
              .filter(row -> row.currency().equals(invoice.currency()))
              .map(
                  row ->
                      new Invoice.Line(
                          row.name(),
                          row.requests(),
                          row.tokens().input(),
                          row.tokens().cached(),
                          row.tokens().output(),
                          row.tokens().reasoning(),
                          row.cost()))
              .toList();
      if (!used.equals(invoice.lines())) {
        differences.add(
            "invoice %d of %s for %s is of other sums than the ledger has now, since entries were added later: take it back and make it anew"
                .formatted(invoice.number(), invoice.organisation(), invoice.month()));
      }
    }
    return differences;
  }
}
