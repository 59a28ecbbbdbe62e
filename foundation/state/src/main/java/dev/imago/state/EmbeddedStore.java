package dev.imago.state;

import java.sql.Connection;
import java.sql.SQLException;
import org.h2.engine.Database;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/// H2's store behind a connection of this process. It closes itself where it cannot write, as on a
/// full disk; and a transaction that was under way then finds no end at its next statement, be it
/// its rollback (H2 2.4.240: `MVStore.registerVersionUsage` counts up for ever what was counted
/// down once too often). So it is asked first.
final class EmbeddedStore {
  private final Database database;
  private final MVStore store;

  private EmbeddedStore(Database database) {
    this.database = database;
    this.store = database.getStore().getMvStore();
  }

  /// @return null for a database that is another process's
  static @Nullable EmbeddedStore of(Connection connection) {
    return connection instanceof JdbcConnection h2
            && h2.getSession() instanceof SessionLocal session
        ? new EmbeddedStore(session.getDatabase())
        : null;
  }

  boolean isClosed() {
    return store.isClosed();
  }

  /// @throws SQLException where it is closed
  void check() throws SQLException {
    if (isClosed()) {
      throw new SQLException("the database has closed itself, as it could not be written", "90098");
    }
  }

  /// Has the next connection open the database anew, as it stands on disk.
  void forget() {
    database.shutdownImmediately();
  }
}
