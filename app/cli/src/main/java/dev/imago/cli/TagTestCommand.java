package dev.imago.cli;

import dev.imago.metrics.Average;
import dev.imago.metrics.Counts;
import dev.imago.metrics.EntityScores;
import dev.imago.metrics.SpanScheme;
import dev.imago.sequences.SequenceTagger;
import dev.imago.sequences.TagSequence;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// How well a tagger does on rows.
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = {
      "Tell how many tags of rows are right; of tags such as B-NP, precision, recall and F1 of"
          + " spans",
      "as conlleval has them."
    },
    footer = {"", "Example:  imago tag test chunks.tagger test.txt"})
final class TagTestCommand implements Callable<Integer> {
  @ParentCommand private TagCommand parent = new TagCommand();

  @Parameters(index = "0", paramLabel = "TAGGER", description = "A tagger that train wrote.")
  private Path model = Path.of("model.tagger");

  @Parameters(index = "1..*", paramLabel = "FILE", description = "Rows (default: standard input).")
  private List<Path> files = List.of();

  @Override
  public Integer call() {
    SequenceTagger tagger = TagCommand.open(model);
    List<TagSequence> given = TagCommand.read(files, true);
    given.forEach(s -> TagCommand.fits(tagger, s));
    List<List<String>> gold = given.stream().map(TagSequence::tags).toList();
    List<List<String>> told = given.parallelStream().map(s -> tagger.best(s.rows())).toList();
    long right = 0;
    long all = 0;
    boolean spans = true;
    for (int i = 0; i < gold.size(); i++) {
      for (int t = 0; t < gold.get(i).size(); t++) {
        String tag = gold.get(i).get(t);
        right += tag.equals(told.get(i).get(t)) ? 1 : 0;
        all++;
        spans &= tag.equals("O") || tag.matches("[BI]-.+");
      }
    }
    System.out.printf(Locale.ROOT, "accuracy %.4f of %,d rows%n", (double) right / all, all);
    if (spans) {
      EntityScores scores = EntityScores.of(SpanScheme.CONLLEVAL, gold, told);
      tell(
          "all",
          scores.precision(Average.MICRO),
          scores.recall(Average.MICRO),
          scores.f1(Average.MICRO));
      scores.byType().forEach((type, c) -> tell(type, c));
    }
    if (!parent.imago.quiet && !spans) {
      System.err.println("tags are no spans (O, B-… and I-…): accuracy alone is told");
    }
    return 0;
  }

  private static void tell(String type, Counts c) {
    tell(type, c.precision(), c.recall(), c.f1());
  }

  private static void tell(String type, double precision, double recall, double f1) {
    System.out.printf(
        Locale.ROOT, "%s\tprecision %.4f\trecall %.4f\tF1 %.4f%n", type, precision, recall, f1);
  }
}
