package dev.imago.cli;

import dev.imago.core.Imports;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.RatingLog;
import dev.imago.data.Ratings;
import dev.imago.data.Split;
import dev.imago.feedback.RatingsFolder;
import dev.imago.tasks.LabelReader;
import dev.imago.tasks.classification.ClassRows;
import dev.imago.tasks.tagging.TagRows;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSONL data set: rows of `{"text"}`, which are documents, of `{"prompt", "completion"}`, which
/// are labelled pairs, of `{"text", "label"}` (or `class`, `category`, `intent`), which are texts
/// with their class, of `{"words", "tags"}` (or `tokens`, `ner_tags`, `labels`), which are words
/// with their tags, or of `{"messages", "answer", "vote"}`, which are a server's log of ratings.
/// The first row says which.
final class ImportedRows {
  private static final List<String> CLASSES = List.of("label", "class", "category", "intent");
  private static final List<String> WORDS = List.of("words", "tokens");
  private static final List<String> TAGS = List.of("tags", "ner_tags", "labels");

  private final Path file;
  private final Form form;

  private enum Form {
    DOCUMENTS,
    PAIRS,
    CLASSES,
    TAGS,
    RATINGS
  }

  ImportedRows(Path file) throws IOException {
    this.file = file;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      String first = lines.readLine();
      if (first == null) {
        throw new InputException(file + " is empty");
      }
      JsonNode row = parse(first, 1);
      if (row.has("prompt") && row.has("completion")) {
        form = Form.PAIRS;
      } else if (row.has("messages") && row.has("answer") && row.has("vote")) {
        form = Form.RATINGS;
      } else if (row.has("text") && CLASSES.stream().anyMatch(row::has)) {
        form = Form.CLASSES;
      } else if (lists(row, WORDS) && lists(row, TAGS)) {
        form = Form.TAGS;
      } else if (row.has("text")) {
        form = Form.DOCUMENTS;
      } else {
        throw new InputException(
            "%s, line 1: a row is {\"text\": …}, {\"prompt\": …, \"completion\": …}, {\"text\": …, \"label\": …}, {\"words\": […], \"tags\": […]} or a server's {\"messages\": …, \"answer\": …, \"vote\": …}, and this has %s"
                .formatted(file, String.join(", ", row.propertyNames())));
      }
    }
  }

  private static boolean lists(JsonNode row, List<String> fields) {
    return fields.stream().anyMatch(f -> row.path(f).isArray());
  }

  /// @param notes told what people should know of labels
  Ref take(Imports imports, String from, Map<String, String> details, Consumer<String> notes) {
    return switch (form) {
      case DOCUMENTS -> imports.take(Corpus.class, from, details, this::writeDocuments);
      case PAIRS -> imports.take(Labels.class, from, details, this::writePairs);
      case CLASSES ->
          labels(imports, from, details, new ClassRows(LabelReader.Settings.FOUND), notes);
      case TAGS -> labels(imports, from, details, new TagRows(LabelReader.Settings.FOUND), notes);
      case RATINGS -> imports.take(Ratings.class, from, details, this::writeRatings);
    };
  }

  private <E extends Record> Ref labels(
      Imports imports,
      String from,
      Map<String, String> details,
      LabelReader<E> reader,
      Consumer<String> notes) {
    return imports.take(
        Labels.class, from, details, new ImportedLabels<>(reader, file, notes)::write);
  }

  private JsonNode parse(String line, long number) {
    try {
      JsonNode row = JsonMapper.shared().readTree(line);
      if (row.isObject()) {
        return row;
      }
      throw new InputException("%s, line %d: no JSON object".formatted(file, number));
    } catch (JacksonException e) {
      throw new InputException(
          "%s, line %d: not JSON (%s)".formatted(file, number, e.getOriginalMessage()), e);
    }
  }

  private String text(JsonNode row, String name, long number) {
    JsonNode value = row.get(name);
    if (value == null || !value.isString()) {
      throw new InputException(
          "%s, line %d: «%s» is missing, or no text".formatted(file, number, name));
    }
    return value.stringValue();
  }

  private String id(long number) {
    return "%s:%d".formatted(file.getFileName(), number);
  }

  private void writeDocuments(Path folder) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file);
        var writer = new Documents.Writer(folder, "raw")) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          String text = text(parse(line, number), "text", number);
          writer.write(new Document(id(number), text, id(number), Map.of("kind", "prose")));
        }
      }
    }
  }

  /// A line of a log counts once its newline is there; a file that was edited by hand may lack the
  /// last one.
  private void writeRatings(Path folder) throws IOException {
    Path lines = folder.resolve("log.jsonl");
    Files.copy(file, lines);
    try {
      if (!endsWithNewline(lines)) {
        Files.writeString(lines, "\n", StandardOpenOption.APPEND);
      }
      RatingsFolder.write(RatingLog.latest(lines), folder);
    } catch (InputException e) {
      String said = String.valueOf(e.getMessage());
      throw new InputException(said.replace(lines.toString(), file.toString()), e);
    } finally {
      Files.deleteIfExists(lines);
    }
  }

  private static boolean endsWithNewline(Path file) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.position(Math.max(0, channel.size() - 1)).read(last);
      return last.get(0) == '\n';
    }
  }

  /// Every twentieth pair is held out, the first of them the twentieth: of fewer there is one.
  private void writePairs(Path folder) throws IOException {
    var train = new ArrayList<Example>();
    var heldout = new ArrayList<Example>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        JsonNode row = parse(line, number);
        var pair =
            new Example(
                id(number),
                text(row, "prompt", number),
                text(row, "completion", number),
                String.valueOf(file.getFileName()));
        ((train.size() + heldout.size() + 1) % ImportedLabels.HELD_OUT == 0 ? heldout : train)
            .add(pair);
      }
    }
    if (heldout.isEmpty() && train.size() > 1) {
      heldout.add(train.removeLast());
    }
    if (heldout.isEmpty()) {
      throw new InputException(file + " has one pair, and labels need two: one is held out");
    }
    Examples.write(folder, Split.TRAIN, train);
    Examples.write(folder, Split.HELDOUT, heldout);
  }
}
