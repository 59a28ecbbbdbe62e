package dev.imago.accounts;

import dev.imago.core.EnvironmentException;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// All that is kept of who asks and who pays.
///
/// ```java
/// try (Accounts accounts = Accounts.open(StateAddress.in(workspace), workspace.resolve("state"))) {
///   ApiKeyStore.Made made = accounts.keys().create("anna", wanted);
///   try (Metering metering = accounts.serve()) {
///     Account account = metering.account(shown).orElseThrow();
///     Reservation kept = metering.reserve(account, use);
///     …
///     kept.settle(RequestOutcome.ANSWERED, tokens);
///   }
/// }
/// ```
public final class Accounts implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.accounts");

  private final State state;
  private final Path folder;
  private final KeyHash hash;
  private final Clock clock;
  private final RandomGenerator random;
  private final AuditLog audit;
  private final Organisations organisations;

  private Accounts(State state, Path folder, KeyHash hash, Clock clock, RandomGenerator random) {
    this.state = state;
    this.folder = folder;
    this.hash = hash;
    this.clock = clock;
    this.random = random;
    this.audit = new AuditLog(state, clock);
    this.organisations = new Organisations(state, audit, clock);
  }

  /// @param folder for the secret that keys are hashed with, which servers of one state share, and
  ///   for the ledger's file
  /// @throws EnvironmentException when the database is out of reach, or the secret is another one
  public static Accounts open(StateAddress address, Path folder) {
    return open(address, folder, Clock.systemUTC(), new SecureRandom());
  }

  static Accounts open(StateAddress address, Path folder, Clock clock, RandomGenerator random) {
    State state = State.open(address, AccountsSchema.schema());
    try {
      Path secret = folder.resolve("secret");
      KeyHash hash = KeyHash.of(secret);
      checkSecret(state, hash, secret);
      var accounts = new Accounts(state, folder, hash, clock, random);
      accounts.takeUp();
      return accounts;
    } catch (RuntimeException e) {
      state.close();
      throw e;
    }
  }

  /// With another secret no key would be known, and nobody would see why.
  private static void checkSecret(State state, KeyHash hash, Path file) {
    String mark = hash.of("imago");
    String known =
        state.transaction(
            tx -> {
              tx.update(
                  "insert into accounts.setting (name, content) values ('secret', ?) on conflict do"
                      + " nothing",
                  mark);
              return tx.first(
                      "select content from accounts.setting where name = 'secret'",
                      row -> row.text("content"))
                  .orElse("");
            });
    if (!known.equals(mark)) {
      throw new EnvironmentException(
          "%s is not the secret that the keys of %s were made with: bring that file here"
              .formatted(file, state.address()));
    }
  }

  /// Servers that were killed have left files, and nobody sees less for it.
  private void takeUp() {
    var soft = new SoftLimits(state, webhooks());
    try {
      Ledger.takeUp(state, folder, booked -> soft.warn(AccountsView.read(state), booked));
    } catch (RuntimeException e) { // a line that cannot be booked keeps nobody from the rest
      LOG.log(
          System.Logger.Level.WARNING,
          "what a server that was killed left in its ledger's file is not booked yet: {0}",
          e.getMessage());
    }
  }

  public ApiKeyStore keys() {
    return new ApiKeyStore(state, hash, audit, organisations, clock, random);
  }

  public People people() {
    return people(PasswordHash.STRONG);
  }

  /// @param passwords how much work it is to guess them
  People people(PasswordHash passwords) {
    return new People(state, hash, audit, organisations, passwords, clock, random);
  }

  public Organisations organisations() {
    return organisations;
  }

  public Limits limits() {
    return new Limits(state, audit, organisations, clock, random);
  }

  public Prices prices() {
    return new Prices(state, audit);
  }

  public BudgetWebhooks webhooks() {
    return new BudgetWebhooks(state, hash, audit, clock);
  }

  /// Makes several changes, on this thread, of which all hold or none: what one of them throws
  /// undoes those before it.
  public void together(Runnable changes) {
    state.together(changes);
  }

  public AuditLog audit() {
    return audit;
  }

  public UsageReports usage() {
    return new UsageReports(state);
  }

  public SumsMending mending() {
    return new SumsMending(state, audit);
  }

  public Corrections corrections() {
    return new Corrections(state, audit);
  }

  public Invoices invoices() {
    return new Invoices(state, audit, organisations, clock);
  }

  /// What a server asks; to be closed before this.
  public Metering serve() {
    return metering().beating();
  }

  /// The same without a heart of its own: whoever has it calls [Metering#tick].
  Metering metering() {
    byte[] id = new byte[12];
    random.nextBytes(id);
    return new Metering(state, hash, clock, folder, "replica_" + HexFormat.of().formatHex(id));
  }

  @Override
  public void close() {
    state.close();
  }
}
