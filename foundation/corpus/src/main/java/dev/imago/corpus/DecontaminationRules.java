package dev.imago.corpus;

import java.io.Serializable;
import java.util.List;

/// Against which tests a corpus is cleaned: a document in which an item of theirs stands goes.
///
/// @param against test files: rows of JSONL, JSON, CSV or TSV, sentences of columns, lines of any
///   other text, or a suite's YAML
/// @param fields of a row that are looked for, together; none for all its texts
/// @param heldoutLabels whether a recipe's own test files, `annotate.heldoutLabels`, are among them
public record DecontaminationRules(List<String> against, List<String> fields, boolean heldoutLabels)
    implements Serializable {
  public DecontaminationRules {
    against = List.copyOf(against);
    fields = List.copyOf(fields);
  }

  public static DecontaminationRules defaults() {
    return new DecontaminationRules(List.of(), List.of(), true);
  }
}
