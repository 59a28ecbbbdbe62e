package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TuneConfigTest {
  private static Tune.Config bind(String name, String value) {
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    settings.set(name, JsonMapper.shared().readTree(value));
    return Binder.bind("tune", settings, new Tune().defaults());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "examples=0",
        "maxEpochs=0",
        "maxEpochs=-4",
        "batch=0",
        "longest=3",
        "longest=-1",
        "learningRate=1e30",
        "learningRate=0",
        "learningRate=-1",
        "warmupRatio=1.5",
        "minLrRatio=1.5",
        "weightDecay=-1",
        "maxGradNorm=-1",
        "checkpointEvery=0",
        "checkpointMinutes=0",
        "evaluateEvery=-1",
        "heldoutPairs=0",
      })
  void whatCannotBeIsRefusedByTheNameThatTheUserGave(String setting) {
    String name = setting.substring(0, setting.indexOf('='));
    String value = setting.substring(name.length() + 1);
    var error = assertThrows(ConfigException.class, () -> bind(name, value));
    assertTrue(error.getMessage().startsWith("tune." + name + " = "), error.getMessage());
  }

  @Test
  void whatIsUsualIsTaken() {
    assertEquals(5e-5, bind("learningRate", "5e-5").learningRate());
    assertEquals(0, bind("longest", "0").longest());
  }
}
