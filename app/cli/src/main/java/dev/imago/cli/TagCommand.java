package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.sequences.SequenceTagger;
import dev.imago.sequences.TagSequence;
import dev.imago.sequences.TaggerFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Command;

/// Probabilistic taggers by themselves, each command useful in a pipe.
@Command(
    name = "tag",
    mixinStandardHelpOptions = true,
    description = {
      "Train, test and use taggers of sequences that need minutes: conditional random fields and",
      "hidden Markov models. A row a line, columns between blanks, an empty line between sequences."
    },
    footer = {
      "",
      "Examples:",
      "  imago tag train train.txt --out chunks.tagger",
      "  imago tag test chunks.tagger test.txt",
      "  cut -d' ' -f1,2 test.txt | imago tag predict chunks.tagger"
    },
    subcommands = {
      TagTrainCommand.class,
      TagTestCommand.class,
      TagPredictCommand.class,
    })
final class TagCommand extends CommandGroup {
  /// Opens a tagger's file.
  static SequenceTagger open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          "%s is no file; name a tagger that `imago tag train` wrote".formatted(file));
    }
    return NgramCommand.checked(() -> TaggerFile.read(file));
  }

  /// All sequences of files.
  ///
  /// @param tagged whether the last column is the tag
  static List<TagSequence> read(List<Path> files, boolean tagged) {
    var all = new ArrayList<TagSequence>();
    each(files, tagged, all::add);
    if (all.isEmpty()) {
      throw new InputException("no row is there; give a row a line, columns between blanks");
    }
    return all;
  }

  /// Gives every sequence as it is read.
  static void each(List<Path> files, boolean tagged, Consumer<TagSequence> to) {
    var rows = new ArrayList<List<String>>();
    var tags = new ArrayList<String>();
    int columns = 0;
    new TextInput(files, false); // all are there before the first is read
    for (Path file : files.isEmpty() ? List.of(Path.of("-")) : files) {
      columns = each(file, tagged, columns, rows, tags, to);
      give(rows, tags, to);
    }
  }

  /// @param before columns of the rows before; 0 for none
  /// @return columns of all rows
  private static int each(
      Path file,
      boolean tagged,
      int before,
      List<List<String>> rows,
      List<String> tags,
      Consumer<TagSequence> to) {
    int columns = before;
    int number = 0;
    Iterator<String> lines = new TextInput(List.of(file), false).iterator();
    while (lines.hasNext()) {
      String line = lines.next().strip();
      number++;
      if (line.isEmpty() || line.startsWith("-DOCSTART-")) {
        give(rows, tags, to);
        continue;
      }
      List<String> cells = List.of(line.split("[ \t]+"));
      columns = columns == 0 ? cells.size() : columns;
      if (cells.size() != columns || tagged && columns < 2) {
        throw new InputException(
            "%s, line %,d has %d columns%s; give as many in every line, and empty lines between sequences"
                .formatted(
                    file.equals(Path.of("-")) ? "standard input" : file,
                    number,
                    cells.size(),
                    columns == cells.size()
                        ? " where a word and its tag are asked for"
                        : " and those before %d".formatted(columns)));
      }
      rows.add(tagged ? cells.subList(0, columns - 1) : cells);
      if (tagged) {
        tags.add(cells.getLast());
      }
    }
    return columns;
  }

  private static void give(List<List<String>> rows, List<String> tags, Consumer<TagSequence> to) {
    if (!rows.isEmpty()) {
      to.accept(new TagSequence(rows, tags));
    }
    rows.clear();
    tags.clear();
  }

  /// Refuses rows with too few columns for a tagger.
  static void fits(SequenceTagger tagger, TagSequence sequence) {
    int columns = sequence.rows().getFirst().size();
    if (columns < tagger.columns()) {
      throw new InputException(
          "rows have %d columns, and the tagger looks at %d; give those that it was trained with"
              .formatted(columns, tagger.columns()));
    }
  }
}
