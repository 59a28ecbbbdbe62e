package dev.imago.compress;

import dev.imago.generate.PoolingFile;
import dev.imago.model.ConfigJson;
import dev.imago.model.ModelFolder;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.Specials;
import dev.imago.model.WeightPruning;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A model's folder once more, with other tensors.
///
/// @param from whose tokenizer and card go along
/// @param files of it, open
/// @param left the shape of what is written
record PrunedFolder(Path from, ModelFolder files, ModelShape left) {
  private static final List<String> BESIDE =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja",
          "generation_config.json",
          "calibration.json",
          PoolingFile.NAME,
          "README.md");

  /// @param values each parameter as the operations take it
  void write(Path to, Map<String, HostTensor> values) throws IOException {
    write(to, left, values);
  }

  /// Some of the blocks, whatever `left` has.
  void writeBlocks(Path to, ModelShape whole, List<Integer> kept) throws IOException {
    double share = 1 - (double) kept.size() / whole.layers();
    ModelShape shape = WeightPruning.left(whole, WeightPruning.Kind.LAYERS, share);
    write(to, shape, WeightPruning.withBlocks(whole, shape, files.tensors(), kept));
  }

  private void write(Path to, ModelShape shape, Map<String, HostTensor> values) throws IOException {
    for (String name : BESIDE) {
      if (Files.exists(from.resolve(name))) {
        Files.createDirectories(Objects.requireNonNull(to.resolve(name).getParent()));
        Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    String config = Files.readString(from.resolve("config.json"));
    List<Integer> stops = new ConfigJson(config).stops();
    var specials = new Specials(stops.isEmpty() ? -1 : stops.getFirst(), stops);
    boolean same = shape.equals(files.shape());
    Files.writeString(to.resolve("config.json"), same ? config : shape.configJson(specials));
    Safetensors.write(
        to.resolve("model.safetensors"),
        ModelTensors.forHuggingFace(shape, values),
        Safetensors.FORMAT_PT);
  }
}
