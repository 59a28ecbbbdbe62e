package dev.imago.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GroupSyncTest {
  @Test
  void whoComesWhileOneIsUnderWaySharesTheNext() throws Exception {
    var syncs = new AtomicInteger();
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var group =
        new GroupSync(
            () -> {
              if (syncs.incrementAndGet() == 1) {
                begun.countDown();
                try {
                  go.await();
                } catch (InterruptedException e) {
                  throw new SQLException(e);
                }
              }
            });
    List<Thread> waiting = new ArrayList<>();
    waiting.add(Thread.startVirtualThread(() -> await(group)));
    begun.await();
    for (int i = 0; i < 20; i++) {
      Thread thread = Thread.ofPlatform().daemon().start(() -> await(group));
      waiting.add(thread);
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    go.countDown();
    for (Thread thread : waiting) {
      thread.join();
    }
    assertEquals(2, syncs.get());
  }

  @Test
  void aSyncThatFailsIsToldAndTheNextTriesAgain() throws Exception {
    var syncs = new AtomicInteger();
    var group =
        new GroupSync(
            () -> {
              if (syncs.incrementAndGet() == 1) {
                throw new SQLException("disk full");
              }
            });
    assertThrows(SQLException.class, group::await);
    group.await();
    assertEquals(2, syncs.get());
  }

  private static void await(GroupSync group) {
    try {
      group.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
