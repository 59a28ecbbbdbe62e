package dev.imago.annotate;

import dev.imago.annotate.LabelFiles.LabelFile;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.TextReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Two texts of which each line is the other's, as corpora of translations come.
///
/// @param sources as many as targets
record ParallelLines(List<String> sources, List<String> targets) {
  /// Whether a plain text has columns between tabs, so that it is rows by itself.
  static boolean columns(LabelFile file, Annotate.Config config, Run run) {
    boolean[] tabs = new boolean[1];
    LabelFiles.read(
        file,
        config.encoding(),
        run,
        text -> {
          String first = new BufferedReader(text).readLine();
          tabs[0] = first != null && first.indexOf('\t') >= 0;
        });
    return tabs[0];
  }

  /// @param target the text that follows; null where none does
  /// @throws InputException where there is none, or it has another number of lines
  static ParallelLines of(
      LabelFile source, @Nullable LabelFile target, Annotate.Config config, Run run) {
    if (target == null) {
      throw new InputException(
          "%s is plain text, and none of as many lines follows it: name the source and then its target (--labels train.de --labels train.en), or give rows of two fields"
              .formatted(source.name()));
    }
    List<String> sources = lines(source, config, run);
    List<String> targets = lines(target, config, run);
    if (sources.size() != targets.size()) {
      throw new InputException(
          "%s has %,d lines and %s has %,d: each line of the one is the other's, so that there are as many; mend the files"
              .formatted(source.name(), sources.size(), target.name(), targets.size()));
    }
    return new ParallelLines(sources, targets);
  }

  private static List<String> lines(LabelFile file, Annotate.Config config, Run run) {
    var lines = new ArrayList<String>();
    LabelFiles.read(file, config.encoding(), run, text -> read(text, lines));
    return lines;
  }

  private static void read(TextReader text, List<String> lines) throws IOException {
    var reader = new BufferedReader(text);
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      lines.add(line);
    }
  }
}
