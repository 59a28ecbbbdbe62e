package dev.imago.crawl;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final AtomicLong now = new AtomicLong();
  private final Pace pace = new Pace(1, now::get);

  private Thread another() {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                pace.begin();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @Test
  void noMoreGoOutThanAreWritten() throws Exception {
    pace.begin();
    pace.answered();
    Thread other = another();
    assertFalse(other.join(Duration.ofMillis(30)), "the answer is not written");
    pace.end();
    assertTrue(other.join(Duration.ofSeconds(10)));
  }

  @Test
  void aSlowServerHoldsNobodyUp() throws Exception {
    pace.begin();
    Thread other = another();
    assertFalse(other.join(Duration.ofMillis(10)), "it may answer at once");
    now.set(1_000_000_000);
    assertTrue(other.join(Duration.ofSeconds(10)));
  }
}
