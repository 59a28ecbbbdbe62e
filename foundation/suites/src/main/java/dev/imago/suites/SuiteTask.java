package dev.imago.suites;

import dev.imago.core.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A task, as its file says it.
///
/// @param text the prompt: a field, a template, or a whole number
/// @param target what is right: a field, a template, a whole number or a list
/// @param choices a field, a template or a list; null where there are none
/// @param shots how many solved examples stand before an item
/// @param version as its metadata tells; empty where they do not
record SuiteTask(
    String name,
    Path file,
    DataFiles.Place data,
    Splits splits,
    Output output,
    Object text,
    Object target,
    @Nullable Object choices,
    String description,
    String targetDelimiter,
    String fewShotDelimiter,
    Optional<String> generationPrefix,
    FewShots.Settings fewShots,
    int shots,
    List<MetricSetting> metrics,
    GenerationSetting generation,
    int repeats,
    List<AnswerFilter> filters,
    Optional<String> contaminationQuery,
    String version) {
  /// What is asked of a model.
  enum Output {
    LOGLIKELIHOOD,
    LOGLIKELIHOOD_ROLLING,
    MULTIPLE_CHOICE,
    GENERATE_UNTIL
  }

  /// Names of parts of the data; empty where there is none.
  record Splits(
      Optional<String> training,
      Optional<String> validation,
      Optional<String> test,
      Optional<String> fewShot) {
    /// What is evaluated: the test part, else the validation part.
    Optional<String> evaluated() {
      return test.or(() -> validation);
    }
  }

  /// Kinds of Python there, and what no text model is given.
  private static final Set<String> NOT_CARRIED_OUT =
      Set.of(
          "custom_dataset",
          "process_docs",
          "process_results",
          "doc_to_image",
          "doc_to_audio",
          "use_prompt",
          "unsafe_code",
          "class");

  private static final Set<String> KEYS =
      Set.of(
          "task",
          "task_alias",
          "tag",
          "group",
          "dataset_path",
          "dataset_name",
          "dataset_kwargs",
          "training_split",
          "validation_split",
          "test_split",
          "fewshot_split",
          "doc_to_text",
          "doc_to_target",
          "doc_to_choice",
          "description",
          "target_delimiter",
          "fewshot_delimiter",
          "fewshot_config",
          "num_fewshot",
          "metric_list",
          "output_type",
          "generation_kwargs",
          "repeats",
          "filter_list",
          "should_decontaminate",
          "doc_to_decontamination_query",
          "gen_prefix",
          "metadata");

  /// @param shots instead of the file's; those that say 0 themselves keep it
  /// @throws InputException for what is Python, unknown, or does not fit
  static SuiteTask of(TaskFile from, Optional<Integer> shots) {
    from.refusePython();
    ObjectNode keys = from.settings();
    var s = new Settings(from.file(), "", keys);
    for (String key : NOT_CARRIED_OUT) {
      if (keys.hasNonNull(key) && !(keys.path(key).isBoolean() && !keys.path(key).booleanValue())) {
        throw new InputException(
            "%s: «%s» is not carried out here; write rows into the data file as they are to be, and take it out"
                .formatted(from.file(), key));
      }
    }
    var known = new TreeSet<>(KEYS);
    known.addAll(NOT_CARRIED_OUT);
    s.only(known);
    Output output = output(s);
    String delimiter = s.text("fewshot_delimiter").orElse("\n\n");
    String targetDelimiter = s.text("target_delimiter").orElse(" ");
    var splits =
        new Splits(
            s.text("training_split"),
            s.text("validation_split"),
            s.text("test_split"),
            s.text("fewshot_split"));
    if (splits.evaluated().isEmpty()) {
      throw new InputException(
          from.file() + ": neither test_split nor validation_split says what is evaluated");
    }
    Object choices = s.value("doc_to_choice");
    if (output == Output.MULTIPLE_CHOICE && choices == null) {
      throw new InputException(
          from.file() + ": output_type multiple_choice needs doc_to_choice; give the choices");
    }
    if (choices instanceof List<?> list
        && list.stream().anyMatch(c -> c instanceof String text && text.contains("{{"))) {
      // Texts of a list are no templates there either: every item would have the same choices.
      throw new InputException(
          from.file()
              + ": the choices of a list are taken as they stand, and one of them is a template;"
              + " write doc_to_choice: \"{{[first, second]}}\", with the fields' names");
    }
    Optional<String> prefix = s.text("gen_prefix");
    Optional<Integer> own = s.whole("num_fewshot", 0);
    int number = own.filter(n -> n == 0).or(() -> shots).or(() -> own).orElse(0);
    Object text = s.value("doc_to_text");
    Object target = s.value("doc_to_target");
    return new SuiteTask(
        from.name(),
        from.file(),
        DataFiles.Place.of(s),
        splits,
        output,
        text == null ? "" : text,
        required(s, target),
        choices,
        s.text("description").orElse(""),
        targetDelimiter,
        delimiter,
        prefix,
        FewShots.Settings.of(s, splits, delimiter, targetDelimiter, prefix),
        number,
        MetricSetting.of(s, output),
        GenerationSetting.of(s, delimiter),
        s.whole("repeats", 1).orElse(1),
        AnswerFilter.of(s),
        query(s, text),
        s.part("metadata").map(m -> String.valueOf(m.value("version"))).orElse(""));
  }

  private static Object required(Settings s, @Nullable Object target) {
    if (target == null) {
      throw new InputException(
          s.file() + ": «doc_to_target» is missing; give the field or template of what is right");
    }
    return target;
  }

  private static Optional<String> query(Settings s, @Nullable Object text) {
    return s.flag("should_decontaminate")
        ? s.text("doc_to_decontamination_query")
            .or(() -> Optional.ofNullable(text instanceof String t ? t : null))
        : Optional.empty();
  }

  private static Output output(Settings s) {
    String name = s.text("output_type").orElse("generate_until");
    for (Output output : Output.values()) {
      if (output.name().toLowerCase(java.util.Locale.ROOT).equals(name)) {
        return output;
      }
    }
    throw s.wrong(
        "output_type", "loglikelihood, loglikelihood_rolling, multiple_choice or generate_until");
  }

  /// The same with what a generation may be at most.
  SuiteTask withMaxTokens(int most) {
    return new SuiteTask(
        name,
        file,
        data,
        splits,
        output,
        text,
        target,
        choices,
        description,
        targetDelimiter,
        fewShotDelimiter,
        generationPrefix,
        fewShots,
        shots,
        metrics,
        generation.atMost(most),
        repeats,
        filters,
        contaminationQuery,
        version);
  }
}
