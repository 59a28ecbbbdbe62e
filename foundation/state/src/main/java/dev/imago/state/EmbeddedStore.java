package dev.imago.state;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
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
  /// Those that are closed for good. H2 closes a database by its name: to close one a second time
  /// would close the one that has been opened in its place since.
  private static final Set<Database> FORGOTTEN =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

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
  ///
  /// @param first what has to be done before anybody can open it; once, whoever else comes with it
  void forget(Runnable first) {
    if (FORGOTTEN.add(database)) {
      first.run();
      database.shutdownImmediately();
    }
  }
}
