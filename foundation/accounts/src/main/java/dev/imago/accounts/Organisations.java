package dev.imago.accounts;

import dev.imago.core.ConfigException;
import dev.imago.state.SqlRow;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/// Who there is: organisations, with a time zone and a currency, their teams and people.
public final class Organisations {
  private final State state;
  private final AuditLog audit;
  private final Clock clock;

  Organisations(State state, AuditLog audit, Clock clock) {
    this.state = state;
    this.audit = audit;
    this.clock = clock;
  }

  /// @param zone in which its days and months begin
  /// @param currency of its prices and invoices: three letters, such as `EUR`
  public record Organisation(String name, ZoneId zone, String currency) {}

  /// A person of an organisation.
  ///
  /// @param team empty for none
  public record Person(String organisation, String name, String team, Role role) {}

  /// Makes an organisation, or changes its zone. Its currency stays: what was booked is in it.
  ///
  /// @throws ConfigException for a name, zone or currency that cannot be
  public Organisation set(String actor, String name, String zone, String currency) {
    ZoneId id = check(name, zone, currency);
    return state.durably(
        tx -> {
          Optional<Organisation> known = find(tx, name);
          if (known.isPresent() && !known.get().currency.equals(currency)) {
            throw new ConfigException(
                "organisation %s books in %s; make another one for %s"
                    .formatted(name, known.get().currency, currency));
          }
          var changed = new Organisation(name, id, currency);
          if (known.isPresent() && known.get().equals(changed)) {
            return changed; // said again: no change
          }
          if (known.isEmpty()) {
            insert(tx, changed);
          } else {
            tx.update("update accounts.organisation set zone = ? where name = ?", id.getId(), name);
          }
          audit.append(tx, actor, "organisation.set", name, id.getId() + " " + currency);
          Versions.next(tx, "accounts");
          return changed;
        });
  }

  /// Refuses what can be refused without looking at who there is.
  ///
  /// @return the zone
  /// @throws ConfigException for a name, zone or currency that cannot be
  public static ZoneId check(String name, String zone, String currency) {
    checkName("organisation", name);
    ZoneId id = zone(zone);
    checkCurrency(currency);
    return id;
  }

  static void checkCurrency(String currency) {
    if (!currency.matches("[A-Z]{3}")) {
      throw new ConfigException(
          "currency = %s is no code of three capital letters, such as EUR".formatted(currency));
    }
  }

  private void insert(Transaction tx, Organisation made) throws SQLException {
    tx.update(
        "insert into accounts.organisation (name, zone, currency, created) values (?, ?, ?, ?) on"
            + " conflict do nothing",
        made.name,
        made.zone.getId(),
        made.currency,
        clock.millis());
  }

  /// @throws ConfigException for a zone that is none
  public static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new ConfigException(
          "zone = %s is no time zone; give one like Asia/Shanghai or UTC".formatted(text), e);
    }
  }

  /// An organisation that may be new: of UTC and EUR then.
  Organisation known(Transaction tx, String name) throws SQLException {
    Optional<Organisation> found = find(tx, name);
    if (found.isPresent()) {
      return found.get();
    }
    checkName("organisation", name);
    var made = new Organisation(name, ZoneId.of("UTC"), "EUR");
    insert(tx, made);
    return made;
  }

  /// Takes note of a team and a person that may be new.
  void know(Transaction tx, String organisation, String team, String person, Role role)
      throws SQLException {
    known(tx, organisation);
    if (!team.isEmpty()) {
      checkName("team", team);
      tx.update(
          "insert into accounts.team (organisation, name, created) values (?, ?, ?) on conflict do"
              + " nothing",
          organisation,
          team,
          clock.millis());
    }
    if (!person.isEmpty()) {
      checkName("user", person);
      tx.update(
          "insert into accounts.person (organisation, name, team, role, created) values (?, ?, ?,"
              + " ?, ?) on conflict do nothing",
          organisation,
          person,
          team,
          role.word(),
          clock.millis());
    }
  }

  Optional<Organisation> find(Transaction tx, String name) throws SQLException {
    return tx.first(
        "select * from accounts.organisation where name = ?", Organisations::organisation, name);
  }

  /// @throws ConfigException when there is none of this name
  public Organisation named(String name) {
    return state
        .transaction(tx -> find(tx, name))
        .orElseThrow(
            () ->
                new ConfigException(
                    "there is no organisation %s; those that are: %s"
                        .formatted(name, all().stream().map(Organisation::name).toList())));
  }

  public List<Organisation> all() {
    return state.transaction(Organisations::all);
  }

  static List<Organisation> all(Transaction tx) throws SQLException {
    return tx.list(
        "select * from accounts.organisation order by name", Organisations::organisation);
  }

  public List<Person> people() {
    return state.transaction(
        tx ->
            tx.list(
                "select * from accounts.person order by organisation, name",
                row ->
                    new Person(
                        row.text("organisation"),
                        row.text("name"),
                        row.text("team"),
                        Role.parse(row.text("role")))));
  }

  private static Organisation organisation(SqlRow row) throws SQLException {
    return new Organisation(row.text("name"), zone(row.text("zone")), row.text("currency"));
  }

  /// @throws ConfigException for a name that is empty, long, or holds what a terminal acts on
  static void checkName(String what, String name) {
    if (name.isBlank()
        || name.length() > 60
        || name.codePoints().anyMatch(c -> Character.isISOControl(c) || c == '/')) {
      throw new ConfigException(
          "%s = «%s» is no name: give 1 … 60 characters without a slash"
              .formatted(what, name.length() <= 60 ? name : name.substring(0, 60) + "…"));
    }
  }
}
