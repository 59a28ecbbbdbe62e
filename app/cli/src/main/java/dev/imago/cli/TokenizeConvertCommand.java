package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.generate.GgufExport;
import dev.imago.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Writes a tokenizer in another format.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Write a tokenizer as a tokenizer.json, or as a GGUF file without weights.",
      "What a format has no room for is refused: another program would give other ids."
    })
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
        AtomicFile.replace(
            file,
            to -> GgufExport.writeVocabulary(loaded, to, Path.of(tokenizer).getFileName() + ""));
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
}
