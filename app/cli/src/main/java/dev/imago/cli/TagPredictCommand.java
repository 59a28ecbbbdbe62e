package dev.imago.cli;

import dev.imago.sequences.SequenceTagger;
import dev.imago.sequences.TagSequence;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// The tags of rows.
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Tell the tags of rows: each row with its tag behind, empty lines as they were.",
    footer = {"", "Example:  cut -d' ' -f1,2 test.txt | imago tag predict chunks.tagger"})
final class TagPredictCommand implements Callable<Integer> {
  @ParentCommand private TagCommand parent = new TagCommand();

  @Parameters(index = "0", paramLabel = "TAGGER", description = "A tagger that train wrote.")
  private Path model = Path.of("model.tagger");

  @Parameters(index = "1..*", paramLabel = "FILE", description = "Rows (default: standard input).")
  private List<Path> files = List.of();

  @Option(names = "--marginals", description = "Tell how sure each tag is, too.")
  private boolean marginals;

  @Override
  public Integer call() {
    SequenceTagger tagger = TagCommand.open(model);
    try (var out = new LineOutput(System.out)) {
      TagCommand.each(files, false, sequence -> tell(tagger, sequence, out));
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  private void tell(SequenceTagger tagger, TagSequence sequence, LineOutput out) {
    TagCommand.fits(tagger, sequence);
    List<SequenceTagger.Told> told = tagger.told(sequence.rows());
    for (int t = 0; t < told.size(); t++) {
      String row = String.join(" ", sequence.rows().get(t)) + " " + told.get(t).tag();
      out.line(
          marginals ? row + String.format(Locale.ROOT, " %.4f", told.get(t).probability()) : row);
    }
    out.line("");
  }
}
