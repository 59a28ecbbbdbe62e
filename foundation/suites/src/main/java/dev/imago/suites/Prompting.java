package dev.imago.suites;

import dev.imago.core.InputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes a task's items: of each row its prompt, with the examples before it, and what is asked.
final class Prompting {
  private final SuiteTask task;
  private final PromptOptions options;
  private final FieldReader fields;
  private final DataFiles.Table table;
  private final boolean manyPrompts;
  private final boolean manyTargets;

  Prompting(SuiteTask task, PromptOptions options) {
    this.task = task;
    this.options = options;
    this.table = DataFiles.read(task.data(), task.splits().evaluated().orElseThrow());
    this.fields =
        new FieldReader(task.file(), new LinkedHashSet<>(table.fields()), task.choices() != null);
    // As there, the first row tells.
    Map<String, @Nullable Object> first = table.rows().getFirst();
    this.manyPrompts = task.choices() != null && fields.prompt(first, task.text()) instanceof Long;
    this.manyTargets = fields.target(first, task.target()) instanceof List;
  }

  /// Whether an item has several right answers.
  boolean manyTargets() {
    return manyTargets;
  }

  /// All rows of the part that is evaluated.
  int size() {
    return table.rows().size();
  }

  List<TaskItem> items() {
    var shots = new FewShots(task, options.seed());
    var items = new ArrayList<TaskItem>();
    int count = Math.min(size(), options.limit().orElse(Integer.MAX_VALUE));
    for (int id = 0; id < count; id++) {
      items.add(item(id, table.rows().get(id), shots));
    }
    return items;
  }

  private TaskItem item(int id, Map<String, @Nullable Object> row, FewShots shots) {
    Object chosen = task.choices();
    List<String> choices = chosen == null ? List.of() : fields.choices(row, chosen);
    Object target = fields.target(row, task.target());
    Optional<String> prefix = fields.text(row, task.generationPrefix());
    var turns = new ArrayList<Turn>();
    String system =
        PythonText.delimited(
            options.system().orElse(""),
            fields.text(row, Optional.of(task.description())).orElse(""),
            task.fewShotDelimiter());
    if (!system.isEmpty()) {
      turns.add(Turn.of("system", system));
    }
    for (Map<String, @Nullable Object> shot : shots.next(row)) {
      turns.addAll(solved(shot));
    }
    Object prompt = fields.prompt(row, task.text());
    List<ModelRequest> requests;
    if (manyPrompts) {
      List<String> contexts =
          choices.stream()
              .map(c -> joined(turns, turn(c, Optional.empty(), prefix, "", ""), prefix))
              .toList();
      requests = requests(contexts::get, choices, target);
    } else {
      if (!(prompt instanceof String question)) {
        throw new InputException(
            "%s: doc_to_text of row %d is %s, and a text is wanted"
                .formatted(task.file(), id + 1, prompt));
      }
      String context =
          joined(
              turns, turn(question, Optional.empty(), prefix, task.targetDelimiter(), ""), prefix);
      requests = requests(_ -> context, choices, target);
    }
    return new TaskItem(id, row, requests, choices, manyPrompts ? prompt : target);
  }

  private List<Turn> solved(Map<String, @Nullable Object> shot) {
    FewShots.Settings settings = task.fewShots();
    Object text = settings.text() == null ? "" : settings.text();
    Object wanted = settings.target() == null ? "" : settings.target();
    Object given = settings.choices();
    List<String> choices = given == null ? List.of() : fields.choices(shot, given);
    Object question = fields.prompt(shot, text);
    Object answer = fields.target(shot, wanted);
    boolean chosen = manyPrompts && question instanceof Long;
    String asked =
        chosen && question instanceof Long n ? choice(choices, n) : PythonText.of(question);
    boolean numbered = !chosen && !choices.isEmpty();
    String said =
        switch (answer) {
          case Long n when numbered -> choice(choices, n);
          case List<?> several when !several.isEmpty() -> PythonText.of(several.getFirst());
          default -> PythonText.of(answer);
        };
    return turn(
        asked,
        Optional.of(said).filter(s -> !s.isEmpty()),
        fields.text(shot, settings.prefix()),
        settings.targetDelimiter(),
        settings.delimiter());
  }

  private String choice(List<String> choices, long n) {
    if (n < 0 || n >= choices.size()) {
      throw new InputException(
          "%s: an example's answer is choice %d of %d".formatted(task.file(), n, choices.size()));
    }
    return choices.get(Math.toIntExact(n));
  }

  /// A question with its answer, or with where the answer is to begin.
  private static List<Turn> turn(
      String question,
      Optional<String> answer,
      Optional<String> prefix,
      String targetDelimiter,
      String delimiter) {
    String begins = prefix.orElse("");
    boolean parted =
        begins.isEmpty()
            ? answer.isPresent()
            : !question.isEmpty()
                && !PythonText.endsBlank(question)
                && !PythonText.beginsBlank(begins);
    var turns = new ArrayList<Turn>();
    turns.add(new Turn("user", question, parted ? targetDelimiter : ""));
    if (answer.isPresent()) {
      turns.add(new Turn("assistant", PythonText.delimited(begins, answer.get(), " "), delimiter));
    } else if (!begins.isEmpty()) {
      turns.add(Turn.of("assistant", begins));
    }
    return turns;
  }

  private String joined(List<Turn> before, List<Turn> last, Optional<String> prefix) {
    var turns = new ArrayList<>(before);
    turns.addAll(last);
    boolean continued = prefix.filter(p -> !p.isEmpty()).isPresent();
    return options
        .form()
        .map(form -> form.text(options.multiTurn() ? turns : oneTurn(turns), continued))
        .orElseGet(
            () -> {
              var text = new StringBuilder();
              turns.forEach(t -> text.append(t.text()));
              return text.toString();
            });
  }

  /// All of the user's and the assistant's turns as one of the user's, but a last one of the
  /// assistant's.
  private static List<Turn> oneTurn(List<Turn> turns) {
    var to = new ArrayList<Turn>();
    int from = turns.getFirst().role().equals("system") ? 1 : 0;
    to.addAll(turns.subList(0, from));
    boolean begun = turns.getLast().role().equals("assistant");
    List<Turn> said = turns.subList(from, begun ? turns.size() - 1 : turns.size());
    var text = new StringBuilder();
    for (int i = 0; i < said.size(); i++) {
      text.append(i + 1 == said.size() ? said.get(i).content() : said.get(i).text());
    }
    to.add(Turn.of("user", text.toString()));
    if (begun) {
      to.add(turns.getLast());
    }
    return to;
  }

  private List<ModelRequest> requests(
      Function<Integer, String> contexts, List<String> choices, Object target) {
    var requests = new ArrayList<ModelRequest>();
    switch (task.output()) {
      case LOGLIKELIHOOD ->
          requests.add(new ModelRequest.Continuation(contexts.apply(0), PythonText.of(target)));
      case LOGLIKELIHOOD_ROLLING -> requests.add(new ModelRequest.Rolling(PythonText.of(target)));
      case GENERATE_UNTIL -> {
        for (int repeat = 0; repeat < task.repeats(); repeat++) {
          requests.add(task.generation().ask(contexts.apply(0), repeat));
        }
      }
      case MULTIPLE_CHOICE -> {
        String delimiter = choiceDelimiter();
        for (int i = 0; i < choices.size(); i++) {
          String said = manyPrompts ? PythonText.of(target) : choices.get(i);
          requests.add(new ModelRequest.Continuation(contexts.apply(i), delimiter + said));
        }
        if (MetricSetting.named(task.metrics(), "acc_mutual_info").isPresent()) {
          choices.forEach(c -> requests.add(new ModelRequest.Continuation("", delimiter + c)));
        }
      }
    }
    return requests;
  }

  /// In a conversation, the template parts the answer from the question.
  private String choiceDelimiter() {
    boolean plain =
        options.form().isEmpty()
            || task.generationPrefix()
                .filter(p -> !p.isEmpty() && !PythonText.endsBlank(p))
                .isPresent();
    return plain ? task.targetDelimiter() : "";
  }
}
