package dev.imago.evaluate;

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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// A Hugging Face folder of random weights over the bytes and some merges, so that where a context
/// ends makes a difference to its tokens; the same for everyone, since peers are asked about it.
final class MergedModel {
  static final int CONTEXT = 256;

  private static final List<String> WORDS =
      List.of("Ġthe", "Ġand", "Ġsees", "Ġis", "Answer", "Question", "ing", "er", "Ġcat", "Ġno");

  private MergedModel() {}

  static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Tokenizer tokenizer = tokenizer();
    var config = LlamaShape.plain(tokenizer.vocabularySize(), 32, 2, 2, 1, 16, 64, CONTEXT, true);
    var random = new Random(22);
    var tensors = new LinkedHashMap<String, HostTensor>();
    config
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, shape) -> {
              int size = Math.toIntExact(shape.length == 1 ? shape[0] : shape[0] * shape[1]);
              float[] values = new float[size];
              for (int i = 0; i < size; i++) {
                values[i] = shape.length == 1 ? 1 : 0.3f * (float) random.nextGaussian();
              }
              tensors.put(name, HostTensor.of(values, shape));
            });
    Safetensors.write(folder.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(
        folder.resolve("config.json"), config.configJson(new Specials(0, List.of(0, 2))));
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    Files.write(
        folder.resolve("tokenizer_config.json"),
        tokenizer.toConfigJson(ChatTemplate.CHATML, "<|endoftext|>", CONTEXT));
    return folder;
  }

  private static Tokenizer tokenizer() {
    var tokens = new LinkedHashSet<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(String.valueOf((char) (itself ? b : next++)));
    }
    var merges = new LinkedHashSet<String>();
    for (String word : WORDS) {
      for (int end = 2; end <= word.length(); end++) {
        merges.add(word.substring(0, end - 1) + " " + word.charAt(end - 1));
        tokens.add(word.substring(0, end));
      }
    }
    return Tokenizer.fromVocabulary(
        SplitPattern.QWEN2, new ArrayList<>(tokens), new ArrayList<>(merges), Set.of(0, 1, 2));
  }
}
