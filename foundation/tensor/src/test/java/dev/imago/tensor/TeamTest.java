package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TeamTest {
  private static final long MUCH = 1L << 30;

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "2, " + MUCH})
  void a_task_that_fails_is_told_the_same_way_shared_or_not_and_the_next_job_runs(
      int threads, long work) {
    try (var team = new Team(threads)) {
      var failure = new ArithmeticException("on purpose");
      var told =
          assertThrows(
              IllegalStateException.class,
              () ->
                  team.run(
                      5,
                      work,
                      (task, _) -> {
                        if (task == 3) {
                          throw failure;
                        }
                      }));
      assertSame(failure, told.getCause());
      var ran = new AtomicInteger();
      team.run(5, work, (_, _) -> ran.incrementAndGet());
      assertEquals(5, ran.get());
    }
  }
}
