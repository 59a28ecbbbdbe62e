package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.torch.ProcessGroup;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TorchrunVariablesTest {
  private static final Map<String, String> SECOND_OF_FOUR =
      Map.of(
          "RANK", "1",
          "WORLD_SIZE", "4",
          "LOCAL_RANK", "1",
          "LOCAL_WORLD_SIZE", "2",
          "MASTER_ADDR", "node-0",
          "MASTER_PORT", "29500");

  private static Map<String, String> with(String name, String value) {
    var changed = new HashMap<>(SECOND_OF_FOUR);
    changed.put(name, value);
    return changed;
  }

  private static Map<String, String> without(String name) {
    var changed = new HashMap<>(SECOND_OF_FOUR);
    changed.remove(name);
    return changed;
  }

  @Test
  void theVariablesSayWhoThisProcessIs() {
    var variables = TorchrunVariables.of(SECOND_OF_FOUR);
    assertEquals(
        new ProcessGroup.Member(1, 4, "node-0", 29_500, 2, 1, false, "0"),
        variables.member().orElseThrow());
    assertEquals(1, variables.localRank());
    assertEquals(2, variables.local());
  }

  @Test
  void withoutThemItIsAlone() {
    assertEquals(Optional.empty(), TorchrunVariables.of(Map.of()).member());
    assertEquals(Optional.empty(), TorchrunVariables.of(with("WORLD_SIZE", "1")).member());
  }

  @Test
  void aStoreThatTorchrunHoldsIsJoined() {
    var member = TorchrunVariables.of(with("TORCHELASTIC_USE_AGENT_STORE", "True")).member();
    assertTrue(member.orElseThrow().hosted());
  }

  @Test
  void whatIsMissingOrImpossibleIsNamed() {
    Map<String, Map<String, String>> wrong =
        Map.of(
            "MASTER_ADDR is not set", without("MASTER_ADDR"),
            "MASTER_PORT is not set", without("MASTER_PORT"),
            "RANK is not set", without("RANK"),
            "RANK = 4 is no whole number within 0 … 3", with("RANK", "4"),
            "WORLD_SIZE = many", with("WORLD_SIZE", "many"));
    wrong.forEach(
        (message, environment) -> {
          var e = assertThrows(ConfigException.class, () -> TorchrunVariables.of(environment));
          assertTrue(e.getMessage().contains(message), e.getMessage());
        });
  }

  @Test
  void theFirstSettingThatDiffersIsNamed() {
    JsonMapper json = JsonMapper.shared();
    var own =
        json.readTree("{\"recipe\": {\"stages\": {\"pretrain\": {\"depth\": 4, \"batch\": 8}}}}");
    var other =
        json.readTree("{\"recipe\": {\"stages\": {\"pretrain\": {\"depth\": 6, \"batch\": 8}}}}");
    assertNull(ProcessPeers.difference("", own, own));
    assertEquals("pretrain.depth = 4 in process 0, and 6", ProcessPeers.difference("", own, other));
    assertEquals(
        "recipe = {\"stages\":{\"pretrain\":{\"depth\":4,\"batch\":8}}} in process 0, and not"
            + " there",
        ProcessPeers.difference("", own, json.readTree("{}")));
  }
}
