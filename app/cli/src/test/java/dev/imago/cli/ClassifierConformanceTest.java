package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.Calibration;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Precision;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `predict` tells is what transformers computes with the same folder: its tokenizer, its
/// class, its labels' names, and the temperature (`IMAGO_PEERS`: a Python with transformers).
@Tag("conformance")
final class ClassifierConformanceTest {
  private static final double TOLERANCE = 1e-5;

  private static final String SCRIPT =
      """
      import json, sys, torch
      from transformers import AutoModelForSequenceClassification, AutoTokenizer
      folder, rows, temperature = sys.argv[1:]
      model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
      tokenizer = AutoTokenizer.from_pretrained(folder)
      tokenizer.pad_token_id = 0
      texts = [line.rstrip("\\n") for line in open(rows, encoding="utf-8")]
      batch = tokenizer(texts, padding=True, return_tensors="pt")
      batch.pop("token_type_ids", None)
      with torch.no_grad():
          logits = model(**batch).logits.double() / float(temperature)
      told = [{model.config.id2label[i]: p for i, p in enumerate(row)} for row in logits.softmax(-1).tolist()]
      print(json.dumps({"class": type(model).__name__, "told": told}))
      """;

  @TempDir Path folder;

  @Test
  void transformers_tells_the_same_probabilities() throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(
        python != null, "skipped: IMAGO_PEERS names no Python with the peers (peers/setup.sh)");
    Path model = Files.createDirectory(folder.resolve("model"));
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1),
            List.of("a quiet room and a friendly desk 房间很干净").iterator(),
            TrainingProgress.NONE);
    Files.write(model.resolve("tokenizer.json"), tokenizer.toJson());
    Files.write(model.resolve("tokenizer_config.json"), tokenizer.toConfigJson());
    List<String> labels = List.of("bad", "好", "so-so");
    var shape = Architectures.ofDepth("bert", 2, 300, 64).withOutput(new Output.Classes(labels));
    try (TrainableModel random = TrainableModel.random(shape, 4, 1, Precision.F32)) {
      random.write(model, new Specials(-1, List.of()));
    }
    Files.writeString(model.resolve(Calibration.FILE), new Calibration(0.05, 40, 0.9, 0.8).json());
    Path rows =
        Files.write(
            folder.resolve("rows.txt"),
            List.of("a quiet room", "desk", "房间很干净 and a friendly desk, a quiet room"));
    Path output = folder.resolve("told.jsonl");
    assertEquals(
        0,
        Imago.execute(
            "--workspace",
            folder.resolve("ws").toString(),
            "predict",
            model.toString(),
            "--input",
            rows.toString(),
            "--output",
            output.toString()));
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(
                String.valueOf(python), "-c", SCRIPT, model.toString(), rows.toString(), "0.05")
            .redirectError(errors.toFile())
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> said + errors);
    JsonNode theirs = JsonMapper.shared().readTree(said.lines().toList().getLast());
    assertEquals("BertForSequenceClassification", theirs.get("class").asString());
    List<String> ours = Files.readAllLines(output);
    assertEquals(3, ours.size());
    double far = 0;
    for (int i = 0; i < ours.size(); i++) {
      JsonNode probabilities = JsonMapper.shared().readTree(ours.get(i)).get("probabilities");
      for (String label : labels) {
        double due = theirs.get("told").get(i).get(label).asDouble();
        assertEquals(due, probabilities.get(label).asDouble(), TOLERANCE);
        far = Math.max(far, Math.abs(due - 1 / 3.0));
      }
    }
    assertTrue(far > 0.01, "all are alike: " + said);
  }
}
