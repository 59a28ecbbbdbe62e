package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.NotFiniteException;
import dev.imago.generate.Predictor;
import dev.imago.model.Output;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.embedding.Cosine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// The vectors of texts.
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = {
      "Make each text a vector, an object a line: {\"index\": 0, \"embedding\": […]}.",
      "Rows are pooled as the model's files say, and vectors have the length 1."
    },
    footer = {
      "",
      "Examples:  imago embed weights/3f2a < lines.txt > vectors.jsonl",
      "           imago embed weights/3f2a --similarity 'a quiet room' 'a silent chamber'"
    })
final class EmbedCommand implements Callable<Integer> {
  /// Texts that are computed together.
  private static final int TOGETHER = 16;

  @ParentCommand private Imago imago = new Imago();

  @Parameters(index = "0", paramLabel = "MODEL", description = ModelArgument.DESCRIPTION)
  private String model = "";

  @Parameters(
      index = "1..*",
      paramLabel = "TEXT",
      description = "Texts (default: the lines of standard input).")
  private List<String> texts = List.of();

  @Option(
      names = "--similarity",
      description = "Print the cosine of two texts, −1 … 1, in place of vectors.")
  private boolean similarity;

  @Option(names = "--raw", description = "Leave vectors as long as the model makes them.")
  private boolean raw;

  @Option(names = "--truncate", description = "Cut texts that are longer than the model reads.")
  private boolean truncate;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  private long index;

  @Override
  public Integer call() {
    Bounds.whole("--threads", threads, 1, 1024);
    if (similarity && !texts.isEmpty() && texts.size() != 2) {
      throw new ConfigException(
          "--similarity is of two texts, and %d were given".formatted(texts.size()));
    }
    Path path = ModelArgument.find(model, imago);
    try (Predictor predictor = open(path)) {
      Iterator<String> all =
          texts.isEmpty() ? new TextInput(List.of(), false).iterator() : texts.iterator();
      if (similarity) {
        System.out.println(cosine(predictor, all));
      } else {
        lines(predictor, all);
      }
    }
    return 0;
  }

  private Predictor open(Path path) {
    try {
      Output tells = Predictor.tells(path);
      if (!(tells instanceof Output.Embedding)) {
        throw new InputException(
            "%s tells %s, and embed is of encoders and others without a head: name one (`imago import` takes them, annotate.task=embed makes them)"
                .formatted(path, tells.words()));
      }
      return Predictor.open(path, threads);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException(
          "%s holds no model to embed with: %s".formatted(path, e.getMessage()), e);
    }
  }

  private void lines(Predictor predictor, Iterator<String> all) {
    try (var out = new LineOutput(System.out)) {
      while (all.hasNext()) {
        for (float[] vector : some(predictor, all, TOGETHER)) {
          var object = new LinkedHashMap<String, Object>();
          object.put("index", index++);
          object.put("embedding", vector);
          out.line(JsonMapper.shared().writeValueAsString(object));
        }
      }
    } catch (LineOutput.Gone e) {
      // Whoever reads has had enough.
    }
  }

  private String cosine(Predictor predictor, Iterator<String> all) {
    List<float[]> two = some(predictor, all, 2);
    if (two.size() != 2 || all.hasNext()) {
      throw new InputException(
          "--similarity is of two texts, and standard input has %s lines"
              .formatted(two.size() == 2 ? "more" : String.valueOf(two.size())));
    }
    return String.format(Locale.ROOT, "%.6f", Cosine.of(two.getFirst(), two.getLast()));
  }

  private List<float[]> some(Predictor predictor, Iterator<String> all, int most) {
    var sequences = new ArrayList<int[]>();
    while (all.hasNext() && sequences.size() < most) {
      sequences.add(ids(predictor, all.next(), index + sequences.size()));
    }
    var to = new ArrayList<float[]>();
    try {
      for (float[][] rows : predictor.scores(sequences)) {
        to.add(raw ? rows[0] : Cosine.unit(rows[0]));
      }
    } catch (NotFiniteException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
    return to;
  }

  private int[] ids(Predictor predictor, String text, long number) {
    int longest = predictor.shape().context();
    int[] ids = Classification.ids(text, predictor.tokenizer(), Integer.MAX_VALUE);
    if (ids.length == 0) {
      throw new InputException(
          "text %d has no token that the model reads; leave it out".formatted(number + 1));
    }
    if (ids.length > longest && !truncate) {
      throw new InputException(
          "text %d has %,d tokens, and the model reads %,d at most: shorten it, or give --truncate"
              .formatted(number + 1, ids.length, longest));
    }
    return ids.length > longest ? Classification.ids(text, predictor.tokenizer(), longest) : ids;
  }
}
