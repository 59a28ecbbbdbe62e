package dev.imago.tasks;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.core.Nearest;
import dev.imago.model.Output;
import dev.imago.tasks.answering.Answering;
import dev.imago.tasks.classification.ClassRows;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.classification.LabelSetRows;
import dev.imago.tasks.classification.MultiLabel;
import dev.imago.tasks.classification.NumberRows;
import dev.imago.tasks.classification.Ordinal;
import dev.imago.tasks.classification.RankRows;
import dev.imago.tasks.classification.Regression;
import dev.imago.tasks.embedding.EmbeddingTask;
import dev.imago.tasks.parsing.ParseRows;
import dev.imago.tasks.parsing.Parsing;
import dev.imago.tasks.preference.Judging;
import dev.imago.tasks.preference.Preferring;
import dev.imago.tasks.preference.Rewarding;
import dev.imago.tasks.reranking.RerankingTask;
import dev.imago.tasks.rewriting.Rewriting;
import dev.imago.tasks.span.SpanAnswering;
import dev.imago.tasks.span.SpanRows;
import dev.imago.tasks.tagging.TagRows;
import dev.imago.tasks.tagging.Tagging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// All tasks, and how labels say theirs: a file `task.json` beside their rows, with the task's name
/// and its labels in the order of their ids. Labels without it are answers to prompts.
public final class Tasks {
  /// The file's name.
  public static final String FILE = "task.json";

  /// A task by its name.
  ///
  /// @param of makes it of its labels' names
  /// @param reader of a user's own files; null where `annotate` makes its examples otherwise
  private record Known(
      String name,
      Function<List<String>, Task> of,
      @Nullable Function<LabelReader.Settings, LabelReader<?>> reader) {}

  /// The default first.
  private static final List<Known> ALL =
      List.of(
          new Known(Answering.NAME, _ -> new Answering(), null),
          new Known(Classification.NAME, Classification::new, ClassRows::new),
          new Known(MultiLabel.NAME, MultiLabel::new, LabelSetRows::new),
          new Known(Ordinal.NAME, Ordinal::new, RankRows::new),
          new Known(Regression.NAME, Regression::new, NumberRows::new),
          new Known(SpanAnswering.NAME, SpanAnswering::new, SpanRows::new),
          new Known(Tagging.NAME, Tagging::new, TagRows::new),
          new Known(Parsing.NAME, Parsing::new, ParseRows::new),
          new Known(Rewriting.TRANSLATE, _ -> Rewriting.translation(), null),
          new Known(Rewriting.SUMMARISE, _ -> Rewriting.summary(), null),
          new Known(EmbeddingTask.NAME, _ -> new EmbeddingTask(), null),
          new Known(RerankingTask.NAME, _ -> new RerankingTask(), null),
          new Known(Preferring.NAME, _ -> new Preferring(), null),
          new Known(Judging.NAME, _ -> new Judging(), null),
          new Known(Rewarding.NAME, _ -> new Rewarding(), null));

  private Tasks() {}

  /// Their names, the default first.
  public static List<String> names() {
    return ALL.stream().map(Known::name).toList();
  }

  /// What reads a user's own files as examples of a task; empty for answers, whose rows
  /// [dev.imago.data.LabelRows] tells.
  ///
  /// @param name one of [#names]
  public static Optional<LabelReader<?>> reader(String name, LabelReader.Settings settings) {
    return ALL.stream()
        .filter(known -> known.name().equals(name))
        .findFirst()
        .map(Known::reader)
        .map(reader -> reader.apply(settings));
  }

  /// The task of a folder of labels.
  ///
  /// @throws InputException for a task that is not known
  public static Task read(Path labels) {
    Path file = labels.resolve(FILE);
    if (!Files.exists(file)) {
      return new Answering();
    }
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
      var names = new ArrayList<String>();
      json.path("labels").forEach(label -> names.add(label.asString()));
      String name = json.path("task").asString("");
      return ALL.stream()
          .filter(known -> known.name().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new InputException(
                      "%s: task = «%s» is not known%s"
                          .formatted(file, name, Nearest.hint(name, names()))))
          .of()
          .apply(names);
    } catch (JacksonException e) {
      throw new InputException("%s is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new InputException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// Says the task of a folder of labels.
  public static void write(Path labels, Task task) {
    var json = JsonMapper.shared().createObjectNode();
    json.put("task", task.name());
    var names = json.putArray("labels");
    task.written().forEach(names::add);
    AtomicFile.write(labels.resolve(FILE), json.toPrettyString() + "\n");
  }

  /// Whether a model with this last layer does the task: of another's labels it tells nothing.
  public static boolean fits(Output output, Task task) {
    // Whether tags are told by a CRF, how wide a parser is, and which rows a vector is of, is the
    // model's business.
    return switch (output) {
      case Output.Tags(List<String> labels, _) ->
          task.output() instanceof Output.Tags(List<String> own, _) && labels.equals(own);
      case Output.Dependencies(List<String> relations, _, _) ->
          task.output() instanceof Output.Dependencies(List<String> own, _, _)
              && relations.equals(own);
      case Output.Embedding _ -> task.output() instanceof Output.Embedding;
      case Output.NextToken _, Output.MaskedToken _, Output.Classes _, Output.Span _ ->
          output.equals(task.output());
    };
  }
}
