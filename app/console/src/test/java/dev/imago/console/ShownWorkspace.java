package dev.imago.console;

import dev.imago.core.EnergyUse;
import dev.imago.core.Ref;
import dev.imago.data.Document;
import dev.imago.data.MeasuredModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A small workspace that has something for every page.
final class ShownWorkspace {
  private ShownWorkspace() {}

  static WrittenWorkspace in(Path root) {
    var files = new WrittenWorkspace(root);
    String now = java.time.Instant.now().toString();
    files.record(
        "20260102-030405-pretrain",
        Map.of(
            "inputs",
            Map.of("tokens", "corpus/" + "1".repeat(64)),
            "outputs",
            Map.of("base", "weights/" + "2".repeat(64))));
    files.curve("20260102-030405-pretrain", 200);
    files.record(
        "20260102-040405-pretrain",
        Map.of(
            "config",
            Map.of("depth", 8),
            "status",
            "FAILED",
            "started",
            now,
            "error",
            "loss is no number at step 12; lower learningRate"));
    files.curve("20260102-040405-pretrain", 120);
    files.corpus(
        '1',
        "rejects",
        List.of(
            new Document(
                "d1",
                "Some text that was refused. ".repeat(40),
                "data/file.txt",
                Map.of("rule", "gopher-words", "measured", "12", "language", "en")),
            new Document(
                "d2",
                "短文本",
                "data/二.txt",
                Map.of("rule", "gopher-words", "measured", "3", "language", "zh"))),
        List.of());
    files.artifact(
        "weights", '2', Map.of("config.json", "{}"), List.of("corpus/" + "1".repeat(64)));
    files.artifact(
        "scores",
        '3',
        Map.of(
            "scores.json",
            "{\"scores\":[{\"name\":\"accuracy\",\"value\":0.5,\"low\":0.4,\"high\":0.6,\"n\":10,\"unit\":\"share\"}]}"),
        List.of("weights/" + "2".repeat(64)));
    files.write(
        root.resolve("ratings.jsonl"),
        "{\"time\":\"2026-01-02T03:04:05Z\",\"completionId\":\"c1\",\"vote\":\"DOWN\",\"comment\":\"no\",\"messages\":[{\"role\":\"user\",\"content\":\"What"
            + " is it?\"}],\"answer\":\"A"
            + " thing.\",\"model\":\"weights/2222222222222222222222222222222222222222222222222222222222222222\"}\n");
    files.write(
        root.resolve("answers.jsonl"),
        "{\"time\":\"2026-01-02T03:04:05Z\",\"completionId\":\"c2\",\"reasons\":[\"share\"],\"messages\":[{\"role\":\"user\",\"content\":\"What"
            + " then?\"}],\"answer\":\"Another.\",\"model\":\"weights/2222222222222222222222222222222222222222222222222222222222222222\",\"took\":{\"promptTokens\":12,\"answerTokens\":3,\"queueSeconds\":0.01,\"firstTokenSeconds\":0.2,\"answerSeconds\":0.5}}\n");
    return files;
  }

  /// What the page of models shows.
  static List<MeasuredModel> measured() {
    return List.of(measured('2', 0.8, 90, 0.2), measured('4', 0.7, 200, 0.05));
  }

  private static MeasuredModel measured(char digit, double score, double rate, double joules) {
    return new MeasuredModel(
        new Ref("weights", String.valueOf(digit).repeat(64)),
        "text-generation",
        List.of("en", "zh"),
        170L << 20,
        Map.of(
            "arc/acc", new MeasuredModel.Score(score, score - 0.04, score + 0.04, 200, true, "")),
        new MeasuredModel.Speed(
            rate,
            8_000 / rate,
            128,
            2,
            600L << 20,
            new EnergyUse(joules, 2 * joules, false, "data sheet of the board"),
            null));
  }
}
