package dev.imago.accounts;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.state.SqlRow;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Corrects what the ledger says of a request: by one more entry, which holds the difference. No
/// entry is changed, and none of a month that is charged.
public final class Corrections {
  /// Of a request's prompt, and of its answer: far above any context.
  private static final long MOST_TOKENS = 1_000_000_000;

  private final State state;
  private final AuditLog audit;

  Corrections(State state, AuditLog audit) {
    this.state = state;
    this.audit = audit;
  }

  /// An entry of the ledger.
  ///
  /// @param request its id; of a correction that of the request with a number behind a `~`
  /// @param corrects the request that it corrects; empty for none
  /// @param at milliseconds since 1970
  /// @param cost in millionths
  public record Entry(
      String request,
      String corrects,
      long at,
      String organisation,
      String team,
      String person,
      String key,
      String route,
      String model,
      String outcome,
      TokenUse tokens,
      long cost,
      String currency) {
    static Entry read(SqlRow row) throws SQLException {
      return new Entry(
          row.text("request"),
          row.text("corrects"),
          row.number("at"),
          row.text("organisation"),
          row.text("team"),
          row.text("person"),
          row.text("api_key"),
          row.text("route"),
          row.text("model"),
          row.text("outcome"),
          new TokenUse(
              row.number("input"),
              row.number("cached"),
              row.number("output"),
              row.number("reasoning")),
          row.number("cost"),
          row.text("currency"));
    }

    public String costText() {
      return Money.text(cost);
    }
  }

  /// The newest entries.
  ///
  /// @param organisation empty for all
  public List<Entry> newest(String organisation, int most) {
    return state.transaction(
        tx ->
            tx.list(
                "select * from accounts.entry where organisation = ? or ? = '' order by at desc,"
                    + " request desc limit ?",
                Entry::read,
                organisation,
                organisation,
                most));
  }

  /// What was right.
  ///
  /// @param input tokens of the prompt; empty for as it is booked; so with the rest
  /// @param cost an amount such as `0.02`; empty for what the tokens cost on the day of the request
  /// @param why for the audit log
  public record Wanted(
      String request,
      OptionalLong input,
      OptionalLong cached,
      OptionalLong output,
      OptionalLong reasoning,
      Optional<String> cost,
      String why) {
    private TokenUse tokens(TokenUse booked) {
      var right =
          new TokenUse(
              input.orElse(booked.input()),
              cached.orElse(booked.cached()),
              output.orElse(booked.output()),
              reasoning.orElse(booked.reasoning()));
      if (right.cached() < 0
          || right.reasoning() < 0
          || right.cached() > right.input()
          || right.reasoning() > right.output()) {
        throw new ConfigException(
            "input %d, cached %d, output %d, reasoning %d cannot be: none is negative, cached are among input, and reasoning among output; what else was wrong is given, too (--cached, --reasoning)"
                .formatted(right.input(), right.cached(), right.output(), right.reasoning()));
      }
      // What any price makes of more is no whole number of 64 bits.
      Bounds.whole("tokens of the prompt", right.input(), 0, MOST_TOKENS);
      Bounds.whole("tokens of the answer", right.output(), 0, MOST_TOKENS);
      return right;
    }
  }

  /// Books the difference between what was right and what is booked, in the stretch of time of the
  /// request: its sums and its limits' counters follow.
  ///
  /// @return the correction
  /// @throws ConfigException for a request that is none, tokens that cannot be, or a month that is
  ///   charged
  public Entry correct(String actor, Wanted wanted) {
    if (wanted.why.isBlank()) {
      throw new ConfigException("a correction has its reason in the audit log: give --why TEXT");
    }
    AccountsView view = AccountsView.read(state);
    return state.durably(tx -> correct(tx, view, actor, wanted));
  }

  private Entry correct(Transaction tx, AccountsView view, String actor, Wanted wanted)
      throws SQLException {
    // One after the other: no second one of the same number, no invoice made meanwhile.
    Versions.hold(tx, "invoice");
    Entry of =
        tx.first("select * from accounts.entry where request = ?", Entry::read, wanted.request)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "the ledger has no request %s; `imago usage entries` tells the newest"
                            .formatted(wanted.request)));
    if (!of.corrects.isEmpty()) {
      throw new ConfigException(
          "%s is a correction; correct the request itself, %s".formatted(of.request, of.corrects));
    }
    Organisations.Organisation organisation = view.organisation(of.organisation);
    checkOpen(tx, of, organisation);
    List<Entry> before =
        tx.list(
            "select * from accounts.entry where corrects = ? order by request",
            Entry::read,
            of.request);
    TokenUse booked = of.tokens;
    long charged = of.cost;
    for (Entry each : before) {
      booked = booked.plus(each.tokens);
      charged = Math.addExact(charged, each.cost);
    }
    TokenUse right = wanted.tokens(booked);
    TokenPrice price =
        view.price(organisation, of.model, of.at).orElse(TokenPrice.free(of.currency));
    long cost = wanted.cost.map(text -> Money.parse("cost", text)).orElseGet(() -> price.of(right));
    if (right.equals(booked) && cost == charged) {
      throw new ConfigException(
          "that is what is booked of %s: there is nothing to correct".formatted(of.request));
    }
    String id = of.request + "~" + (before.size() + 1);
    var settlement =
        new Settlement(
            hold(tx, view, organisation, of, id, price),
            RequestOutcome.CORRECTION,
            right.minus(booked),
            of.request,
            cost - charged);
    Booking.book(tx, List.of(settlement));
    audit.append(
        tx,
        actor,
        "usage.correct",
        of.request,
        "%s, cost %s: %s".formatted(right, Money.text(cost), wanted.why));
    return tx.first("select * from accounts.entry where request = ?", Entry::read, id)
        .orElseThrow(
            () -> new ConfigException(id + " was booked by somebody else meanwhile: try again"));
  }

  private static void checkOpen(Transaction tx, Entry of, Organisations.Organisation organisation)
      throws SQLException {
    String month =
        YearMonth.from(Instant.ofEpochMilli(of.at).atZone(organisation.zone())).toString();
    Optional<Invoice> charged = Invoices.standing(tx, of.organisation, month);
    if (charged.isPresent()) {
      throw new ConfigException(
          "invoice %d charges %s for %s; take it back first, with `imago invoice create --credit %d`"
              .formatted(charged.get().number(), of.organisation, month, charged.get().number()));
    }
  }

  /// As it was when the request was made, but that nothing is kept any more.
  private static Hold hold(
      Transaction tx,
      AccountsView view,
      Organisations.Organisation organisation,
      Entry of,
      String id,
      TokenPrice price)
      throws SQLException {
    List<Hold.Share> shares =
        tx
            .first("select * from accounts.api_key where id = ?", ApiKeyStore::account, of.key)
            .map(view::limits)
            .orElse(List.of())
            .stream()
            .map(
                limit ->
                    new Hold.Share(
                        limit.id(),
                        limit.period().begins(of.at, organisation.zone()),
                        limit.measure(),
                        0))
            .toList();
    return new Hold(
        id,
        of.at,
        of.organisation,
        of.team,
        of.person,
        of.key,
        of.route,
        of.model,
        new TokenPrice(
            of.currency, price.input(), price.cached(), price.output(), price.reasoning()),
        shares);
  }
}
