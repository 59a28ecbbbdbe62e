package dev.imago.pretrain;

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

class PretrainConfigTest {
  private static Pretrain.Config bind(String name, String value) {
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    settings.set(name, JsonMapper.shared().readTree(value));
    return Binder.bind("pretrain", settings, new Pretrain().defaults());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "learningRate=1e30",
        "learningRate=0",
        "learningRate=-0.001",
        "learningRate=1.5",
        "warmupRatio=1.01",
        "warmupRatio=-0.1",
        "minLrRatio=2",
        "minLrRatio=-1",
        "weightDecay=-0.1",
        "weightDecay=1e9",
        "beta1=1",
        "beta2=1",
        "beta2=-0.5",
        "maxGradNorm=-1",
        "maxGradNorm=1e300",
        "depth=0",
        "depth=65",
        "context=7",
        "context=-1",
        "context=1000000",
        "batch=0",
        "accumulate=0",
        "accumulate=-3",
        "tokens=-1",
        "tokens=9223372036854775807",
        "checkpointEvery=0",
        "checkpointMinutes=0",
        "checkpointMinutes=-2",
        "evaluateEvery=0",
        "heldoutTokens=0",
      })
  void whatCannotBeIsRefusedByTheNameThatTheUserGave(String setting) {
    String name = setting.substring(0, setting.indexOf('='));
    String value = setting.substring(name.length() + 1);
    var error = assertThrows(ConfigException.class, () -> bind(name, value));
    assertTrue(error.getMessage().startsWith("pretrain." + name + " = "), error.getMessage());
  }

  @Test
  void aMicroBatchThatFitsNoArrayIsRefused() {
    var error = assertThrows(ConfigException.class, () -> bind("batch", "65536"));
    assertTrue(error.getMessage().contains("lower batch and raise accumulate"));
  }

  @Test
  void whatIsUsualIsTaken() {
    assertEquals(0.0003, bind("learningRate", "0.0003").learningRate());
    assertEquals(0, bind("maxGradNorm", "0").maxGradNorm());
    assertEquals(1, bind("warmupRatio", "1").warmupRatio());
  }
}
