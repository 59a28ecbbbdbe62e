package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// Ids to text, a line for a line.
@Command(
    name = "decode",
    mixinStandardHelpOptions = true,
    description = "Turn lines of ids into lines of text.",
    footer = {"", "Example:  echo '[15496, 995]' | imago tokenize decode tokenizer"})
final class TokenizeDecodeCommand implements Callable<Integer> {
  private static final Pattern BETWEEN = Pattern.compile("[\\s,\\[\\]]+");

  @ParentCommand private TokenizeCommand parent = new TokenizeCommand();

  @Parameters(index = "0", paramLabel = "TOKENIZER", description = TokenizerFile.DESCRIPTION)
  private String tokenizer = "";

  @Parameters(
      index = "1..*",
      paramLabel = "FILE",
      description = "Lines of ids, with blanks or commas between (default: standard input).")
  private List<Path> files = List.of();

  @Option(names = "--skip-special", description = "Leave special tokens out.")
  private boolean skipSpecial;

  @Option(
      names = "--json",
      description = "Print each text as a JSON string, so that its line breaks stay within a line.")
  private boolean json;

  @Override
  public Integer call() {
    Tokenizer loaded = TokenizerFile.open(tokenizer, parent.imago);
    try (var out = new LineOutput(System.out)) {
      new TextInput(files, false)
          .forEach(
              line -> {
                String text = loaded.decode(ids(line, loaded), skipSpecial);
                out.line(json ? JsonMapper.shared().writeValueAsString(text) : text);
              });
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  private static int[] ids(String line, Tokenizer tokenizer) {
    return BETWEEN
        .splitAsStream(line.strip())
        .filter(word -> !word.isEmpty())
        .mapToInt(
            word -> {
              try {
                int id = Integer.parseInt(word);
                if (id >= 0 && id < tokenizer.vocabularySize()) {
                  return id;
                }
              } catch (NumberFormatException e) {
                // Told below, as for a number that is too large.
              }
              throw new InputException(
                  "«%s» is no id in 0 … %d"
                      .formatted(
                          word.length() > 40 ? word.substring(0, 40) + "…" : word,
                          tokenizer.vocabularySize() - 1));
            })
        .toArray();
  }
}
