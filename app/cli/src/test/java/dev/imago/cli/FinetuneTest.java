package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.Calibration;
import dev.imago.model.Specials;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Precision;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A model from elsewhere, tuned on a user's rows with its own tokenizer, and asked for new ones.
final class FinetuneTest {
  private static final List<String> MONEY = List.of("bank", "loan", "price", "market");
  private static final List<String> SPORT = List.of("goal", "team", "match", "coach");

  @TempDir Path folder;

  private int imago(String... words) {
    var all = new java.util.ArrayList<>(List.of("--workspace", workspace().toString()));
    all.addAll(List.of(words));
    return Imago.execute(all.toArray(String[]::new));
  }

  private Path workspace() {
    return folder.resolve("workspace");
  }

  private List<Path> named(String name) throws Exception {
    try (Stream<Path> files = Files.walk(workspace().resolve("artifacts").resolve("weights"))) {
      return files.filter(f -> f.endsWith(name)).toList();
    }
  }

  private Path encoder() throws Exception {
    Path made = Files.createDirectory(folder.resolve("encoder"));
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1),
            List.of(String.join(" ", MONEY) + " " + String.join(" ", SPORT)).iterator(),
            TrainingProgress.NONE);
    Files.write(made.resolve("tokenizer.json"), tokenizer.toJson());
    var shape = Architectures.ofDepth("bert", 1, 300, 64);
    try (TrainableModel random = TrainableModel.random(shape, 4, 1, Precision.F32)) {
      random.write(made, new Specials(0, List.of(0)));
    }
    return made;
  }

  @Test
  void a_model_that_was_imported_learns_rows_and_tells_new_ones() throws Exception {
    assertEquals(0, imago("import", encoder().toString()));
    String base = "weights/" + named("config.json").getFirst().getParent().getFileName();
    var random = new Random(3);
    var rows = new StringBuilder("text\tlabel\n");
    for (int i = 0; i < 500; i++) {
      List<String> words = i % 2 == 0 ? MONEY : SPORT;
      rows.append(words.get(random.nextInt(4))).append(" of the ");
      rows.append(words.get(random.nextInt(4))).append(' ').append(i).append('\t');
      rows.append(i % 2 == 0 ? "money" : "sport").append('\n');
    }
    Path labels = Files.writeString(folder.resolve("rows.tsv"), rows);
    String[] args = {
      "--workspace",
      workspace().toString(),
      "run",
      "finetune",
      "--quiet",
      "--labels",
      labels.toString(),
      "prepare.nearDuplicateSimilarity=1",
      "tune.inputs.base=" + base,
      "tune.learningRate=1e-2",
      "tune.batch=16",
      "evaluate.resamples=100"
    };
    assertEquals(0, Imago.execute(args));
    Path calibration = named(Calibration.FILE).getFirst();
    Calibration fitted = Calibration.read(calibration.getParent());
    assertTrue(fitted.examples() >= 20, calibration.toString());
    assertTrue(fitted.lossAfter() <= fitted.lossBefore() + 1e-9, fitted.toString());
    assertTrue(Files.exists(calibration.resolveSibling("tokenizer.json")));

    Path asked =
        Files.writeString(folder.resolve("new.txt"), "loan of the bank\nteam of the coach\n");
    Path told = folder.resolve("told.jsonl");
    assertEquals(
        0, imago("predict", "tune", "--input", asked.toString(), "--output", told.toString()));
    List<JsonNode> lines =
        Files.readAllLines(told).stream().map(JsonMapper.shared()::readTree).toList();
    assertEquals("money", lines.get(0).get("label").asString());
    assertEquals("sport", lines.get(1).get("label").asString());

    // What learns beside a queue is told its own model, though nothing had to be done for it.
    var again = new Imago();
    CommandLine line = Imago.commandLine(again, args);
    assertEquals(0, again.status(line, args));
    RunCommand run = line.getSubcommands().get("run").getCommand();
    assertEquals(
        calibration.getParent(),
        run.left("tune").values().stream()
            .filter(Weights.class::isInstance)
            .findFirst()
            .orElseThrow()
            .folder());
  }

  private Path finetune(Path labels, String... settings) throws Exception {
    assertEquals(0, imago("import", encoder().toString()));
    String base = "weights/" + named("config.json").getFirst().getParent().getFileName();
    var words =
        new java.util.ArrayList<>(
            List.of(
                "run",
                "finetune",
                "--quiet",
                "--labels",
                labels.toString(),
                "prepare.nearDuplicateSimilarity=1",
                "tune.inputs.base=" + base,
                "tune.learningRate=1e-2",
                "tune.batch=16",
                "evaluate.resamples=100"));
    words.addAll(List.of(settings));
    assertEquals(0, imago(words.toArray(String[]::new)));
    return folder.resolve("told.jsonl");
  }

  private List<JsonNode> told(Path output, String rows) throws Exception {
    Path asked = Files.writeString(folder.resolve("asked.jsonl"), rows);
    assertEquals(
        0, imago("predict", "tune", "--input", asked.toString(), "--output", output.toString()));
    return Files.readAllLines(output).stream().map(JsonMapper.shared()::readTree).toList();
  }

  @Test
  void spans_of_raw_texts_are_learned_with_a_crf_and_told() throws Exception {
    var random = new Random(4);
    var rows = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      String name = SPORT.get(random.nextInt(4)) + " " + SPORT.get(random.nextInt(4));
      String before = MONEY.get(random.nextInt(4)) + " " + i + " ";
      var row = JsonMapper.shared().createObjectNode().put("text", before + name + " " + i);
      row.putArray("entities")
          .addArray()
          .add(before.length())
          .add(before.length() + name.length())
          .add("SPORT");
      rows.append(row).append('\n');
    }
    Path labels = Files.writeString(folder.resolve("rows.jsonl"), rows);
    Path output = finetune(labels, "annotate.task=tag", "tune.crf=true");
    JsonNode entity =
        told(output, "{\"text\": \"loan 7 match coach 7\"}\n").getFirst().get("entities").get(0);
    assertEquals("match coach", entity.get("word").asString());
    assertEquals("SPORT", entity.get("entity_group").asString());
    assertTrue(entity.get("score").asDouble() > 0.5, entity.toString());
  }

  @Test
  void questions_of_texts_are_learned_from_squads_form_and_answered() throws Exception {
    var random = new Random(5);
    var rows = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      String sport = SPORT.get(random.nextInt(4));
      String money = MONEY.get(random.nextInt(4));
      String context = i % 2 == 0 ? sport + " " + money + " " + i : money + " " + i + " " + sport;
      var row = JsonMapper.shared().createObjectNode();
      row.put("question", "team?").put("context", context);
      row.putObject("answers").putArray("text").add(sport);
      rows.append(row).append('\n');
    }
    Path labels = Files.writeString(folder.resolve("rows.jsonl"), rows);
    Path output = finetune(labels, "annotate.task=span");
    List<JsonNode> told =
        told(output, "{\"question\": \"team?\", \"context\": \"market 3 goal\"}\n");
    assertEquals("goal", told.getFirst().get("answer").asString().strip());
  }
}
