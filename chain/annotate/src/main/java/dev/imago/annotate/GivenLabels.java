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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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

  /// The place of the first row of each reason.
  private final Map<String, String> first = new HashMap<>();

  private final Map<String, Long> lost = new TreeMap<>();
  private final Set<String> unknownFields = new TreeSet<>();
  private final Map<List<Example.Message>, Optional<Boolean>> seen = new HashMap<>();
  private Set<List<Example.Message>> earlier = Set.of();
  private final List<Example> examples = new ArrayList<>();
  private final Set<PairRow.Fields> found = new HashSet<>();
  private List<String> taken = List.of();
  private long rows;

  /// Those of the files before.
  private long before;

  /// How many files of a name were begun: several folders may hold one, and an id is one row's.
  private final Map<String, Integer> named = new HashMap<>();

  /// What the file that is read is called in ids.
  private String called = "";

  private long unknown;
  private long withTools;

  GivenLabels(Config config, Run run) {
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

  /// All examples of some files, in order, each once, but for those that were read before.
  ///
  /// @throws InputException where no row of a file can be read as a label
  List<Example> read(List<LabelFile> files, String what) {
    int start = examples.size();
    earlier = Set.copyOf(seen.keySet());
    long bytes = files.stream().mapToLong(LabelFile::bytes).sum();
    try (Progress progress = run.progress(what, bytes, "bytes")) {
      for (int i = 0; i < files.size(); i++) {
        LabelFile file = files.get(i);
        if (Rows.Format.of(file.name()) == null && !ParallelLines.columns(file, config, run)) {
          parallel(file, i + 1 < files.size() ? files.get(i + 1) : null);
          i++;
        } else {
          file(file);
        }
        progress.add(file.bytes());
      }
    }
    return List.copyOf(examples.subList(start, examples.size()));
  }

  /// Two texts of which each line is the other's.
  private void parallel(LabelFile source, @Nullable LabelFile target) {
    var lines = ParallelLines.of(source, target, config, run);
    begin(source);
    for (int i = 0; i < lines.sources().size(); i++) {
      rows++;
      String asked = lines.sources().get(i).strip();
      String answer = lines.targets().get(i).strip();
      long size = asked.length() + answer.length();
      losses.in(1, size);
      String at = source.name() + ", line " + (i + 1);
      if (asked.isEmpty() || answer.isEmpty()) {
        leaveOut("an empty line of one of the texts", size, at, "nothing to mend");
        continue;
      }
      var turns =
          List.of(
              new Example.Message(Example.USER, asked),
              new Example.Message(Example.ASSISTANT, answer));
      var row = new LabelRows.Read.Labelled(LabelRows.Form.PAIR, turns, List.of(), List.of(), "");
      take(row, null, source, size, at);
    }
  }

  private void begin(LabelFile file) {
    before = rows;
    int which = named.merge(file.name(), 1, Integer::sum);
    called = which == 1 ? file.name() : file.name() + "~" + which;
  }

  private void file(LabelFile file) {
    begin(file);
    long unknownBefore = unknown;
    unknownFields.clear();
    Rows.Format known = Rows.Format.of(file.path().toString());
    Rows.Format format = known == null ? Rows.Format.TSV : known;
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
        switch (read(row.value())) {
          case LabelRows.Read.Labelled labelled -> {
            Boolean good = config.judges() ? LabelRows.good(row.value()) : null;
            if (config.judges() && good == null) {
              leaveOut("no label", size, at, "give each row a label of true or false");
            } else {
              take(labelled, good, file, size, at);
            }
          }
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

  /// Of a text and what is made of it, a row of no known names is its first two fields.
  private LabelRows.Read read(JsonNode value) {
    JsonNode row =
        config.rewrites() && value.size() == 1 && value.values().iterator().next().isObject()
            ? value.values().iterator().next()
            : value;
    if (config.embeds() && row.isObject()) {
      var fields = PairRow.fields(row, config.promptField(), config.completionField());
      if (fields.in(row) && found.add(fields)) {
        run.note(fields.words(row));
      }
      return PairRow.read(row, fields);
    }
    if (config.judges()) {
      return reader.readAnswer(row);
    }
    LabelRows.Read read = reader.read(row);
    boolean named = !config.promptField().isEmpty() || !config.completionField().isEmpty();
    if (!(read instanceof LabelRows.Read.Unknown) || !config.rewrites() || named) {
      return read;
    }
    List<String> texts =
        row.properties().stream()
            .filter(field -> field.getValue().isString())
            .map(Map.Entry::getKey)
            .limit(2)
            .toList();
    if (texts.size() < 2) {
      return read;
    }
    if (!texts.equals(taken)) {
      taken = texts;
      run.note(
          "source = «%s», target = «%s»; annotate.promptField and annotate.completionField name others"
              .formatted(texts.get(0), texts.get(1)));
    }
    return new LabelRows(new LabelRows.Fields(texts.get(0), texts.get(1), "", "")).read(row);
  }

  /// @param good whether people found the answer good; null where that is not asked
  private void take(
      LabelRows.Read.Labelled labelled,
      @Nullable Boolean good,
      LabelFile file,
      long size,
      String at) {
    forms.merge(labelled.form(), 1L, Long::sum);
    var whole = new ArrayList<>(labelled.messages());
    if (config.prefers() || config.embeds()) {
      whole.add(new Example.Message("rejected", labelled.rejected()));
    }
    if (!labelled.tools().isEmpty()) {
      whole.add(new Example.Message("tools", labelled.tools().toString()));
    }
    Optional<Boolean> vote = Optional.ofNullable(good);
    Optional<Boolean> known = seen.putIfAbsent(whole, vote);
    if (known != null) {
      if (known.equals(vote)) {
        String reason = earlier.contains(whole) ? "held out, too" : "the same again";
        leaveOut(reason, size, at, "nothing to mend");
      } else {
        leaveOut("the same answer with the other label", size, at, "decide between the two");
      }
      return;
    }
    if (config.prefers() && labelled.rejected().isBlank()) {
      leaveOut("no rejected answer", size, at, "give each row a chosen and a rejected answer");
      return;
    }
    withTools += labelled.tools().isEmpty() ? 0 : 1;
    labelled.lost().forEach(what -> lost.merge(what, 1L, Long::sum));
    Example example =
        Example.of(called + "#" + (rows - before), labelled.messages(), file.name())
            .offering(labelled.tools());
    if (good != null) {
      examples.add(example.judged(good));
      return;
    }
    examples.add(
        config.prefers() || config.embeds() ? example.rejecting(labelled.rejected()) : example);
  }

  private void leaveOut(String reason, long size, String example, String mend) {
    leftOut.merge(reason, 1L, Long::sum);
    first.putIfAbsent(reason, example);
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

  /// Tells what was read.
  ///
  /// @throws InputException where there is nothing to learn from
  void tell() {
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
                        config.prefers()
                            ? "answers, one chosen and one rejected"
                            : config.judges()
                                ? "answers, each found good or bad"
                                : config.embeds() ? "texts that belong together" : form.label())));
    var reasons = new ArrayList<String>();
    leftOut.forEach(
        (reason, n) -> reasons.add("%,d %s (first: %s)".formatted(n, reason, first.get(reason))));
    if (!leftOut.isEmpty()) {
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
              .formatted(Counted.of(rows, "rows"), String.join(", ", reasons)));
    }
  }
}
