package dev.imago.state;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/// A database, open.
///
/// ```java
/// try (State state = State.open(StateAddress.in(workspace), schema)) {
///   long n = state.transaction(tx -> tx.number("select count(*) from labels.item"));
///   state.durably(tx -> tx.update("insert into labels.item (id, text) values (?, ?)", id, text));
/// }
/// ```
///
/// What a transaction changed is there for all others once it returns, and survives the end of this
/// process as PostgreSQL promises it: at once. H2 promises less: its manual says that it writes
/// half a second later and does not fsync, so that a power failure (and a kill) may lose a bit more
/// than a second of commits. [#sync] and [#durably] close that gap on both: they return when all
/// that was committed before is written and fsynced; many threads that wait share one fsync.
public final class State implements AutoCloseable {
  /// How often a transaction is run again that the database gave up for another's sake.
  private static final int MOST_TRIES = 12;

  private static final int MOST_CONNECTIONS = 16;
  private static final long LONGEST_PAUSE_NANOS = 20_000_000;

  private final StateAddress address;
  private final Connections connections;

  /// H2's; PostgreSQL needs neither: a commit of its has been fsynced.
  private final @Nullable EmbeddedDatabase embedded;

  private final @Nullable GroupSync sync;

  /// The transaction that others on this thread are part of, while one is ([#together]).
  private final ScopedValue<Transaction> whole = ScopedValue.newInstance();

  private State(StateAddress address, DataSource source, @Nullable EmbeddedDatabase embedded) {
    this.address = address;
    this.connections = new Connections(source::getConnection, MOST_CONNECTIONS);
    this.embedded = embedded;
    this.sync = embedded == null ? null : new GroupSync(this::checkpoint);
  }

  /// Opens a database, made where there is none, and brings schemas up to date.
  ///
  /// @throws EnvironmentException when it is out of reach, of a newer version, or broken
  public static State open(StateAddress address, StateSchema... schemas) {
    EmbeddedDatabase embedded = null;
    DataSource source;
    try {
      switch (address) {
        case StateAddress.Embedded(Path folder) -> {
          embedded = EmbeddedDatabase.open(folder);
          source = embedded.source();
        }
        case StateAddress.PostgreSql postgres -> source = postgres(postgres);
      }
    } catch (SQLException e) {
      throw failure(address, e);
    }
    var state = new State(address, source, embedded);
    try {
      var update = new SchemaUpdate(state, source);
      for (StateSchema schema : schemas) {
        update.run(schema);
      }
      if (schemas.length == 0) {
        var _ = state.transaction(tx -> tx.number("select 1"));
      }
      return state;
    } catch (RuntimeException e) {
      state.close();
      throw e;
    }
  }

  private static DataSource postgres(StateAddress.PostgreSql address) {
    var source = new PGSimpleDataSource();
    source.setUrl(address.url());
    source.setUser(address.user());
    source.setPassword(address.password());
    if (source.getConnectTimeout()
        == 10) { // the driver's own; a server that hangs must not hang us
      source.setConnectTimeout(5);
    }
    if (source.getSocketTimeout() == 0) {
      source.setSocketTimeout(30);
    }
    source.setTcpKeepAlive(true);
    return source;
  }

  public StateAddress address() {
    return address;
  }

  /// Does some work in a transaction, of which all holds or nothing. Where two stand in each
  /// other's way, one is run again.
  ///
  /// @throws EnvironmentException when the database is out of reach or cannot go on; whether the
  ///   work holds is then unknown
  public <T extends @Nullable Object> T transaction(Transaction.Work<T> work) {
    if (whole.isBound()) {
      try {
        return work.run(whole.get());
      } catch (SQLException e) {
        throw new PartFailed(e);
      }
    }
    for (int tries = 1; ; tries++) {
      try {
        return once(work);
      } catch (SQLException e) {
        if (tries == MOST_TRIES || !isAgain(e)) {
          throw failure(address, e);
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS));
      }
    }
  }

  /// The same, and returns when it is on disk.
  public <T extends @Nullable Object> T durably(Transaction.Work<T> work) {
    T result = transaction(work);
    sync();
    return result;
  }

  /// Does some work whose transactions, on this thread, are one: all of them hold or none, and all
  /// are on disk when it returns. What the work throws undoes them. Where it stands in another's
  /// way, all of it is run again.
  public void together(Runnable work) {
    int _ =
        durably(
            tx -> {
              try {
                ScopedValue.where(whole, tx).run(work);
              } catch (PartFailed e) {
                throw e.cause;
              }
              return 0;
            });
  }

  /// Carries the database's error out of a part to the whole.
  private static final class PartFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient SQLException cause;

    PartFailed(SQLException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /// Whether a transaction is on disk when it returns, so that [#sync] has nothing to do.
  public boolean syncsAtCommit() {
    return sync == null;
  }

  /// How many connections have failed so far. Where it is the same before a transaction and after
  /// [#sync], both were of one opening of the database, and the transaction is on disk.
  public long failures() {
    return connections.failures();
  }

  /// Returns when all that was committed before is on disk.
  ///
  /// @throws EnvironmentException when the disk is full, or the database out of reach
  public void sync() {
    GroupSync group = sync;
    if (group == null || whole.isBound()) { // the whole is synced when it is there
      return;
    }
    try {
      group.await();
    } catch (SQLException e) {
      throw failure(address, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted before the state was on disk", e);
    }
  }

  /// Writes what is committed now to a file that holds an H2 database, while others read and write:
  /// `imago.mv.db` of another folder of state. Nothing that is committed later is in it.
  ///
  /// @param file to be made, in a folder that the process that has the database open may write to
  /// @throws ConfigException for PostgreSQL, whose own `pg_dump` does this
  /// @throws EnvironmentException when the disk is full, or the database out of reach
  public void copyTo(Path file) {
    copyTo(file, true);
  }

  /// @param again whether to begin anew when the process that has the database ends meanwhile
  private void copyTo(Path file, boolean again) {
    if (embedded == null) {
      throw new ConfigException(
          "the state at %s is PostgreSQL's to copy: run `pg_dump --format=custom` beside this"
              .formatted(address));
    }
    Path zip = file.resolveSibling(file.getFileName() + ".zip");
    try {
      // Half a copy, of a process that had the database and ended meanwhile.
      Files.deleteIfExists(zip);
      var _ = once(tx -> tx.update("backup to ?", zip.toAbsolutePath().toString()));
      try (var in = new ZipInputStream(Files.newInputStream(zip))) {
        for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
          if (entry.getName().endsWith(".mv.db")) {
            Files.copy(in, file);
            return;
          }
        }
      }
      throw new IllegalStateException("H2's copy holds no database");
    } catch (SQLException e) {
      if (!again || embedded.isOwner()) {
        throw failure(address, e);
      }
      // The process that had the database has ended: another has it now, or this one.
      try (State next = open(address)) {
        next.copyTo(file, false);
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    } finally {
      try {
        Files.deleteIfExists(zip);
      } catch (IOException _) {
        // The copy's folder goes, with all that is in it.
      }
    }
  }

  private void checkpoint() throws SQLException {
    var _ = once(tx -> tx.update("checkpoint sync"));
  }

  private <T extends @Nullable Object> T once(Transaction.Work<T> work) throws SQLException {
    Connection connection = connections.take();
    EmbeddedStore store = EmbeddedStore.of(connection);
    boolean sound = false;
    try {
      T result = work.run(new Transaction(connection, store));
      if (store != null) {
        store.check();
      }
      connection.commit();
      sound = true;
      return result;
    } finally {
      if (store != null && store.isClosed()) {
        store.forget(connections::fail);
        connections.giveUp();
      } else {
        connections.giveBack(connection, sound || rolledBack(connection));
      }
    }
  }

  private static boolean rolledBack(Connection connection) {
    try {
      connection.rollback();
      return true;
    } catch (SQLException _) {
      return false; // what went before is the error that counts
    }
  }

  /// Whether the same work may go well when it is run again: a deadlock, a lock that took too long,
  /// a row changed by another, or put there by another after it was looked for.
  private static boolean isAgain(SQLException e) {
    return switch (String.valueOf(e.getSQLState())) {
      case "40001", "40P01", "55P03", "90131", "HYT00", "23505" -> true;
      default -> false;
    };
  }

  private static RuntimeException failure(StateAddress address, SQLException e) {
    String code = String.valueOf(e.getSQLState());
    boolean ours = code.startsWith("42") || code.startsWith("22") || code.startsWith("23");
    return ours
        ? new IllegalStateException("a statement of ours failed: " + e.getMessage(), e)
        : new EnvironmentException(
            "the state at %s cannot be used (%s): %s".formatted(address, brief(e), mend(code)), e);
  }

  private static String mend(String code) {
    return switch (code) {
      case "28000", "28P01" -> "mend the user and password of its address";
      case "3D000" -> "make the database, or name another";
      case "90020" -> "another program has it open; stop that one";
      case "90030" -> "its file is broken; bring back a backup";
      default -> "see that it runs, can be reached and has room, and try again";
    };
  }

  private static String brief(SQLException e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }

  @Override
  public void close() {
    if (sync != null) {
      try {
        sync();
      } catch (EnvironmentException _) {
        // It may never have been open; what was to be kept has been synced by who wanted it kept.
      }
    }
    connections.close();
    if (embedded != null) {
      embedded.close();
    }
  }
}
