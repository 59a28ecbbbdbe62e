package dev.imago.serve.moderations;

import dev.imago.core.ConfigException;
import dev.imago.http.ApiException;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.moderation.ModerationVerdict;
import dev.imago.moderation.Moderator;
import dev.imago.moderation.TenantModeration;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.classification.TextTask;
import dev.imago.tasks.classification.Verdict;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// A served model of classes as a moderator: its labels are categories, but for those that say that
/// nothing is wrong. Of a long text stretches are judged, each with the end of the one before.
///
/// It judges for the server, and no caller pays for that.
public final class ModelModerator implements Moderator {
  private static final List<String> NOTHING =
      List.of("none", "ok", "safe", "clean", "normal", "neutral", "o");

  private static final int STRETCH_CHARS = 1_000;
  private static final int AGAIN_CHARS = 200;

  private final Models models;
  private final String name;

  /// @param name of the model, which is looked up at each text: it may be swapped
  public ModelModerator(Models models, String name) {
    this.models = models;
    this.name = name;
  }

  /// Whether the model that settings name can be one, and whether all that they name is judged.
  ///
  /// @throws ConfigException where it is none of classes, or not served, or thresholds name a
  ///   category that neither it nor a list has
  public static void check(Models models, TenantModeration settings) {
    if (settings.model().isEmpty()) {
      return;
    }
    String name = settings.model().get();
    try {
      if (!isClasses(models.named(name))) {
        throw new ConfigException(
            "moderation: model «%s» tells no classes of texts; name one that does".formatted(name));
      }
    } catch (ApiException e) {
      throw new ConfigException("moderation: " + e.getMessage(), e);
    }
    settings.checkThresholds(new ModelModerator(models, name).categories());
  }

  private static boolean isClasses(Served served) {
    return served instanceof ServedPredictor model
        && model.output() instanceof Output.Classes classes
        && classes.problem() != Output.Problem.NUMBER;
  }

  private ServedPredictor model() {
    return models.classifying(Optional.of(name), ModerationsFeature.PATH);
  }

  @Override
  public Set<String> categories() {
    var categories = new TreeSet<>(model().labels());
    categories.removeIf(ModelModerator::saysNothing);
    return categories;
  }

  @Override
  public ModerationVerdict judge(String text) {
    ServedPredictor model = model();
    return merged(model, List.of(stretches(model, text)), model.backend()::scores).getFirst();
  }

  /// What a model says of texts: of one that it reads as a whole, else of its stretches together.
  ///
  /// @param scores gives the model's scores
  /// @throws ApiException for a text without a token
  static List<ModerationVerdict> verdicts(
      ServedPredictor model,
      List<String> texts,
      Function<List<ModelInput>, List<float[][]>> scores) {
    var all = new ArrayList<List<ModelInput>>();
    for (String text : texts) {
      LabelTask.Question asked = question(model, text);
      List<ModelInput> inputs = asked.shortened() ? stretches(model, text) : List.of(asked.input());
      if (inputs.isEmpty() || inputs.getFirst().length() == 0) {
        throw ApiException.invalid(
            "input",
            "input[%d] has no token: give a text with something in it".formatted(all.size()));
      }
      all.add(inputs);
    }
    return merged(model, all, scores);
  }

  private static LabelTask.Question question(ServedPredictor model, String text) {
    return TextTask.question(text, "", model.tokenizer(), model.context());
  }

  /// Of a text of any length, each with the end of the one before.
  private static List<ModelInput> stretches(ServedPredictor model, String text) {
    var all = new ArrayList<ModelInput>();
    for (int from = 0; from < text.length(); from += STRETCH_CHARS - AGAIN_CHARS) {
      add(model, text.substring(from, Math.min(text.length(), from + STRETCH_CHARS)), all);
    }
    return all;
  }

  /// Adds a stretch, in halves where the model would not read it to its end: what is not read is
  /// not judged.
  private static void add(ServedPredictor model, String stretch, List<ModelInput> all) {
    LabelTask.Question asked = question(model, stretch);
    if (asked.shortened() && stretch.length() > 1) {
      int half = stretch.length() / 2;
      add(model, stretch.substring(0, half), all);
      add(model, stretch.substring(half - Math.min(AGAIN_CHARS, half / 2)), all);
    } else if (asked.input().length() > 0) {
      all.add(asked.input());
    }
  }

  /// A verdict for each text, of all its inputs.
  private static List<ModerationVerdict> merged(
      ServedPredictor model,
      List<List<ModelInput>> texts,
      Function<List<ModelInput>, List<float[][]>> scores) {
    if (!(model.output() instanceof Output.Classes output)) {
      throw new IllegalStateException("%s tells no classes".formatted(model.name()));
    }
    List<ModelInput> inputs = texts.stream().flatMap(List::stream).toList();
    Iterator<float[][]> each =
        (inputs.isEmpty() ? List.<float[][]>of() : scores.apply(inputs)).iterator();
    var verdicts = new ArrayList<ModerationVerdict>();
    for (List<ModelInput> of : texts) {
      var all = new ModerationVerdict(Map.of(), Set.of());
      for (int i = 0; i < of.size(); i++) {
        all =
            all.with(
                flags(
                    output.labels(),
                    Verdict.of(output, each.next()[0], model.readout().calibration())));
      }
      verdicts.add(all);
    }
    return verdicts;
  }

  private static boolean saysNothing(String label) {
    return NOTHING.contains(label.toLowerCase(Locale.ROOT));
  }

  private static ModerationVerdict flags(List<String> labels, Verdict verdict) {
    var scores = new TreeMap<String, Double>();
    var flagged = new TreeSet<String>();
    for (int i = 0; i < labels.size(); i++) {
      String label = labels.get(i);
      if (!saysNothing(label)) {
        scores.put(label, verdict.shares().get(i));
        if (verdict.told().contains(label)) {
          flagged.add(label);
        }
      }
    }
    return new ModerationVerdict(scores, flagged);
  }
}
