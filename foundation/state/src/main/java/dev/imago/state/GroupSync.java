package dev.imago.state;

import java.sql.SQLException;

/// Waits until what was committed before is on disk. Whoever comes while one sync is under way
/// shares the next: one fsync for many.
final class GroupSync {
  private final Action action;
  private long asked;
  private long done;
  private boolean running;

  /// Brings all that is committed to disk.
  @FunctionalInterface
  interface Action {
    void sync() throws SQLException;
  }

  GroupSync(Action action) {
    this.action = action;
  }

  void await() throws SQLException, InterruptedException {
    long covered;
    synchronized (this) {
      long mine = ++asked;
      while (running && done < mine) {
        wait();
      }
      if (done >= mine) {
        return;
      }
      running = true;
      covered = asked;
    }
    boolean well = false;
    try {
      action.sync();
      well = true;
    } finally {
      synchronized (this) {
        running = false;
        if (well) {
          done = Math.max(done, covered);
        }
        notifyAll();
      }
    }
  }
}
