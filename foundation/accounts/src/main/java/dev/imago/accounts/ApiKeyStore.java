package dev.imago.accounts;

import dev.imago.core.ConfigException;
import dev.imago.state.SqlRow;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Keys, made and ended. A key is 256 random bits behind `imago_`, told once, when it is made.
public final class ApiKeyStore {
  static final String PREFIX = "imago_";
  private static final int KEY_BYTES = 32;
  private static final int SHOWN = PREFIX.length() + 4;

  private final State state;
  private final KeyHash hash;
  private final AuditLog audit;
  private final Organisations organisations;
  private final Clock clock;
  private final RandomGenerator random;

  ApiKeyStore(
      State state,
      KeyHash hash,
      AuditLog audit,
      Organisations organisations,
      Clock clock,
      RandomGenerator random) {
    this.state = state;
    this.hash = hash;
    this.audit = audit;
    this.organisations = organisations;
    this.clock = clock;
    this.random = random;
  }

  /// What a key is to be.
  ///
  /// @param team empty for none; so with `person`
  /// @param routes the paths that it opens, `*` at an end for all that begin so
  /// @param models the same of models
  /// @param lifetime null for ever
  public record Wanted(
      String name,
      String organisation,
      String team,
      String person,
      Role role,
      List<String> routes,
      List<String> models,
      @Nullable Duration lifetime) {
    public Wanted {
      routes = List.copyOf(routes);
      models = List.copyOf(models);
      if (name.length() > 200 || name.codePoints().anyMatch(Character::isISOControl)) {
        throw new ConfigException("name has more than 200 characters, or a line break: shorten it");
      }
      if (lifetime != null && (lifetime.isNegative() || lifetime.isZero())) {
        throw new ConfigException("the key would have expired already: give a positive time");
      }
      checkPatterns("routes", routes);
      checkPatterns("models", models);
    }

    private static void checkPatterns(String what, List<String> patterns) {
      for (String pattern : patterns) {
        if (pattern.isBlank()
            || pattern.contains(",")
            || pattern.indexOf('*') >= 0 && pattern.indexOf('*') < pattern.length() - 1) {
          throw new ConfigException(
              "%s = «%s»: a name, or the beginning of names and a * at its end"
                  .formatted(what, pattern));
        }
      }
      if (patterns.isEmpty() || String.join(",", patterns).length() > 2_000) {
        throw new ConfigException(
            "%s names nothing, or has more than 2,000 characters; * stands for all"
                .formatted(what));
      }
    }
  }

  /// A key and its text, which is kept nowhere.
  public record Made(Account account, String key) {
    /// Without the key: records end up in logs.
    @Override
    public String toString() {
      return account.toString();
    }
  }

  public Made create(String actor, Wanted wanted) {
    return state.durably(tx -> create(tx, actor, wanted, "key.create"));
  }

  private Made create(Transaction tx, String actor, Wanted wanted, String action)
      throws SQLException {
    byte[] bits = new byte[KEY_BYTES];
    random.nextBytes(bits);
    String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    byte[] idBits = new byte[9];
    random.nextBytes(idBits);
    String id = "key_" + Base64.getUrlEncoder().withoutPadding().encodeToString(idBits);
    long now = clock.millis();
    Long expires = wanted.lifetime == null ? null : now + wanted.lifetime.toMillis();
    organisations.know(tx, wanted.organisation, wanted.team, wanted.person, wanted.role);
    var account =
        new Account(
            id,
            wanted.name,
            wanted.organisation,
            wanted.team,
            wanted.person,
            wanted.role,
            key.substring(0, SHOWN),
            wanted.routes,
            wanted.models,
            now,
            expires,
            null,
            "");
    tx.update(
        "insert into accounts.api_key (id, name, organisation, team, person, role, hash,"
            + " begins_with, routes, models, created, expires, revoked, successor) values (?, ?, ?,"
            + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        wanted.name,
        wanted.organisation,
        wanted.team,
        wanted.person,
        wanted.role.word(),
        hash.of(key),
        account.beginsWith(),
        String.join(",", wanted.routes),
        String.join(",", wanted.models),
        now,
        expires,
        null,
        "");
    audit.append(
        tx,
        actor,
        action,
        id,
        "organisation %s, team %s, user %s, role %s, routes %s, models %s, expires %s"
            .formatted(
                wanted.organisation,
                wanted.team,
                wanted.person,
                wanted.role.word(),
                wanted.routes,
                wanted.models,
                expires == null ? "never" : java.time.Instant.ofEpochMilli(expires)));
    Versions.next(tx, "accounts");
    return new Made(account, key);
  }

  /// Every key that was ever made, in the order of their making.
  public List<Account> all() {
    return state.transaction(
        tx -> tx.list("select * from accounts.api_key order by created, id", ApiKeyStore::account));
  }

  /// Those of a person that hold or have expired: all but the revoked ones.
  public List<Account> of(String organisation, String person) {
    return state.transaction(tx -> of(tx, organisation, person));
  }

  static List<Account> of(Transaction tx, String organisation, String person) throws SQLException {
    return tx.list(
        "select * from accounts.api_key where organisation = ? and person = ? and revoked is null"
            + " order by created, id",
        ApiKeyStore::account,
        organisation,
        person);
  }

  /// Whose a key is that somebody shows; empty for one that is none, or holds no more.
  public Optional<Account> holder(String key) {
    long now = clock.millis();
    return state
        .transaction(
            tx ->
                tx.first(
                    "select * from accounts.api_key where hash = ?",
                    ApiKeyStore::account,
                    hash.of(key)))
        .filter(account -> account.holdsAt(now));
  }

  /// Makes a key that is the same but for its text; the old one goes on for a while.
  ///
  /// @param grace zero to end it at once
  public Made rotate(String actor, String id, Duration grace) {
    return state.durably(
        tx -> {
          Account old = named(tx, id);
          long now = clock.millis();
          if (!old.holdsAt(now)) {
            throw new ConfigException(
                "key %s has ended, and there is nothing to rotate: make another with `imago keys create`"
                    .formatted(id));
          }
          String successor =
              tx.first(
                      "select successor from accounts.api_key where id = ?",
                      row -> row.text("successor"),
                      id)
                  .orElse("");
          if (!successor.isEmpty()) { // its own end is that of its grace
            throw new ConfigException(
                "key %s was rotated already, and %s is in its place: rotate that one, or make another with `imago keys create`"
                    .formatted(id, successor));
          }
          Duration left =
              old.expires() == null ? null : Duration.ofMillis(Math.max(1, old.expires() - now));
          Made made =
              create(
                  tx,
                  actor,
                  new Wanted(
                      old.name(),
                      old.organisation(),
                      old.team(),
                      old.person(),
                      old.role(),
                      old.routes(),
                      old.models(),
                      left),
                  "key.rotate");
          long end = now + grace.toMillis();
          tx.update(
              "update accounts.api_key set expires = ?, successor = ? where id = ?",
              old.expires() == null ? end : Math.min(end, old.expires()),
              made.account.key(),
              old.key());
          return made;
        });
  }

  /// Ends a key: everywhere within a second, the time in which each server looks.
  public Account revoke(String actor, String id) {
    return state.durably(
        tx -> {
          Account key = named(tx, id);
          if (key.revoked() == null) {
            tx.update(
                "update accounts.api_key set revoked = ? where id = ?", clock.millis(), key.key());
            audit.append(tx, actor, "key.revoke", key.key(), key.name());
            Versions.next(tx, "accounts");
          }
          return named(tx, key.key());
        });
  }

  private static Account named(Transaction tx, String id) throws SQLException {
    return tx.first("select * from accounts.api_key where id = ?", ApiKeyStore::account, id)
        .orElseThrow(
            () ->
                new ConfigException(
                    id.startsWith(PREFIX)
                        ? "name a key by its id, key_…, which `imago keys list` tells, and keep the"
                            + " key itself to yourself"
                        : "there is no key %s; `imago keys list` tells those that are"
                            .formatted(id)));
  }

  static Account account(SqlRow row) throws SQLException {
    return new Account(
        row.text("id"),
        row.text("name"),
        row.text("organisation"),
        row.text("team"),
        row.text("person"),
        Role.parse(row.text("role")),
        row.text("begins_with"),
        Arrays.asList(row.text("routes").split(",")),
        Arrays.asList(row.text("models").split(",")),
        row.number("created"),
        row.optionalNumber("expires"),
        row.optionalNumber("revoked"),
        row.text("successor"));
  }
}
