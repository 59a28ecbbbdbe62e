package dev.imago.labelling;

import dev.imago.agreement.Agreement;
import dev.imago.agreement.Consensus;
import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationFormat;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.AnnotationWriter;
import dev.imago.annotation.AnswerCheck;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.PositionUnit;
import dev.imago.annotation.TaskKind;
import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The labels of a project, frozen. The same state gives the same bytes: no time, no name of a
/// person, no path.
///
/// Three files: `answers.jsonl`, all that everybody answered, people as `a1`, `a2` …;
/// `labels.jsonl`, one answer for each item; `snapshot.json`, the task with its version, the
/// agreement and how the one answer was made.
public final class LabelSnapshot {
  /// All that everybody answered, an item a line.
  public static final String ANSWERS = "answers.jsonl";

  private final LabelProject project;
  private final AnnotationTask task;
  private final ProjectAgreement agreement;
  private final List<String> pseudonyms;

  public LabelSnapshot(LabelProject project) {
    this.project = project;
    this.task = project.task();
    this.agreement = ProjectAgreement.of(project);
    this.pseudonyms = new ArrayList<>();
    for (int i = 0; i < agreement.people().size(); i++) {
      pseudonyms.add("a" + (i + 1));
    }
  }

  /// @throws InputException where nothing has been answered
  public void write(Path folder) {
    if (agreement.items().isEmpty()) {
      throw new InputException("project «%s» has no label yet".formatted(project.name()));
    }
    AtomicFile.write(folder.resolve(ANSWERS), out -> items(out, false));
    AtomicFile.write(folder.resolve("labels.jsonl"), out -> items(out, true));
    AtomicFile.write(folder.resolve("snapshot.json"), facts().toPrettyString() + "\n");
  }

  private void items(OutputStream out, boolean one) throws IOException {
    try (var writer = new AnnotationWriter(out, AnnotationFormat.JSONL, PositionUnit.CODE_POINTS)) {
      for (AnnotatedItem item : one ? labels() : answers(pseudonyms)) {
        writer.write(item);
      }
    }
  }

  /// All answers, under the given names of people.
  List<AnnotatedItem> answers(List<String> names) {
    List<AnnotatedItem> items = new ArrayList<>();
    for (ProjectAgreement.Answered of : agreement.items()) {
      List<AnnotatedItem.Given> given = new ArrayList<>();
      of.answers()
          .forEach(
              (person, answer) -> given.add(AnnotatedItem.Given.by(names.get(person), answer)));
      items.add(new AnnotatedItem(of.item().id(), of.item().fields(), given));
    }
    return items;
  }

  /// One answer for each item: what a reviewer decided. Else labels are joined by
  /// [ProjectAgreement#consensus]; of spans, texts and rankings the answer that most gave stands,
  /// the first of several.
  public List<AnnotatedItem> labels() {
    boolean joined = joins();
    Consensus consensus = joined ? agreement.consensus() : null;
    List<AnnotatedItem> items = new ArrayList<>();
    for (int i = 0; i < agreement.items().size(); i++) {
      ProjectAgreement.Answered of = agreement.items().get(i);
      LabelAnswer decided = of.decided();
      LabelAnswer answer =
          decided != null
              ? decided
              : consensus != null && consensus.label(i) >= 0
                  ? LabelAnswer.ofLabels(agreement.labels(consensus.label(i)))
                  : commonest(of.answers());
      if (AnswerCheck.fault(task, of.item(), answer).isEmpty()) {
        items.add(
            new AnnotatedItem(
                of.item().id(), of.item().fields(), List.of(AnnotatedItem.Given.by("", answer))));
      }
    }
    return items;
  }

  /// Whether labels are joined by [ProjectAgreement#consensus].
  private boolean joins() {
    return task.kind().hasLabels() && task.kind() != TaskKind.SPANS && agreement.tabular();
  }

  private static LabelAnswer commonest(Map<Integer, LabelAnswer> answers) {
    Map<LabelAnswer, Integer> counts = new HashMap<>();
    answers.values().forEach(answer -> counts.merge(answer, 1, Integer::sum));
    LabelAnswer best = answers.values().iterator().next();
    for (LabelAnswer answer : answers.values()) {
      best = counts.getOrDefault(answer, 0) > counts.getOrDefault(best, 0) ? answer : best;
    }
    return best;
  }

  private ObjectNode facts() {
    ObjectNode facts = JsonMapper.shared().createObjectNode();
    facts.put("task", task.kind().label());
    facts.put("version", project.version());
    facts.put("declaration", project.yaml());
    facts.put("items", agreement.items().size());
    facts.put("answers", agreement.items().stream().mapToLong(item -> item.answers().size()).sum());
    switch (agreement.main()) {
      case Agreement.Value value -> facts.put("agreement", value.value());
      case Agreement.Undefined undefined -> facts.put("agreement_undefined", undefined.why());
    }
    facts.put(
        "coefficient",
        task.kind() == TaskKind.SPANS || task.kind() == TaskKind.ANSWER_SPAN
            ? "span F1"
            : "Krippendorff's alpha");
    boolean joined = joins();
    facts.put("aggregation", joined ? agreement.consensusName() : "commonest answer");
    facts.put("reviewed", agreement.items().stream().filter(i -> i.decided() != null).count());
    ArrayNode annotators = facts.putArray("annotators");
    Consensus consensus = joined ? agreement.consensus() : null;
    for (int person = 0; person < pseudonyms.size(); person++) {
      ObjectNode of = annotators.addObject().put("name", pseudonyms.get(person));
      if (consensus != null && !Double.isNaN(consensus.competence(person))) {
        of.put("competence", consensus.competence(person));
      }
    }
    return facts;
  }
}
