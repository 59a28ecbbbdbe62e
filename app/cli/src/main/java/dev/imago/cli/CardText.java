package dev.imago.cli;

import dev.imago.cli.CardAnswers.Question;
import dev.imago.core.EnergySettings;
import dev.imago.core.EnergyUse;
import dev.imago.core.LineageEnergy;
import dev.imago.core.Ref;
import dev.imago.evaluate.ModelLineage;
import dev.imago.evaluate.StoredEvaluation;
import dev.imago.model.ModelCardText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A card as a hub shows it: YAML front matter, and sections of Markdown written from lineage. What
/// nobody answered stands as a marked gap. It holds no path and no time, as [ModelCardText]'s.
final class CardText {
  private static final int MOST_ROWS = 30;
  private static final String UNKNOWN_ENERGY =
      "not measured; no counter could be read and no power was declared";

  private final CardFacts facts;
  private final CardAnswers answers;
  private final CardReview review;
  private final boolean draft;
  private final StringBuilder text = new StringBuilder();

  private CardText(CardFacts facts, CardAnswers answers, CardReview review, boolean draft) {
    this.facts = facts;
    this.answers = answers;
    this.review = review;
    this.draft = draft;
  }

  /// The file's text.
  ///
  /// @param draft whether it is to say so at its top
  static String write(CardFacts facts, CardAnswers answers, CardReview review, boolean draft) {
    return new CardText(facts, answers, review, draft).all();
  }

  private String all() {
    text.append(ModelCardText.fenced(facts.ofModel() ? modelFront() : dataFront())).append('\n');
    if (facts.ofModel()) {
      text.append(
          ModelCardText.body(facts.card().called(answers.to(Question.NAME).orElse(""), "", "")));
    } else {
      text.append("# ").append(answers.to(Question.NAME).orElse("A corpus")).append("\n\n");
      text.append("%,d documents.\n".formatted(facts.documents()));
    }
    if (draft) {
      text.append("\n> **A draft.** It is not ready to be published:\n");
      review.obstacles().forEach(o -> text.append("> - ").append(plain(o)).append('\n'));
    }
    answered("Intended use", Question.INTENDED_USE);
    answered("Out of scope", Question.OUT_OF_SCOPE_USE);
    answered("Risks, biases and limits", Question.RISKS);
    sources();
    if (facts.ofModel()) {
      evaluation();
    }
    making();
    answered("Authors", Question.AUTHORS);
    answered("Contact", Question.CONTACT);
    answers.to(Question.CITATION).ifPresent(c -> heading("Citation", c));
    return text.toString();
  }

  private SequencedMap<String, Object> modelFront() {
    var front = new LinkedHashMap<String, Object>();
    answers.to(Question.LICENSE).ifPresent(l -> front.put("license", l));
    answers.to(Question.BASE_MODEL).ifPresent(b -> front.put("base_model", b));
    front.putAll(ModelCardText.front(facts.card(), facts.library()));
    Object own = front.remove("imago");
    List<Object> results = results();
    if (!results.isEmpty()) {
      front.put("model-index", List.of(Map.of("name", name(), "results", results)));
    }
    emissions(front);
    front.put("imago", own);
    return front;
  }

  private SequencedMap<String, Object> dataFront() {
    var front = new LinkedHashMap<String, Object>();
    answers.to(Question.LICENSE).ifPresent(l -> front.put("license", l));
    answers.to(Question.NAME).ifPresent(n -> front.put("pretty_name", n));
    List<String> languages =
        facts.languages().keySet().stream()
            .filter(l -> l.matches("[a-z]{2,3}") && !l.equals("und"))
            .toList();
    if (!languages.isEmpty()) {
      front.put("language", languages);
    }
    front.put("task_categories", List.of("text-generation"));
    front.put("size_categories", List.of(sizeCategory(facts.documents())));
    front.put("tags", List.of("imago"));
    return front;
  }

  /// The hub's classes of size.
  static String sizeCategory(long rows) {
    long[] bounds = {1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000};
    String[] names = {"1K", "10K", "100K", "1M", "10M", "100M", "1B"};
    for (int i = 0; i < bounds.length; i++) {
      if (rows < bounds[i]) {
        return i == 0 ? "n<1K" : names[i - 1] + "<n<" + names[i];
      }
    }
    return "1B<n<10B";
  }

  private String name() {
    return answers
        .to(Question.NAME)
        .orElse(facts.card().name().isBlank() ? "model" : facts.card().name());
  }

  /// `model-index` holds what was measured of this very artifact, nothing of what it was made from.
  private List<Object> results() {
    var results = new ArrayList<Object>();
    var metrics = new ArrayList<Object>();
    for (CardFacts.Measured each : facts.scores()) {
      if (each.of().equals(facts.artifact().ref())) {
        metrics.add(metric(each.name(), each.value(), each.name() + interval(each)));
      }
    }
    if (!metrics.isEmpty()) {
      results.add(result("held-out part", "imago/heldout", metrics));
    }
    for (StoredEvaluation evaluation : facts.evaluations()) {
      for (StoredEvaluation.Task task : evaluation.tasks().values()) {
        var scores = new ArrayList<Object>();
        for (StoredEvaluation.Score score : task.scores()) {
          scores.add(
              metric(
                  score.metric(),
                  score.value(),
                  "%s, %d-shot%s".formatted(score.metric(), task.shots(), interval(score))));
        }
        if (!scores.isEmpty()) {
          results.add(result(task.name(), task.name(), scores));
        }
      }
    }
    return results;
  }

  private Object result(String dataset, String type, List<Object> metrics) {
    var result = new LinkedHashMap<String, Object>();
    Object task = ModelCardText.front(facts.card(), facts.library()).get("pipeline_tag");
    result.put("task", Map.of("type", task == null ? "text-generation" : task));
    var about = new LinkedHashMap<String, Object>();
    about.put("name", dataset);
    about.put("type", type);
    result.put("dataset", about);
    result.put("metrics", metrics);
    return result;
  }

  private static Object metric(String type, double value, String name) {
    var metric = new LinkedHashMap<String, Object>();
    metric.put("type", type);
    metric.put("value", value);
    metric.put("name", name);
    return metric;
  }

  private static String interval(CardFacts.Measured score) {
    return Double.isFinite(score.low()) && Double.isFinite(score.high())
        ? ", interval %s to %s, n = %d"
            .formatted(digits(score.low()), digits(score.high()), score.n())
        : ", no interval, n = %d".formatted(score.n());
  }

  private static String interval(StoredEvaluation.Score score) {
    return score.low().isPresent() && score.high().isPresent()
        ? ", interval %s to %s, n = %d"
            .formatted(
                digits(score.low().getAsDouble()),
                digits(score.high().getAsDouble()),
                score.items())
        : ", no interval, n = %d".formatted(score.items());
  }

  private void emissions(Map<String, Object> front) {
    Optional<EnergyUse> took = facts.took();
    if (took.isEmpty() || answers.carbon().isEmpty()) {
      return;
    }
    EnergyUse used = took.get();
    EnergySettings.Carbon carbon = answers.carbon().get();
    var co2 = new LinkedHashMap<String, Object>();
    co2.put("emissions", (used.gramsLow(carbon) + used.gramsHigh(carbon)) / 2);
    co2.put(
        "source",
        "%s (%s); %s g/kWh, %d, %s"
            .formatted(
                used.counted()
                    ? "counted"
                    : "an estimate, " + range(used.gramsLow(carbon), used.gramsHigh(carbon), "g"),
                used.source(),
                digits(carbon.gramsPerKwh()),
                carbon.year(),
                carbon.source()));
    co2.put("training_type", facts.card().tuning() == null ? "pre-training" : "fine-tuning");
    if (!carbon.region().isEmpty()) {
      co2.put("geographical_location", carbon.region());
    }
    front.put("co2_eq_emissions", co2);
  }

  private static String range(double low, double high, String unit) {
    return low == high
        ? "%s %s".formatted(digits(high), unit)
        : "%s to %s %s".formatted(digits(low), digits(high), unit);
  }

  private void heading(String title, String body) {
    text.append("\n## ").append(title).append("\n\n").append(body.strip()).append('\n');
  }

  private void answered(String title, Question question) {
    heading(title, answers.to(question).orElseGet(() -> gap(question)));
  }

  /// How a gap is marked, wherever one is.
  static String gap(Question question) {
    return "**[Not answered: " + question.field + ". " + question.asks + "]**";
  }

  private void sources() {
    var body = new StringBuilder();
    body.append("Licence of this work: ")
        .append(answers.to(Question.LICENSE).orElseGet(() -> gap(Question.LICENSE)))
        .append(".\n\n");
    if (facts.documents() > 0) {
      body.append("%,d documents".formatted(facts.documents()));
      body.append(", by the licence that they state:\n\n| licence | documents |\n|---|---|\n");
      rows(body, facts.licences());
      body.append("| none stated | %,d |\n".formatted(facts.unlicensed()));
    } else {
      body.append("No corpus of it is in the workspace.\n");
    }
    if (facts.unlicensed() > 0 || facts.foreignLabels()) {
      body.append("\nText that states no licence: ")
          .append(
              answers.to(Question.SOURCES_LICENCE).orElseGet(() -> gap(Question.SOURCES_LICENCE)))
          .append('\n');
    }
    for (String made : facts.imports()) {
      body.append("\nMade from imported weights `%s`: ".formatted(Ref.parse(made).brief()))
          .append(answers.to(Question.BASE_MODEL).orElseGet(() -> gap(Question.BASE_MODEL)))
          .append(", licence ")
          .append(
              facts.importLicences().isEmpty()
                  ? answers.to(Question.BASE_LICENCE).orElseGet(() -> gap(Question.BASE_LICENCE))
                  : plain(String.join(", ", facts.importLicences())))
          .append('\n');
    }
    heading("Sources and licences", body.toString());
    if (facts.documents() > 0) {
      var refused = new StringBuilder();
      if (facts.rejects().isEmpty()) {
        refused.append("No document is recorded as refused.\n");
      } else {
        refused.append("| rule | documents |\n|---|---|\n");
        rows(refused, facts.rejects());
      }
      heading("What was refused", refused.toString());
    }
  }

  private static void rows(StringBuilder to, Map<String, Long> counts) {
    List<Map.Entry<String, Long>> most =
        counts.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .toList();
    most.stream()
        .limit(MOST_ROWS)
        .forEach(e -> to.append("| %s | %,d |\n".formatted(plain(e.getKey()), e.getValue())));
    if (most.size() > MOST_ROWS) {
      long rest = most.stream().skip(MOST_ROWS).mapToLong(Map.Entry::getValue).sum();
      to.append("| %d others | %,d |\n".formatted(most.size() - MOST_ROWS, rest));
    }
  }

  private void evaluation() {
    var body = new StringBuilder();
    if (facts.scores().isEmpty() && facts.evaluations().isEmpty()) {
      body.append("Not measured.\n");
    }
    if (!facts.scores().isEmpty()) {
      Ref of = facts.scores().getFirst().of();
      if (!of.equals(facts.artifact().ref())) {
        body.append(
            "Not measured itself. These are of `%s`, which it was made from.\n\n"
                .formatted(of.brief()));
      }
      body.append("| measure | value | interval | n | unit |\n|---|---|---|---|---|\n");
      for (CardFacts.Measured each : facts.scores()) {
        body.append(
            "| %s | %s | %s | %,d | %s |\n"
                .formatted(
                    plain(each.name()),
                    digits(each.value()),
                    Double.isFinite(each.low()) && Double.isFinite(each.high())
                        ? digits(each.low()) + " to " + digits(each.high())
                        : "none",
                    each.n(),
                    plain(each.unit())));
      }
    }
    var read = new StringBuilder();
    for (StoredEvaluation evaluation : facts.evaluations()) {
      for (StoredEvaluation.Task task : evaluation.tasks().values()) {
        body.append("\n%s, %d-shot:\n\n".formatted(plain(task.name()), task.shots()));
        for (StoredEvaluation.Score score : task.scores()) {
          body.append(
              "- %s %s%s\n"
                  .formatted(plain(score.metric()), digits(score.value()), interval(score)));
        }
        read.append(
            task.read() < 0
                ? "- %s: not looked for\n".formatted(plain(task.name()))
                : "- %s: %,d of its items were in what the model has read\n"
                    .formatted(plain(task.name()), task.read()));
      }
    }
    heading("Evaluation", body.toString());
    heading(
        "Contamination",
        read.isEmpty() ? "Not looked for: no task suite of it is recorded.\n" : read.toString());
  }

  private void making() {
    var body = new StringBuilder("| stage | made | seed | code |\n|---|---|---|---|\n");
    for (ModelLineage.Made made : facts.lineage()) {
      body.append(
          "| %s | `%s` | %d | %s |\n"
              .formatted(
                  made.stage().isEmpty() ? "not recorded" : plain(made.stage()),
                  Ref.parse(made.artifact()).brief(),
                  made.seed(),
                  made.codeVersion().isEmpty() ? "not recorded" : plain(made.codeVersion())));
    }
    body.append("\nEnergy: ").append(facts.took().map(this::energy).orElse(UNKNOWN_ENERGY));
    heading("How it was made", body.append(".\n").toString());
  }

  private String energy(EnergyUse used) {
    LineageEnergy of = facts.energy();
    return "%s, %s (%s)%s; %s"
        .formatted(
            range(used.low() / 1e3, used.high() / 1e3, "kJ"),
            used.counted() ? "counted" : "an estimate",
            plain(used.source()),
            of.runs() < of.stages() && of.runs() > 0
                ? ", known of %d of %d stages".formatted(of.runs(), of.stages())
                : "",
            answers
                .carbon()
                .map(
                    c ->
                        "%s of CO₂ at %s g/kWh (%d, %s)"
                            .formatted(
                                range(used.gramsLow(c), used.gramsHigh(c), "g"),
                                digits(c.gramsPerKwh()),
                                c.year(),
                                plain(c.source())))
                .orElse("**[Not answered: carbon_intensity]**"));
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  /// A text out of documents or files as Markdown shows it: one line, no mark of a table or a tag.
  private static String plain(String value) {
    return value
        .replaceAll("\\s+", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("|", "\\|")
        .replace("`", "'")
        .replace("[", "\\[");
  }
}
