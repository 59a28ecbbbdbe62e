package dev.imago.feedback;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Rating;
import dev.imago.data.Ratings;
import dev.imago.data.Split;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.answering.Answering;
import dev.imago.tasks.preference.Judging;
import dev.imago.tasks.preference.Preferring;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/// Makes labels of ratings: each answer that more users found good than bad, to what was asked, for
/// the next round of tuning; or pairs of answers to one prompt, one found good and one bad. Logs
/// that overlap count each rating once.
///
/// Whole prompts are held out, by a hash of what was asked: the same ones as the ratings grow.
public final class LabelRatings
    extends Stage<LabelRatings.Inputs, LabelRatings.Config, LabelRatings.Outputs> {
  /// Where such pairs came from, in the place of a document.
  static final String SOURCE = "ratings";

  /// @param ratings of any number of servers and times
  public record Inputs(List<Ratings> ratings) {
    public Inputs {
      ratings = List.copyOf(ratings);
    }
  }

  /// @param heldoutFraction the share of prompts that is held out; of two or more, one at least
  /// @param task `answer` for the good answers, `preference` for pairs of a good and a bad one,
  ///   `unpaired` for each answer with whether it was found good
  public record Config(double heldoutFraction, String task) {
    public Config {
      if (!List.of(Answering.NAME, Preferring.NAME, Judging.NAME).contains(task)) {
        throw new ConfigException(
            "task = «%s» is none that ratings are labels for; %s, %s and %s are"
                .formatted(task, Answering.NAME, Preferring.NAME, Judging.NAME));
      }
      Bounds.number("heldoutFraction", heldoutFraction, 0, 0.5, "0.1 is usual");
    }

    public static Config defaults() {
      return new Config(0.1, Answering.NAME);
    }
  }

  /// @param labels the good answers, `train.jsonl` and `heldout.jsonl`
  public record Outputs(Labels labels) {}

  public LabelRatings() {
    super("label", 2, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) {
    List<Rating> ratings = distinct(inputs.ratings());
    List<Rating> chats = ratings.stream().filter(rating -> !rating.bareText()).toList();
    Preferences preferences = Preferences.of(chats);
    boolean pairs = config.task().equals(Preferring.NAME);
    boolean judges = config.task().equals(Judging.NAME);
    List<Example> good =
        pairs
            ? preferences.pairs().stream()
                .filter(pair -> !pair.chosen().isBlank() && !pair.rejected().isBlank())
                .map(LabelRatings::example)
                .toList()
            : preferences.judged().stream()
                .filter(
                    judged ->
                        (judges || judged.good() && judged.absolute())
                            && !judged.answer().isBlank())
                .map(
                    judged -> {
                      Example answer = example(judged.prompt(), judged.answer());
                      return judges ? answer.judged(judged.good()) : answer;
                    })
                .toList();
    if (good.isEmpty() && pairs) {
      throw new InputException(
          "none of the %,d ratings is of two answers to one prompt, one found good and one bad: ask again on the chat page and rate both, or bring in a rating log with `imago import`"
              .formatted(ratings.size()));
    }
    if (good.isEmpty()) {
      throw new InputException(
          "none of the %,d ratings finds an answer of a conversation good: rate answers on the chat page, or bring in a rating log with `imago import`"
              .formatted(ratings.size()));
    }
    Set<String> heldout = heldout(good, config.heldoutFraction());
    Draft draft = run.draft(Labels.class, "labels");
    if (pairs) {
      Tasks.write(draft.folder(), new Preferring());
    } else if (judges) {
      Tasks.write(draft.folder(), new Judging());
    }
    for (Split split : Split.values()) {
      boolean held = split == Split.HELDOUT;
      Examples.write(
          draft.folder(),
          split,
          good.stream().filter(e -> heldout.contains(asked(e)) == held).toList());
    }
    long held = good.stream().filter(e -> heldout.contains(asked(e))).count();
    run.table(
        "Ratings as labels",
        List.of(
            "ratings",
            pairs ? "pairs of answers" : judges ? "rated answers" : "good answers",
            "held out",
            "found bad",
            "contradictory",
            "bare texts"),
        List.of(
            List.of(
                "%,d".formatted(ratings.size()),
                "%,d".formatted(good.size()),
                "%,d".formatted(held),
                "%,d".formatted(preferences.judged().stream().filter(j -> !j.good()).count()),
                "%,d".formatted(preferences.contradictory()),
                "%,d".formatted(ratings.size() - chats.size()))));
    return new Outputs(draft.commit(Labels.class));
  }

  /// The last rating of each completion, in the order of their times.
  private static List<Rating> distinct(List<Ratings> all) {
    var ratings = new ArrayList<Rating>();
    all.forEach(each -> ratings.addAll(RatingsFolder.read(each.folder())));
    ratings.sort(Comparator.comparing(Rating::time).thenComparing(Rating::completionId));
    var latest = new LinkedHashMap<String, Rating>();
    ratings.forEach(rating -> latest.putLast(rating.completionId(), rating));
    return List.copyOf(latest.values());
  }

  /// Named by both answers: one may stand in several pairs.
  private static Example example(Preferences.Pair pair) {
    Example chosen = example(pair.prompt(), pair.chosen());
    var both = new ArrayList<>(chosen.turns());
    both.add(new Example.Message(Example.ASSISTANT, pair.rejected()));
    return new Example(
        "rated-" + Fingerprint.of(both),
        chosen.prompt(),
        chosen.completion(),
        SOURCE,
        chosen.messages(),
        pair.rejected());
  }

  private static Example example(List<Rating.Message> prompt, String answer) {
    var messages = new ArrayList<Example.Message>();
    prompt.forEach(m -> messages.add(new Example.Message(m.role(), m.content())));
    messages.add(new Example.Message(Example.ASSISTANT, answer));
    return Example.of("rated-" + Fingerprint.of(messages), messages, SOURCE);
  }

  private static String asked(Example example) {
    return Fingerprint.of(example.given());
  }

  /// The prompts whose fingerprints lie in the first part of all that there can be; of two prompts
  /// or more, the first by it at least, and never all.
  private static Set<String> heldout(List<Example> good, double fraction) {
    List<String> prompts = good.stream().map(LabelRatings::asked).distinct().sorted().toList();
    int held = (int) prompts.stream().filter(p -> Fingerprint.share(p) < fraction).count();
    int most = prompts.size() - 1;
    return new HashSet<>(prompts.subList(0, fraction == 0 ? 0 : Math.min(most, Math.max(held, 1))));
  }
}
