package dev.imago.generate;

import dev.imago.model.ModelShape;
import dev.imago.model.Parameter;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/// A folder as PEFT writes it, of random numbers that change a model's answers.
final class RandomAdapter {
  private RandomAdapter() {}

  /// Low-rank additions to the matrices of some modules, of ranks 2 and 3 in turn.
  ///
  /// @param settings further fields of `adapter_config.json`, as JSON
  static Path write(
      Path folder, ModelShape shape, long seed, Predicate<String> modules, String settings)
      throws IOException {
    var random = new Random(seed);
    var tensors = new LinkedHashMap<String, HostTensor>();
    int rank = 2;
    for (Parameter p : shape.parameters()) {
      String module = p.name().replaceFirst("\\.weight$", "");
      if (p.isMatrix() && modules.test(module)) {
        String name = "base_model.model." + module;
        tensors.put(name + ".lora_A.weight", tensor(random, rank, p.columns()));
        tensors.put(name + ".lora_B.weight", tensor(random, p.rows(), rank));
        rank = 5 - rank;
      }
    }
    return write(folder, tensors, settings);
  }

  static Path write(Path folder, Map<String, HostTensor> tensors, String settings)
      throws IOException {
    Files.createDirectories(folder);
    Safetensors.write(
        folder.resolve("adapter_model.safetensors"),
        new LinkedHashMap<>(tensors),
        Safetensors.FORMAT_PT);
    Files.writeString(
        folder.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "task_type": "CAUSAL_LM",
         "target_modules": ["q_proj"], "base_model_name_or_path": "../base"%s}
        """
            .formatted(settings.isEmpty() ? "" : ", " + settings));
    return folder;
  }

  static HostTensor tensor(Random random, int... shape) {
    float[] values = new float[shape[0] * (shape.length == 1 ? 1 : shape[1])];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.3f * (float) random.nextGaussian();
    }
    return shape.length == 1
        ? HostTensor.of(values, shape[0])
        : HostTensor.of(values, shape[0], shape[1]);
  }
}
