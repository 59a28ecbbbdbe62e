package dev.imago.generate;

import dev.imago.model.Form;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import dev.imago.model.OnnxForward;
import dev.imago.model.Specials;
import dev.imago.tensor.OnnxOperations.Numbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/// A model as a folder with `model.onnx`, which ONNX Runtime runs, and beside it what Optimum,
/// transformers.js and others ask for: `config.json`, the tokenizer, and what else its folder has.
///
/// What the graph reads and gives, [OnnxForward] tells.
public final class OnnxExport {
  /// The graph's file.
  public static final String FILE = "model.onnx";

  /// What is taken along from a Hugging Face folder, where it is there.
  private static final List<String> BESIDE =
      List.of(
          "config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "generation_config.json",
          "chat_template.jinja",
          "calibration.json");

  private OnnxExport() {}

  /// Writes the folder's files, one tensor in memory at a time; the same model gives the same
  /// bytes. Not atomic: give it a temporary folder, or a draft's.
  ///
  /// @param model whatever [LanguageModel#open] or [Predictor#open] opens
  /// @param folder that exists
  /// @param card what the model says of itself
  /// @param progress told the numbers written, tensor by tensor
  /// @throws IllegalArgumentException naming what ONNX is not written of
  public static void write(
      Path model, Path folder, ModelCard card, Numbers numbers, LongConsumer progress)
      throws IOException {
    ModelCheck.check(model);
    try (ModelFile file = ModelFile.open(model)) {
      OnnxForward.of(file.shape(), file.tensors(), numbers, progress).write(folder.resolve(FILE));
      if (file.form() == Form.HUGGING_FACE) {
        for (String name : BESIDE) {
          if (Files.exists(model.resolve(name))) {
            Files.copy(model.resolve(name), folder.resolve(name));
          }
        }
      } else {
        settings(file, folder);
      }
      Files.writeString(
          folder.resolve(ModelCardText.FILE), ModelCardText.write(card, "transformers.js"));
    }
  }

  private static void settings(ModelFile file, Path folder) throws IOException {
    var specials = new Specials(file.endOfText(), List.copyOf(file.stopIds()));
    Files.writeString(folder.resolve("config.json"), file.shape().configJson(specials));
    Files.writeString(
        folder.resolve("tokenizer.json"),
        new String(file.tokenizer().toJson(), StandardCharsets.UTF_8));
    Files.write(folder.resolve("tokenizer_config.json"), file.tokenizer().toConfigJson());
    Files.writeString(folder.resolve("chat_template.jinja"), file.chatTemplate().source());
  }
}
