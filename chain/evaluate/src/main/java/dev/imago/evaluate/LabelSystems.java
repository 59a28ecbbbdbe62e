package dev.imago.evaluate;

import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.Weights;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Task;
import dev.imago.tasks.Tasks;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The systems that label: models of classes or tags, each measured on the labels of its own task,
/// beside the task's baselines, which are made of the training side.
final class LabelSystems {
  /// Texts that a model reads at once.
  private static final int TOGETHER = 16;

  private final Evaluate.Inputs inputs;
  private final Evaluate.Config config;
  private final LabelModel.Opener opener;
  private final List<String> predictions = new ArrayList<>();

  LabelSystems(Evaluate.Inputs inputs, Evaluate.Config config, LabelModel.Opener opener) {
    this.inputs = inputs;
    this.config = config;
    this.opener = opener;
  }

  /// @return lines of samples
  List<String> measure(Report report, Run run) throws InterruptedException {
    var lines = new ArrayList<String>();
    var measured = new ArrayList<Weights>();
    var several = new LinkedHashMap<String, Integer>();
    for (Labels labels : inputs.labels()) {
      Task task = Tasks.read(labels.folder());
      if (task instanceof LabelTask<?> known) {
        List<Weights> models =
            inputs.tuned().stream().filter(m -> Tasks.fits(Named.output(m), task)).toList();
        measured.addAll(models);
        int before = several.merge(task.name(), 1, Integer::sum) - 1;
        String suffix = before == 0 ? "" : "@" + labels.ref().hash().substring(0, 4);
        lines.addAll(measure(known, labels, Named.of(models), suffix, report, run));
      } else {
        inputs.tuned().stream()
            .filter(m -> Tasks.fits(Named.output(m), task))
            .forEach(measured::add); // By others: see SearchSystems.
      }
    }
    for (Weights model : inputs.tuned()) {
      if (!(Named.output(model) instanceof Output.NextToken) && !measured.contains(model)) {
        run.note(
            "%s is not measured: none of the labels has its classes or tags"
                .formatted(model.ref().brief()));
      }
    }
    return lines;
  }

  /// A line for each held-out example that was measured: its id, what it was given, and what each
  /// system tells.
  List<String> predictions() {
    return List.copyOf(predictions);
  }

  private <E extends Record> void keep(
      LabelTask<E> task, List<E> heldout, Map<String, List<List<String>>> systems) {
    for (int i = 0; i < heldout.size(); i++) {
      var line = JsonMapper.shared().createObjectNode();
      line.put("id", task.id(heldout.get(i)));
      line.put("task", task.name());
      task.gold(heldout.get(i)).forEach(line.putArray("gold")::add);
      var told = line.putObject("told");
      for (Map.Entry<String, List<List<String>>> system : systems.entrySet()) {
        system.getValue().get(i).forEach(told.putArray(system.getKey())::add);
      }
      predictions.add(line.toString());
    }
  }

  private <E extends Record> List<String> measure(
      LabelTask<E> task,
      Labels labels,
      Map<String, Weights> models,
      String suffix,
      Report report,
      Run run)
      throws InterruptedException {
    List<E> heldout = task.examples(labels.folder(), Split.HELDOUT);
    if (heldout.size() < 2) {
      run.note(
          "labels are not measured: held-out %s = %d, and an interval needs 2; a larger annotate.heldoutFraction gives more"
              .formatted(task.words().examples(), heldout.size()));
      return List.of();
    }
    var systems = new LinkedHashMap<String, List<List<String>>>();
    for (Map.Entry<String, Weights> each : models.entrySet()) {
      systems.put(each.getKey() + suffix, predictions(task, each, heldout, run));
    }
    for (LabelTask.Baseline<E> baseline :
        task.baselines(task.examples(labels.folder(), Split.TRAIN))) {
      systems.put(baseline.name() + suffix, heldout.stream().map(baseline::predict).toList());
    }
    keep(task, heldout, systems);
    report.protocol(task.words().examples() + suffix, heldout.size());
    List<List<String>> gold = heldout.stream().map(task::gold).toList();
    systems.forEach(
        (name, predicted) ->
            task.measures(gold, predicted)
                .forEach(measure -> add(report, measure, name, heldout.size())));
    String first = task.measures(gold, gold).getFirst().name();
    for (String model : models.keySet()) {
      for (String other : systems.keySet()) {
        if (!models.containsKey(other.substring(0, other.length() - suffix.length()))) {
          report.compare(
              "%s beats %s by %s".formatted(model + suffix, other, first),
              first + "." + model + suffix,
              first + "." + other,
              false);
        }
      }
    }
    for (String model : models.keySet()) {
      if (task.byLabel(gold, gold).isEmpty()) {
        break;
      }
      run.table(
          "%s, held out, by label".formatted(model + suffix),
          List.of("label", "held out", "told", "precision", "recall", "F1"),
          task.byLabel(gold, systems.getOrDefault(model + suffix, List.of())));
    }
    return samples(task, heldout, systems);
  }

  private static void add(Report report, Measure measure, String system, int n) {
    String name = measure.name() + "." + system;
    if (measure.proportion()) {
      report.proportion(name, n, measure::shown);
    } else {
      report.measure(name, measure.unit(), n, measure::shown);
    }
  }

  private <E extends Record> List<List<String>> predictions(
      LabelTask<E> task, Map.Entry<String, Weights> named, List<E> examples, Run run)
      throws InterruptedException {
    var predictions = new ArrayList<List<String>>();
    long cut = 0;
    try (LabelModel model = opener.open(named.getValue().folder(), run.threads());
        Progress progress =
            run.progress(
                "label held-out %s, %s".formatted(task.words().examples(), named.getKey()),
                examples.size(),
                task.words().examples())) {
      for (int from = 0; from < examples.size(); from += TOGETHER) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        List<E> some = examples.subList(from, Math.min(examples.size(), from + TOGETHER));
        List<List<Question>> asked =
            some.stream().map(e -> task.questions(e, model.tokenizer(), model.context())).toList();
        Iterator<float[][]> scores = scores(model, asked).iterator();
        for (int i = 0; i < some.size(); i++) {
          var rows = new ArrayList<float[][]>();
          for (Question question : asked.get(i)) {
            rows.add(question.ids().length > 0 ? scores.next() : new float[0][]);
            cut += question.cut();
          }
          predictions.add(task.predict(some.get(i), asked.get(i), rows, model.readout()));
        }
        progress.add(some.size());
      }
    }
    if (cut > 0) {
      run.note(
          "%s: %,d labels stand behind the end of what the model reads, and count as «%s»"
              .formatted(named.getKey(), cut, task.otherwise()));
    }
    return predictions;
  }

  /// Of all questions that have an id, some at a time.
  private static List<float[][]> scores(LabelModel model, List<List<Question>> asked) {
    List<ModelInput> inputs =
        asked.stream()
            .flatMap(List::stream)
            .filter(question -> question.ids().length > 0)
            .map(Question::input)
            .toList();
    var scores = new ArrayList<float[][]>();
    for (int from = 0; from < inputs.size(); from += TOGETHER) {
      scores.addAll(model.scores(inputs.subList(from, Math.min(inputs.size(), from + TOGETHER))));
    }
    return scores;
  }

  private <E extends Record> List<String> samples(
      LabelTask<E> task, List<E> heldout, Map<String, List<List<String>>> systems) {
    var lines = new ArrayList<String>();
    for (int i = 0; i < Math.min(config.samples(), heldout.size()); i++) {
      E example = heldout.get(i);
      var line = JsonMapper.shared().createObjectNode();
      line.put("id", task.id(example));
      line.put("text", task.text(example));
      line.put("gold", String.join(" ", task.gold(example)));
      for (Map.Entry<String, List<List<String>>> system : systems.entrySet()) {
        line.put(system.getKey(), String.join(" ", system.getValue().get(i)));
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
