// Past 400 lines: the tables of a project: its settings, versions and people are read and written
// under one name.
package dev.imago.labelling;

import dev.imago.accounts.Role;
import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.AnswerJson;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.PositionUnit;
import dev.imago.annotation.TaskChange;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import dev.imago.state.SqlRow;
import dev.imago.state.State;
import dev.imago.state.StateSchema;
import dev.imago.state.Transaction;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A task that people work on, with its items, people and answers, in a [State] that may hold
/// several.
public final class LabelProject {
  /// The tables.
  public static final StateSchema SCHEMA =
      new StateSchema(
          "labelling",
          List.of(
              StateSchema.Migration.read(
                  1, "labelling", LabelProject.class.getResourceAsStream("V1__labelling.sql")),
              StateSchema.Migration.read(
                  2, "review", LabelProject.class.getResourceAsStream("V2__review.sql")),
              StateSchema.Migration.read(
                  3, "choosing", LabelProject.class.getResourceAsStream("V3__choosing.sql"))));

  /// How the queue works.
  ///
  /// @param lease how long an item is somebody's
  /// @param mostEach answers a person may give; 0 is no limit
  /// @param goldEvery one item in so many is a gold one, as long as there are some; 0 is none
  /// @param plainPercent of items that are shown without their suggestion, so that its pull can be
  ///   measured
  public record Settings(Duration lease, long mostEach, long goldEvery, long plainPercent) {
    public static final Settings USUAL = new Settings(Duration.ofMinutes(30), 0, 10, 10);

    public Settings {
      Bounds.whole("lease", lease.toMinutes(), 1, 7 * 24 * 60, "minutes; 30 are usual");
      Bounds.whole("most-each", mostEach, 0, Long.MAX_VALUE);
      Bounds.whole("gold-every", goldEvery, 0, 1_000_000);
      Bounds.whole("plain-percent", plainPercent, 0, 100);
    }
  }

  private static final int SECRET_BYTES = 24;

  /// Of a person, in characters.
  static final int MOST_NAME = 200;

  private final State state;
  private final Clock clock;
  private final String name;
  private final Settings settings;
  private final String secret;

  /// Acts of people that this process has stored, by which those who learn from them know when.
  private long acts;

  private final ReentrantLock acting = new ReentrantLock();
  private final Condition acted = acting.newCondition();

  private volatile @Nullable Choosing choosing;

  /// When leases that ran out were taken back last.
  private final AtomicLong expired = new AtomicLong(Long.MIN_VALUE / 2);

  /// Whose turn it is to be given an item: all would try for the same one, and wait in the database
  /// for each other. Servers on one database still may; the places of an item are counted there.
  private final ReentrantLock turn = new ReentrantLock(true);

  /// The task that was read last: each save checks by it.
  private volatile @Nullable Parsed parsed;

  private LabelProject(State state, Clock clock, String name, Settings settings, String secret) {
    this.state = state;
    this.clock = clock;
    this.name = name;
    this.settings = settings;
    this.secret = secret;
  }

  /// Makes a project.
  ///
  /// @param yaml the task, as its file has it
  /// @throws ConfigException where one of this name is there
  public static LabelProject create(
      State state, Clock clock, String name, String yaml, Settings settings) {
    if (!name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,79}")) {
      throw new ConfigException(
          "the project's name «%s» is not of letters, digits, blanks and ._-, 80 at most"
              .formatted(name));
    }
    AnnotationTask.parse(yaml);
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    boolean made =
        state.durably(
            tx -> {
              if (tx.number("select count(*) from labelling.project where name = ?", name) > 0) {
                return false;
              }
              tx.update(
                  "insert into labelling.project (name, task, version, secret, lease_ms, most_each,"
                      + " gold_every, plain_percent, next_item) values (?, ?, 1, ?, ?, ?, ?, ?, 0)",
                  name,
                  yaml,
                  HexFormat.of().formatHex(bytes),
                  settings.lease().toMillis(),
                  settings.mostEach(),
                  settings.goldEvery(),
                  settings.plainPercent());
              version(tx, name, 1, yaml, clock);
              return true;
            });
    if (!made) {
      throw new ConfigException(
          "a project «%s» is there; name another, or give it a new task with --change"
              .formatted(name));
    }
    return open(state, clock, name);
  }

  private static void version(Transaction tx, String name, long version, String yaml, Clock clock)
      throws SQLException {
    tx.update(
        "insert into labelling.task_version (project, version, task, at) values (?, ?, ?, ?)",
        name,
        version,
        yaml,
        clock.millis());
  }

  /// The names of all projects.
  public static List<String> names(State state) {
    return state.transaction(
        tx -> tx.list("select name from labelling.project order by name", r -> r.text("name")));
  }

  /// @throws ConfigException where there is none of this name
  public static LabelProject open(State state, Clock clock, String name) {
    return state
        .transaction(
            tx ->
                tx.first(
                    "select * from labelling.project where name = ?",
                    row ->
                        new LabelProject(
                            state,
                            clock,
                            name,
                            new Settings(
                                Duration.ofMillis(row.number("lease_ms")),
                                row.number("most_each"),
                                row.number("gold_every"),
                                row.number("plain_percent")),
                            row.text("secret")),
                    name))
        .orElseThrow(
            () ->
                new ConfigException(
                    "there is no project «%s»%s"
                        .formatted(
                            name,
                            names(state).isEmpty()
                                ? "; make one with `imago annotate new`"
                                : Nearest.hint(name, names(state)))));
  }

  State state() {
    return state;
  }

  ReentrantLock turn() {
    return turn;
  }

  Clock clock() {
    return clock;
  }

  public String name() {
    return name;
  }

  public Settings settings() {
    return settings;
  }

  /// Which item is next.
  public Choosing choosing() {
    Choosing known = choosing;
    if (known == null) {
      known =
          state
              .transaction(
                  tx ->
                      tx.first(
                          "select next_by, random_percent, retrain_every from labelling.project"
                              + " where name = ?",
                          row ->
                              new Choosing(
                                  row.text("next_by"),
                                  row.number("random_percent"),
                                  row.number("retrain_every")),
                          name))
              .orElseThrow();
      choosing = known;
    }
    return known;
  }

  /// Sets which item is next, from now on.
  ///
  /// @throws ConfigException for a task whose answers no model learns, where one is to
  public void choose(Choosing wanted) {
    wanted.check(task());
    state.durably(
        tx -> {
          unwish(tx);
          return tx.update(
              "update labelling.project set next_by = ?, random_percent = ?, retrain_every = ?"
                  + " where name = ?",
              wanted.next(),
              wanted.randomPercent(),
              wanted.retrainEvery(),
              name);
        });
    choosing = wanted;
  }

  AtomicLong expired() {
    return expired;
  }

  /// Waits until people have done so many acts, or it is over, as [#wake] makes known.
  ///
  /// @return the acts by then
  long awaitActs(long least, BooleanSupplier over) throws InterruptedException {
    acting.lock();
    try {
      while (acts < least && !over.getAsBoolean()) {
        acted.await();
      }
      return acts;
    } finally {
      acting.unlock();
    }
  }

  /// Tells that somebody has said something new of an item.
  void acted() {
    acting.lock();
    try {
      acts++;
      acted.signalAll();
    } finally {
      acting.unlock();
    }
  }

  void wake() {
    acting.lock();
    try {
      acted.signalAll();
    } finally {
      acting.unlock();
    }
  }

  /// Takes back what a strategy has chosen, and what its model proposes of that.
  void unwish(Transaction tx) throws SQLException {
    tx.update(
        "update labelling.item set suggestion = null, suggested_by = null, suggested_ppm = null"
            + " where project = ? and suggested_by = ? and number in (select item from"
            + " labelling.wish where project = ?)",
        name,
        ActiveRounds.BY,
        name);
    tx.update("delete from labelling.wish where project = ?", name);
  }

  /// Never leaves the state but in what is made of it.
  String secret() {
    return secret;
  }

  /// The task as it is now.
  public AnnotationTask task() {
    return state.transaction(this::task);
  }

  /// The task's file as it is now.
  public String yaml() {
    return state.transaction(
        tx ->
            tx.first("select task from labelling.project where name = ?", r -> r.text("task"), name)
                .orElseThrow());
  }

  /// The number of the task's version; 1 is the first.
  public long version() {
    return state.transaction(this::version);
  }

  /// Gives the project a new version of its task. Answers under renamed labels are carried over, as
  /// new revisions in the history.
  ///
  /// @param removing whether work under labels that are no more may go: it stays in the history
  /// @throws ConfigException where it would and may not, or where the kind is another
  public TaskChange change(String yaml, boolean removing) {
    AnnotationTask next = AnnotationTask.parse(yaml);
    AnnotationTask old = task();
    if (next.kind() != old.kind()) {
      throw new ConfigException(
          "task: %s cannot become task: %s; make another project"
              .formatted(old.kind().label(), next.kind().label()));
    }
    TaskChange change = TaskChange.of(old, next);
    state.durably(tx -> new TaskMigration(this, tx).run(yaml, next, change, removing));
    return change;
  }

  static LabelAnswer answer(String json, String text) {
    return AnswerJson.parse(JsonMapper.shared().readTree(json), text, PositionUnit.CODE_POINTS);
  }

  static String json(LabelAnswer answer, String text) {
    return AnswerJson.write(answer, text, PositionUnit.CODE_POINTS).toString();
  }

  /// The item of a row with `id` and `fields`.
  static AnnotatedItem item(SqlRow row) throws SQLException {
    return new AnnotatedItem(
        row.text("id"), JsonMapper.shared().readTree(row.text("fields")).asObject(), List.of());
  }

  /// Somebody who works in a project.
  ///
  /// @param role annotator, reviewer or owner
  public record Member(String name, Role role) {}

  /// Somebody who may label, again if he was taken out; made where there is nobody of this name.
  public void person(String person) {
    person(person, true);
  }

  /// The same, with a role.
  ///
  /// @throws ConfigException for a role that has nothing to do here
  public void member(Member member) {
    if (!member.role.covers(Role.ANNOTATOR)) {
      throw new ConfigException(
          "«%s» is a %s, and people who label are annotator, reviewer or owner"
              .formatted(member.name, member.role.word()));
    }
    person(member.name, true);
    state.durably(
        tx ->
            tx.update(
                "update labelling.person set role = ? where project = ? and name = ?",
                member.role.word(),
                name,
                member.name));
  }

  /// Whose role is told by accounts: made where there is nobody of this name; who was taken out
  /// stays out.
  void visitor(Member member) {
    person(member.name, false);
    state.transaction(
        tx ->
            tx.update(
                "update labelling.person set role = ? where project = ? and name = ? and role <> ?",
                member.role.word(),
                name,
                member.name,
                member.role.word()));
  }

  /// Somebody whose answers are there; made where there is nobody of this name. Who was taken out
  /// stays out.
  void author(String person) {
    person(person, false);
  }

  private void person(String person, boolean labels) {
    nameFault(person)
        .ifPresent(
            why -> {
              throw new ConfigException(why);
            });
    state.durably(
        tx -> {
          if (tx.number(
                  "select count(*) from labelling.person where project = ? and name = ?",
                  name,
                  person)
              == 0) {
            long number =
                1 + tx.number("select max(number) from labelling.person where project = ?", name);
            tx.update(
                "insert into labelling.person (project, name, number, removed, place, given) values"
                    + " (?, ?, ?, false, -1, 0)",
                name,
                person,
                number);
          }
          return labels
              ? tx.update(
                  "update labelling.person set removed = false where project = ? and name = ?",
                  name,
                  person)
              : 0;
        });
  }

  /// What is wrong with a person's name; empty where nothing is.
  static Optional<String> nameFault(String person) {
    return !isStorable(person) || person.chars().anyMatch(Character::isISOControl)
        ? Optional.of("a person's name has a control character, or half of a character")
        : person.isBlank() || person.length() > MOST_NAME
            ? Optional.of(
                "a person's name is of 1 to %d characters, not of blanks alone, and one is of %,d"
                    .formatted(MOST_NAME, person.length()))
            : Optional.empty();
  }

  /// Whether a text can be kept wherever the state is: PostgreSQL takes no NUL, and half of a
  /// surrogate pair is no character.
  static boolean isStorable(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /// Takes somebody out: what is leased returns to the queue, what was answered stays.
  public void remove(String person) {
    state.durably(
        tx -> {
          tx.update(
              "update labelling.person set removed = true where project = ? and name = ?",
              name,
              person);
          return new LabelQueue(this).release(tx, person);
        });
  }

  /// Those who may label, in the order in which they came.
  public List<String> labelling() {
    return members().stream().map(Member::name).toList();
  }

  /// The same with their roles.
  public List<Member> members() {
    return state.transaction(
        tx ->
            tx.list(
                "select name, role from labelling.person where project = ? and removed = false"
                    + " order by number",
                r -> new Member(r.text("name"), Role.parse(r.text("role"))),
                name));
  }

  /// Everybody, those who were taken out too, in the order in which they came.
  public List<String> people() {
    return state.transaction(
        tx ->
            tx.list(
                "select name from labelling.person where project = ? order by number",
                r -> r.text("name"),
                name));
  }

  /// Whether an item of this id is there.
  public boolean has(String item) {
    return state.transaction(
        tx ->
            tx.number(
                    "select count(*) from labelling.item where project = ? and id = ?", name, item)
                > 0);
  }

  /// As a transaction sees it, which must not ask for another.
  AnnotationTask task(Transaction tx) throws SQLException {
    String yaml =
        tx.first("select task from labelling.project where name = ?", r -> r.text("task"), name)
            .orElseThrow();
    Parsed known = parsed;
    if (known == null || !known.yaml.equals(yaml)) {
      known = new Parsed(yaml, AnnotationTask.parse(yaml));
      parsed = known;
    }
    return known.task;
  }

  private record Parsed(String yaml, AnnotationTask task) {}

  long version(Transaction tx) throws SQLException {
    return tx.number("select version from labelling.project where name = ?", name);
  }

  Optional<String> itemText(Transaction tx, long number) throws SQLException {
    return tx.first(
        "select id, fields from labelling.item where project = ? and number = ?",
        row -> item(row).text(),
        name,
        number);
  }
}
