package dev.imago.suites;

import dev.imago.core.InputException;
import dev.imago.metrics.LowerCase;
import dev.imago.regex.PythonRegex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is taken from an item's answers before they are scored: steps, each from a list of answers
/// to another; the first of what is left is the answer.
///
/// @param name as the scores are told apart by it
record AnswerFilter(String name, List<Step> steps) {
  /// The filter of a task that names none.
  private static final AnswerFilter NONE = new AnswerFilter("none", List.of());

  AnswerFilter {
    steps = List.copyOf(steps);
  }

  /// One step.
  sealed interface Step {
    List<@Nullable String> apply(List<@Nullable String> answers, TaskItem item);
  }

  /// Each answer by itself.
  private record Each(java.util.function.Function<@Nullable String, @Nullable String> change)
      implements Step {
    @Override
    public List<@Nullable String> apply(List<@Nullable String> answers, TaskItem item) {
      var to = new ArrayList<@Nullable String>();
      answers.forEach(a -> to.add(change.apply(a)));
      return to;
    }
  }

  /// The first ones.
  private record First(int count) implements Step {
    @Override
    public List<@Nullable String> apply(List<@Nullable String> answers, TaskItem item) {
      if (answers.size() < count) {
        throw new InputException(
            "take_first_k wants %d answers to an item, and there are %d; raise repeats"
                .formatted(count, answers.size()));
      }
      return answers.subList(0, count);
    }
  }

  /// The commonest, the first of several.
  private record Majority() implements Step {
    @Override
    public List<@Nullable String> apply(List<@Nullable String> answers, TaskItem item) {
      var counts = new LinkedHashMap<@Nullable String, Integer>();
      answers.forEach(a -> counts.merge(a, 1, Integer::sum));
      @Nullable String best = null;
      int most = 0;
      for (Map.Entry<@Nullable String, Integer> entry : counts.entrySet()) {
        if (entry.getValue() > most) {
          most = entry.getValue();
          best = entry.getKey();
        }
      }
      var to = new ArrayList<@Nullable String>();
      to.add(best);
      return to;
    }
  }

  /// What an expression finds.
  private record Found(PythonRegex regex, int group, String otherwise) implements Step {
    @Override
    public List<@Nullable String> apply(List<@Nullable String> answers, TaskItem item) {
      var to = new ArrayList<@Nullable String>();
      answers.forEach(a -> to.add(in(a == null ? "" : a).orElse(otherwise)));
      return to;
    }

    Optional<String> in(String answer) {
      List<List<String>> matches = regex.findAll(answer);
      int at = group < 0 ? matches.size() + group : group;
      if (matches.isEmpty() || at < 0 || at >= matches.size()) {
        return Optional.empty();
      }
      List<String> groups = matches.get(at);
      Optional<String> taken =
          groups.size() == 1
              ? Optional.of(groups.getFirst())
              : groups.stream().filter(g -> !g.isEmpty()).findFirst();
      return taken.map(AnswerFilter::stripped);
    }
  }

  /// A choice's letter, or the choice itself, found in an answer.
  private record Choice(
      Found found, boolean ignoreCase, boolean ignorePunctuation, List<PythonRegex> ignored)
      implements Step {
    @Override
    public List<@Nullable String> apply(List<@Nullable String> answers, TaskItem item) {
      if (!(item.row().get("choices") instanceof List<?> choices)) {
        throw new InputException(
            "multi_choice_regex looks for the rows' field «choices», and there is no list of that"
                + " name");
      }
      var texts = new LinkedHashMap<String, String>();
      var letters = new LinkedHashMap<String, String>();
      for (int i = 0; i < choices.size(); i++) {
        String letter = String.valueOf((char) ('A' + i));
        texts.put(plain(stripped(PythonText.of(choices.get(i)))), "(" + letter + ")");
        letters.put(letter, "(" + letter + ")");
      }
      PythonRegex byText =
          PythonRegex.compile(
              String.join(
                  "|",
                  texts.keySet().stream()
                      .sorted((a, b) -> b.length() - a.length())
                      .map(Choice::quoted)
                      .toList()));
      PythonRegex byLetter =
          PythonRegex.compile(":[\\s]*(" + String.join("|", letters.keySet()) + ")");
      var to = new ArrayList<@Nullable String>();
      for (String answer : answers) {
        String said = answer == null ? "" : answer;
        Optional<String> match =
            nonEmpty(found.in(said))
                .or(
                    () ->
                        nonEmpty(new Found(byText, found.group, "").in(plain(said)))
                            .map(m -> texts.getOrDefault(m, m)))
                .or(
                    () ->
                        nonEmpty(new Found(byLetter, found.group, "").in(said))
                            .map(m -> letters.getOrDefault(m, m)));
        to.add(match.orElse(found.otherwise));
      }
      return to;
    }

    private static Optional<String> nonEmpty(Optional<String> text) {
      return text.filter(t -> !t.isEmpty());
    }

    private static String quoted(String text) {
      var to = new StringBuilder();
      text.codePoints()
          .forEach(
              c -> {
                if (c < 0x80 && !Character.isLetterOrDigit(c) && c != '_') {
                  to.append('\\');
                }
                to.appendCodePoint(c);
              });
      return to.toString();
    }

    private String plain(String text) {
      String to = text;
      for (PythonRegex regex : ignored) {
        to = regex.replace(to, "", 0);
      }
      to = ignoreCase ? LowerCase.of(to) : to;
      return ignorePunctuation ? to.replaceAll("\\p{P}", "") : to;
    }
  }

  /// The answers of an item as it leaves them: one, as a rule.
  String answer(List<String> answers, TaskItem item) {
    List<@Nullable String> left = new ArrayList<>(answers);
    for (Step step : steps) {
      left = step.apply(left, item);
    }
    return PythonText.of(left.getFirst());
  }

  static List<AnswerFilter> of(Settings task) {
    if (!task.has("filter_list")) {
      return List.of(NONE);
    }
    var filters = new ArrayList<AnswerFilter>();
    for (Settings s : task.each("filter_list")) {
      s.only(Set.of("name", "filter"));
      var steps = new ArrayList<Step>();
      s.each("filter").forEach(f -> steps.add(step(f)));
      filters.add(new AnswerFilter(s.text("name").orElse("none"), steps));
    }
    return filters;
  }

  private static Step step(Settings s) {
    String function = s.text("function").orElse("");
    return switch (function) {
      case "take_first" -> new First(1);
      case "take_first_k" -> new First(s.whole("k", 1).orElse(1));
      case "majority_vote" -> new Majority();
      case "lowercase" -> new Each(a -> a == null ? null : LowerCase.of(a));
      case "uppercase" -> new Each(a -> a == null ? null : a.toUpperCase(Locale.ROOT));
      case "remove_whitespace" -> new Each(a -> a == null ? null : stripped(a));
      case "map" -> mapped(s);
      case "regex" -> found(s);
      case "multi_choice_regex" ->
          new Choice(
              found(s),
              s.flag("ignore_case"),
              s.flag("ignore_punctuation"),
              s.texts("regexes_to_ignore").orElse(List.of()).stream()
                  .map(PythonRegex::compile)
                  .toList());
      default ->
          throw s.wrong(
              "function",
              "regex, multi_choice_regex, take_first, take_first_k, majority_vote, map, lowercase,"
                  + " uppercase or remove_whitespace");
    };
  }

  private static Step mapped(Settings s) {
    var words = new LinkedHashMap<String, @Nullable String>();
    s.part("mapping_dict")
        .ifPresent(
            m ->
                m.keys()
                    .properties()
                    .forEach(
                        e -> words.put(e.getKey(), PythonText.of(Settings.plain(e.getValue())))));
    Object otherwise = s.value("default_value");
    @Nullable String unknown = otherwise == null ? null : PythonText.of(otherwise);
    return new Each(a -> a != null && words.containsKey(a) ? words.get(a) : unknown);
  }

  private static Found found(Settings s) {
    try {
      return new Found(
          PythonRegex.compile(s.text("regex_pattern").orElse("#### (\\-?[0-9\\.\\,]+)")),
          s.whole("group_select", Integer.MIN_VALUE).orElse(0),
          s.text("fallback").orElse("[invalid]"));
    } catch (IllegalArgumentException e) {
      throw new InputException("%s: %s".formatted(s.file(), e.getMessage()), e);
    }
  }

  /// `strip()`.
  private static String stripped(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && PythonText.isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && PythonText.isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }
}
