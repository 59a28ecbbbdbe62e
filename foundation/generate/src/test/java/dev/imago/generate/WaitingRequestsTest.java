package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whose turn it is.
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class WaitingRequestsTest {
  @TempDir Path folder;
  private LanguageModel model;
  private final CacheBlocks blocks = new CacheBlocks(CacheType.F32);
  private final WaitingRequests waiting = new WaitingRequests();

  @BeforeEach
  void open() throws IOException {
    RandomModelFolder.write(folder, RandomModelFolder.tiny(1, 64, true), 12, false);
    model = LanguageModel.open(folder, 1);
  }

  @AfterEach
  void close() {
    model.close();
    blocks.close();
  }

  private ActiveSequence add(String tenant, int priority) {
    var request =
        new Request(new int[] {5}, Sampling.greedy(3)).withOrigin(new Origin(tenant, priority, ""));
    var sequence =
        new ActiveSequence(
            model, request, 64, blocks, new Candidates(), new Generation(() -> {}), 0);
    waiting.add(sequence);
    return sequence;
  }

  private List<String> order(int tokensEach) {
    var order = new ArrayList<String>();
    for (ActiveSequence next = waiting.first(); next != null; next = waiting.first()) {
      waiting.begin(next);
      waiting.serve(next.origin().tenant(), tokensEach);
      order.add(next.origin().tenant());
    }
    return order;
  }

  @Test
  void who_asks_much_does_not_hold_up_who_asks_little() {
    for (int i = 0; i < 5; i++) {
      add("many", 0);
    }
    add("few", 0);
    add("few", 0);
    assertEquals(List.of("many", "few", "many", "few", "many", "many", "many"), order(100));
  }

  @Test
  void the_lower_priority_number_comes_first_whoever_asks() {
    add("a", 0);
    add("a", 5);
    add("b", -1);
    assertEquals(List.of("b", "a", "a"), order(10));
  }

  @Test
  void a_pause_gives_no_claim() {
    ActiveSequence long1 = add("busy", 0);
    waiting.begin(long1);
    waiting.serve("busy", 1_000);
    add("late", 0);
    add("late", 0);
    add("busy", 0);
    assertEquals(List.of("late", "busy", "late"), order(10), "both stand at 1,000 now");
  }

  @Test
  void of_one_tenant_the_oldest_comes_first() {
    ActiveSequence first = add("a", 0);
    ActiveSequence second = add("a", 0);
    assertEquals(first, waiting.first());
    waiting.end(first);
    assertEquals(second, waiting.first());
    waiting.end(second);
    assertTrue(waiting.all().isEmpty());
  }
}
