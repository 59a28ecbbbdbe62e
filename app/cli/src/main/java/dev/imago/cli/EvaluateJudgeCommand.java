package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.evaluate.PairJudge;
import dev.imago.evaluate.PairJudge.Choice;
import dev.imago.evaluate.SuiteModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// Two systems' answers, judged by a model.
@Command(
    name = "judge",
    mixinStandardHelpOptions = true,
    description = {
      "Let a model that you name say which of two answers is better, pair by pair, in both orders:",
      "where the order decides, it is a tie. With what people said of some of the pairs (--people)",
      "its agreement with them stands beside; without, that is not known, and told."
    },
    footer = {
      "",
      "Examples:  imago evaluate judge a.jsonl b.jsonl --judge weights/3f2a --chat-template",
      "           imago evaluate judge a.jsonl b.jsonl --judge http://127.0.0.1:8080/v1 \\",
      "               --chat-template --people votes.jsonl"
    })
final class EvaluateJudgeCommand implements Callable<Integer> {
  private static final int USUAL_TOKENS = 64;

  @ParentCommand private EvaluateCommand parent = new EvaluateCommand();

  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "One system's answers: rows of id, question and answer.")
  private Path first = Path.of("");

  @Parameters(index = "1", paramLabel = "B", description = "The other's, to the same questions.")
  private Path second = Path.of("");

  @Option(
      names = "--judge",
      paramLabel = "MODEL",
      required = true,
      description = "An artifact, a .gguf file, a folder, or a server's address.")
  private String judge = "";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Of a server: the model that is asked (default: its first).")
  private @Nullable String model;

  @Option(names = "--chat-template", description = "The judge is given a conversation.")
  private boolean chat;

  @Option(
      names = "--question-field",
      paramLabel = "NAME",
      description = "The question's field, in A (default: ${DEFAULT-VALUE}).")
  private String questionField = "question";

  @Option(
      names = "--answer-field",
      paramLabel = "NAME",
      description = "The answer's field (default: ${DEFAULT-VALUE}).")
  private String answerField = "answer";

  @Option(
      names = "--people",
      paramLabel = "FILE",
      description = "Rows of id and better (A, B or tie), as people said.")
  private @Nullable Path people;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Of a server: the longest answer; more for those that think (default: 64).")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--items",
      paramLabel = "FILE",
      description = "Write each pair's verdicts there, as JSONL.")
  private @Nullable Path items;

  @Option(names = "--fresh", description = "Forget what this judge has said before.")
  private boolean fresh;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--threads", threads, 1, 1024);
    if (maxTokens != null) {
      Bounds.whole("--max-tokens", maxTokens, 1, 1 << 20);
      if (!EvaluateSuiteCommand.isServer(judge)) {
        throw new ConfigException(
            "--max-tokens is of a server: a model here is asked how likely each verdict is, and"
                + " writes nothing; leave it out");
      }
    }
    List<PairJudge.Pair> pairs = pairs();
    Map<String, Choice> said = people == null ? Map.of() : people(people);
    Console console = Console.of(parent.imago);
    PairJudge.Outcome outcome;
    try (SuiteModel model =
            EvaluateSuiteCommand.open(parent.imago, judge, this.model, chat, null, threads, null);
        Progress progress = console.progress("judge", "judging", pairs.size(), "pairs")) {
      outcome =
          new PairJudge(model, chat, maxTokens == null ? USUAL_TOKENS : maxTokens)
              .judge(pairs, said, parent.imago.workspace().resolve("answers"), fresh, progress);
    }
    if (items != null) {
      write(items, outcome);
    }
    System.out.print(json ? json(outcome) : table(outcome));
    if (outcome.people().isEmpty()) {
      console.note(
          people == null
              ? "how far " + judge + " says what people say is not known: --people tells it"
              : people
                  + " has none of these pairs: how far the judge says what people say is not"
                  + " known");
    }
    if (outcome.none() > 0) {
      console.note(
          "%,d pairs have no verdict: the judge said no number; --chat-template or a larger --max-tokens may help"
              .formatted(outcome.none()));
    }
    return 0;
  }

  private List<PairJudge.Pair> pairs() {
    var others = new LinkedHashMap<String, AnswerRows.Row>();
    for (AnswerRows.Row row : AnswerRows.read(second)) {
      if (others.put(AnswerRows.id(row), row) != null) {
        throw new InputException(
            "%s, line %,d: item %s stands twice".formatted(second, row.line(), AnswerRows.id(row)));
      }
    }
    var pairs = new ArrayList<PairJudge.Pair>();
    for (AnswerRows.Row row : AnswerRows.read(first)) {
      String id = AnswerRows.id(row);
      AnswerRows.Row other = others.remove(id);
      if (other == null) {
        throw new InputException(
            "%s, line %,d: item %s is not in %s, or stands twice; give answers to the same questions"
                .formatted(first, row.line(), id, second));
      }
      String question = AnswerRows.text(first, row, questionField, "--question-field");
      if (other.value().has(questionField)
          && !AnswerRows.text(second, other, questionField, "--question-field").equals(question)) {
        throw new InputException(
            "%s, line %,d: item %s was asked otherwise than in %s; compare answers to the same questions"
                .formatted(second, other.line(), id, first));
      }
      pairs.add(
          new PairJudge.Pair(
              id,
              question,
              AnswerRows.text(first, row, answerField, "--answer-field"),
              AnswerRows.text(second, other, answerField, "--answer-field")));
    }
    if (!others.isEmpty()) {
      throw new InputException(
          "%s has no item %s, which %s has; give answers to the same questions"
              .formatted(first, others.keySet().iterator().next(), second));
    }
    return pairs;
  }

  private static Map<String, Choice> people(Path file) {
    var said = new LinkedHashMap<String, Choice>();
    for (AnswerRows.Row row : AnswerRows.read(file)) {
      String word = AnswerRows.text(file, row, "better", "a field named better");
      Choice choice =
          Choice.named(word)
              .orElseThrow(
                  () ->
                      new InputException(
                          "%s, line %,d: better is «%s»; give A, B or tie"
                              .formatted(file, row.line(), word)));
      if (said.put(AnswerRows.id(row), choice) != null) {
        throw new InputException(
            "%s, line %,d: item %s stands twice; of several people's votes give what most said"
                .formatted(file, row.line(), AnswerRows.id(row)));
      }
    }
    return said;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  private static String table(PairJudge.Outcome o) {
    int n = o.pairs().size();
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("A is better", String.valueOf(o.wins()), percent((double) o.wins() / n)));
    rows.add(List.of("B is better", String.valueOf(o.losses()), percent((double) o.losses() / n)));
    rows.add(List.of("tie", String.valueOf(o.ties()), percent((double) o.ties() / n)));
    if (o.none() > 0) {
      rows.add(List.of("no verdict", String.valueOf(o.none()), percent((double) o.none() / n)));
    }
    rows.add(List.of("by place", String.valueOf(o.byPlace()), percent((double) o.byPlace() / n)));
    var text = new StringBuilder(Table.render(List.of("verdict", "pairs", "share"), rows));
    if (o.wins() + o.losses() > 0) {
      text.append(
          "  A wins %s of those that are told apart (95%% interval %s … %s), p = %s (sign test)\n"
              .formatted(
                  percent(o.share().value()),
                  percent(o.share().low()),
                  percent(o.share().high()),
                  String.format(Locale.ROOT, "%.4f", o.p())));
    }
    o.people()
        .ifPresent(
            a ->
                text.append(
                    "  the judge says what people say of %s of %,d pairs (95%% interval %s … %s), kappa %s\n"
                        .formatted(
                            percent(a.accuracy().value()),
                            a.pairs(),
                            percent(a.accuracy().low()),
                            percent(a.accuracy().high()),
                            Double.isNaN(a.kappa())
                                ? "undefined"
                                : String.format(Locale.ROOT, "%.3f", a.kappa()))));
    return text.append("  ").append(o.signature()).append('\n').toString();
  }

  private static String json(PairJudge.Outcome o) {
    var object = new LinkedHashMap<String, Object>();
    object.put("signature", o.signature());
    object.put("n", o.pairs().size());
    object.put("a", o.wins());
    object.put("b", o.losses());
    object.put("ties", o.ties());
    object.put("no_verdict", o.none());
    object.put("by_place", o.byPlace());
    if (o.wins() + o.losses() > 0) {
      object.put("a_share", o.share().value());
      object.put("low", o.share().low());
      object.put("high", o.share().high());
    }
    object.put("p", o.p());
    o.people()
        .ifPresent(
            a -> {
              var people = new LinkedHashMap<String, Object>();
              people.put("n", a.pairs());
              people.put("agreement", a.accuracy().value());
              people.put("low", a.accuracy().low());
              people.put("high", a.accuracy().high());
              if (!Double.isNaN(a.kappa())) {
                people.put("kappa", a.kappa());
              }
              object.put("people", people);
            });
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(object) + "\n";
  }

  private static void write(Path to, PairJudge.Outcome outcome) {
    var rows = new ArrayList<Map<String, Object>>();
    for (PairJudge.Judged each : outcome.pairs()) {
      var row = new LinkedHashMap<String, Object>();
      row.put("id", each.pair().id());
      row.put("better", each.verdict().words());
      row.put("in_order", each.inOrder().words());
      row.put("swapped", each.swapped().words());
      rows.add(row);
    }
    AnswerRows.write(to, rows);
  }
}
