package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PasswordHashTest {
  private static final PasswordHash CHEAP = new PasswordHash(64, 1);

  @Test
  void aFloodOfGuessesTakesTheMemoryOfTwo() throws Exception {
    PasswordHash.AT_A_TIME.acquire(2);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    var guess = new Thread(() -> assertFalse(new PasswordHash(12_288, 1).matches("wrong", "")));
    try {
      guess.start();
      while (!PasswordHash.AT_A_TIME.hasQueuedThreads()) {
        Thread.onSpinWait();
      }
      long before = threads.getThreadAllocatedBytes(guess.threadId());
      assertTrue(before < 4 << 20, before + " bytes before its turn");
    } finally {
      PasswordHash.AT_A_TIME.release(2);
      guess.join();
    }
  }

  /// The reference implementation's own test vector (phc-winner-argon2, test.c, version 19).
  @Test
  void aPasswordHashOfTheReferenceImplementationIsUnderstood() {
    String kept =
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    assertTrue(CHEAP.matches("password", kept));
    assertFalse(CHEAP.matches("passwort", kept));
    assertEquals(new PasswordHash(19_456, 2), PasswordHash.STRONG);
    String own = new PasswordHash(512, 2).of("caf\u00e9 au lait, please", new Random(1));
    assertTrue(CHEAP.matches("cafe\u0301 au lait, please", own), "one text, two forms");
    assertFalse(CHEAP.matches("", ""));
  }
}
