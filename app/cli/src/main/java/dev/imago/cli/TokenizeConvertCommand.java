package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.GgufExport;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Writes a tokenizer in another format.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Write a tokenizer as a tokenizer.json, or as a GGUF file without weights.",
      "What GGUF has no room for is refused: llama.cpp would give other ids. Of a SentencePiece"
          + " model the",
      "tokenizer.json is the nearest that Hugging Face has."
    },
    footer = {"", "Example:  imago tokenize convert tokenizer.model --out tokenizer.gguf"})
final class TokenizeConvertCommand implements Callable<Integer> {
  @ParentCommand private TokenizeCommand parent = new TokenizeCommand();

  @Parameters(paramLabel = "TOKENIZER", description = TokenizerFile.DESCRIPTION)
  private String tokenizer = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "FILE.json, FILE.gguf, or a folder for a tokenizer.json.")
  private Path out = Path.of("tokenizer.json");

  @Override
  public Integer call() {
    String name = out.toString().toLowerCase(Locale.ROOT);
    boolean gguf = name.endsWith(".gguf");
    boolean json = name.endsWith(".json");
    if (!gguf && !json && !Files.isDirectory(out)) {
      throw new ConfigException(
          "--out %s is neither a .json nor a .gguf file nor a folder that exists; name one"
              .formatted(out));
    }
    Tokenizer loaded = TokenizerFile.open(tokenizer, parent.imago);
    Path file = gguf || json ? out : out.resolve("tokenizer.json");
    try {
      if (gguf) {
        List<Integer> stops = stops(loaded);
        String title = String.valueOf(Path.of(tokenizer).getFileName());
        AtomicFile.replace(file, to -> GgufExport.writeVocabulary(loaded, to, title, stops));
      } else {
        AtomicFile.write(file, to -> to.write(loaded.toJson()));
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(tokenizer + ": " + e.getMessage(), e);
    }
    System.out.printf(
        Locale.ROOT, "%s: %s, %,d tokens%n", file, loaded.kind(), loaded.vocabularySize());
    return 0;
  }

  /// The token that ends a text as the `tokenizer_config.json` beside the tokenizer names it.
  private List<Integer> stops(Tokenizer loaded) {
    Path path = Path.of(tokenizer);
    Path config =
        Files.isDirectory(path)
            ? path.resolve("tokenizer_config.json")
            : path.resolveSibling("tokenizer_config.json");
    if (!Files.exists(config)) {
      return List.of();
    }
    JsonNode end;
    try {
      end = JsonMapper.shared().readTree(config.toFile()).path("eos_token");
    } catch (JacksonException e) {
      throw new InputException(config + " is no JSON; get it again from where it came", e);
    }
    OptionalInt id =
        loaded.id(end.isObject() ? end.path("content").asString("") : end.asString(""));
    return id.isPresent() ? List.of(id.getAsInt()) : List.of();
  }
}
