package dev.imago.annotate;

import dev.imago.annotate.Annotate.Config;
import dev.imago.annotate.LabelFiles.LabelFile;
import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.data.Example;
import dev.imago.data.LabelRows;
import dev.imago.data.Losses;
import dev.imago.data.Rows;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads a user's own rows as examples, and tells what it read them as and what it left out.
final class GivenLabels {
  private static final String MEND =
      "look at the rows, or name other fields with annotate.promptField and"
          + " annotate.completionField";

  private final Config config;
  private final Run run;
  private final LabelRows reader;
  private final Losses losses = new Losses();
  private final Map<LabelRows.Form, Long> forms = new EnumMap<>(LabelRows.Form.class);
  private final Map<String, Long> leftOut = new TreeMap<>();
  private final Map<String, Long> lost = new TreeMap<>();
  private final Set<String> unknownFields = new TreeSet<>();
  private final Set<List<Example.Message>> seen = new HashSet<>();
  private final List<Example> examples = new ArrayList<>();
  private long rows;
  private long unknown;
  private long withTools;

  private GivenLabels(Config config, Run run) {
    this.config = config;
    this.run = run;
    this.reader =
        new LabelRows(
            new LabelRows.Fields(
                config.promptField(),
                config.completionField(),
                config.systemField(),
                config.messagesField()));
  }

  /// All examples of the files that the config names, in order, each once.
  ///
  /// @throws InputException where no row of a file can be read as a label
  static List<Example> read(Config config, Run run) {
    var given = new GivenLabels(config, run);
    List<LabelFile> files = LabelFiles.of(config.labels(), false);
    long bytes = files.stream().mapToLong(LabelFile::bytes).sum();
    try (Progress progress = run.progress("read labels", bytes, "bytes")) {
      for (LabelFile file : files) {
        given.file(file);
        progress.add(file.bytes());
      }
    }
    given.tell();
    return given.examples;
  }

  private void file(LabelFile file) {
    long before = rows;
    long unknownBefore = unknown;
    unknownFields.clear();
    Rows.Format format = Rows.Format.of(file.path().toString());
    if (format == null) {
      throw new IllegalStateException(file.name());
    }
    LabelFiles.read(
        file,
        config.encoding(),
        run,
        text -> {
          try (Rows all = Rows.of(text, format, Rows.ROW_CHARS)) {
            for (Rows.Item item = all.next(); item != null; item = all.next()) {
              row(file, item);
            }
          }
        });
    if (rows > before && unknown - unknownBefore == rows - before) {
      throw new InputException(unreadable(file, rows - before));
    }
    if (rows == before) {
      run.note(file.name() + " holds no rows");
    }
  }

  private void row(LabelFile file, Rows.Item item) {
    rows++;
    switch (item) {
      case Rows.Item.Broken broken -> {
        losses.in(1, 0);
        leaveOut(
            "broken",
            0,
            "%s, line %d: %s".formatted(file.name(), broken.line(), broken.why()),
            "mend the line");
      }
      case Rows.Item.Row row -> {
        long size = row.value().toString().length();
        losses.in(1, size);
        String at = file.name() + ", line " + row.line();
        switch (reader.read(row.value())) {
          case LabelRows.Read.Labelled labelled -> take(labelled, file, size, at);
          case LabelRows.Read.Useless useless -> leaveOut(useless.why(), size, at, MEND);
          case LabelRows.Read.Unknown none -> {
            unknown++;
            unknownFields.addAll(none.fields());
            leaveOut("no known form", size, at + " with " + fields(none.fields()), MEND);
          }
        }
      }
    }
  }

  private void take(LabelRows.Read.Labelled labelled, LabelFile file, long size, String at) {
    forms.merge(labelled.form(), 1L, Long::sum);
    var whole = new ArrayList<>(labelled.messages());
    if (config.prefers()) {
      whole.add(new Example.Message("rejected", labelled.rejected()));
    }
    if (!labelled.tools().isEmpty()) {
      whole.add(new Example.Message("tools", labelled.tools().toString()));
    }
    if (!seen.add(whole)) {
      leaveOut("the same again", size, at, "nothing to mend");
      return;
    }
    if (config.prefers() && labelled.rejected().isBlank()) {
      leaveOut("no rejected answer", size, at, "give each row a chosen and a rejected answer");
      return;
    }
    withTools += labelled.tools().isEmpty() ? 0 : 1;
    labelled.lost().forEach(what -> lost.merge(what, 1L, Long::sum));
    Example example =
        Example.of(file.name() + "#" + rows, labelled.messages(), file.name())
            .offering(labelled.tools());
    examples.add(config.prefers() ? example.rejecting(labelled.rejected()) : example);
  }

  private void leaveOut(String reason, long size, String example, String mend) {
    leftOut.merge(reason, 1L, Long::sum);
    losses.lost(reason, 1, size, example, mend);
  }

  private String unreadable(LabelFile file, long count) {
    String named =
        config.promptField().isEmpty() && config.completionField().isEmpty()
            ? ""
            : " by promptField = «%s», completionField = «%s»"
                .formatted(config.promptField(), config.completionField());
    return "none of %s of %s reads as a label%s; their fields are %s; name two with annotate.promptField and annotate.completionField, or a list of turns with annotate.messagesField"
        .formatted(Counted.of(count, "rows"), file.name(), named, fields(unknownFields));
  }

  private static String fields(Set<String> fields) {
    return fields.isEmpty() ? "no fields" : String.join(", ", fields);
  }

  private void tell() {
    if (rows == 0) {
      throw new InputException(
          "annotate.labels = %s hold no row at all; give rows of prompts and answers"
              .formatted(config.labels()));
    }
    forms.forEach(
        (form, n) ->
            run.note(
                "%s read as %s"
                    .formatted(
                        Counted.of(n, "rows"),
                        config.prefers() ? "answers, one chosen and one rejected" : form.label())));
    if (!leftOut.isEmpty()) {
      var reasons = new ArrayList<String>();
      leftOut.forEach((reason, n) -> reasons.add("%,d %s".formatted(n, reason)));
      run.note(
          "%,d of %s are left out: %s"
              .formatted(
                  rows - examples.size(), Counted.of(rows, "rows"), String.join(", ", reasons)));
    }
    losses.tell("rows", run);
    lost.forEach((what, n) -> run.note("%s %s".formatted(Counted.of(n, "rows"), what)));
    if (withTools > 0) {
      run.note(
          "%s with tools to offer: a model whose chat template has tools is told of them"
              .formatted(Counted.of(withTools, "rows")));
    }
    if (examples.isEmpty()) {
      throw new InputException(
          "none of %s has an answer to learn from: %s"
              .formatted(Counted.of(rows, "rows"), leftOut));
    }
  }
}
