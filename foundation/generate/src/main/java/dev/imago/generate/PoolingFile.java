package dev.imago.generate;

import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.Operations.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which rows stand for a text where the folder is one of sentence-transformers':
/// `1_Pooling/config.json`; and that nothing of its `modules.json` is left out.
public final class PoolingFile {
  /// Below the model's folder.
  public static final String NAME = "1_Pooling/config.json";

  private static final String MODULES = "modules.json";
  private static final Set<String> COMPUTED = Set.of("Transformer", "Pooling", "Normalize");

  private PoolingFile() {}

  /// The shape with the folder's own pooling, where it has such a file and `config.json` does not
  /// say it.
  ///
  /// @param configJson the folder's `config.json`
  /// @throws IllegalArgumentException for a pooling or a module that is not supported, or a file
  ///   that is broken
  public static ModelShape applied(ModelShape shape, Path folder, String configJson)
      throws IOException {
    if (!(shape.output() instanceof Output.Embedding)) {
      return shape;
    }
    checkModules(folder.resolve(MODULES));
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file) || configJson.contains("\"pooling\"")) {
      return shape;
    }
    try {
      return shape.withOutput(
          new Output.Embedding(pooling(JsonMapper.shared().readTree(Files.readString(file)))));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(NAME + " is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  /// What sentence-transformers puts behind the pooling would be left out without a word: a vector
  /// of `2_Dense` is another one.
  private static void checkModules(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return;
    }
    try {
      for (JsonNode module : JsonMapper.shared().readTree(Files.readString(file))) {
        String type = module.path("type").asString("");
        String name = type.substring(type.lastIndexOf('.') + 1);
        if (!COMPUTED.contains(name)) {
          throw new IllegalArgumentException(
              "%s has a module %s (%s), which is not computed; Transformer, Pooling and Normalize are"
                  .formatted(MODULES, name, module.path("path").asString("")));
        }
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException(MODULES + " is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Pooling pooling(JsonNode says) {
    boolean first = said(says, "cls", "cls_token");
    boolean mean = said(says, "mean", "mean_tokens");
    boolean last = said(says, "lasttoken", "lasttoken");
    boolean other =
        said(says, "max", "max_tokens")
            || said(says, "mean_sqrt_len_tokens", "mean_sqrt_len_tokens")
            || said(says, "weightedmean", "weightedmean_tokens");
    if (other || (first ? 1 : 0) + (mean ? 1 : 0) + (last ? 1 : 0) != 1) {
      throw new IllegalArgumentException(
          NAME
              + " asks for a pooling that is not supported; cls, mean and lasttoken, one of them,"
              + " are");
    }
    return first ? Pooling.FIRST : mean ? Pooling.MEAN : Pooling.LAST;
  }

  private static boolean said(JsonNode says, String mode, String flag) {
    return says.path("pooling_mode").asString("").equals(mode)
        || says.path("pooling_mode_" + flag).asBoolean(false);
  }
}
