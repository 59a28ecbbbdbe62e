// Past 400 lines: one round from labels to wishes; its parts share what was read.
package dev.imago.labelling;

import dev.imago.active.Pool;
import dev.imago.active.Strategy;
import dev.imago.annotation.LabelAnswer;
import dev.imago.core.ImagoException;
import dev.imago.linear.LinearTrainer.Example;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Active learning beside the queue: a model learns from what people have answered, and a strategy
/// chooses by it what they are given next. One round takes seconds to minutes, and nobody waits for
/// it: the queue goes on with what the round before has chosen.
///
/// Items that were drawn at random are never learned from: on them the model is measured. What the
/// strategy chose is measured beside it, by the model that chose it, so that the strategy's bias
/// can be seen.
public final class ActiveRounds implements AutoCloseable {
  /// Newest labels that are learned from.
  private static final int MOST_LEARNED = 20_000;

  /// Characters of theirs, which lie in the memory of the server that people label at.
  private static final long MOST_LEARNED_CHARS = 50_000_000;

  /// Texts that are asked at once.
  private static final int TOGETHER = 1_000;

  /// Items among which a strategy chooses, drawn at random: of a million none asks all.
  private static final int POOL = 5_000;

  /// Newest labelled items from which k-centre keeps away.
  private static final int MOST_CENTRES = 2_000;

  /// Of a text that are read.
  private static final int MOST_CHARS = 20_000;

  private static final int COMMITTEE = 3;
  static final String BY = "model in the loop";

  /// One round.
  ///
  /// @param labels that were learned from
  /// @param chosen items that come next
  /// @param right of the items drawn at random
  /// @param tested items drawn at random
  public record Round(int labels, int chosen, long right, long tested) {}

  private record Labelled(long item, String label, boolean random, boolean wished, long at) {}

  private final LabelProject project;
  private final Choosing choosing;
  private final TextLearner learner;
  private final boolean suggests;
  private final Consumer<String> notes;
  private final Thread thread;
  private volatile boolean closed;

  private TextLearner.@Nullable Learned model;

  /// What had a label when the model learned: only what comes later is new to it.
  private Set<Long> known = new HashSet<>();

  /// @param suggests whether what the model says of the items that it chose is shown as a
  ///   suggestion
  /// @param notes told what fails
  public ActiveRounds(
      LabelProject project, TextLearner learner, boolean suggests, Consumer<String> notes) {
    this.project = project;
    this.choosing = project.choosing();
    choosing.check(project.task());
    this.learner = learner;
    this.suggests = suggests;
    this.notes = notes;
    this.thread = Thread.ofPlatform().daemon().name("active-learning").unstarted(this::run);
    this.thread.setPriority(Thread.MIN_PRIORITY);
  }

  /// Learns in the background from now on.
  public ActiveRounds start() {
    thread.start();
    return this;
  }

  private void run() {
    long next = 0; // the first round comes at once
    try {
      while (!closed) {
        next = project.awaitActs(next, () -> closed) + choosing.retrainEvery();
        if (!closed) {
          learn();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } finally {
      release();
    }
  }

  /// Whatever fails in one round, the next one is tried.
  private void learn() {
    try {
      var _ = round();
    } catch (RuntimeException e) {
      if (!closed) {
        notes.accept(
            "a round of active learning failed, and is tried again after %,d labels: %s"
                .formatted(
                    choosing.retrainEvery(), e instanceof ImagoException ? e.getMessage() : e));
      }
    }
  }

  private void release() {
    if (model != null) {
      model.close();
      model = null;
    }
  }

  /// One round, now.
  ///
  /// @return empty where there are not two labels yet to be told apart
  public Optional<Round> round() {
    List<Labelled> all = labelled();
    measureBefore(all);
    List<Labelled> most = newest(all.stream().filter(l -> !l.random).toList(), MOST_LEARNED);
    Map<Long, String> texts = texts(most.stream().map(Labelled::item).toList(), MOST_LEARNED_CHARS);
    List<Labelled> train = most.stream().filter(l -> texts.containsKey(l.item)).toList();
    if (train.stream().map(Labelled::label).distinct().count() < 2) {
      return Optional.empty();
    }
    long seed = train.size();
    List<Example> examples =
        train.stream().map(l -> new Example(texts.getOrDefault(l.item, ""), l.label)).toList();
    replace(learner.learn(examples, seed), all);
    List<Labelled> test = all.stream().filter(Labelled::random).toList();
    long right = right(test);
    var random = new SplittableRandom(seed);
    int chosen = choose(train, examples, random);
    project
        .state()
        .transaction(
            tx ->
                tx.update(
                    "insert into labelling.learned (project, round, at, labels, random_right,"
                        + " random_tested, chosen_right, chosen_tested) values (?, ?, ?, ?, ?, ?,"
                        + " 0, 0)",
                    project.name(),
                    1 + last(tx),
                    project.clock().millis(),
                    train.size(),
                    right,
                    test.size()));
    return Optional.of(new Round(train.size(), chosen, right, test.size()));
  }

  private void replace(TextLearner.Learned next, List<Labelled> all) {
    release();
    model = next;
    known = new HashSet<>();
    all.forEach(l -> known.add(l.item));
  }

  private long last(Transaction tx) throws SQLException {
    return tx.number("select max(round) from labelling.learned where project = ?", project.name());
  }

  /// What the strategy has had labelled since, by the model that chose it.
  private void measureBefore(List<Labelled> all) {
    if (model == null) {
      return;
    }
    List<Labelled> since =
        all.stream().filter(l -> l.wished && !l.random && !known.contains(l.item)).toList();
    long right = right(since);
    project
        .state()
        .transaction(
            tx ->
                tx.update(
                    "update labelling.learned set chosen_right = ?, chosen_tested = ? where project"
                        + " = ? and round = ?",
                    right,
                    since.size(),
                    project.name(),
                    last(tx)));
  }

  private long right(List<Labelled> test) {
    TextLearner.Learned of = model;
    if (of == null || test.isEmpty()) {
      return 0;
    }
    long right = 0;
    for (int from = 0; from < test.size(); from += TOGETHER) {
      List<Labelled> page = test.subList(from, Math.min(test.size(), from + TOGETHER));
      Map<Long, String> texts = texts(page.stream().map(Labelled::item).toList(), Long.MAX_VALUE);
      List<double[]> says =
          of.probabilities(page.stream().map(l -> texts.getOrDefault(l.item, "")).toList());
      right +=
          IntStream.range(0, page.size())
              .filter(i -> of.labels().get(likeliest(says.get(i))).equals(page.get(i).label))
              .count();
    }
    return right;
  }

  private static int likeliest(double[] of) {
    return IntStream.range(0, of.length).reduce(0, (a, b) -> of[b] > of[a] ? b : a);
  }

  private static List<Labelled> newest(List<Labelled> all, int most) {
    return all.stream()
        .sorted(Comparator.comparingLong(Labelled::at).reversed())
        .limit(most)
        .toList();
  }

  /// One label for each item: what a reviewer decided, else what most answered, the first of
  /// several.
  private List<Labelled> labelled() {
    List<Labelled> all = new ArrayList<>();
    Map<String, Integer> votes = new HashMap<>();
    project
        .state()
        .transaction(
            tx -> {
              all.clear();
              votes.clear();
              tx.each(
                  "select a.item, a.answer, a.chosen, a.at, d.answer as decided from"
                      + " labelling.answer a join labelling.item i on i.project = a.project and"
                      + " i.number = a.item left join labelling.decision d on d.project = a.project"
                      + " and d.item = a.item where a.project = ? and a.skipped = false and"
                      + " i.is_gold = false order by a.project, a.item, a.person",
                  row -> {
                    long item = row.number("item");
                    String decided = row.optionalText("decided");
                    String label = label(decided == null ? row.text("answer") : decided);
                    Labelled before = all.isEmpty() ? null : all.getLast();
                    boolean same = before != null && before.item == item;
                    if (!same) {
                      votes.clear();
                    }
                    int count = votes.merge(label, 1, Integer::sum);
                    boolean random = row.text("chosen").equals(Choosing.RANDOM);
                    boolean wished = !random && !LabelQueue.PLAIN.contains(row.text("chosen"));
                    long at = row.number("at");
                    if (before == null || !same) {
                      all.add(new Labelled(item, label, random, wished, at));
                      return;
                    }
                    boolean more = count > votes.getOrDefault(before.label, 0);
                    all.set(
                        all.size() - 1,
                        new Labelled(
                            item,
                            more ? label : before.label,
                            before.random || random,
                            before.wished || wished,
                            Math.max(before.at, at)));
                  },
                  project.name());
              // Of an item whose answers went with their labels a decision may have stayed.
              tx.each(
                  "select d.item, d.answer, d.at from labelling.decision d join labelling.item i on"
                      + " i.project = d.project and i.number = d.item where d.project = ? and"
                      + " i.is_gold = false and not exists (select 1 from labelling.answer a where"
                      + " a.project = d.project and a.item = d.item and a.skipped = false) order by"
                      + " d.item",
                  row ->
                      all.add(
                          new Labelled(
                              row.number("item"),
                              label(row.text("answer")),
                              false,
                              false,
                              row.number("at"))),
                  project.name());
              return all.size();
            });
    return all;
  }

  private static String label(String json) {
    LabelAnswer answer = LabelProject.answer(json, "");
    return answer.labels().isEmpty() ? "" : answer.labels().getFirst();
  }

  /// @param most characters in all: what comes first is read
  private Map<Long, String> texts(List<Long> items, long most) {
    return project
        .state()
        .transaction(
            tx -> {
              Map<Long, String> texts = new HashMap<>();
              long left = most;
              for (long item : items) {
                String text = text(tx, item, false).orElse("");
                left -= text.length();
                if (left < 0) {
                  break;
                }
                texts.put(item, text);
              }
              return texts;
            });
  }

  private Optional<String> text(Transaction tx, long item, boolean open) throws SQLException {
    return tx.first(
        "select id, fields from labelling.item where project = ? and number = ?"
            + (open ? " and is_open = true" : ""),
        row -> {
          String text = ItemTexts.read(LabelProject.item(row));
          return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS);
        },
        project.name(),
        item);
  }

  /// Some of the items that are to be labelled, any of them with the same chance.
  private Map<Long, String> pool(SplittableRandom random) {
    return project
        .state()
        .transaction(
            tx -> {
              Map<Long, String> pool = new HashMap<>();
              long n =
                  tx.number(
                      "select next_item from labelling.project where name = ?", project.name());
              Set<Long> drawn = new LinkedHashSet<>();
              if (n > 4L * POOL) {
                random.longs(2L * POOL, 0, n).forEach(drawn::add);
              } else {
                List<Long> all =
                    new ArrayList<>(IntStream.range(0, (int) n).mapToObj(i -> (long) i).toList());
                for (int i = all.size() - 1; i > 0; i--) {
                  java.util.Collections.swap(all, i, random.nextInt(i + 1));
                }
                drawn.addAll(all);
              }
              for (long item : drawn) {
                if (pool.size() < POOL) {
                  text(tx, item, true).ifPresent(text -> pool.put(item, text));
                }
              }
              return pool;
            });
  }

  /// Chooses what comes next, and writes it down in that order.
  private int choose(List<Labelled> train, List<Example> examples, SplittableRandom random) {
    TextLearner.Learned of = model;
    Map<Long, String> pool = pool(random);
    if (of == null || pool.isEmpty()) {
      return 0;
    }
    List<Long> open = pool.keySet().stream().sorted().toList();
    List<String> texts = new ArrayList<>();
    int centres = Math.min(MOST_CENTRES, train.size());
    IntStream.range(0, train.size())
        .boxed()
        .sorted(Comparator.comparingLong((Integer i) -> train.get(i).at).reversed())
        .limit(centres)
        .forEach(i -> texts.add(examples.get(i).text()));
    open.forEach(item -> texts.add(pool.getOrDefault(item, "")));
    List<String> asked = texts.subList(centres, texts.size());
    double[][] says = rows(of, asked, centres);
    var vectors = new TextVectors(texts);
    int[] unlabelled = IntStream.range(centres, texts.size()).toArray();
    var from =
        new Pool(
            unlabelled,
            IntStream.range(0, centres).toArray(),
            says,
            choosing.next().contains("disagreement")
                ? committee(of, examples, asked, centres, random)
                : List.of(),
            vectors::dot);
    int count = (int) Math.min(open.size(), 2 * choosing.retrainEvery() + 20);
    int[] chosen = Strategy.parse(choosing.next()).choose(from, count, random);
    List<@Nullable Object[]> wishes = new ArrayList<>();
    List<@Nullable Object[]> suggestions = new ArrayList<>();
    String why = choosing.next().length() > 40 ? "mixture" : choosing.next();
    for (int i = 0; i < chosen.length; i++) {
      long item = open.get(chosen[i] - centres);
      wishes.add(new @Nullable Object[] {project.name(), i, item, why});
      int best = likeliest(says[chosen[i]]);
      String json = LabelProject.json(LabelAnswer.ofLabels(List.of(of.labels().get(best))), "");
      suggestions.add(
          new @Nullable Object[] {
            json, BY, Math.round(says[chosen[i]][best] * 1e6), project.name(), item, BY
          });
    }
    project
        .state()
        .transaction(
            tx -> {
              project.unwish(tx);
              tx.updateAll(
                  "insert into labelling.wish (project, rank, item, chosen) values (?, ?, ?, ?)",
                  wishes);
              if (suggests) {
                tx.updateAll(
                    "update labelling.item set suggestion = ?, suggested_by = ?, suggested_ppm = ?"
                        + " where project = ? and number = ? and (suggestion is null or"
                        + " suggested_by = ?)",
                    suggestions);
              }
              return 0;
            });
    return chosen.length;
  }

  private static double[][] rows(TextLearner.Learned of, List<String> texts, int before) {
    double[][] rows = new double[before + texts.size()][];
    List<double[]> says = of.probabilities(texts);
    for (int i = 0; i < before; i++) {
      rows[i] = new double[0];
    }
    for (int i = 0; i < says.size(); i++) {
      rows[before + i] = says.get(i);
    }
    return rows;
  }

  /// Models of labels drawn with repeats, those that have met every label.
  private List<double[][]> committee(
      TextLearner.Learned of,
      List<Example> examples,
      List<String> texts,
      int before,
      SplittableRandom random) {
    List<double[][]> committee = new ArrayList<>();
    for (int tries = 0; tries < 10 * COMMITTEE && committee.size() < COMMITTEE; tries++) {
      List<Example> drawn =
          random.ints(examples.size(), 0, examples.size()).mapToObj(examples::get).toList();
      if (drawn.stream().map(Example::label).distinct().count() == of.labels().size()) {
        try (TextLearner.Learned member = learner.learn(drawn, tries)) {
          committee.add(rows(member, texts, before));
        }
      }
    }
    return committee.size() < 2
        ? List.of(rows(of, texts, before), rows(of, texts, before))
        : committee;
  }

  @Override
  public void close() {
    closed = true;
    project.wake(); // no interrupt: one in the middle of a write would close an embedded database
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive()) {
      release(); // a round that still goes on lets go by itself
    }
  }
}
