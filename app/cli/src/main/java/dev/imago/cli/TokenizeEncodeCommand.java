package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.tokenizers.EncodeOptions;
import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.OffsetUnit;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// Text to ids, a line for a line.
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    description = {
      "Turn lines of text into lines of ids.",
      "What a line says is text: the spelling of a special token in it is only characters,",
      "unless --special is given."
    },
    footer = {"", "Example:  echo 'Hello world' | imago tokenize encode tokenizer"})
final class TokenizeEncodeCommand implements Callable<Integer> {
  @ParentCommand private TokenizeCommand parent = new TokenizeCommand();

  @Parameters(index = "0", paramLabel = "TOKENIZER", description = TokenizerFile.DESCRIPTION)
  private String tokenizer = "";

  @Parameters(
      index = "1..*",
      paramLabel = "FILE",
      description = "Texts, a line each (default: standard input).")
  private List<Path> files = List.of();

  @Option(names = "--whole", description = "A text is a whole file, not a line.")
  private boolean whole;

  @Option(names = "--tokens", description = "Print the tokens' spellings, not their ids.")
  private boolean spellings;

  @Option(
      names = "--json",
      description = "Print an object a text: ids, tokens, offsets, type_ids, special_tokens_mask.")
  private boolean json;

  @Option(
      names = "--offsets",
      paramLabel = "UNIT",
      description =
          "What --json counts offsets in: code_points, as Hugging Face (default), utf16 or bytes.")
  private OffsetUnit unit = OffsetUnit.CODE_POINTS;

  @Option(names = "--special", description = "Special tokens in the text mean themselves.")
  private boolean special;

  @Option(
      names = "--add-special-tokens",
      description = "Add what the model expects around a text, such as [CLS] and [SEP].")
  private boolean addSpecial;

  @Override
  public Integer call() {
    if (json && spellings) {
      throw new ConfigException("--json and --tokens exclude each other: --json shows the tokens");
    }
    Tokenizer loaded = TokenizerFile.open(tokenizer, parent.imago);
    boolean idsOnly = !json && !spellings && !addSpecial;
    EncodeOptions options =
        EncodeOptions.DEFAULT
            .withSpecialTokensInText(special)
            .withAddedSpecialTokens(addSpecial)
            .withLimits(false);
    try (var out = new LineOutput(System.out)) {
      new TextInput(files, whole)
          .forEach(
              text -> {
                if (idsOnly) {
                  out.line(joined(special ? loaded.encode(text) : loaded.encodeOrdinary(text)));
                  return;
                }
                Encoding encoding = loaded.encoding(text, options);
                out.line(
                    json
                        ? object(encoding.in(unit, text))
                        : spellings ? String.join(" ", encoding.tokens()) : joined(encoding.ids()));
              });
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  private static CharSequence joined(int[] ids) {
    var line = new StringBuilder(ids.length * 6);
    for (int i = 0; i < ids.length; i++) {
      line.append(i > 0 ? " " : "").append(ids[i]);
    }
    return line;
  }

  private static String object(Encoding encoding) {
    var offsets = new ArrayList<int[]>();
    for (int i = 0; i < encoding.size(); i++) {
      offsets.add(new int[] {encoding.start(i), encoding.end(i)});
    }
    var object = new LinkedHashMap<String, Object>();
    object.put("ids", encoding.ids());
    object.put("tokens", encoding.tokens());
    object.put("offsets", offsets);
    object.put("type_ids", encoding.typeIds());
    object.put("special_tokens_mask", encoding.specialTokensMask());
    return JsonMapper.shared().writeValueAsString(object);
  }
}
