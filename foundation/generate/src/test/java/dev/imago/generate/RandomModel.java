package dev.imago.generate;

import dev.imago.model.ConfigJson;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
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
import java.util.function.BiConsumer;

/// A Hugging Face folder of random weights, with a vocabulary of the 256 bytes, a few merges, and
/// two special tokens.
final class RandomModel {
  static final int END_OF_TEXT = 0;
  static final int END_OF_TURN = 1;

  private RandomModel() {}

  static LlamaShape tiny(int layers, int width, boolean tied) {
    return LlamaShape.plain(320, width, layers, 4, 2, width / 4, 96, 128, tied);
  }

  static Tokenizer tokenizer() {
    List<String> tokens = new ArrayList<>(List.of("<|endoftext|>", "<|im_end|>"));
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(String.valueOf((char) (itself ? b : next++)));
    }
    List<String> merges = List.of("Ġ t", "h e", "Ġt he", "i n", "e r", "Ġ a", "r e", "o n");
    for (String merge : merges) {
      tokens.add(merge.replace(" ", ""));
    }
    return Tokenizer.fromVocabulary(
        SplitPattern.QWEN2, tokens, merges, Set.of(END_OF_TEXT, END_OF_TURN));
  }

  /// @param stops whether the special tokens end an answer
  static Path write(Path folder, ModelShape config, long seed, boolean stops) throws IOException {
    return write(folder, config, seed, stops, (name, values) -> {});
  }

  /// @param change what is done to a tensor of this name
  static Path write(
      Path folder, ModelShape config, long seed, boolean stops, BiConsumer<String, float[]> change)
      throws IOException {
    Files.createDirectories(folder);
    var random = new Random(seed);
    var tensors = new LinkedHashMap<String, HostTensor>();
    config
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, shape) -> {
              long size = 1;
              for (long length : shape) {
                size *= length;
              }
              float[] values = new float[(int) size];
              for (int i = 0; i < values.length; i++) {
                // Wide enough that a wrong layout shows.
                values[i] =
                    shape.length == 1
                        ? 1 + 0.1f * (float) random.nextGaussian()
                        : 0.15f * (float) random.nextGaussian();
              }
              change.accept(name, values);
              tensors.put(name, HostTensor.of(values, shape));
            });
    Safetensors.write(folder.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    var specials = new Specials(END_OF_TEXT, List.of(END_OF_TEXT, END_OF_TURN));
    String json = config.configJson(specials);
    Files.writeString(
        folder.resolve("config.json"),
        stops ? json : json.replace("\"eos_token_id\" : 0", "\"eos_token_id\" : null"));
    if (stops) {
      Files.writeString(folder.resolve("generation_config.json"), ConfigJson.generation(specials));
    }
    Files.writeString(
        folder.resolve("tokenizer.json"), new String(tokenizer().toJson(), StandardCharsets.UTF_8));
    return folder;
  }
}
