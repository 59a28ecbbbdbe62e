package dev.imago.serve;

import dev.imago.model.Form;
import dev.imago.model.Specials;
import dev.imago.model.llama.LlamaShape;
import dev.imago.templates.ChatTemplate;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.databind.json.JsonMapper;

/// A real model of random weights, in a Hugging Face folder: what it says has no sense, but every
/// byte of it comes from the runtime.
public final class TinyModel {
  static final int CONTEXT = 256;
  private static final int WIDTH = 64;
  private static final List<String> SPECIALS =
      List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

  private TinyModel() {}

  public static Path write(Path folder) throws IOException {
    return write(folder, true, (name, values) -> {});
  }

  /// A model that computes no numbers for a text with one token in it.
  static Path writeBroken(Path folder, int poison) throws IOException {
    return write(
        folder,
        false,
        (name, values) -> {
          if (name.equals("model.embed_tokens.weight")) {
            values[poison * WIDTH] = Float.NaN;
          }
        });
  }

  private static Path write(Path folder, boolean tied, BiConsumer<String, float[]> change)
      throws IOException {
    Files.createDirectories(folder);
    Tokenizer tokenizer = tokenizer();
    var config =
        LlamaShape.plain(tokenizer.vocabularySize(), WIDTH, 2, 4, 2, 16, 96, CONTEXT, tied);
    var random = new Random(7);
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
                values[i] = shape.length == 1 ? 1 : 0.15f * (float) random.nextGaussian();
              }
              change.accept(name, values);
              tensors.put(name, HostTensor.of(values, shape));
            });
    Safetensors.write(folder.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(
        folder.resolve("config.json"), config.configJson(new Specials(0, List.of(0, 2))));
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        JsonMapper.shared()
            .writeValueAsString(
                Map.of("eos_token", "<|endoftext|>", "chat_template", ChatTemplate.CHATML)));
    return folder;
  }

  private static Tokenizer tokenizer() {
    List<String> tokens = new ArrayList<>(SPECIALS);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(String.valueOf((char) (itself ? b : next++)));
    }
    List<String> merges = List.of("Ġ t", "h e", "Ġt he", "i n", "e r", "Ġ a", "r e", "o n");
    for (String merge : merges) {
      tokens.add(merge.replace(" ", ""));
    }
    return Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, merges, Set.of(0, 1, 2));
  }
}
