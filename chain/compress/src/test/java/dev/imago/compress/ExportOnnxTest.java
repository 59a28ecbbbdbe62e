package dev.imago.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.TaskModels;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Onnx;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportOnnxTest {
  @TempDir Path folder;

  private void writeModel(String architecture) throws IOException {
    ModelShape shape = Architectures.ofDepth(architecture, 1, 4, 16);
    var tensors = new LinkedHashMap<String, HostTensor>();
    shape
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, lengths) -> {
              long size = 1;
              for (long length : lengths) {
                size *= length;
              }
              float[] values = new float[(int) size];
              java.util.Arrays.fill(values, 0.25f);
              tensors.put(name, HostTensor.of(values, lengths));
            });
    Safetensors.write(folder.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(folder.resolve("config.json"), shape.configJson(new Specials(0, List.of(0))));
    Files.write(
        folder.resolve("tokenizer.json"),
        Tokenizer.fromVocabulary(
                SplitPattern.QWEN2, List.of("<|endoftext|>", "a", "b", "c"), List.of(), Set.of(0))
            .toJson());
  }

  private Path run(String numbers) {
    var run = new FakeRun(folder.resolve("run-" + numbers), 1);
    var weights = new Weights(new Ref("weights", "1".repeat(64)), folder);
    var config = new ExportOnnx.Config(numbers);
    return new ExportOnnx().run(new ExportOnnx.Inputs(weights), config, run).onnx().folder();
  }

  @Test
  void an_encoder_and_a_decoder_are_written_with_their_tokenizers_beside() throws Exception {
    for (String architecture : List.of("llama", "bert")) {
      writeModel(architecture);
      Path made = run("f32");
      assertTrue(Files.size(run("int8").resolve("model.onnx")) > 0);
      assertEquals(-1, Files.mismatch(folder.resolve("config.json"), made.resolve("config.json")));
      assertTrue(Tokenizer.load(made.resolve("tokenizer.json")).vocabularySize() == 4);
      try (Onnx graph = Onnx.open(made.resolve("model.onnx"))) {
        assertTrue(graph.inputs().containsAll(List.of("input_ids", "attention_mask")));
        assertTrue(graph.outputs().contains("logits"));
        assertEquals(
            architecture.equals("llama"), graph.outputs().contains("present.0.key"), architecture);
      }
      deleteRuns();
    }
  }

  @Test
  void of_several_tasks_the_first_alone_is_written_and_the_others_are_told() throws Exception {
    writeModel("bert");
    TaskModels.write(folder, List.of("intent", "slots"));
    var run = new FakeRun(folder.resolve("run"), 1);
    var weights = new Weights(new Ref("weights", "1".repeat(64)), folder);
    var _ = new ExportOnnx().run(new ExportOnnx.Inputs(weights), ExportOnnx.Config.defaults(), run);
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("is of the tasks intent, slots")),
        run.notes().toString());
  }

  private void deleteRuns() throws IOException {
    for (String numbers : List.of("f32", "int8")) {
      try (var files = Files.walk(folder.resolve("run-" + numbers))) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Test
  void what_cannot_be_written_is_refused_by_name() throws Exception {
    writeModel("lstm");
    var refused = assertThrows(InputException.class, () -> run("f32"));
    assertTrue(refused.getMessage().contains("recurrent layers are not written as ONNX"));
    var numbers = assertThrows(IllegalArgumentException.class, () -> new ExportOnnx.Config("f16"));
    assertEquals("numbers = «f16» are not written; f32 and int8 are", numbers.getMessage());
  }
}
