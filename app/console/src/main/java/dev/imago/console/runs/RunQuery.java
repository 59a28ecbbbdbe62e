package dev.imago.console.runs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which runs a reader wants to see, in which order, and what of them: all that stands in a list's
/// address.
///
/// @param words that all stand somewhere in a run, its tags or its note
/// @param conditions such as `depth=4`, `loss<3`, `tag=good`
/// @param states of which it is one; any where there are none
/// @param sort the field that orders; see [RunEntry#number]
/// @param columns fields that are shown
/// @param page from 1
public record RunQuery(
    String text,
    List<String> words,
    List<Condition> conditions,
    List<RunState> states,
    boolean pinned,
    String sort,
    boolean descending,
    List<String> columns,
    int page) {
  public static final int ROWS = 50;

  static final List<String> USUAL_COLUMNS =
      List.of("state", "run", "recipe", "step", "started", "took", "m:loss", "m:heldoutLoss");

  private static final int MOST_COLUMNS = 40;
  private static final int MOST_WORDS = 20;
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Pattern CONDITION = Pattern.compile("([^<>=!\\s]+)(<=|>=|!=|<|>|=)(\\S+)");

  /// What a field must be.
  ///
  /// @param field as a reader writes it: `loss`, `depth`, `state`
  public record Condition(String field, String sign, String value) {}

  public RunQuery {
    words = List.copyOf(words);
    conditions = List.copyOf(conditions);
    states = List.copyOf(states);
    columns = List.copyOf(columns);
  }

  public static RunQuery of(Asked asked) {
    var words = new ArrayList<String>();
    var conditions = new ArrayList<Condition>();
    Matcher each = WORD.matcher(asked.first("q"));
    while (each.find() && words.size() + conditions.size() < MOST_WORDS) {
      String quoted = each.group(1);
      Matcher condition = CONDITION.matcher(each.group());
      if (quoted == null && condition.matches()) {
        conditions.add(new Condition(condition.group(1), condition.group(2), condition.group(3)));
      } else {
        String word = (quoted == null ? each.group() : quoted).toLowerCase(Locale.ROOT);
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
    }
    var states = new ArrayList<RunState>();
    for (RunState state : RunState.values()) {
      if (asked.all("state").contains(state.word())) {
        states.add(state);
      }
    }
    String sort = asked.first("sort");
    boolean descending = sort.startsWith("-") || sort.isEmpty();
    String field = sort.isEmpty() ? "started" : descending ? sort.substring(1) : sort;
    List<String> columns =
        asked.all("col").stream()
            .filter(c -> c.length() <= 300)
            .distinct()
            .limit(MOST_COLUMNS)
            .toList();
    return new RunQuery(
        asked.first("q"),
        words,
        conditions,
        states,
        asked.first("pinned").equals("1"),
        field,
        descending,
        columns.isEmpty() ? USUAL_COLUMNS : columns,
        asked.whole("page", 1, 1, 1_000_000));
  }

  boolean admits(RunEntry run, RunMarks.Mark mark) {
    if (!states.isEmpty() && !states.contains(run.state()) || pinned && !mark.pinned()) {
      return false;
    }
    for (Condition condition : conditions) {
      if (!holds(condition, run, mark)) {
        return false;
      }
    }
    for (String word : words) {
      if (!run.mentions(word) && !mentions(mark, word)) {
        return false;
      }
    }
    return true;
  }

  private static boolean mentions(RunMarks.Mark mark, String word) {
    return mark.note().toLowerCase(Locale.ROOT).contains(word)
        || mark.group().toLowerCase(Locale.ROOT).contains(word)
        || mark.tags().stream().anyMatch(t -> t.toLowerCase(Locale.ROOT).contains(word));
  }

  private static boolean holds(Condition condition, RunEntry run, RunMarks.Mark mark) {
    String field = condition.field();
    switch (field) {
      case "tag" -> {
        boolean has = mark.tags().stream().anyMatch(condition.value()::equalsIgnoreCase);
        return condition.sign().equals("!=") != has;
      }
      case "group" -> {
        return condition.sign().equals("!=") != mark.group().equalsIgnoreCase(condition.value());
      }
      default -> {}
    }
    String text = run.text(field);
    double number = run.number(field);
    if (text.isEmpty() && Double.isNaN(number)) {
      text = run.settings().get(field);
      number = run.last().has(field) ? run.last().get(field) : RunEntry.parsed(text);
    }
    double wanted = RunEntry.parsed(condition.value());
    return switch (condition.sign()) {
      case "<" -> number < wanted;
      case "<=" -> number <= wanted;
      case ">" -> number > wanted;
      case ">=" -> number >= wanted;
      case "!=" -> !same(text, number, condition.value(), wanted);
      default -> same(text, number, condition.value(), wanted);
    };
  }

  private static boolean same(String text, double number, String wanted, double wantedNumber) {
    return text.equalsIgnoreCase(wanted) || number == wantedNumber;
  }
}
