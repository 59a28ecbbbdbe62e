package dev.imago.cli;

import dev.imago.sequences.SequenceTagger;
import dev.imago.sequences.TagSequence;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// How well a tagger does on rows.
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = {
      "Tell how many tags of rows are right; of tags such as B-NP (of E-, S- too), precision,",
      "recall and F1 of spans, as conlleval has them."
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
    TagScores.tell(gold, told, parent.imago.quiet);
    return 0;
  }
}
