// Past 400 lines: one command: the options of nine checks, each refused where its check is not
// asked
// for, and what it prints; the checks themselves are in chain/evaluate.
package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Nearest;
import dev.imago.data.Rows;
import dev.imago.data.TextReader;
import dev.imago.evaluate.AnswerChecks;
import dev.imago.evaluate.CheckedAnswer;
import dev.imago.evaluate.ResponseCheck;
import dev.imago.metrics.Diversity;
import dev.imago.metrics.RougeWords;
import dev.imago.tasks.LabelReader;
import dev.imago.tasks.classification.ClassRows;
import dev.imago.tasks.classification.ClassifiedText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/// Answers without references: their form, and whether their source says what they say.
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Check answers that have no reference: their form, and whether their source says so. Each",
      "check is reported for itself, with its interval; none of them is the truth of an answer.",
      "",
      "  json        the whole answer is one JSON value",
      "  schema      and one that --schema allows",
      "  refusal     it declines, by how it begins (English, Chinese)",
      "  repetition  the share of its runs of four words that stood in it before",
      "  language    it is in --language, by --language-model",
      "  numbers     the share of its numbers that stand in the source, by value",
      "  entities    the share of its entities, found by --tagger, that stand in the source",
      "  entailment  the share of its sentences that the source entails, by --entailment",
      "  diversity   different runs of words, beside as many words of what was read (--read)"
    },
    footer = {
      "",
      "Examples:  imago evaluate check answers.jsonl --check json,schema --schema"
          + " answer.schema.json",
      "           imago evaluate check summaries.jsonl --check numbers --source-field article"
    })
final class EvaluateCheckCommand implements Callable<Integer> {
  private static final String DIVERSITY = "diversity";
  private static final String NO_PAIRS =
      " has no pairs that are known; give rows of premise, hypothesis and label";
  private static final Set<String> OF_SOURCES = Set.of("numbers", "entities", "entailment");
  private static final List<String> NAMES =
      List.of(
          "json",
          "schema",
          "refusal",
          "repetition",
          "language",
          "numbers",
          "entities",
          "entailment",
          DIVERSITY);

  @ParentCommand private EvaluateCommand parent = new EvaluateCommand();

  @Parameters(
      paramLabel = "ANSWERS",
      description = "Rows (.jsonl, .json, .csv, .tsv), also the items of suites; else a line each.")
  private Path file = Path.of("");

  @Option(
      names = "--check",
      paramLabel = "NAME",
      split = ",",
      required = true,
      description = "Checks, several between commas.")
  private List<String> checks = List.of();

  @Option(
      names = "--answer-field",
      paramLabel = "NAME",
      description = "The answer's field, a.b for one inside another (default: ${DEFAULT-VALUE}).")
  private String answerField = "answer";

  @Option(
      names = "--source-field",
      paramLabel = "NAME",
      description = "The source's field (default: ${DEFAULT-VALUE}).")
  private String sourceField = "source";

  @Option(
      names = "--source",
      paramLabel = "FILE",
      description = "Sources, where they do not stand in the answers' rows: as many rows or lines.")
  private @Nullable Path sources;

  @Option(names = "--schema", paramLabel = "FILE", description = "A JSON Schema.")
  private @Nullable Path schema;

  @Option(names = "--language", paramLabel = "CODE", description = "Such as en or zh.")
  private @Nullable String language;

  @Option(
      names = "--language-model",
      paramLabel = "FILE",
      description = "What `imago data languages` has built.")
  private @Nullable Path languageModel;

  @Option(
      names = "--tagger",
      paramLabel = "MODEL",
      description = "A model of tags: an artifact or a folder.")
  private @Nullable String tagger;

  @Option(
      names = "--entailment",
      paramLabel = "MODEL",
      description = "A classifier of pairs, one of whose labels is entailment.")
  private @Nullable String classifier;

  @Option(
      names = "--entailment-test",
      paramLabel = "FILE",
      description = {
        "Rows of premise, hypothesis and label that the classifier has not learnt: how often it is",
        "right on them stands beside what it tells. Repeatable: each file is told for itself."
      })
  private List<Path> tests = List.of();

  @Option(
      names = "--source-sentences",
      paramLabel = "N",
      description = {
        "For entailment: sentences of the source that each sentence of the answer is held against"
            + " at",
        "a time, of which one lot must entail it (default: 1)."
      })
  private @Nullable Integer sentences;

  @Option(
      names = "--read",
      paramLabel = "FILE",
      description = {
        "For diversity: what the model has read, rows with a text or lines (default: the sources)."
      })
  private @Nullable Path read;

  @Option(
      names = "--examples",
      paramLabel = "N",
      description = "Answers listed that a check speaks against (default: ${DEFAULT-VALUE}).")
  private int examples = 3;

  @Option(
      names = "--items",
      paramLabel = "FILE",
      description = "Write what was found of each answer there, as JSONL, which compare reads.")
  private @Nullable Path items;

  @Option(names = "--json", description = "Print an array of objects, a check each.")
  private boolean json;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() {
    Bounds.whole("--threads", threads, 1, 1024);
    Bounds.whole("--examples", examples, 0, 1_000_000);
    if (sentences != null) {
      Bounds.whole("--source-sentences", sentences, 1, 1_000_000);
    }
    var names = new LinkedHashSet<>(checks);
    names.forEach(EvaluateCheckCommand::known);
    unused(names);
    boolean needed =
        names.stream().anyMatch(OF_SOURCES::contains) || names.contains(DIVERSITY) && read == null;
    if (sources != null && !needed) {
      throw new ConfigException(
          "--source %s is of numbers, entities, entailment and, without --read, diversity; add one to --check, or leave it out"
              .formatted(sources));
    }
    List<CheckedAnswer> answers =
        AnswerRows.answers(file, answerField, Optional.ofNullable(sources), sourceField, needed);
    var results = new ArrayList<AnswerChecks.Result>();
    for (String name : names) {
      if (!name.equals(DIVERSITY)) {
        try (ResponseCheck check = check(name)) {
          results.add(AnswerChecks.result(check, answers));
        }
      }
    }
    List<Varied> varied = names.contains(DIVERSITY) ? varied(answers) : List.of();
    if (items != null) {
      write(items, answers, results);
    }
    System.out.print(
        json ? json(results, varied) : table(results, varied) + against(answers, results));
    Console console = Console.of(parent.imago);
    results.stream().flatMap(r -> r.notes().stream()).forEach(console::note);
    for (AnswerChecks.Result result : results) {
      if (result.concerned() == 0) {
        console.note("%s: no answer has anything of it to check".formatted(result.name()));
      }
    }
    return 0;
  }

  private static void known(String name) {
    if (!NAMES.contains(name)) {
      throw new ConfigException(
          "--check %s: there is no such thing; there are %s%s"
              .formatted(
                  name,
                  String.join(", ", NAMES),
                  Nearest.to(name, NAMES).map(n -> "; did you mean " + n + "?").orElse("")));
    }
  }

  /// Refuses what belongs to a check that is not asked for.
  private void unused(Set<String> names) {
    unused("--schema", schema, "schema", names);
    unused("--language", language, "language", names);
    unused("--language-model", languageModel, "language", names);
    unused("--tagger", tagger, "entities", names);
    unused("--entailment", classifier, "entailment", names);
    unused("--entailment-test", tests.isEmpty() ? null : tests, "entailment", names);
    unused("--source-sentences", sentences, "entailment", names);
    unused("--read", read, DIVERSITY, names);
  }

  private static void unused(
      String option, @Nullable Object given, String check, Set<String> names) {
    if (given != null && !names.contains(check)) {
      throw new ConfigException(
          "%s is of the check %s, which is not asked for; add it to --check, or leave %1$s out"
              .formatted(option, check));
    }
  }

  private ResponseCheck check(String name) {
    return switch (name) {
      case "json" -> AnswerChecks.json();
      case "schema" -> {
        Path from = needed("--schema", schema, name);
        yield AnswerChecks.schema(String.valueOf(from.getFileName()), whole(from));
      }
      case "refusal" -> AnswerChecks.refusal();
      case "repetition" -> AnswerChecks.repetition();
      case "language" ->
          AnswerChecks.language(
              DataIdentifyCommand.open(needed("--language-model", languageModel, name)),
              needed("--language", language, name));
      case "numbers" -> AnswerChecks.numbers();
      case "entities" -> {
        String model = needed("--tagger", tagger, name);
        yield AnswerChecks.entities(model, ModelArgument.find(model, parent.imago), threads);
      }
      case "entailment" -> {
        String model = needed("--entailment", classifier, name);
        needed("--entailment-test", tests.isEmpty() ? null : tests, name);
        Console console = Console.of(parent.imago);
        List<AnswerChecks.KnownPairs> known = tests.stream().map(t -> pairs(t, console)).toList();
        yield AnswerChecks.entailment(
            model,
            ModelArgument.find(model, parent.imago),
            threads,
            known,
            sentences == null ? 1 : sentences);
      }
      default -> throw new IllegalStateException(name);
    };
  }

  private static <T> T needed(String option, @Nullable T given, String check) {
    if (given == null) {
      throw new ConfigException("the check %s needs %s".formatted(check, option));
    }
    return given;
  }

  private static String whole(Path file) {
    try {
      return Files.readString(file);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new InputException(file + " does not exist", e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// Pairs as the recipe entail reads them, whatever their fields are called.
  private static AnswerChecks.KnownPairs pairs(Path file, Console console) {
    String name = String.valueOf(file.getFileName());
    if (!Files.isRegularFile(file)) {
      throw new InputException(file + (Files.exists(file) ? " is no file" : " does not exist"));
    }
    var rows = new ClassRows(LabelReader.Settings.FOUND);
    boolean packed = name.toLowerCase(Locale.ROOT).endsWith(".gz");
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        var text = new TextReader(packed ? new GZIPInputStream(in) : in, null)) {
      rows.read(name, text, Rows.Format.of(name));
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    } catch (InputException e) { // which names settings of a recipe
      throw new InputException(file + NO_PAIRS, e);
    }
    List<ClassifiedText> read = rows.given().examples();
    if (read.isEmpty() || read.getFirst().pair().isEmpty()) {
      throw new InputException(
          "%s%s (%s)".formatted(file, NO_PAIRS, String.join("; ", rows.given().notes())));
    }
    rows.given().notes().forEach(console::note);
    return new AnswerChecks.KnownPairs(
        file.toString(), // files of one name may come from several folders
        read.stream().map(r -> new AnswerChecks.KnownPair(r.text(), r.pair(), r.label())).toList());
  }

  /// How varied the answers are beside what was read, at as many words.
  ///
  /// @param words that both were cut to
  private record Varied(int order, double written, double read, long words, double alike) {}

  private List<Varied> varied(List<CheckedAnswer> answers) {
    List<String> texts = answers.stream().map(CheckedAnswer::text).toList();
    List<String> before =
        read == null
            ? answers.stream().map(CheckedAnswer::source).toList()
            : AnswerRows.read(read).stream()
                .map(r -> AnswerRows.text(read, r, "text", "a field named text"))
                .toList();
    double alike = 1 - (double) new HashSet<>(texts).size() / texts.size();
    var varied = new ArrayList<Varied>();
    for (int order = 1; order <= 3; order++) {
      var runs = new Diversity(order, RougeWords.CHARACTERS);
      List<List<String>> written = runs.words(texts);
      List<List<String>> there = runs.words(before);
      long words = Math.min(Diversity.size(written), Diversity.size(there));
      varied.add(
          new Varied(
              order,
              runs.of(Diversity.first(written, words)),
              runs.of(Diversity.first(there, words)),
              words,
              alike));
    }
    return varied;
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String table(List<AnswerChecks.Result> results, List<Varied> varied) {
    var text = new StringBuilder();
    var rows = new ArrayList<List<String>>();
    for (AnswerChecks.Result r : results) {
      rows.add(
          List.of(
              r.name() + (r.lowerIsBetter() ? " ↓" : " ↑"),
              number(r.value()),
              r.concerned() == 0
                  ? ""
                  : number(r.interval().low()) + " … " + number(r.interval().high()),
              String.valueOf(r.concerned()),
              r.signature()));
    }
    if (!rows.isEmpty()) {
      text.append(Table.render(List.of("check", "value", "95% interval", "n", "signature"), rows));
    }
    if (!varied.isEmpty()) {
      text.append(
          Table.render(
              List.of("diversity", "written", "read", "written ÷ read", "words of each"),
              varied.stream()
                  .map(
                      v ->
                          List.of(
                              "distinct-" + v.order(),
                              number(v.written()),
                              number(v.read()),
                              number(v.written() / v.read()),
                              "%,d".formatted(v.words())))
                  .toList()));
      text.append(
          "  %s of the answers are another one again\n"
              .formatted(number(varied.getFirst().alike())));
    }
    return text.toString();
  }

  private String against(List<CheckedAnswer> answers, List<AnswerChecks.Result> results) {
    var text = new StringBuilder();
    for (AnswerChecks.Result result : results) {
      int told = 0;
      for (int i = 0; i < answers.size() && told < examples; i++) {
        Optional<ResponseCheck.Finding> finding = result.findings().get(i);
        if (finding.isPresent() && !finding.get().why().isEmpty()) {
          String line = answers.get(i).text().replaceAll("\\s+", " ").strip();
          text.append(
              "  %s, %s: %s — %s\n"
                  .formatted(
                      result.name(),
                      answers.get(i).id(),
                      finding.get().why(),
                      line.length() > 80 ? line.substring(0, 80) + "…" : line));
          told++;
        }
      }
    }
    return text.toString();
  }

  private static String json(List<AnswerChecks.Result> results, List<Varied> varied) {
    var objects = new ArrayList<Object>();
    for (AnswerChecks.Result r : results) {
      var object = new LinkedHashMap<String, Object>();
      object.put("name", r.name());
      object.put("signature", r.signature());
      object.put("n", r.concerned());
      object.put("lower_is_better", r.lowerIsBetter());
      if (r.concerned() > 0) {
        object.put("value", r.value());
        object.put("low", r.interval().low());
        object.put("high", r.interval().high());
      }
      object.put("notes", r.notes());
      objects.add(object);
    }
    for (Varied v : varied) {
      var object = new LinkedHashMap<String, Object>();
      object.put("name", "distinct-" + v.order());
      object.put(
          "signature", "distinct-%d|tok:characters|words:%d".formatted(v.order(), v.words()));
      if (!Double.isNaN(v.written()) && !Double.isNaN(v.read())) {
        object.put("value", v.written());
        object.put("read", v.read());
      }
      object.put("repeated_answers", v.alike());
      objects.add(object);
    }
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(objects) + "\n";
  }

  private static void write(
      Path to, List<CheckedAnswer> answers, List<AnswerChecks.Result> results) {
    var rows = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < answers.size(); i++) {
      var row = new LinkedHashMap<String, Object>();
      row.put("id", answers.get(i).id());
      var why = new LinkedHashMap<String, String>();
      for (AnswerChecks.Result result : results) {
        result
            .findings()
            .get(i)
            .ifPresent(
                f -> {
                  row.put(result.name(), f.value());
                  if (!f.why().isEmpty()) {
                    why.put(result.name(), f.why());
                  }
                });
      }
      row.put("why", why);
      rows.add(row);
    }
    AnswerRows.write(to, rows);
  }
}
