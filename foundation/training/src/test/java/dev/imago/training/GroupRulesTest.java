package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.Parameter;
import dev.imago.torch.Group;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GroupRulesTest {
  private static final List<Parameter> LLAMA = Architectures.ofDepth(3, 64, 16).parameters();

  private static Group group(ParameterGroups groups, String name) {
    Parameter p = LLAMA.stream().filter(q -> q.name().equals(name)).findFirst().orElseThrow();
    return new GroupRules(groups, LLAMA).of(List.of(p), new Group(true, 1, p.decays() ? 1 : 0));
  }

  private static ParameterGroups groups(
      double layerDecay, List<String> freeze, Map<String, Double> rates, List<String> noDecay) {
    return new ParameterGroups(layerDecay, freeze, rates, noDecay);
  }

  @Test
  void eachBlockFurtherFromTheHeadLearnsSlower() {
    ParameterGroups halves = groups(0.5, List.of(), Map.of(), List.of());
    assertEquals(1, group(halves, "model.norm.weight").learningRateFactor());
    for (int block = 0; block < 3; block++) {
      String name = "model.layers." + block + ".mlp.down_proj.weight";
      assertEquals(Math.pow(0.5, 3 - block), group(halves, name).learningRateFactor());
    }
    assertEquals(1.0 / 16, group(halves, "model.embed_tokens.weight").learningRateFactor());
  }

  @Test
  void namesFreezeChangeTheRateAndSpareTheDecay() {
    ParameterGroups some =
        groups(1, List.of("model.layers.0.*"), Map.of("*mlp*", 3.0), List.of("*embed_tokens*"));
    assertFalse(group(some, "model.layers.0.mlp.down_proj.weight").trains());
    assertEquals(3, group(some, "model.layers.1.mlp.down_proj.weight").learningRateFactor());
    assertEquals(0, group(some, "model.embed_tokens.weight").weightDecayFactor());
    assertEquals(1, group(some, "model.layers.1.mlp.down_proj.weight").weightDecayFactor());
    assertFalse(group(some, "model.embed_tokens.weight").hidden());
    assertTrue(group(some, "model.layers.1.mlp.down_proj.weight").hidden());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.layers.7.*", "embed_tokens", "*.bias"})
  void aNameThatNothingHasIsRefusedWithTheNamesThatThereAre(String name) {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new GroupRules(groups(1, List.of(name), Map.of(), List.of()), LLAMA));
    assertTrue(error.getMessage().contains("no parameter is called «" + name), error.getMessage());
    assertTrue(error.getMessage().contains("model.layers.*.mlp.down_proj.weight"));
  }

  @Test
  void freezingAllIsRefused() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new GroupRules(groups(1, List.of("*"), Map.of(), List.of()), LLAMA));
    assertEquals("freeze = [*] leaves nothing to train", error.getMessage());
  }

  @Test
  void whatIsStackedTrainsTogether() {
    ParameterGroups one = groups(1, List.of("*q_proj*"), Map.of(), List.of());
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                TrainableModel.random(
                    Architectures.ofDepth(2, 64, 16), one, 1, 1, dev.imago.torch.Precision.F32));
    assertTrue(error.getMessage().contains("train as one matrix"), error.getMessage());
  }
}
