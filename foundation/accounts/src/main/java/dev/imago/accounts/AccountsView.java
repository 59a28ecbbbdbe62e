package dev.imago.accounts;

import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Keys, limits and prices as they were when last looked at: what a request is checked by without
/// asking the database. One number in the database says whether anything has changed.
final class AccountsView {
  private final long version;
  private final boolean everMade;
  private final Map<String, Account> byHash;
  private final Map<String, Account> byId;
  private final Map<String, UsageLimit> limits;
  private final Map<Subject, List<UsageLimit>> bySubject;
  private final Map<String, Organisations.Organisation> organisations;
  private final Map<String, NavigableMap<Long, TokenPrice>> prices;

  /// Whose requests a limit counts.
  private record Subject(String organisation, LimitScope scope, String name) {}

  private AccountsView(
      long version,
      boolean everMade,
      Map<String, Account> byHash,
      List<UsageLimit> limits,
      Map<String, Organisations.Organisation> organisations,
      Map<String, NavigableMap<Long, TokenPrice>> prices) {
    this.version = version;
    this.everMade = everMade;
    this.byHash = byHash;
    this.byId =
        byHash.values().stream().collect(Collectors.toMap(Account::key, account -> account));
    this.limits = limits.stream().collect(Collectors.toMap(UsageLimit::id, limit -> limit));
    this.bySubject =
        limits.stream()
            .collect(
                Collectors.groupingBy(
                    limit -> new Subject(limit.organisation(), limit.scope(), limit.subject())));
    this.organisations = organisations;
    this.prices = prices;
  }

  static AccountsView read(State state) {
    return state.transaction(AccountsView::read);
  }

  /// The same one where nothing has changed.
  AccountsView refreshed(State state) {
    return state.transaction(tx -> Versions.read(tx, "accounts") == version ? this : read(tx));
  }

  private static AccountsView read(Transaction tx) throws SQLException {
    // First: what is changed while the rest is read is seen as newer the next time.
    long version = Versions.read(tx, "accounts");
    boolean everMade = tx.number("select count(*) from accounts.api_key") > 0;
    var byHash = new HashMap<String, Account>();
    tx.each(
        "select * from accounts.api_key where revoked is null",
        row -> byHash.put(row.text("hash"), ApiKeyStore.account(row)));
    List<UsageLimit> limits = tx.list("select * from accounts.usage_limit", UsageLimit::read);
    var organisations = new HashMap<String, Organisations.Organisation>();
    Organisations.all(tx).forEach(each -> organisations.put(each.name(), each));
    var prices = new HashMap<String, NavigableMap<Long, TokenPrice>>();
    tx.each(
        "select * from accounts.price",
        row ->
            prices
                .computeIfAbsent(
                    row.text("currency") + " " + row.text("model"), _ -> new TreeMap<>())
                .put(row.number("valid_from"), Prices.price(row)));
    return new AccountsView(version, everMade, byHash, limits, organisations, prices);
  }

  /// The account behind the hash of a key; empty for a key that there never was, or that is
  /// revoked.
  Optional<Account> byHash(String hash) {
    return Optional.ofNullable(byHash.get(hash));
  }

  Optional<Account> byId(String key) {
    return Optional.ofNullable(byId.get(key));
  }

  /// Whether there ever was a key, revoked ones too.
  boolean hadKeys() {
    return everMade;
  }

  /// In the order in which their counters are locked: that of their ids.
  List<UsageLimit> limits(Account account) {
    var counting = new ArrayList<UsageLimit>();
    for (LimitScope scope : LimitScope.values()) {
      counting.addAll(
          bySubject.getOrDefault(
              new Subject(account.organisation(), scope, scope.subject(account)), List.of()));
    }
    counting.sort(Comparator.comparing(UsageLimit::id));
    return counting;
  }

  Optional<UsageLimit> limit(String id) {
    return Optional.ofNullable(limits.get(id));
  }

  Organisations.Organisation organisation(String name) {
    Organisations.Organisation found = organisations.get(name);
    return found != null
        ? found
        : new Organisations.Organisation(name, java.time.ZoneId.of("UTC"), "EUR");
  }

  /// What a model costs an organisation on the day of an instant; empty where no list says.
  Optional<TokenPrice> price(Organisations.Organisation organisation, String model, long millis) {
    long day = LocalDate.ofInstant(Instant.ofEpochMilli(millis), organisation.zone()).toEpochDay();
    for (String named : List.of(model, "*")) {
      NavigableMap<Long, TokenPrice> list = prices.get(organisation.currency() + " " + named);
      if (list != null && list.floorEntry(day) instanceof Map.Entry<Long, TokenPrice> valid) {
        return Optional.of(valid.getValue());
      }
    }
    return Optional.empty();
  }
}
