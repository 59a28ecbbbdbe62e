package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.languages.LanguageFile;
import dev.imago.languages.LanguageGuess;
import dev.imago.languages.LanguageIdentifier;
import dev.imago.languages.LanguageSegment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The languages of texts.
@Command(
    name = "identify",
    mixinStandardHelpOptions = true,
    description = {
      "Tell the language of each line of text, or of each row of JSONL by its field. A row comes",
      "out with language (ISO 639-1, or und), script (ISO 15924: Hans and Hant are told apart) and",
      "probability added; a line of text as a row of its own. What is no JSON object is text."
    },
    footer = {
      "",
      "Examples:",
      "  imago data identify --model languages.imago documents.jsonl",
      "  imago data read pages/ | imago data identify --model languages.imago --segments"
    })
final class DataIdentifyCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Lines of text or JSONL (default: standard input).")
  private List<Path> files = List.of();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "What `imago data languages` built.")
  private Path model = Path.of("");

  @Option(
      names = "--text-field",
      paramLabel = "FIELD",
      description = "The field of a row that is its text (default: ${DEFAULT-VALUE}).")
  private String field = "text";

  @Option(
      names = "--segments",
      description = "Add segments: where each stretch of one language begins and ends (UTF-16).")
  private boolean segments;

  @Option(
      names = "--at-least",
      paramLabel = "P",
      description = "Below this probability the language is und (default: ${DEFAULT-VALUE}).")
  private double atLeast;

  @Override
  public Integer call() {
    if (!(atLeast >= 0 && atLeast <= 1)) {
      throw new ConfigException(
          "--at-least = %s is not from 0 to 1; 0.5 is usual".formatted(atLeast));
    }
    LanguageIdentifier identifier = open(model);
    try (var out = new LineOutput(System.out)) {
      new TextInput(files, false).forEach(line -> out.line(row(identifier, line)));
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  /// @throws InputException for what is no such file
  static LanguageIdentifier open(Path model) {
    if (!Files.isRegularFile(model)) {
      throw new InputException(
          model
              + (Files.exists(model) ? " is no file" : " does not exist")
              + "; build a model with `imago data languages`");
    }
    try (InputStream in = Files.newInputStream(model)) {
      return LanguageFile.read(in);
    } catch (IOException e) {
      throw new InputException("%s: %s".formatted(model, e.getMessage()), e);
    }
  }

  private String row(LanguageIdentifier identifier, String line) {
    ObjectNode row = object(line);
    String text;
    if (row == null) {
      row = JsonMapper.shared().createObjectNode().put("text", line);
      text = line;
    } else {
      JsonNode value = row.path(field);
      if (!value.isString()) {
        throw new InputException(
            "a row has no text in «%s»; name its field with --text-field: %s"
                .formatted(field, line.length() > 80 ? line.substring(0, 80) + "…" : line));
      }
      text = value.stringValue();
    }
    put(row, identifier.identify(text));
    if (segments) {
      ArrayNode all = row.putArray("segments");
      for (LanguageSegment segment : identifier.segments(text)) {
        ObjectNode each = all.addObject().put("start", segment.start()).put("end", segment.end());
        put(each, segment.guess());
      }
    }
    return row.toString();
  }

  private void put(ObjectNode row, LanguageGuess guess) {
    boolean sure = guess.probability() >= atLeast;
    row.put("language", sure ? guess.language() : LanguageGuess.UNKNOWN)
        .put("script", guess.script())
        .put("probability", Math.round(guess.probability() * 10_000) / 10_000.0);
  }

  private static @org.jspecify.annotations.Nullable ObjectNode object(String line) {
    if (!line.startsWith("{")) {
      return null;
    }
    try {
      return JsonMapper.shared().readTree(line) instanceof ObjectNode object ? object : null;
    } catch (JacksonException e) {
      return null;
    }
  }
}
