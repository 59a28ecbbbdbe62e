package dev.imago.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.core.Binder;
import dev.imago.core.Compute;
import dev.imago.core.ConfigException;
import dev.imago.model.Specials;
import dev.imago.torch.Libtorch;
import dev.imago.training.Room;
import java.util.List;
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

  private static String refused(String... settings) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    for (String setting : settings) {
      String[] parts = setting.split("=");
      String[] path = parts[0].split("\\.");
      ObjectNode to = path.length == 1 ? node : node.withObjectProperty(path[0]);
      to.set(path[path.length - 1], JsonMapper.shared().readTree(parts[1]));
    }
    return assertThrows(
            ConfigException.class, () -> Binder.bind("pretrain", node, Pretrain.Config.defaults()))
        .getMessage();
  }

  @Test
  void sizesOfTheShapeGoByTheirNamesInConfigJson() {
    Pretrain.Config wide = bind("shape", "{\"hidden_size\": 192, \"num_key_value_heads\": 2}");
    assertEquals(192, wide.shape(1000, 64).width());
    assertEquals(4, wide.shape(1000, 64).layers());
    Pretrain.Config gpt2 =
        Binder.bind(
            "pretrain",
            (ObjectNode)
                JsonMapper.shared()
                    .readTree(
                        """
                        {"architecture": "gpt2", "shape": {"n_layer": 6, "activation_function": "relu"}}\
                        """),
            Pretrain.Config.defaults());
    assertEquals(6, gpt2.shape(1000, 64).layers());
    assertTrue(gpt2.shape(1000, 64).configJson(new Specials(0, List.of())).contains("\"relu\""));
    assertTrue(
        refused("shape.n_embd=64")
            .startsWith("pretrain: shape: n_embd is no size that llama can be given; these are:"));
    assertTrue(refused("shape.vocab_size=64").contains("vocab_size is no size that llama"));
    assertTrue(refused("shape.hidden_size=\"wide\"").contains("hidden_size = wide is none"));
    assertTrue(refused("shape.num_hidden_layers=0").contains("num_hidden_layers = 0"));
    assertTrue(
        refused("shape.max_position_embeddings=64").contains("the positions are those of the"));
  }

  @Test
  void aGpuThatIsNotThereIsRefusedBeforeAnyWork() {
    for (String device : List.of("auto", "cpu")) {
      new Pretrain().check(bind("device", "\"" + device + "\""));
    }
    assumeTrue(Libtorch.cudaDevices() == 0 && !Libtorch.seesMps(), "this machine has a GPU");
    for (String device : List.of("cuda", "mps")) {
      Pretrain.Config config = bind("device", "\"" + device + "\"");
      String said =
          assertThrows(ConfigException.class, () -> new Pretrain().check(config)).getMessage();
      assertTrue(
          said.startsWith("pretrain.device = " + device + ": libtorch here sees no GPU"), said);
      assertTrue(said.endsWith("or give auto or cpu"), said);
    }
    assertTrue(refused("device=\"tpu\"").contains("one of auto, cpu, cuda, mps"));
  }

  @Test
  void whatDoesNotGoTogetherIsRefusedByName() {
    assertTrue(
        refused("architecture=\"mamba\"").startsWith("pretrain.architecture = mamba is none that"));
    assertTrue(
        refused("optimizer=\"sgd\"", "beta1=0.8")
            .contains("beta1 is no setting of optimizer = sgd, which has momentum, nesterov"));
    assertTrue(refused("nesterov=true").contains("nesterov is no setting of optimizer = adamw"));
    assertTrue(
        refused("optimizer=\"adafactor\"", "muonScale=\"spectral\"")
            .contains(
                "muonScale is no setting of optimizer = adafactor, which has scaleParameter"));
    assertTrue(refused("decayRatio=0.5").contains("decayRatio = 0.5 is of schedule = wsd alone"));
    assertTrue(
        refused("schedule=\"constant\"", "minLrRatio=0").contains("where schedule = constant"));
    assertTrue(
        refused("schedule=\"wsd\"", "warmupRatio=0.6", "decayRatio=0.5")
            .contains("more than all steps together"));
    assertTrue(
        refused("masking.unit=\"word\"").contains("architecture = llama predicts the next one"));
    assertTrue(refused("architecture=\"bert\"", "masking.share=0").contains("share = 0"));
    assertTrue(
        refused("architecture=\"t5\"", "acrossDocuments=false")
            .contains("its encoder reads a row as one text"));
    assertTrue(
        refused("denoising.share=0.5").contains("architecture = llama is none; leave it out"));
    assertTrue(refused("variationalDropout=true").contains("has no meaning where dropout = 0"));
    assertTrue(refused("packing=\"contiguous\"").contains("architectures that carry a state"));
    assertTrue(
        refused("architecture=\"lstm\"", "packing=\"contiguous\"", "replay=0.5")
            .contains("would break off the streams"));
    assertTrue(
        refused("packing=\"padded\"", "acrossDocuments=false").contains("where packing = padded"));
    assertTrue(
        refused("architecture=\"bert\"", "masking.spanWords=2")
            .contains("spanWords = 2.0 is of unit = span alone"));
    assertTrue(
        refused("stopping.development=0.1", "stopping.leastGain=0.01")
            .contains("leastGain = 0.01 is what patience goes by"));
    assertTrue(refused("optimizer=\"sgd\"", "nesterov=true", "momentum=0").contains("nesterov"));
    assertTrue(refused("stopping.patience=3").contains("development = 0 sets nothing apart"));
    assertTrue(refused("groups.layerDecay=2").contains("layerDecay = 2"));
  }

  private static String tooLarge(int depth, int batch, long bytes) {
    Pretrain.Config config =
        Binder.bind(
            "pretrain",
            (ObjectNode)
                JsonMapper.shared()
                    .readTree(
                        "{\"depth\": %d, \"batch\": %d, \"context\": 512}".formatted(depth, batch)),
            Pretrain.Config.defaults());
    return assertThrows(
            ConfigException.class,
            () ->
                Memory.check(
                    config,
                    config.batch(),
                    config.shape(32_768, 512),
                    new Sizes(512, 1_000_000),
                    java.util.Optional.empty(),
                    new Room(Compute.ofThreads(2), bytes)))
        .getMessage();
  }

  @Test
  void whatTheMachineCannotHoldIsRefusedWithWhatWould() {
    String batch = tooLarge(8, 256, 8_000_000_000L);
    assertTrue(
        batch.matches(
            "pretrain needs about [\\d.]+ GB of memory, and this machine has 8.00 GB; batch ="
                + " (32|64|128) with accumulate = [248] would fit"),
        batch);
    String depth = tooLarge(64, 1, 4_000_000_000L);
    assertTrue(depth.matches(".*; depth = \\d+ with batch = 1 would fit"), depth);
    String none = tooLarge(4, 1, 1_000_000);
    assertTrue(none.endsWith("no depth fits; give a smaller context or vocabulary"), none);
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
    assertEquals(0.0003, bind("learningRate", "0.0003").optimization().learningRate());
    assertEquals(0, bind("maxGradNorm", "0").optimization().maxGradNorm());
    assertEquals(1, bind("warmupRatio", "1").optimization().warmupRatio());
  }
}
