package dev.imago.accounts;

import dev.imago.core.ConfigException;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/// The limits that there are, and how far each is used.
public final class Limits {
  private final State state;
  private final AuditLog audit;
  private final Organisations organisations;
  private final Clock clock;
  private final RandomGenerator random;

  Limits(
      State state,
      AuditLog audit,
      Organisations organisations,
      Clock clock,
      RandomGenerator random) {
    this.state = state;
    this.audit = audit;
    this.organisations = organisations;
    this.clock = clock;
    this.random = random;
  }

  /// What a limit is to be.
  ///
  /// @param amount a whole number, or money such as `12.50`; `none` takes the limit away
  public record Wanted(
      String scope,
      String organisation,
      String subject,
      String measure,
      String period,
      String amount,
      boolean hard) {
    /// Refuses what can be refused without looking at who there is.
    public void check() {
      var limit =
          new UsageLimit(
              "",
              LimitScope.parse(scope),
              organisation,
              subject,
              LimitMeasure.parse(measure),
              stretch(),
              most(),
              hard);
      if (limit.subject().isBlank()) {
        throw new ConfigException("a limit of nobody: name the %s".formatted(scope));
      }
    }

    private LimitPeriod stretch() {
      return LimitMeasure.parse(measure) == LimitMeasure.ANSWERS
          ? LimitPeriod.NOW
          : LimitPeriod.parse(period);
    }

    /// The amount; 0 where there is none.
    private long most() {
      return amount.equals("none") ? 0 : Limits.amount(LimitMeasure.parse(measure), amount);
    }
  }

  /// A limit and where it stands.
  public record Standing(UsageLimit limit, long used, long reserved, long resetsMillis) {
    public String amountText() {
      return limit.measure().text(limit.amount());
    }

    public String usedText() {
      return limit.measure().text(used);
    }

    public String leftText() {
      return limit.measure().text(Math.max(0, limit.amount() - used - reserved));
    }
  }

  /// Sets a limit, or takes it away.
  ///
  /// @throws ConfigException for what cannot be
  public void set(String actor, Wanted wanted) {
    LimitScope scope = LimitScope.parse(wanted.scope);
    LimitMeasure measure = LimitMeasure.parse(wanted.measure);
    LimitPeriod period = wanted.stretch();
    boolean gone = wanted.amount.equals("none");
    long amount = wanted.most();
    byte[] bits = new byte[8];
    random.nextBytes(bits);
    state.durably(
        tx -> {
          String organisation = organisation(tx, scope, wanted);
          var limit =
              new UsageLimit(
                  "limit_" + HexFormat.of().formatHex(bits),
                  scope,
                  organisation,
                  wanted.subject,
                  measure,
                  period,
                  amount,
                  wanted.hard);
          // Its id, and with it what is counted, stays where only the amount changes.
          String where =
              " where scope = ? and organisation = ? and subject = ? and measure = ? and period = ?"
                  + " and hard = ?";
          Object[] which = {
            scope.word(), organisation, wanted.subject, measure.word(), period.word(), wanted.hard
          };
          var known =
              tx.first(
                  "select amount from accounts.usage_limit" + where,
                  row -> row.number("amount"),
                  which);
          if (!gone && known.isPresent() && known.get() == amount) {
            return Versions.read(tx, "accounts"); // said again: no change
          }
          int changed =
              gone
                  ? tx.update("delete from accounts.usage_limit" + where, which)
                  : tx.update(
                      "update accounts.usage_limit set amount = ?" + where, with(amount, which));
          if (gone && changed == 0) {
            throw new ConfigException("there is no such limit; `imago budget show` tells them");
          }
          if (changed == 0) {
            tx.update(
                "insert into accounts.usage_limit (id, scope, organisation, subject, measure,"
                    + " period, amount, hard) values (?, ?, ?, ?, ?, ?, ?, ?)",
                limit.id(),
                scope.word(),
                organisation,
                wanted.subject,
                measure.word(),
                period.word(),
                amount,
                wanted.hard);
          }
          audit.append(
              tx,
              actor,
              gone ? "budget.remove" : "budget.set",
              scope.word() + " " + wanted.subject,
              limit.words() + (wanted.hard ? ", hard" : ", soft"));
          return Versions.next(tx, "accounts");
        });
  }

  private static Object[] with(long amount, Object[] which) {
    Object[] all = new Object[which.length + 1];
    all[0] = amount;
    System.arraycopy(which, 0, all, 1, which.length);
    return all;
  }

  private static long amount(LimitMeasure measure, String text) {
    if (measure == LimitMeasure.MONEY) {
      return Money.parse("amount", text);
    }
    try {
      long amount = Long.parseLong(text.replace("_", ""));
      if (amount >= 0 && amount <= 1L << 50) {
        return amount;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "amount = %s is no whole number; give one, or none to take the limit away"
              .formatted(text),
          e);
    }
    throw new ConfigException("amount = %s is outside 0 … 2⁵⁰".formatted(text));
  }

  /// The organisation of what is limited, which must exist: a slip of the pen would limit nobody.
  private String organisation(Transaction tx, LimitScope scope, Wanted wanted) throws SQLException {
    if (scope == LimitScope.KEY) {
      return tx.first(
              "select organisation from accounts.api_key where id = ?",
              row -> row.text("organisation"),
              wanted.subject)
          .orElseThrow(
              () ->
                  new ConfigException(
                      "there is no key %s; `imago keys list` tells those that are"
                          .formatted(wanted.subject)));
    }
    String name = scope == LimitScope.ORGANISATION ? wanted.subject : wanted.organisation;
    long known =
        switch (scope) {
          case ORGANISATION -> organisations.find(tx, name).isPresent() ? 1 : 0;
          case TEAM ->
              tx.number(
                  "select count(*) from accounts.team where organisation = ? and name = ?",
                  name,
                  wanted.subject);
          case USER ->
              tx.number(
                  "select count(*) from accounts.person where organisation = ? and name = ?",
                  name,
                  wanted.subject);
          case KEY -> 1;
        };
    if (known == 0) {
      throw new ConfigException(
          "there is no %s %s%s; `imago keys create` makes it with its first key"
              .formatted(
                  scope.word(),
                  wanted.subject,
                  scope == LimitScope.ORGANISATION ? "" : " in organisation " + name));
    }
    return name;
  }

  /// All limits, and where they stand now.
  public List<Standing> all() {
    return state.transaction(
        tx -> {
          long now = clock.millis();
          var standings = new java.util.ArrayList<Standing>();
          for (UsageLimit limit :
              tx.list(
                  "select * from accounts.usage_limit order by organisation, scope, subject,"
                      + " measure, period",
                  UsageLimit::read)) {
            var zone = organisations.known(tx, limit.organisation()).zone();
            standings.add(
                tx.first(
                        "select used, reserved from accounts.counter where usage_limit = ? and"
                            + " begins = ?",
                        row ->
                            new Standing(
                                limit,
                                row.number("used"),
                                row.number("reserved"),
                                limit.period().ends(now, zone)),
                        limit.id(),
                        limit.period().begins(now, zone))
                    .orElse(new Standing(limit, 0, 0, limit.period().ends(now, zone))));
          }
          return standings;
        });
  }
}
