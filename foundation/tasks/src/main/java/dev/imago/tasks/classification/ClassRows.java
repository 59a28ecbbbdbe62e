package dev.imago.tasks.classification;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads a user's own rows as texts with their class.
///
/// A class that is a number stands for a line of a list of names, where there is one. Pairs whose
/// class is `-`, as inference sets have those that people could not agree on, are left out.
public final class ClassRows extends LabelledRows<ClassifiedText> {
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
    given.take(new ClassifiedText(of.id(), of.text(), name(label, of.at()), of.file(), of.pair()));
    return null;
  }
}
