package dev.imago.accounts;

import dev.imago.core.ConfigException;
import dev.imago.state.SqlRow;
import dev.imago.state.State;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;

/// The price lists: for each model, and for `*`, what it costs from a day on. What was booked keeps
/// the price of its day.
public final class Prices {
  private final State state;
  private final AuditLog audit;

  Prices(State state, AuditLog audit) {
    this.state = state;
    this.audit = audit;
  }

  /// @param model its name, or `*` for those that have no price of their own
  /// @param from the first day, in each organisation's own zone
  public record Entry(String model, LocalDate from, TokenPrice price) {
    public Entry {
      if (model.isBlank() || model.length() > 200) {
        throw new ConfigException(
            "model has %d characters; give its name, of 1 … 200, or * for all"
                .formatted(model.length()));
      }
      Organisations.checkCurrency(price.currency());
    }
  }

  public void set(String actor, Entry entry) {
    state.durably(
        tx -> {
          TokenPrice p = entry.price;
          long day = entry.from.toEpochDay();
          var known =
              tx.first(
                  "select * from accounts.price where model = ? and valid_from = ?",
                  Prices::price,
                  entry.model,
                  day);
          if (known.isPresent() && known.get().equals(p)) {
            return Versions.read(tx, "accounts"); // said again: no change
          }
          tx.update(
              "delete from accounts.price where model = ? and valid_from = ?", entry.model, day);
          tx.update(
              "insert into accounts.price (model, valid_from, currency, input, cached, output,"
                  + " reasoning) values (?, ?, ?, ?, ?, ?, ?)",
              entry.model,
              day,
              p.currency(),
              p.input(),
              p.cached(),
              p.output(),
              p.reasoning());
          audit.append(
              tx,
              actor,
              "price.set",
              entry.model,
              "from %s: input %s, cached %s, output %s, reasoning %s %s a million tokens"
                  .formatted(
                      entry.from,
                      Money.text(p.input()),
                      Money.text(p.cached()),
                      Money.text(p.output()),
                      Money.text(p.reasoning()),
                      p.currency()));
          return Versions.next(tx, "accounts");
        });
  }

  public List<Entry> all() {
    return state.transaction(
        tx ->
            tx.list(
                "select * from accounts.price order by model, valid_from",
                row ->
                    new Entry(
                        row.text("model"),
                        LocalDate.ofEpochDay(row.number("valid_from")),
                        price(row))));
  }

  static TokenPrice price(SqlRow row) throws SQLException {
    return new TokenPrice(
        row.text("currency"),
        row.number("input"),
        row.number("cached"),
        row.number("output"),
        row.number("reasoning"));
  }

  /// An amount as people give it, for a million tokens.
  public static long amount(String name, String text) {
    return Money.parse(name, text);
  }

  /// An amount as people read it.
  public static String text(long millionths) {
    return Money.text(millionths);
  }
}
