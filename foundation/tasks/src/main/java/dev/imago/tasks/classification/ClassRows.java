package dev.imago.tasks.classification;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads a user's own rows as texts with their class.
///
/// A class that is a number stands for a line of a list of names, where there is one. Pairs whose
/// class is `-`, as inference sets have those that people could not agree on, are left out. A class
/// that another file has written in other case is that class (`NEUTRAL` and `neutral`), and a note
/// tells it; within a file they are two.
public final class ClassRows extends LabelledRows<ClassifiedText> {
  /// The first spelling of each class, by its small letters, and the file that has it.
  private record Spelling(String label, String file) {}

  private final Map<String, Spelling> spellings = new HashMap<>();

  /// Of each label as it was read, the class that it is.
  private final Map<String, String> known = new HashMap<>();

  public ClassRows(Settings settings) {
    super(settings);
  }

  @Override
  String label() {
    return "class";
  }

  @Override
  public Classification task() {
    return new Classification(classes());
  }

  /// The classes in the order of their ids: the list of names, or else numbers by their value, and
  /// names in alphabetical order.
  private List<String> classes() {
    if (!settings.names().isEmpty()) {
      return settings.names();
    }
    List<String> found =
        given.examples().stream().map(ClassifiedText::label).distinct().sorted().toList();
    return found.stream().allMatch(label -> label.matches("-?\\d{1,9}"))
        ? found.stream().sorted(Comparator.comparingInt(Integer::parseInt)).toList()
        : found;
  }

  @Override
  @Nullable String take(Place of, JsonNode row, List<String> labels) {
    JsonNode told = row.path(labels.getFirst());
    String label = told.isContainer() ? "" : told.asString("").strip();
    if (told.isArray()) {
      return "a list of labels, and annotate.task = classify takes one: multi-label takes several";
    }
    if (label.isEmpty()) {
      return "no class";
    }
    if (!of.pair().isEmpty() && label.equals("-")) {
      return "no class that people agreed on («-»)";
    }
    given.take(new ClassifiedText(of.id(), of.text(), named(label, of), of.file(), of.pair()));
    return null;
  }

  private String named(String label, Place of) {
    String name = name(label, of.at());
    return settings.names().isEmpty()
        ? known.computeIfAbsent(name, n -> spelled(n, of.file()))
        : name;
  }

  private String spelled(String label, String file) {
    Spelling first =
        spellings.computeIfAbsent(label.toLowerCase(Locale.ROOT), _ -> new Spelling(label, file));
    if (first.label.equals(label) || first.file.equals(file)) {
      return label;
    }
    given.note("%s: class «%s» is «%s» of %s".formatted(file, label, first.label, first.file));
    return first.label;
  }
}
