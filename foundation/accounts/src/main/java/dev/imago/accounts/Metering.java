package dev.imago.accounts;

import dev.imago.core.EnvironmentException;
import dev.imago.state.State;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What a server asks of accounts: who is behind a key, whether there is room for a request, and to
/// write down what it used. Any number of servers may share one state.
public final class Metering implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.accounts");

  /// How often keys and limits are looked at: a revocation holds within a second, with room for a
  /// slow answer of the database.
  private static final long BEAT_MILLIS = 250;

  private static final long SWEEP_MILLIS = 60_000;
  private static final long KEPT_MINUTES_MILLIS = 24 * 3_600_000L;

  private final State state;
  private final KeyHash hash;
  private final Clock clock;
  private final AuditLog audit;
  private final BudgetWebhooks webhooks;
  private final ServerLease replica;
  private final Reserving reserving;
  private final Ledger ledger;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile AccountsView view;
  private long swept;

  /// @param folder for the ledger's file
  /// @param id of this process, unlike any other's
  Metering(State state, KeyHash hash, Clock clock, Path folder, String id) {
    this.state = state;
    this.hash = hash;
    this.clock = clock;
    this.audit = new AuditLog(state, clock);
    this.webhooks = new BudgetWebhooks(state, hash, audit, clock);
    this.view = AccountsView.read(state);
    var soft = new SoftLimits(state, webhooks);
    this.replica = new ServerLease(state, clock, id, booked -> soft.warn(view, booked));
    this.reserving = new Reserving(state, id);
    this.swept = clock.millis();
    replica.tick();
    this.ledger = new Ledger(state, folder, booked -> soft.warn(view, booked));
  }

  /// Looks for changes, renews the lease and gives back what the dead have kept, four times a
  /// second until closed.
  Metering beating() {
    Thread.ofPlatform().daemon().name("imago-accounts").start(this::beat);
    return this;
  }

  private void beat() {
    try {
      while (!closed.await(BEAT_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          tick();
        } catch (RuntimeException e) {
          LOG.log(System.Logger.Level.DEBUG, "accounts as they were last seen go on", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Looks for changes of keys, limits and prices now.
  public void refresh() {
    view = view.refreshed(state);
  }

  /// One beat.
  void tick() {
    refresh();
    replica.tick();
    long now = clock.millis();
    if (now - swept >= SWEEP_MILLIS) {
      swept = now;
      // Counters of minutes that nobody asks for any more; those of days and months are history.
      int _ =
          state.transaction(
              tx ->
                  tx.update(
                      "delete from accounts.counter where begins > 0 and begins < ? and reserved ="
                          + " 0 and usage_limit in (select id from accounts.usage_limit where"
                          + " period = 'minute')",
                      now - KEPT_MINUTES_MILLIS));
    }
  }

  /// The account behind a key; empty for one that is none, or none any more.
  public Optional<Account> account(String key) {
    return key.startsWith(ApiKeyStore.PREFIX)
        ? view.byHash(hash.of(key)).filter(account -> account.holdsAt(clock.millis()))
        : Optional.empty();
  }

  /// The account whose key has an id; empty for one that is none, or none any more.
  public Optional<Account> byId(String key) {
    return view.byId(key).filter(account -> account.holdsAt(clock.millis()));
  }

  /// The ids of all keys that an organisation ever had.
  ///
  /// @throws EnvironmentException when the database is out of reach
  public Set<String> keysOf(String organisation) {
    return Set.copyOf(
        state.transaction(
            tx ->
                tx.list(
                    "select id from accounts.api_key where organisation = ?",
                    row -> row.text("id"),
                    organisation)));
  }

  /// By whose clock an account's days begin.
  public ZoneId zone(Account account) {
    return view.organisation(account.organisation()).zone();
  }

  /// Takes a note in the audit log of something that changes no account, such as a verdict on a
  /// text.
  ///
  /// @throws EnvironmentException where it cannot be written down
  public void note(String actor, String action, String subject, String detail) {
    audit.note(actor, action, subject, detail);
  }

  /// Whether a hard limit of an account is one of tokens or money.
  public boolean countsTokens(Account account) {
    return view.limits(account).stream()
        .anyMatch(
            limit ->
                limit.hard()
                    && (limit.measure() == LimitMeasure.TOKENS
                        || limit.measure() == LimitMeasure.MONEY));
  }

  /// Whether any key was ever made: whoever asks must show one from then on. That the last one was
  /// revoked opens nothing.
  public boolean hadKeys() {
    return view.hadKeys();
  }

  /// A request that is about to begin.
  ///
  /// @param id unlike any other's
  /// @param route the pattern of its path
  /// @param prompt its prompts' tokens, counted
  /// @param answer its answers' tokens at most
  /// @param answers how many are asked for
  public record Use(String id, String route, String model, long prompt, long answer, int answers) {}

  /// Keeps what a request may use at most.
  ///
  /// @throws LimitReachedException where a hard limit has no room for it
  /// @throws EnvironmentException where a hard limit cannot be asked, or there is no price for a
  ///   budget in money
  public Reservation reserve(Account account, Use use) {
    AccountsView now = view;
    long at = clock.millis();
    Organisations.Organisation organisation = now.organisation(account.organisation());
    Optional<TokenPrice> listed = now.price(organisation, use.model, at);
    TokenPrice price = listed.orElse(TokenPrice.free(organisation.currency()));
    var parts = new ArrayList<Reserving.Part>();
    for (UsageLimit limit : now.limits(account)) {
      if (limit.measure() == LimitMeasure.MONEY && limit.hard() && listed.isEmpty()) {
        throw new EnvironmentException(
            "model %s has no price in %s, and %s: set one with `imago budget price`"
                .formatted(use.model, organisation.currency(), limit.words()));
      }
      long amount =
          switch (limit.measure()) {
            case REQUESTS -> 1;
            case TOKENS -> Math.addExact(use.prompt, use.answer);
            case ANSWERS -> use.answers;
            case MONEY -> price.most(use.prompt, use.answer);
          };
      parts.add(
          new Reserving.Part(
              limit,
              limit.period().begins(at, organisation.zone()),
              limit.period().ends(at, organisation.zone()),
              amount));
    }
    Hold hold = hold(account, use, at, price, parts);
    try {
      return new Reservation(hold, ledger, reserving, reserving.reserve(hold, parts));
    } catch (EnvironmentException e) {
      if (parts.stream().anyMatch(part -> part.limit().hard())) {
        throw e; // what cannot be asked is closed
      }
      return new Reservation(
          hold(account, use, at, price, List.of()), ledger, reserving, List.of());
    }
  }

  private static Hold hold(
      Account account, Use use, long at, TokenPrice price, List<Reserving.Part> parts) {
    return new Hold(
        use.id,
        at,
        account.organisation(),
        account.team(),
        account.person(),
        account.key(),
        use.route,
        use.model,
        price,
        parts.stream().map(Reserving.Part::share).toList());
  }

  /// Whether the ledger goes to its file, since the database is out of reach.
  public boolean lost() {
    return ledger.lost();
  }

  /// The notices that are to be sent now, each to be taken by one sender alone, who then says
  /// whether it was taken where it went.
  public List<Notice> dueNotices() {
    return webhooks.due();
  }

  /// What a notice is signed with: the value of the header `webhook-signature`.
  ///
  /// @param seconds since 1970, as in `webhook-timestamp`
  public String signature(Notice notice, long seconds) {
    return webhooks.signature(notice, seconds);
  }

  /// A notice was taken.
  public void sent(Notice notice) {
    webhooks.sent(notice);
  }

  /// A notice was not taken; it comes again, later each time, for about a day and a half.
  public void notSent(Notice notice, String why) {
    webhooks.failed(notice, why);
  }

  @Override
  public void close() {
    closed.countDown();
    ledger.close();
    try {
      replica.leave();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "the lease runs out by itself", e);
    }
  }
}
