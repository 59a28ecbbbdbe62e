// Past 400 lines: who may sign in, how, and for how long is changed in one transaction each, over
// the same tables.
package dev.imago.accounts;

import dev.imago.core.ConfigException;
import dev.imago.state.SqlRow;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// People who sign in: invited by a link that holds once, known by a password or by a provider of
/// OpenID Connect, in sessions that end. Nobody is there before somebody is invited: there is no
/// default password.
public final class People {
  /// How long a session lives without a request, and at most.
  public static final Duration IDLE = Duration.ofHours(8);

  public static final Duration LONGEST = Duration.ofDays(7);

  private static final Duration MOST_INVITATION = Duration.ofDays(30);

  /// What a session was last used at is written down so often.
  private static final long SEEN_MILLIS = 60_000;

  private static final int MOST_SESSIONS = 20;

  /// One character may be typed as several.
  private static final int MOST_TYPED = 4 * PasswordHash.LONGEST;

  private final State state;
  private final KeyHash hash;
  private final AuditLog audit;
  private final Organisations organisations;
  private final PasswordHash passwords;
  private final LoginThrottle throttle;
  private final Clock clock;
  private final RandomGenerator random;

  People(
      State state,
      KeyHash hash,
      AuditLog audit,
      Organisations organisations,
      PasswordHash passwords,
      Clock clock,
      RandomGenerator random) {
    this.state = state;
    this.hash = hash;
    this.audit = audit;
    this.organisations = organisations;
    this.passwords = passwords;
    this.throttle = new LoginThrottle(state, clock);
    this.clock = clock;
    this.random = random;
  }

  /// Someone who is to sign in.
  public record Invited(String organisation, String name, Role role) {}

  /// Someone who signs in.
  ///
  /// @param created milliseconds since 1970; so with `seen`, 0 for never
  /// @param sessions how many hold now
  /// @param outside whether a provider of OpenID Connect knows them
  public record Person(
      String organisation,
      String name,
      Role role,
      long created,
      long seen,
      long sessions,
      boolean outside) {}

  /// Someone who was invited and has not come yet.
  public record Pending(String organisation, String name, Role role, String by, long expires) {}

  /// A secret that is told once: of an invitation, or of a session.
  private String secret() {
    byte[] bits = new byte[32];
    random.nextBytes(bits);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
  }

  /// What is kept of a secret; one of an invitation is none of a session.
  private String hashOf(String what, String secret) {
    return hash.of(what + " " + secret);
  }

  /// Whether anybody can sign in, or has been invited to.
  public boolean areThere() {
    return state.transaction(
        tx ->
            tx.number("select count(*) from accounts.login")
                    + tx.number(
                        "select count(*) from accounts.invitation where expires > ?",
                        clock.millis())
                > 0);
  }

  /// Whether anybody of an organisation signs in.
  public boolean areOf(String organisation) {
    return state.transaction(
        tx ->
            tx.number("select count(*) from accounts.login where organisation = ?", organisation)
                > 0);
  }

  /// Invites someone, or lets someone who is there choose a new password. An earlier invitation of
  /// the same name holds no more.
  ///
  /// @return the secret of the link
  /// @throws ConfigException for a name that cannot be, or is another organisation's, and where the
  ///   only owner would get another role
  public String invite(String actor, Invited wanted, Duration lifetime) {
    Organisations.checkName("user", wanted.name);
    if (lifetime.isNegative() || lifetime.isZero() || lifetime.compareTo(MOST_INVITATION) > 0) {
      throw new ConfigException(
          "an invitation holds for a time above 0 and up to %d days"
              .formatted(MOST_INVITATION.toDays()));
    }
    String secret = secret();
    state.durably(
        tx -> {
          login(tx, wanted.name)
              .filter(known -> !known.organisation.equals(wanted.organisation))
              .ifPresent(
                  known -> {
                    throw new ConfigException(
                        "%s signs in for organisation %s already: take another name for one of %s"
                            .formatted(wanted.name, known.organisation, wanted.organisation));
                  });
          if (tx.number(
                  "select count(*) from accounts.invitation where name = ? and organisation <> ?"
                      + " and expires > ?",
                  wanted.name,
                  wanted.organisation,
                  clock.millis())
              > 0) {
            throw new ConfigException(
                "%s is invited by another organisation already: take another name for one of %s"
                    .formatted(wanted.name, wanted.organisation));
          }
          checkOwnerStays(tx, wanted.name, wanted.role);
          organisations.know(tx, wanted.organisation, "", "", wanted.role);
          long now = clock.millis();
          tx.update(
              "delete from accounts.invitation where name = ? or expires <= ?", wanted.name, now);
          tx.update(
              "insert into accounts.invitation (hash, name, organisation, role, invited_by,"
                  + " created, expires) values (?, ?, ?, ?, ?, ?, ?)",
              hashOf("invitation", secret),
              wanted.name,
              wanted.organisation,
              wanted.role.word(),
              actor,
              now,
              now + lifetime.toMillis());
          audit.append(
              tx,
              actor,
              "user.invite",
              wanted.name,
              "organisation %s, role %s".formatted(wanted.organisation, wanted.role.word()));
          return 0;
        });
    return secret;
  }

  /// Who an invitation is for; empty for one that is none, or holds no more.
  public Optional<Invited> invitation(String secret) {
    return state.transaction(tx -> invitation(tx, secret));
  }

  private Optional<Invited> invitation(Transaction tx, String secret) throws SQLException {
    return tx.first(
        "select * from accounts.invitation where hash = ? and expires > ?",
        row ->
            new Invited(row.text("organisation"), row.text("name"), Role.parse(row.text("role"))),
        hashOf("invitation", secret),
        clock.millis());
  }

  /// Takes an invitation up with a password.
  ///
  /// @return empty for an invitation that holds no more
  /// @throws ConfigException for a password that will not do
  public Optional<Invited> join(String secret, String password) {
    Optional<Invited> invited = invitation(secret);
    if (invited.isEmpty()) {
      return invited;
    }
    PasswordHash.check(invited.get().name, password);
    String kept = passwords.of(password, random);
    return join(secret, "password = ?", kept, "a password");
  }

  /// Takes an invitation up as someone whom a provider of OpenID Connect knows.
  ///
  /// @param outside issuer and subject
  public Optional<Invited> joinFrom(String secret, String outside) {
    return join(secret, "outside = ?", outside, "OpenID Connect");
  }

  private Optional<Invited> join(String secret, String set, String value, String how) {
    return state.durably(
        tx -> {
          Optional<Invited> found = invitation(tx, secret);
          // Of two that come at once one finds the row gone.
          if (found.isEmpty()
              || tx.update(
                      "delete from accounts.invitation where hash = ?",
                      hashOf("invitation", secret))
                  == 0) {
            return Optional.empty();
          }
          Invited invited = found.get();
          checkOwnerStays(tx, invited.name, invited.role); // others may have gone meanwhile
          organisations.know(tx, invited.organisation, "", invited.name, invited.role);
          setRole(tx, invited.organisation, invited.name, invited.role);
          if (login(tx, invited.name).isEmpty()) {
            tx.update(
                "insert into accounts.login (name, organisation, password, outside, created) values"
                    + " (?, ?, '', null, ?)",
                invited.name,
                invited.organisation,
                clock.millis());
          }
          if (tx.number(
                  "select count(*) from accounts.login where outside = ? and name <> ?",
                  value,
                  invited.name)
              > 0) {
            throw new ConfigException(
                "whom the provider names signs in by another name here already");
          }
          tx.update("update accounts.login set " + set + " where name = ?", value, invited.name);
          tx.update("delete from accounts.login_session where name = ?", invited.name);
          audit.append(
              tx,
              invited.name,
              "user.join",
              invited.name,
              "%s, role %s".formatted(how, invited.role.word()));
          return Optional.of(invited);
        });
  }

  private record Login(String organisation, String password) {}

  private static Optional<Login> login(Transaction tx, String name) throws SQLException {
    return tx.first(
        "select organisation, password from accounts.login where name = ?",
        row -> new Login(row.text("organisation"), row.text("password")),
        name);
  }

  /// Begins a session.
  ///
  /// @param address from which it is tried
  /// @return its secret, for a cookie
  /// @throws SignInRefusedException for a wrong name or password, or after too many
  public String signIn(String name, String password, String address) throws SignInRefusedException {
    String known = brief(name);
    String from = brief(address);
    Duration wait = throttle.begin(known, from);
    if (wait.isPositive()) {
      throw new SignInRefusedException(wait);
    }
    String kept = known.equals(name) ? password(name) : "";
    if (!passwords.matches(cut(password, MOST_TYPED), kept)) {
      throw new SignInRefusedException(Duration.ZERO);
    }
    throttle.succeeded(known, from);
    return begin(name, "password");
  }

  /// What is kept of somebody's password; empty for none, and for nobody.
  private String password(String name) {
    return state.transaction(tx -> login(tx, name).map(Login::password).orElse(""));
  }

  /// What may be a name or an address: longer ones are none, and would fill the table of failures;
  /// nor are those with control characters, some of which PostgreSQL takes in no text.
  private static String brief(String text) {
    return cut(text, 60).replaceAll("\\p{Cntrl}", "?");
  }

  /// Between characters.
  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
  }

  /// Begins a session of someone whom a provider of OpenID Connect knows.
  ///
  /// @return its secret; empty for someone who has not taken up an invitation that way
  public Optional<String> signInFrom(String outside) {
    return state
        .transaction(
            tx ->
                tx.first(
                    "select name from accounts.login where outside = ?",
                    row -> row.text("name"),
                    outside))
        .map(name -> begin(name, "OpenID Connect"));
  }

  private String begin(String name, String how) {
    String secret = secret();
    state.durably(
        tx -> {
          long now = clock.millis();
          tx.update(
              "delete from accounts.login_session where created <= ? or seen <= ?",
              now - LONGEST.toMillis(),
              now - IDLE.toMillis());
          // The oldest make room.
          List<String> older =
              tx.list(
                  "select hash from accounts.login_session where name = ? order by created desc",
                  row -> row.text("hash"),
                  name);
          for (String hash :
              older.subList(Math.min(older.size(), MOST_SESSIONS - 1), older.size())) {
            tx.update("delete from accounts.login_session where hash = ?", hash);
          }
          tx.update(
              "insert into accounts.login_session (hash, name, created, seen) values (?, ?, ?, ?)",
              hashOf("session", secret),
              name,
              now,
              now);
          tx.update("update accounts.login set seen = ? where name = ?", now, name);
          audit.append(tx, name, "session.begin", name, how);
          return 0;
        });
    return secret;
  }

  private record Seen(String hash, long seen, SignedIn who) {}

  /// Who is in a session; empty for one that is none, or has ended.
  public Optional<SignedIn> session(String secret) {
    long now = clock.millis();
    String hash = hashOf("session", secret);
    Optional<Seen> found =
        state.transaction(
            tx ->
                tx.first(
                    "select s.seen, p.organisation, p.name, p.role from accounts.login_session s"
                        + " join accounts.login l on l.name = s.name join accounts.person p on"
                        + " p.organisation = l.organisation and p.name = l.name where s.hash = ?"
                        + " and s.created > ? and s.seen > ?",
                    row ->
                        new Seen(
                            hash,
                            row.number("seen"),
                            new SignedIn(
                                row.text("organisation"),
                                row.text("name"),
                                Role.parse(row.text("role")))),
                    hash,
                    now - LONGEST.toMillis(),
                    now - IDLE.toMillis()));
    found
        .filter(each -> now - each.seen > SEEN_MILLIS)
        .ifPresent(
            each ->
                state.transaction(
                    tx ->
                        tx.update(
                                "update accounts.login_session set seen = ? where hash = ?",
                                now,
                                each.hash)
                            + tx.update(
                                "update accounts.login set seen = ? where name = ?",
                                now,
                                each.who.name())));
    return found.map(Seen::who);
  }

  /// Ends a session.
  public void signOut(String secret) {
    state.durably(
        tx ->
            tx.update(
                "delete from accounts.login_session where hash = ?", hashOf("session", secret)));
  }

  /// Ends all sessions of someone.
  ///
  /// @throws ConfigException for someone who is not there
  public void signOutEverywhere(String actor, String name) {
    state.durably(
        tx -> {
          known(tx, name);
          tx.update("delete from accounts.login_session where name = ?", name);
          audit.append(tx, actor, "session.endAll", name, "");
          return 0;
        });
  }

  /// Who signs in.
  public List<Person> all() {
    long now = clock.millis();
    return state.transaction(
        tx ->
            tx.list(
                "select l.name, l.organisation, l.created, l.outside, l.seen, p.role, (select"
                    + " count(*) from accounts.login_session s where s.name = l.name and s.created"
                    + " > ? and s.seen > ?) as sessions from accounts.login l join accounts.person"
                    + " p on p.organisation = l.organisation and p.name = l.name order by l.name",
                People::person,
                now - LONGEST.toMillis(),
                now - IDLE.toMillis()));
  }

  private static Person person(SqlRow row) throws SQLException {
    return new Person(
        row.text("organisation"),
        row.text("name"),
        Role.parse(row.text("role")),
        row.number("created"),
        row.number("seen"),
        row.number("sessions"),
        row.optionalText("outside") != null);
  }

  /// Who was invited and has not come yet.
  public List<Pending> pending() {
    return state.transaction(
        tx ->
            tx.list(
                "select * from accounts.invitation where expires > ? order by name",
                row ->
                    new Pending(
                        row.text("organisation"),
                        row.text("name"),
                        Role.parse(row.text("role")),
                        row.text("invited_by"),
                        row.number("expires")),
                clock.millis()));
  }

  /// Gives someone another role; their keys that can do more than it end.
  ///
  /// @throws ConfigException for someone who is not there, and for the last owner
  public void setRole(String actor, String name, Role role) {
    state.durably(
        tx -> {
          String organisation = known(tx, name);
          checkOwnerStays(tx, name, role);
          setRole(tx, organisation, name, role);
          audit.append(tx, actor, "user.role", name, role.word());
          return 0;
        });
  }

  private void setRole(Transaction tx, String organisation, String name, Role role)
      throws SQLException {
    tx.update(
        "update accounts.person set role = ? where organisation = ? and name = ?",
        role.word(),
        organisation,
        name);
    for (Account key : ApiKeyStore.of(tx, organisation, name)) {
      if (!role.covers(key.role())) {
        revoke(tx, key);
      }
    }
    Versions.next(tx, "accounts");
  }

  private void revoke(Transaction tx, Account key) throws SQLException {
    tx.update(
        "update accounts.api_key set revoked = ? where id = ? and revoked is null",
        clock.millis(),
        key.key());
  }

  /// Removes someone: no session, no invitation and no key of theirs holds any more. What they did
  /// stays in the ledger and in the audit log.
  ///
  /// @throws ConfigException for someone who is not there, and for the last owner
  public void remove(String actor, String name) {
    state.durably(
        tx -> {
          boolean invited = tx.update("delete from accounts.invitation where name = ?", name) > 0;
          if (invited && login(tx, name).isEmpty()) {
            audit.append(tx, actor, "user.remove", name, "an invitation");
            return 0;
          }
          String organisation = known(tx, name);
          checkNotLastOwner(tx, name);
          tx.update("delete from accounts.login_session where name = ?", name);
          tx.update("delete from accounts.login where name = ?", name);
          for (Account key : ApiKeyStore.of(tx, organisation, name)) {
            revoke(tx, key);
          }
          Versions.next(tx, "accounts");
          audit.append(tx, actor, "user.remove", name, "organisation " + organisation);
          return 0;
        });
  }

  private static String known(Transaction tx, String name) throws SQLException {
    return login(tx, name)
        .map(Login::organisation)
        .orElseThrow(
            () ->
                new ConfigException(
                    "nobody signs in as %s; `imago users list` tells who does".formatted(name)));
  }

  private static void checkOwnerStays(Transaction tx, String name, Role role) throws SQLException {
    if (role != Role.OWNER) {
      checkNotLastOwner(tx, name);
    }
  }

  /// Without an owner nobody could invite another, but at the machine itself.
  private static void checkNotLastOwner(Transaction tx, String name) throws SQLException {
    // Locked, so that two owners cannot remove each other at once.
    List<String> owners =
        tx.list(
            "select p.name from accounts.person p join accounts.login l on l.organisation ="
                + " p.organisation and l.name = p.name where p.role = 'owner' order by p.name for"
                + " update",
            row -> row.text("name"));
    if (owners.equals(List.of(name))) {
      throw new ConfigException(
          "%s is the only owner: make another one first (`imago users invite NAME --role owner`)"
              .formatted(name));
    }
  }

  /// Changes one's own password; all other sessions end.
  ///
  /// @param session the secret of the one that goes on
  /// @throws SignInRefusedException when the old one is wrong, or after too many tries
  /// @throws ConfigException for a new one that will not do
  public void changePassword(String name, String old, String wanted, String session, String address)
      throws SignInRefusedException {
    String kept = password(name);
    // Whom a provider knows may have no password yet: their session is what shows who they are.
    if (!kept.isEmpty()) {
      String from = brief(address);
      Duration wait = throttle.begin(name, from);
      if (wait.isPositive() || !passwords.matches(cut(old, MOST_TYPED), kept)) {
        throw new SignInRefusedException(wait);
      }
      throttle.succeeded(name, from);
    }
    PasswordHash.check(name, wanted);
    String changed = passwords.of(wanted, random);
    state.durably(
        tx -> {
          tx.update("update accounts.login set password = ? where name = ?", changed, name);
          tx.update(
              "delete from accounts.login_session where name = ? and hash <> ?",
              name,
              hashOf("session", session));
          audit.append(tx, name, "user.password", name, "");
          return 0;
        });
  }
}
