package dev.imago.springai;

import dev.imago.model.Form;
import dev.imago.model.Specials;
import dev.imago.model.llama.LlamaShape;
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
import tools.jackson.databind.json.JsonMapper;

/// A model of random weights whose template teaches calls of tools: what it says has no sense, but
/// every byte of it comes from the runtime.
final class TinyTalker {
  private static final String TEMPLATE =
      "{% if tools %}{% for t in tools %}{{ t | tojson }}\n"
          + "{% endfor %}{% endif %}{% for m in messages %}<|im_start|>{{ m.role }}\n"
          + "{{ m.content }}{% for c in m.tool_calls %}<tool_call>\n"
          + "{\"name\": \"{{ c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson"
          + " }}}\n"
          + "</tool_call>{% endfor %}<|im_end|>\n"
          + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
          + "{% endif %}";

  private TinyTalker() {}

  static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Tokenizer tokenizer = tokenizer();
    var shape = LlamaShape.plain(tokenizer.vocabularySize(), 32, 1, 2, 1, 16, 48, 1024, true);
    var random = new Random(7);
    var tensors = new LinkedHashMap<String, HostTensor>();
    shape
        .storedShapes(Form.HUGGING_FACE)
        .forEach(
            (name, size) -> {
              long count = 1;
              for (long length : size) {
                count *= length;
              }
              float[] values = new float[(int) count];
              for (int i = 0; i < values.length; i++) {
                values[i] = size.length == 1 ? 1 : 0.15f * (float) random.nextGaussian();
              }
              tensors.put(name, HostTensor.of(values, size));
            });
    Safetensors.write(folder.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    Files.writeString(
        folder.resolve("config.json"), shape.configJson(new Specials(0, List.of(0, 2))));
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        JsonMapper.shared()
            .writeValueAsString(Map.of("eos_token", "<|endoftext|>", "chat_template", TEMPLATE)));
    return folder;
  }

  private static Tokenizer tokenizer() {
    var tokens = new ArrayList<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(String.valueOf((char) (itself ? b : next++)));
    }
    return Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, List.of(), Set.of(0, 1, 2));
  }
}
