package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.ModelSummary;
import dev.imago.model.ModelShape;
import dev.imago.tensor.CacheType;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// What a model's files hold.
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Show a model's architecture, tensors by type, vocabulary, and the memory that a context"
            + " takes.",
    footer = {
      "",
      "Examples:  imago inspect model.gguf",
      "           imago inspect weights/3f2a --json"
    })
final class InspectCommand implements Callable<Integer> {
  /// Special tokens that a person looks through.
  private static final int SHOWN = 20;

  @ParentCommand private Imago imago = new Imago();

  @Parameters(paramLabel = "MODEL", description = ModelArgument.DESCRIPTION)
  private String model = "";

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      description = "Tell the memory for a prompt and answer of so many (default: the model's).")
  private @Nullable Integer context;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    Path path = ModelArgument.find(model, imago);
    ModelSummary summary;
    try {
      summary = ModelSummary.read(path);
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s".formatted(path, e.getMessage()), e);
    }
    int tokens = summary.shape().map(this::tokens).orElse(0);
    if (json) {
      System.out.println(JsonMapper.shared().writeValueAsString(object(summary, tokens)));
    } else {
      print(summary, tokens);
    }
    return 0;
  }

  private int tokens(ModelShape shape) {
    if (context == null) {
      return shape.context();
    }
    Bounds.whole("--context", context, 1, Integer.MAX_VALUE);
    if (context > shape.context()) {
      throw new ConfigException(
          "--context %d is longer than the %d tokens that the model reads; give at most those"
              .formatted(context, shape.context()));
    }
    return context;
  }

  private static void print(ModelSummary summary, int tokens) {
    var rows = new ArrayList<List<String>>();
    facts(summary, tokens)
        .forEach((name, value) -> rows.add(List.of(name.replace('_', ' '), String.valueOf(value))));
    System.out.print(headless(rows));
    System.out.println();
    System.out.print(Table.render(List.of("type", "tensors", "numbers", "size"), types(summary)));
    List<List<String>> special = special(summary);
    if (!special.isEmpty()) {
      System.out.println();
      System.out.print(Table.render(List.of("id", "special token"), special));
    }
  }

  private static String headless(List<List<String>> rows) {
    return Table.render(List.of("", ""), rows)
        .lines()
        .skip(2)
        .map(line -> line + "\n")
        .reduce("", String::concat);
  }

  /// What is told in words, by its name in JSON.
  private static Map<String, Object> facts(ModelSummary summary, int tokens) {
    var facts = new LinkedHashMap<String, Object>();
    if (!summary.card().name().isBlank()) {
      facts.put("name", summary.card().name());
    }
    facts.put("form", summary.form());
    facts.put(
        "architecture", summary.architecture().isEmpty() ? "unknown" : summary.architecture());
    summary
        .shape()
        .ifPresent(
            shape -> {
              facts.put("shape", shape.description());
              facts.put("tells", shape.output().words());
              facts.put("parameters", number(shape.parameterCount()));
            });
    facts.put("tensors", Quantity.of(summary.bytes(), "bytes"));
    summary
        .tokenizer()
        .ifPresent(
            tokenizer ->
                facts.put(
                    "vocabulary",
                    "%s, %s ids".formatted(tokenizer.kind(), number(tokenizer.vocabularySize()))));
    facts.put("chat_template", summary.template() ? "yes" : "no");
    if (!summary.stopIds().isEmpty()) {
      facts.put("answers_end_at", spelt(summary, summary.stopIds()));
    }
    summary
        .shape()
        .filter(shape -> shape.keyWidth() > 0)
        .ifPresent(
            _ ->
                facts.put(
                    "memory",
                    "%s for a context of %s: %s of weights, and keys and values of %s"
                        .formatted(
                            Quantity.of(
                                summary.weightBytes() + summary.contextBytes(tokens, CacheType.F32),
                                "bytes"),
                            number(tokens),
                            Quantity.of(summary.weightBytes(), "bytes"),
                            caches(summary, tokens))));
    facts.put("runs_here", summary.refusal().isEmpty() ? "yes" : "no: " + summary.refusal());
    return facts;
  }

  /// The types in which its keys and values can be kept.
  private static List<CacheType> caches(ModelSummary summary) {
    int head = summary.shape().map(ModelShape::keyHeadWidth).orElse(0);
    return Arrays.stream(CacheType.values()).filter(type -> type.keeps(head)).toList();
  }

  private static String caches(ModelSummary summary, int tokens) {
    return String.join(
        ", ",
        caches(summary).stream()
            .map(
                type ->
                    "%s in %s"
                        .formatted(
                            Quantity.of(summary.contextBytes(tokens, type), "bytes"), type.name()))
            .toList());
  }

  private static String spelt(ModelSummary summary, List<Integer> ids) {
    return String.join(
        ", ",
        ids.stream()
            .map(
                id ->
                    summary
                        .tokenizer()
                        .filter(t -> id >= 0 && id < t.vocabularySize())
                        .map(t -> "%s (%d)".formatted(t.token(id), id))
                        .orElse(String.valueOf(id)))
            .toList());
  }

  private static List<List<String>> types(ModelSummary summary) {
    return summary.stored().stream()
        .map(
            s ->
                List.of(
                    s.type(),
                    number(s.tensors()),
                    s.numbers() == 0 ? "not read here" : number(s.numbers()),
                    s.bytes() == 0 ? "–" : Quantity.of(s.bytes(), "bytes")))
        .toList();
  }

  private static List<List<String>> special(ModelSummary summary) {
    var rows = new ArrayList<List<String>>();
    int more = 0;
    for (Map.Entry<Integer, String> token : specials(summary).entrySet()) {
      if (rows.size() < SHOWN) {
        rows.add(List.of(String.valueOf(token.getKey()), token.getValue()));
      } else {
        more++;
      }
    }
    if (more > 0) {
      rows.add(List.of("…", more + " more"));
    }
    return rows;
  }

  private static Map<Integer, String> specials(ModelSummary summary) {
    var to = new LinkedHashMap<Integer, String>();
    if (summary.tokenizer().isPresent()) {
      Tokenizer tokenizer = summary.tokenizer().get();
      for (int id = 0; id < tokenizer.vocabularySize(); id++) {
        if (tokenizer.special(id)) {
          to.put(id, tokenizer.token(id));
        }
      }
    }
    return to;
  }

  private static Map<String, Object> object(ModelSummary summary, int tokens) {
    var object = new LinkedHashMap<String, Object>();
    object.put("name", summary.card().name());
    object.put("form", summary.form());
    object.put("architecture", summary.architecture());
    summary
        .shape()
        .ifPresent(
            shape -> {
              object.put("tells", shape.output().words());
              object.put("parameters", shape.parameterCount());
              object.put("layers", shape.layers());
              object.put("width", shape.width());
              object.put("context", shape.context());
              object.put("vocabulary_size", shape.vocabularySize());
            });
    object.put("runs_here", summary.refusal().isEmpty());
    object.put("refusal", summary.refusal());
    object.put("tensor_bytes", summary.bytes());
    object.put("tensors", summary.stored());
    object.put("tokenizer", summary.tokenizer().map(Tokenizer::kind).orElse(""));
    object.put("chat_template", summary.template());
    object.put("stop_ids", summary.stopIds());
    object.put("special_tokens", specials(summary));
    if (summary.shape().isPresent()) {
      var memory = new LinkedHashMap<String, Object>();
      memory.put("tokens", tokens);
      for (CacheType type : caches(summary)) {
        memory.put(type.name().toLowerCase(Locale.ROOT), summary.contextBytes(tokens, type));
      }
      object.put("context_bytes", memory);
    }
    return object;
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
