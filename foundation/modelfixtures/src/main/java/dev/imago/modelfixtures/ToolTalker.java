package dev.imago.modelfixtures;

import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A model of random weights whose template teaches calls of tools: what it says has no sense, but
/// every byte of it comes from the runtime.
public final class ToolTalker {
  private static final int CONTEXT = 1024;
  private static final Map<String, String> SIZES =
      Map.of(
          "hidden_size",
          "32",
          "num_attention_heads",
          "2",
          "num_key_value_heads",
          "1",
          "head_dim",
          "16",
          "intermediate_size",
          "48");
  private static final String TEMPLATE =
      "{% if tools %}{% for t in tools %}{{ t | tojson }}\n"
          + "{% endfor %}{% endif %}{% for m in messages %}<|im_start|>{{ m.role }}\n"
          + "{{ m.content }}{% for c in m.tool_calls %}<tool_call>\n"
          + "{\"name\": \"{{ c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson"
          + " }}}\n"
          + "</tool_call>{% endfor %}<|im_end|>\n"
          + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
          + "{% endif %}";

  private ToolTalker() {}

  public static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Tokenizer tokenizer = ByteVocabulary.tokenizer(ByteVocabulary.CHAT, List.of());
    ModelShape shape =
        Architectures.ofDepth("llama", 1, tokenizer.vocabularySize(), CONTEXT, SIZES);
    new RandomWeights(new Random(7), 0.15f, 0).write(folder, shape);
    Files.writeString(
        folder.resolve("config.json"), shape.configJson(new Specials(0, List.of(0, 2))));
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    Files.write(
        folder.resolve("tokenizer_config.json"),
        tokenizer.toConfigJson(TEMPLATE, "<|endoftext|>", CONTEXT));
    return folder;
  }
}
