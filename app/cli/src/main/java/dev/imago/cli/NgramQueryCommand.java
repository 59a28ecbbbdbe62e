package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.generate.Sampler;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.NgramSampler;
import dev.imago.ngram.SentenceScore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// What a model says of lines, or of itself.
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = {
      "Tell how likely lines are: of each a line of log10 p, words, unknown words, perplexity and"
          + " the text,",
      "parted by tabs; or every word; or what comes next; or sentences that the model makes."
    },
    footer = {"", "Example:  echo 'to be or not' | imago ngram query corpus.ngram --next 5"})
final class NgramQueryCommand implements Callable<Integer> {
  @ParentCommand private NgramCommand parent = new NgramCommand();

  @Parameters(index = "0", paramLabel = "MODEL", description = NgramCommand.MODEL)
  private String model = "";

  @Parameters(
      index = "1..*",
      paramLabel = "FILE",
      description = "Texts, a sentence a line (default: standard input).")
  private List<Path> files = List.of();

  @Option(
      names = "--words",
      description = "Of each word: itself, the length of the n-gram found (0: unknown), log10 p.")
  private boolean words;

  @Option(
      names = "--next",
      paramLabel = "N",
      description = "The N likeliest words after each line, with log10 p.")
  private int next;

  @Option(
      names = "--generate",
      paramLabel = "N",
      description = "Read nothing; print N sentences that the model draws.")
  private int generate;

  @Mixin private SamplingOptions sampling = new SamplingOptions();

  @Option(
      names = "--longest",
      paramLabel = "WORDS",
      description = "With --generate: where a sentence is cut off (default: 100).")
  private @Nullable Integer longest;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      description = "With --generate: the same draws the same (default: 42).")
  private @Nullable Long seed;

  @Mixin private NgramText text = new NgramText();

  @Override
  public Integer call() {
    Bounds.whole("--next", next, 0, Integer.MAX_VALUE);
    Bounds.whole("--generate", generate, 0, Integer.MAX_VALUE);
    if (generate == 0 && (sampling.any() || longest != null || seed != null)) {
      throw new ConfigException(
          "--temperature and the like, --longest and --seed are of --generate; give it, or leave"
              + " them out");
    }
    if (generate > 0 && !files.isEmpty()) {
      throw new ConfigException(
          "--generate reads nothing, and %s is given; leave one out".formatted(files.getFirst()));
    }
    if ((words ? 1 : 0) + (next > 0 ? 1 : 0) + (generate > 0 ? 1 : 0) > 1) {
      throw new ConfigException("--words, --next and --generate exclude each other: leave one");
    }
    sampling.check();
    try (var scratch = new NgramCommand.Scratch();
        NgramModel opened = parent.open(model, text.unit(), scratch.folder(), text.memoryBytes());
        var out = new LineOutput(System.out)) {
      text.prepare(opened.unit(), parent.imago);
      if (generate > 0) {
        draw(opened, out);
      } else {
        new TextInput(files, false).forEach(line -> ask(line, opened, out));
      }
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  private void draw(NgramModel opened, LineOutput out) {
    int most = longest == null ? 100 : longest;
    Bounds.whole("--longest", most, 1, Integer.MAX_VALUE - 1, "100 is usual");
    long first = seed == null ? 42 : seed;
    ChatSettings settings = sampling.settings(most, List.of());
    for (int i = 0; i < generate; i++) {
      var sampler = new Sampler(settings.sampling(first + i), new int[0]);
      out.line(text.text(new NgramSampler(opened, sampler::next).sentence(most), opened));
    }
  }

  private void ask(String line, NgramModel opened, LineOutput out) {
    String[] cut = text.cut(line);
    int[] ids = opened.ids(cut);
    if (next > 0) {
      out.line(successors(ids, opened));
      return;
    }
    SentenceScore score = opened.sentence(ids);
    if (words) {
      for (int i = 0; i < score.log10().length; i++) {
        out.line(
            String.format(
                Locale.ROOT,
                "%s\t%d\t%.6f",
                i < cut.length ? cut[i] : "</s>",
                score.lengths()[i],
                score.log10()[i]));
      }
      return;
    }
    int n = score.log10().length;
    out.line(
        String.format(
            Locale.ROOT,
            "%.4f\t%d\t%d\t%.2f\t%s",
            score.sum(),
            n,
            score.unknown(),
            Math.pow(10, -score.sum() / n),
            line));
  }

  private String successors(int[] ids, NgramModel opened) {
    int[] context = new int[ids.length + 1];
    context[0] = opened.begin();
    System.arraycopy(ids, 0, context, 1, ids.length);
    int from = Math.max(0, context.length - opened.order() + 1);
    double[] logs = opened.successors(Arrays.copyOfRange(context, from, context.length));
    return IntStream.range(0, logs.length)
        .boxed()
        .sorted(Comparator.comparingDouble(id -> -logs[id]))
        .limit(next)
        .map(id -> String.format(Locale.ROOT, "%s %.4f", shown(id, opened), logs[id]))
        .collect(Collectors.joining("\t"));
  }

  private String shown(int id, NgramModel opened) {
    boolean special = id == opened.end() || id == opened.unknown();
    return special ? opened.word(id) : text.text(new int[] {id}, opened);
  }
}
