package dev.imago.state;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// The open connections of a database: as many as work at once, kept for the next.
final class Connections implements AutoCloseable {
  private final Opening opening;
  private final Semaphore free;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final AtomicLong failures = new AtomicLong();
  private boolean closed;

  /// Opens a connection.
  @FunctionalInterface
  interface Opening {
    Connection open() throws SQLException;
  }

  /// @param most connections at once; who needs one more waits
  Connections(Opening opening, int most) {
    this.opening = opening;
    this.free = new Semaphore(most, true);
  }

  Connection take() throws SQLException {
    free.acquireUninterruptibly();
    try {
      synchronized (idle) {
        Connection kept = idle.pollFirst();
        if (kept != null) {
          return kept;
        }
        if (closed) {
          throw new SQLException("the state is closed", "08003");
        }
      }
      Connection opened = opening.open();
      opened.setAutoCommit(false);
      opened.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      return opened;
    } catch (SQLException | RuntimeException e) {
      free.release();
      throw e;
    }
  }

  /// @param sound false for one that failed: it is closed, and the others with it, which share its
  ///   fate
  void giveBack(Connection connection, boolean sound) {
    try {
      boolean kept;
      synchronized (idle) {
        kept = sound && !closed;
        if (kept) {
          idle.addFirst(connection);
        }
      }
      if (!kept) {
        close(connection);
        if (!sound) {
          failures.incrementAndGet();
          closeIdle();
        }
      }
    } finally {
      free.release();
    }
  }

  /// Takes note that a database has closed itself, before it can be opened anew: what was written
  /// to it may be lost. None of its connections is closed, for that may find no end.
  void fail() {
    failures.incrementAndGet();
    synchronized (idle) {
      idle.clear();
    }
  }

  /// Gives back a connection of such a database.
  void giveUp() {
    free.release();
  }

  /// Of connections, so far.
  long failures() {
    return failures.get();
  }

  private void closeIdle() {
    Deque<Connection> stale;
    synchronized (idle) {
      stale = new ArrayDeque<>(idle);
      idle.clear();
    }
    stale.forEach(Connections::close);
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException _) {
      // It is of no use any more, and has nothing uncommitted.
    }
  }

  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
    }
    closeIdle();
  }
}
