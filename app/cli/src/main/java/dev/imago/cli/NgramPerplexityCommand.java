package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.ngram.NgramMixture;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.Perplexity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// What models predict of a text.
@Command(
    name = "perplexity",
    mixinStandardHelpOptions = true,
    description = {
      "Tell the perplexity of a text under a model; of several, of their mixture too.",
      "Sentences' ends count as words, as with KenLM."
    },
    footer = {"", "Example:  imago ngram perplexity a.ngram b.ngram --fit dev.txt --text test.txt"})
final class NgramPerplexityCommand implements Callable<Integer> {
  @ParentCommand private NgramCommand parent = new NgramCommand();

  @Parameters(paramLabel = "MODEL", arity = "1..*", description = NgramCommand.MODEL)
  private List<String> models = List.of();

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "A sentence a line (default: standard input).")
  private List<Path> files = List.of();

  @Option(
      names = "--fit",
      paramLabel = "FILE",
      description = "Fit the weights of several models on this text, by EM.")
  private @Nullable Path fit;

  @Option(
      names = "--weights",
      split = ",",
      paramLabel = "SHARE",
      description = "The weights of several models, which sum to 1 (default: all the same).")
  private List<Double> weights = List.of();

  @Mixin private NgramText text = new NgramText();

  @Override
  public Integer call() {
    if (fit != null && !weights.isEmpty()) {
      throw new ConfigException("--fit and --weights exclude each other: leave one out");
    }
    var opened = new ArrayList<NgramModel>();
    try (var scratch = new NgramCommand.Scratch()) {
      for (String name : models) {
        opened.add(parent.open(name, text.unit(), scratch.folder(), text.memoryBytes()));
      }
      text.prepare(opened.getFirst().unit(), parent.imago);
      for (NgramModel model : opened) {
        if (model.unit() != opened.getFirst().unit()) {
          throw new ConfigException(
              "the models' words are of different kinds, %s and %s; mix models of one kind"
                  .formatted(
                      NgramText.name(opened.getFirst().unit()), NgramText.name(model.unit())));
        }
      }
      measure(opened);
    } finally {
      opened.forEach(NgramModel::close);
    }
    return 0;
  }

  private void measure(List<NgramModel> opened) {
    NgramMixture mixture = mixture(opened);
    var all = new ArrayList<Perplexity>();
    for (int i = 0; i <= opened.size(); i++) {
      all.add(new Perplexity());
    }
    new TextInput(files, false)
        .forEach(
            line -> {
              String[] words = text.cut(line);
              for (int i = 0; i < opened.size(); i++) {
                all.get(i).add(opened.get(i).sentence(opened.get(i).ids(words)));
              }
              if (opened.size() > 1) {
                all.getLast().add(mixture.sentence(words));
              }
            });
    if (all.getFirst().words() == 0) {
      throw new dev.imago.core.InputException(
          "there is no sentence to measure; give a text of a line at least");
    }
    for (int i = 0; i < opened.size(); i++) {
      told(models.get(i), all.get(i));
    }
    if (opened.size() > 1) {
      var shares = new ArrayList<String>();
      for (double weight : mixture.weights()) {
        shares.add(String.format(Locale.ROOT, "%.4f", weight));
      }
      told("mixture " + String.join(" ", shares), all.getLast());
    }
  }

  private NgramMixture mixture(List<NgramModel> opened) {
    Path development = fit;
    if (development != null) {
      return NgramCommand.checked(
          () ->
              NgramMixture.fitted(
                  opened,
                  () -> {
                    var lines = new TextInput(List.of(development), false).iterator();
                    return new java.util.Iterator<>() {
                      @Override
                      public boolean hasNext() {
                        return lines.hasNext();
                      }

                      @Override
                      public String[] next() {
                        return text.cut(lines.next());
                      }
                    };
                  }));
    }
    if (weights.isEmpty()) {
      return NgramMixture.even(opened);
    }
    try {
      return new NgramMixture(opened, weights.stream().mapToDouble(Double::doubleValue).toArray());
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--weights: " + e.getMessage(), e);
    }
  }

  private static void told(String name, Perplexity perplexity) {
    System.out.printf(
        Locale.ROOT,
        "%s: perplexity %.4f, of the known words %.4f; %,d words, %,d unknown, %,d sentences,"
            + " log10 p %.4f%n",
        name,
        perplexity.all(),
        perplexity.known(),
        perplexity.words(),
        perplexity.unknown(),
        perplexity.sentences(),
        perplexity.log10());
  }
}
