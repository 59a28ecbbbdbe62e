package dev.imago.evaluate;

import dev.imago.model.Form;
import dev.imago.model.Specials;
import dev.imago.model.llama.LlamaShape;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// A Hugging Face folder of random weights over the 256 bytes and three special tokens.
final class TinyModel {
  static final int V = 259;

  private TinyModel() {}

  /// @param scale the standard deviation of the weights; 0 makes every token equally likely
  static Path write(Path folder, float scale) throws IOException {
    Files.createDirectories(folder);
    var config = LlamaShape.plain(V, 32, 2, 2, 1, 16, 64, 96, true);
    var random = new Random(21);
    var tensors = new LinkedHashMap<String, HostTensor>();
    config
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, shape) -> {
              int size = Math.toIntExact(shape.length == 1 ? shape[0] : shape[0] * shape[1]);
              float[] values = new float[size];
              for (int i = 0; i < size; i++) {
                values[i] = shape.length == 1 ? 1 : scale * (float) random.nextGaussian();
              }
              tensors.put(name, HostTensor.of(values, shape));
            });
    Safetensors.write(folder.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    var specials = new Specials(0, List.of(0, 2));
    Files.writeString(folder.resolve("config.json"), config.configJson(specials));
    Files.writeString(
        folder.resolve("tokenizer.json"), new String(tokenizer().toJson(), StandardCharsets.UTF_8));
    return folder;
  }

  static Tokenizer tokenizer() {
    var tokens = new ArrayList<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(String.valueOf((char) (itself ? b : next++)));
    }
    return Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, List.of(), Set.of(0, 1, 2));
  }
}
