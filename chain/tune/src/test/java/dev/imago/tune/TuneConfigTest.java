package dev.imago.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.Compute;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.tasks.Sequence;
import dev.imago.training.AdapterSettings;
import dev.imago.training.Room;
import dev.imago.training.TrainingCost;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TuneConfigTest {
  static Tune.Config bind(String name, String value) {
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
        "accumulate=0",
        "accumulate=33",
        "longest=3",
        "longest=-1",
        "learningRate=1e30",
        "learningRate=0",
        "learningRate=-1",
        "warmupRatio=1.5",
        "minLrRatio=1.5",
        "weightDecay=-1",
        "maxGradNorm=-1",
        "optimizer=\"moun\"",
        "schedule=\"sine\"",
        "decayRatio=2",
        "decayRatio=0.3",
        "beta1=1",
        "momentum=-1",
        "labelSmoothing=1",
        "zLoss=-1",
        "averageDecay=1",
        "checkpointEvery=0",
        "checkpointMinutes=0",
        "evaluateEvery=-1",
        "heldoutPairs=0",
        "dropout=1",
        "attentionDropout=-0.5",
      })
  void whatCannotBeIsRefusedByTheNameThatTheUserGave(String setting) {
    String name = setting.substring(0, setting.indexOf('='));
    String value = setting.substring(name.length() + 1);
    var error = assertThrows(ConfigException.class, () -> bind(name, value));
    assertTrue(error.getMessage().startsWith("tune." + name + " = "), error.getMessage());
  }

  @Test
  void zerosAreKeptOfTheModelsOwnWeightsAlone() {
    Tune.Config keeping = bind("keepZeros", "true");
    var error =
        assertThrows(
            ConfigException.class,
            () -> keeping.with(AdapterSettings.of(AdapterSettings.Kind.LORA, 2, 16)));
    assertTrue(
        error.getMessage().contains("keepZeros = true is of the model's own weights"),
        error.getMessage());
  }

  @Test
  void attentionHasADropoutOfItsOwn() {
    ModelShape bert = Architectures.ofDepth("bert", 1, 300, 32);
    ModelShape both =
        BaseModel.dropping(
            BaseModel.dropping(bert, bind("dropout", "0.25")), bind("attentionDropout", "0"));
    assertEquals(0.25f, both.dropout().residual());
    assertEquals(0, both.dropout().attention());
    ModelShape lstm = Architectures.ofDepth("lstm", 1, 300, 32);
    assertEquals(lstm, BaseModel.dropping(lstm, bind("attentionDropout", "0")));
    Tune.Config tenth = bind("attentionDropout", "0.1");
    var error = assertThrows(ConfigException.class, () -> BaseModel.dropping(lstm, tenth));
    assertTrue(
        error.getMessage().startsWith("tune.attentionDropout = 0.1, and lstm has no place"),
        error.getMessage());
  }

  @Test
  void whatHasNoRoomIsRefusedWithTheBatchThatHas() {
    var model = TrainingCost.Model.of(Architectures.ofDepth(6, 4096, 512));
    var config = new Tune().defaults();
    new TuneCost(model, config, 1, List.of()).check(1, new Room(Compute.ofThreads(2), 1L << 36));
    var error =
        assertThrows(
            ConfigException.class,
            () ->
                new TuneCost(model, config, 1, List.of())
                    .check(1, new Room(Compute.ofThreads(2), 1L << 30)));
    assertTrue(error.getMessage().startsWith("tune needs about "), error.getMessage());
    assertTrue(error.getMessage().matches(".*; batch = \\d+ would fit"), error.getMessage());
    error =
        assertThrows(
            ConfigException.class,
            () ->
                new TuneCost(model, config, 1, List.of())
                    .check(1, new Room(Compute.ofThreads(2), 1 << 20)));
    assertTrue(error.getMessage().contains("no batch fits"), error.getMessage());
  }

  @Test
  void aDevelopmentPartIsChosenByTheSeedAlone() {
    List<Sequence> all =
        IntStream.range(0, 50).mapToObj(i -> new Sequence(new int[] {i}, new int[] {i})).toList();
    var config = bind("stopping", "{\"development\": 0.2, \"patience\": 3}");
    DevelopmentSplit split = DevelopmentSplit.of(all, 1, List.of(), config, 1, "pairs");
    assertEquals(10, split.development().size());
    assertEquals(40, split.train().size());
    assertEquals(split, DevelopmentSplit.of(all, 1, List.of(), config, 1, "pairs"));
    assertNotEquals(split, DevelopmentSplit.of(all, 1, List.of(), config, 2, "pairs"));
    assertThrows(
        InputException.class,
        () -> DevelopmentSplit.of(all.subList(0, 2), 1, List.of(), config, 1, "pairs"));
    DevelopmentSplit twos = DevelopmentSplit.of(all, 2, List.of(), config, 1, "pairs");
    assertEquals(10, twos.development().size());
    for (int i = 0; i < 10; i += 2) {
      int first = all.indexOf(twos.development().get(i));
      assertEquals(0, first % 2, "a pair stays together");
      assertEquals(all.get(first + 1), twos.development().get(i + 1));
    }
    List<Integer> owners = IntStream.range(0, 50).mapToObj(i -> i < 30 ? i / 3 : i - 20).toList();
    DevelopmentSplit parts = DevelopmentSplit.of(all, 1, owners, config, 1, "questions");
    assertEquals(6, parts.apart().size());
    for (int i = 0; i < 50; i++) {
      assertEquals(
          parts.apart().contains(owners.get(i)),
          parts.development().contains(all.get(i)),
          "windows of one question stand on one side");
    }
    assertEquals(split.development(), split.measured());
  }

  /// Where nothing is to choose by, a twentieth is set apart for the loss to be measured on.
  @Test
  void whatIsMeasuredAloneIsOfWhatTrains() {
    List<Sequence> all =
        IntStream.range(0, 120).mapToObj(i -> new Sequence(new int[] {i}, new int[] {i})).toList();
    Tune.Config config = bind("heldoutPairs", "4");
    DevelopmentSplit few = DevelopmentSplit.ofMeasured(all, 1, List.of(), config, 1);
    assertEquals(4, few.measured().size());
    assertEquals(116, few.train().size());
    assertEquals(List.of(), few.development());
    assertEquals(List.of(), few.apart());
    DevelopmentSplit twos =
        DevelopmentSplit.ofMeasured(all, 2, List.of(), Tune.Config.defaults(), 1);
    assertEquals(6, twos.measured().size());
    assertEquals(
        all.get(all.indexOf(twos.measured().get(2)) + 1), twos.measured().get(3), "a pair");
    DevelopmentSplit none =
        DevelopmentSplit.ofMeasured(all.subList(0, 19), 1, List.of(), config, 1);
    assertEquals(List.of(), none.measured());
    assertEquals(19, none.train().size());
    DevelopmentSplit fitted =
        DevelopmentSplit.ofCalibration(
            IntStream.range(0, 4).mapToObj(_ -> all).flatMap(List::stream).toList(),
            List.of(),
            config,
            1);
    assertEquals(24, fitted.development().size());
    assertEquals(fitted.development().subList(0, 4), fitted.measured());
  }

  @Test
  void aSettingOfAnotherOptimizerIsRefused() {
    var error = assertThrows(ConfigException.class, () -> bind("nesterov", "true"));
    assertTrue(error.getMessage().contains("no setting of optimizer = adamw"), error.getMessage());
  }

  @Test
  void aRankByItsFormerNameIsThatOfALowRankAdapter() {
    var config = bind("loraRank", "4");
    assertEquals(AdapterSettings.Kind.LORA, config.adapter().kind());
    assertEquals(4, config.adapter().rank());
    assertEquals(8, bind("adapter", "{\"kind\": \"dora\"}").adapter().rank());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"rank\": -1}",
        "{\"rank\": 8, \"alpha\": 0}",
        "{\"kind\": \"ia3\", \"rank\": 8}",
        "{\"kind\": \"bitfit\", \"merge\": false}",
        "{\"kind\": \"bitfit\", \"rate\": 2}",
        "{\"kind\": \"loha\"}",
        "{\"rank\": 2, \"tokens\": [\"a\", \"a\"]}",
        "{\"kind\": \"ia3\", \"tokens\": [\"a\"]}",
        "{\"rank\": 2, \"rankPattern\": {\"q_proj\": 0}}",
        "{\"kind\": \"ia3\", \"alphaPattern\": {\"q_proj\": 4}}",
        "{\"targets\": [\"q_proj\"]}",
      })
  void anAdapterThatCannotBeIsRefused(String adapter) {
    var error = assertThrows(ConfigException.class, () -> bind("adapter", adapter));
    assertTrue(error.getMessage().startsWith("tune.adapter."), error.getMessage());
  }

  @Test
  void theRateOfWhatAnAdapterAddsIsTold() {
    assertEquals(
        "what the adapter adds learns at 0.001, tune.learningRate = 1.0E-4 times tune.adapter.rate = 10.0",
        bind("adapter", "{\"rank\": 4}").adapter().words(1e-4).orElseThrow());
    String both =
        bind("adapter", "{\"rank\": 4, \"rate\": 5, \"rateOfB\": 16}")
            .adapter()
            .words(0.003)
            .orElseThrow();
    assertTrue(
        both.contains("learns at 0.015,")
            && both.endsWith("its B at 0.24 (tune.adapter.rateOfB = 16.0)"),
        both);
    assertEquals(Optional.empty(), bind("adapter", "{\"kind\": \"bitfit\"}").adapter().words(1e-4));
    assertEquals(Optional.empty(), bind("batch", "4").adapter().words(1e-4));
  }

  @Test
  void anAdapterNeedsLessMemoryAndLessWhereItsBaseLiesInBlocks() {
    var model = TrainingCost.Model.of(Architectures.ofDepth(12, 4096, 512));
    long before = Long.MAX_VALUE;
    for (String adapter :
        List.of(
            "{}",
            "{\"rank\": 8}",
            "{\"rank\": 8, \"base\": \"q8_0\"}",
            "{\"rank\": 8, \"base\": \"q4_0\"}")) {
      long bytes =
          new TuneCost(model, bind("adapter", adapter), 1, List.of())
              .of(1000, new Room(Compute.ofThreads(2), 1L << 36))
              .memoryBytes();
      assertTrue(bytes < before, adapter + ": " + bytes + " are not fewer than " + before);
      before = bytes;
    }
  }

  @Test
  void aRankCountsInTheModulesThatHaveIt() {
    ModelShape shape = Architectures.ofDepth(12, 4096, 512);
    long eight = bytes(shape, "{\"rank\": 8}");
    long all = bytes(shape, "{\"rank\": 512}");
    long one = bytes(shape, "{\"rank\": 8, \"rankPattern\": {\"layers.0.self_attn.q_proj\": 512}}");
    assertTrue(one > eight, one + " are not more than " + eight);
    assertTrue(one - eight < (all - eight) / 50, one - eight + " of " + (all - eight));
    assertTrue(
        bytes(shape, "{\"rank\": 8, \"trained\": [\"embed_tokens\"]}")
            > eight + 4L * 4096 * shape.width());
  }

  private static long bytes(ModelShape shape, String adapter) {
    return new TuneCost(shape, bind("adapter", adapter), 1, List.of())
        .of(1000, new Room(Compute.ofThreads(2), 1L << 36))
        .memoryBytes();
  }

  @Test
  void whatIsUsualIsTaken() {
    assertEquals(5e-5, bind("learningRate", "5e-5").optimization().learningRate());
    assertEquals(0, bind("longest", "0").longest());
  }
}
