package dev.imago.evaluate;

import dev.imago.core.Run;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Split;
import dev.imago.metrics.RougeWords;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.answering.Answering;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Held-out pairs to answer, and the training pairs that retrieval may answer from.
///
/// @param pairs held out; none where only text is measured
/// @param training the other side of the split
/// @param metrics that answers are measured by
record HeldOutPairs(List<Example> pairs, List<Example> training, List<AnswerMetric> metrics) {
  static final String BEATS_RETRIEVAL = " beats retrieval by ";
  private static final String POINTS = "0–100";
  private static final JsonMapper JSON = JsonMapper.shared();

  HeldOutPairs {
    pairs = List.copyOf(pairs);
    training = List.copyOf(training);
    metrics = List.copyOf(metrics);
  }

  /// Nothing to answer: text alone is measured.
  static HeldOutPairs none() {
    return new HeldOutPairs(List.of(), List.of(), List.of());
  }

  /// Reads both sides of the labels; none, and a note of why, where there are too few to measure.
  static HeldOutPairs read(Path labels, Run run) {
    List<Example> pairs = good(Examples.read(labels, Split.HELDOUT));
    List<Example> training = good(Examples.read(labels, Split.TRAIN));
    if (pairs.size() < 2) {
      return tooFew("held-out pairs", pairs.size(), "an interval needs 2", run);
    }
    if (training.isEmpty()) {
      return tooFew("training pairs", 0, "the retrieval baseline needs 1", run);
    }
    return new HeldOutPairs(pairs, training, AnswerMetric.of(Tasks.read(labels), pairs));
  }

  /// Without answers that people found bad: they are no answers to come near.
  private static List<Example> good(List<Example> all) {
    return all.stream().filter(example -> !Boolean.FALSE.equals(example.label())).toList();
  }

  private static HeldOutPairs tooFew(String what, int count, String why, Run run) {
    run.note(
        "answers are not measured: %s = %d, and %s; more documents, or a larger prepare.heldoutFraction, give more"
            .formatted(what, count, why));
    return none();
  }

  /// Draws pairs (seeded, without replacement) whose prompts leave room for an answer.
  ///
  /// @param room tokens that a prompt may take
  HeldOutPairs draw(int wanted, int room, Answerer model, Run run) {
    var shuffled = new ArrayList<>(pairs);
    Collections.shuffle(shuffled, new Random(run.seed()));
    var drawn = new ArrayList<Example>();
    int tooLong = 0;
    int refused = 0;
    for (int i = 0; i < shuffled.size() && drawn.size() < wanted; i++) {
      int length;
      try {
        length = model.prompt(shuffled.get(i)).length;
      } catch (IllegalArgumentException e) { // roles in an order that the template refuses, say
        refused++;
        continue;
      }
      if (length > room) {
        tooLong++;
      } else {
        drawn.add(shuffled.get(i));
      }
    }
    if (refused > 0) {
      run.note(
          "passed over %d held-out conversations that the chat template refuses"
              .formatted(refused));
    }
    if (tooLong > 0) {
      run.note("passed over %d held-out prompts of more than %d tokens".formatted(tooLong, room));
    }
    if (drawn.size() < 2) {
      run.note(
          "answers are not measured: %d of %d held-out prompts have at most the %d tokens that leave room for an answer, and an interval needs 2; lower evaluate.maxNewTokens"
              .formatted(drawn.size(), pairs.size(), room));
      return none();
    }
    return new HeldOutPairs(drawn, training, metrics);
  }

  /// Scores the answers of models and of retrieval.
  ///
  /// @param answers of each model, by its name; `base` is the untuned one
  /// @return what may be shown of them, one line of JSON for each pair
  List<String> measure(Report report, Map<String, List<String>> answers, Run run) {
    metrics.stream().flatMap(m -> m.signature().stream()).forEach(run::note);
    if (metrics.stream().anyMatch(AnswerMetric::countsWords)) {
      tellWords(run);
    }
    var systems = new LinkedHashMap<String, List<String>>();
    answers.forEach(
        (name, texts) -> {
          if (!name.equals("base")) {
            systems.put(name, texts);
          }
        });
    List<String> tuned = List.copyOf(systems.keySet());
    List<String> untuned = answers.get("base");
    if (untuned != null) {
      systems.put("untuned", untuned);
    }
    systems.put("retrieval", retrieve());
    systems.forEach((name, texts) -> add(report, name, texts));
    for (AnswerMetric metric : metrics) {
      String measure = metric.key();
      String by = metric.name();
      for (String model : tuned) {
        String called = tuned.size() == 1 ? "the tuned model" : model;
        if (untuned != null) {
          report.compare(
              called + " beats the untuned one by " + by,
              measure + "." + model,
              measure + ".untuned",
              false);
        }
        report.compare(
            called + BEATS_RETRIEVAL + by, measure + "." + model, measure + ".retrieval", false);
      }
    }
    var samples = new ArrayList<String>();
    for (int i = 0; i < pairs.size(); i++) {
      Example pair = pairs.get(i);
      var line = JSON.createObjectNode();
      line.put("id", pair.id());
      line.put("source", pair.source());
      line.put("prompt", pair.prompt());
      line.put("reference", pair.completion());
      for (Map.Entry<String, List<String>> system : systems.entrySet()) {
        line.put(system.getKey(), system.getValue().get(i));
      }
      samples.add(line.toString());
    }
    return samples;
  }

  /// The same in the form of predictions of labels.
  ///
  /// @param samples of [#measure]
  List<String> predictions(List<String> samples) {
    var predictions = new ArrayList<String>();
    for (String sample : samples) {
      var told = (ObjectNode) JSON.readTree(sample);
      var line = JSON.createObjectNode();
      line.set("id", told.remove("id"));
      line.put("task", Answering.NAME);
      line.putArray("gold").add(told.remove("reference"));
      told.remove(List.of("source", "prompt"));
      ObjectNode systems = line.putObject("told");
      told.properties().forEach(e -> systems.putArray(e.getKey()).add(e.getValue()));
      predictions.add(line.toString());
    }
    return predictions;
  }

  /// What ROUGE-L counts, where that is not words alone.
  private void tellWords(Run run) {
    long words = 0;
    long characters = 0;
    for (Example pair : pairs) {
      List<String> counted = RougeWords.CHARACTERS.of().apply(pair.completion());
      words += counted.size();
      characters += counted.stream().filter(RougeWords::isCharacter).count();
    }
    if (characters > 0) {
      run.note(
          "ROUGE counts words, and single characters where a script has no blanks between words: %,d of %,d in the reference answers"
              .formatted(characters, words));
    }
  }

  private List<String> retrieve() {
    var index = new Retrieval(training.stream().map(Example::prompt).toList());
    return pairs.stream()
        .map(pair -> index.nearest(pair.prompt()))
        .map(i -> i < 0 ? "" : training.get(i).completion())
        .toList();
  }

  private void add(Report report, String system, List<String> texts) {
    for (AnswerMetric metric : metrics) {
      report.measure(metric.key() + "." + system, POINTS, pairs.size(), metric.of(texts, pairs));
    }
  }
}
