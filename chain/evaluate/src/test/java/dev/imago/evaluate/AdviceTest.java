package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdviceTest {
  private static final ModelShape DEPTH_4 = Architectures.ofDepth(4, 4096, 256);

  /// @param corpus tokens that there are
  /// @param read tokens that training saw
  private static Advice advice(long corpus, long read) {
    var reading = new ModelCard.Reading(100, 3 * corpus, corpus, read, 42, Map.of(), Map.of());
    return new Advice(
        new ModelCard("", "", "", DEPTH_4.parameterCount(), List.of(), reading, null),
        Optional.of(DEPTH_4));
  }

  private static List<String> settings(List<Advice.Change> changes) {
    return changes.stream().map(Advice.Change::setting).toList();
  }

  @Test
  void muchTextUnreadAsksForTokensAndForDepthWithTheirPrice() {
    List<Advice.Change> changes = advice(49_000_000, 3_200_000).reading();
    assertEquals(
        List.of("pretrain.tokens=25000000", "pretrain.depth=8 pretrain.tokens=140000000"),
        settings(changes));
    assertEquals(
        "it read 3,200,000 of 49,000,000 tokens; 7.8 times the time of pretrain",
        changes.getFirst().why());
  }

  @Test
  void littleTextAsksForMoreOfItAndForNoDepth() {
    List<Advice.Change> changes = advice(300_000, 1_000_000).reading();
    assertEquals(List.of("--input PATH (more text)"), settings(changes));
    assertTrue(changes.getFirst().why().startsWith("300,000 tokens, read up to 4 times, are few"));
  }

  @Test
  void whatWasReadOftenEnoughNeedsNoMore() {
    assertEquals(List.of(), settings(advice(6_500_000, 25_000_000).reading()));
  }

  @Test
  void aModelThatSaysNothingOfItselfGetsNoAdvice() {
    var unknown = new Advice(ModelCard.named("x"), Optional.empty());
    assertEquals(List.of(), unknown.reading());
    assertEquals(List.of(), unknown.tuning());
  }
}
