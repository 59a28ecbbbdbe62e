// Past 400 lines: leases, their ends and what is settled of an item are one state machine, whose
// statements fit each other.
package dev.imago.labelling;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.LabelAnswer;
import dev.imago.state.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Who gets which item next. An item is leased, not given: a lease that runs out returns it. Of an
/// item as many are held (leased or answered) as its overlap wants, never more.
///
/// Each person goes through the items in order from where he is, so that the next one is found by
/// one step in an index, however many there are; what has returned comes first.
public final class LabelQueue {
  /// What somebody is to answer.
  ///
  /// @param number of the item
  /// @param textHash of its text, which a save must bring back
  /// @param revision of one's own answer that is there; 0 where there is none
  /// @param own one's own answer, where the item was answered before
  /// @param note with it
  /// @param sentBack why a reviewer sent one's own answer back; empty where none did
  /// @param suggestion of a model or a rule, where one is shown
  /// @param probability of the suggestion; NaN where none is said
  public record Assignment(
      long number,
      AnnotatedItem item,
      String textHash,
      long revision,
      @Nullable LabelAnswer own,
      String note,
      String sentBack,
      @Nullable LabelAnswer suggestion,
      double probability) {}

  private static final int CANDIDATES = 16;
  private static final int DRAWS = 64;

  /// Why somebody got an item that no strategy chose.
  static final Set<String> PLAIN = Set.of("", "gold", "returned", Choosing.ORDER);

  /// Leases are of minutes: it is enough to look each second for those that have run out.
  private static final long EXPIRY_MILLIS = 1_000;

  private static final String SETTLE =
      "update labelling.item set review = case when done < wanted then 0 when (select"
          + " count(distinct a.answer) from labelling.answer a where a.project = item.project and"
          + " a.item = item.number and a.skipped = false) > 1 then 2 else 1 end where is_gold ="
          + " false and review <> 3 and project = ?";

  private final LabelProject project;

  public LabelQueue(LabelProject project) {
    this.project = project;
  }

  /// The next item for a person: the one that is leased and not answered, else a new one; empty
  /// where nothing is left for him.
  ///
  /// @throws RemovedException where the person may not label
  public Optional<Assignment> next(String person) {
    project.turn().lock();
    try {
      return project.state().transaction(tx -> next(tx, person));
    } finally {
      project.turn().unlock();
    }
  }

  /// Somebody who is none of the project's people, or no longer.
  public static final class RemovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RemovedException(String person) {
      super("«%s» is none of this project's annotators, or no longer".formatted(person));
    }
  }

  record Known(long place, long given) {}

  private Optional<Assignment> next(Transaction tx, String person) throws SQLException {
    String name = project.name();
    long now = project.clock().millis();
    if (Math.abs(now - project.expired().get()) >= EXPIRY_MILLIS) {
      expire(tx, now);
      project.expired().set(now);
    }
    Known known = known(tx, person);
    Optional<Long> leased =
        tx.first(
            "select item from labelling.lease where project = ? and person = ? order by item limit"
                + " 1",
            row -> row.number("item"),
            name,
            person);
    if (leased.isPresent()) {
      return assignment(tx, leased.get(), person);
    }
    Optional<Long> sentBack =
        tx.first(
            "select item from labelling.sent_back where project = ? and person = ? order by"
                + " project, person, item limit 1",
            row -> row.number("item"),
            name,
            person);
    if (sentBack.isPresent()) {
      return assignment(tx, sentBack.get(), person);
    }
    long most = project.settings().mostEach();
    if (most > 0 && known.given >= most) {
      return Optional.empty();
    }
    long every = project.settings().goldEvery();
    if (every > 0 && known.given % every == every - 1) {
      Optional<Assignment> gold = gold(tx, person, now);
      if (gold.isPresent()) {
        return gold;
      }
    }
    // Another server on the same database may be quicker: then the next of the candidates.
    for (boolean returned : new boolean[] {true, false}) {
      if (!returned) {
        Optional<Assignment> chosen = chosen(tx, person, known, now);
        if (chosen.isPresent()) {
          return chosen;
        }
      }
      for (Candidate candidate : candidates(tx, person, returned, returned ? -1 : known.place)) {
        Optional<Assignment> given =
            lease(tx, candidate.number, person, now, returned ? "returned" : Choosing.ORDER);
        if (given.isPresent()) {
          if (!returned) {
            tx.update(
                "update labelling.person set place = ? where project = ? and name = ?",
                candidate.place,
                name,
                person);
          }
          return given;
        }
      }
    }
    return gold(tx, person, now);
  }

  /// An item that is drawn at random, or that a strategy has chosen, leased; empty where items come
  /// in their order, or nothing is chosen yet.
  private Optional<Assignment> chosen(Transaction tx, String person, Known known, long now)
      throws SQLException {
    Choosing choosing = project.choosing();
    if (choosing.next().equals(Choosing.ORDER)) {
      return Optional.empty();
    }
    // Of the same person at the same place the same, so that nothing but the state decides.
    var random = new SplittableRandom(crc(project.secret() + "/" + person + "/" + known.given));
    boolean drawn =
        choosing.next().equals(Choosing.RANDOM) || random.nextInt(100) < choosing.randomPercent();
    Optional<Assignment> given = drawn ? drawn(tx, person, random, now) : wished(tx, person, now);
    if (given.isPresent()) {
      // What has begun is finished first: an item that two want is not left with one answer.
      tx.update(
          "update labelling.item set returned = true where project = ? and number = ? and is_open ="
              + " true",
          project.name(),
          given.get().number);
    }
    return given;
  }

  private record Wish(long item, String chosen) {}

  private Optional<Assignment> wished(Transaction tx, String person, long now) throws SQLException {
    for (Wish wish :
        tx.list(
            "select i.number, w.chosen from labelling.wish w join labelling.item i on i.project ="
                + " w.project and i.number = w.item where w.project = ? and i.is_open = true and"
                + " not exists (select 1 from labelling.answer a where a.project = w.project and"
                + " a.item = w.item and a.person = ?) order by w.rank limit "
                + CANDIDATES,
            row -> new Wish(row.number("number"), row.text("chosen")),
            project.name(),
            person)) {
      Optional<Assignment> given = lease(tx, wish.item, person, now, wish.chosen);
      if (given.isPresent()) {
        return given;
      }
    }
    return Optional.empty();
  }

  /// Any item that nobody has begun, with the same chance: numbers are drawn until one is that of
  /// an open item. Where few are left it may be none.
  private Optional<Assignment> drawn(
      Transaction tx, String person, SplittableRandom random, long now) throws SQLException {
    long items =
        tx.number("select next_item from labelling.project where name = ?", project.name());
    for (int draw = 0; draw < DRAWS && items > 0; draw++) {
      long item = random.nextLong(items);
      boolean open =
          tx.number(
                  "select count(*) from labelling.item i where project = ? and number = ? and"
                      + " is_open = true and held = 0 and not exists (select 1 from"
                      + " labelling.answer a where a.project = i.project and a.item = i.number and"
                      + " a.person = ?)",
                  project.name(),
                  item,
                  person)
              > 0;
      Optional<Assignment> given =
          open ? lease(tx, item, person, now, Choosing.RANDOM) : Optional.empty();
      if (given.isPresent()) {
        return given;
      }
    }
    return Optional.empty();
  }

  /// @throws RemovedException where the person may not label
  Known known(Transaction tx, String person) throws SQLException {
    return tx.first(
            "select place, given from labelling.person where project = ? and name = ? and removed ="
                + " false",
            row -> new Known(row.number("place"), row.number("given")),
            project.name(),
            person)
        .orElseThrow(() -> new RemovedException(person));
  }

  private record Candidate(long number, long place) {}

  private List<Candidate> candidates(Transaction tx, String person, boolean returned, long after)
      throws SQLException {
    return tx.list(
        "select number, place from labelling.item i where project = ? and is_open = true and"
            + " returned = ? and place > ? and not exists (select 1 from labelling.answer a where"
            + " a.project = i.project and a.item = i.number and a.person = ?) order by project,"
            + " is_open, returned, place limit "
            + CANDIDATES,
        row -> new Candidate(row.number("number"), row.number("place")),
        project.name(),
        returned,
        after,
        person);
  }

  private Optional<Assignment> gold(Transaction tx, String person, long now) throws SQLException {
    Optional<Long> gold =
        tx.first(
            "select number from labelling.item i where project = ? and is_gold = true and not"
                + " exists (select 1 from labelling.answer a where a.project = i.project and a.item"
                + " = i.number and a.person = ?) order by project, is_gold, number limit 1",
            row -> row.number("number"),
            project.name(),
            person);
    return gold.isPresent() ? lease(tx, gold.get(), person, now, "gold") : Optional.empty();
  }

  /// Takes one of the places that an item has, if one is left: an item that the person has not
  /// answered.
  private Optional<Assignment> lease(
      Transaction tx, long item, String person, long now, String chosen) throws SQLException {
    if (!hold(tx, item)) {
      return Optional.empty();
    }
    Stored stored = stored(tx, item).orElseThrow();
    // On what is drawn at random a model in the loop is measured: its own word is not shown there,
    // to the first who gets it and to those that come after.
    String suggestion =
        stored.by.equals(ActiveRounds.BY)
                && (chosen.equals(Choosing.RANDOM) || isMeasured(tx, item))
            ? null
            : stored.suggestion;
    // What is proposed now stays with the lease: a model that learns may say something else later.
    lease(tx, item, person, now, new Leased(chosen, suggestion));
    return Optional.of(assignment(stored, person, Optional.empty(), "", suggestion));
  }

  /// Whether somebody got it by chance.
  private boolean isMeasured(Transaction tx, long item) throws SQLException {
    String of = "select count(*) from labelling.%s where project = ? and item = ? and chosen = ?";
    return tx.number(of.formatted("answer"), project.name(), item, Choosing.RANDOM)
            + tx.number(of.formatted("lease"), project.name(), item, Choosing.RANDOM)
        > 0;
  }

  /// Why somebody got an item, and what was proposed to him then.
  record Leased(String chosen, @Nullable String suggestion) {}

  void lease(Transaction tx, long item, String person, long now, Leased leased)
      throws SQLException {
    tx.update(
        "insert into labelling.lease (project, item, person, until_ms, chosen, suggestion) values"
            + " (?, ?, ?, ?, ?, ?)",
        project.name(),
        item,
        person,
        now + project.settings().lease().toMillis(),
        leased.chosen,
        leased.suggestion);
  }

  Optional<Leased> leased(Transaction tx, long item, String person) throws SQLException {
    return tx.first(
        "select chosen, suggestion from labelling.lease where project = ? and item = ? and person ="
            + " ?",
        row -> new Leased(row.text("chosen"), row.optionalText("suggestion")),
        project.name(),
        item,
        person);
  }

  /// Keeps others from an item until the transaction ends.
  void lock(Transaction tx, long item) throws SQLException {
    var _ =
        tx.first(
            "select number from labelling.item where project = ? and number = ? for update",
            row -> row.number("number"),
            project.name(),
            item);
  }

  boolean hold(Transaction tx, long item) throws SQLException {
    return tx.update(
            "update labelling.item set held = held + 1, is_open = (is_gold = false and held + 1"
                + " < wanted) where project = ? and number = ? and held < wanted",
            project.name(),
            item)
        == 1;
  }

  /// Gives a place back; the item comes before those that were never out.
  void free(Transaction tx, long item) throws SQLException {
    tx.update(
        "update labelling.item set held = held - 1, is_open = (is_gold = false and review <> 3 and"
            + " held - 1 < wanted), returned = true where project = ? and number = ?",
        project.name(),
        item);
  }

  /// What ran out returns. A clock that jumps ahead returns items early, and their saves still find
  /// a place as long as nobody took it. What runs out later than any lease could that is made now
  /// was leased before the clock jumped back, and returns, too; servers whose clocks differ by less
  /// than a lease do not take each other's.
  private void expire(Transaction tx, long now) throws SQLException {
    record Lease(long item, String person) {}
    List<Lease> out =
        tx.list(
            "select item, person from labelling.lease where project = ? and (until_ms <= ? or"
                + " until_ms > ?)",
            row -> new Lease(row.number("item"), row.text("person")),
            project.name(),
            now,
            now + 2 * project.settings().lease().toMillis());
    for (Lease lease : out) {
      unlease(tx, lease.item, lease.person);
    }
  }

  /// Ends a lease, or the wait for an answer that was sent back, if there is one.
  ///
  /// @return whether there was: then the place is free to be taken, or to be given back
  boolean end(Transaction tx, long item, String person) throws SQLException {
    return tx.update(
                "delete from labelling.lease where project = ? and item = ? and person = ?",
                project.name(),
                item,
                person)
            > 0
        || tx.update(
                "delete from labelling.sent_back where project = ? and item = ? and person = ?",
                project.name(),
                item,
                person)
            > 0;
  }

  /// Ends a lease or a wait, and gives the place back.
  boolean unlease(Transaction tx, long item, String person) throws SQLException {
    boolean was = end(tx, item, person);
    if (was) {
      free(tx, item);
    }
    return was;
  }

  /// Says whether an item can be reviewed now, and whether its answers differ. What was decided
  /// stays so.
  void settle(Transaction tx, long item) throws SQLException {
    tx.update(SETTLE + " and number = ?", project.name(), item);
  }

  /// The same of all items.
  void settleAll(Transaction tx) throws SQLException {
    tx.update(SETTLE, project.name());
  }

  int release(Transaction tx, String person) throws SQLException {
    List<Long> items =
        tx.list(
            "select item from labelling.lease where project = ? and person = ? union select item"
                + " from labelling.sent_back where project = ? and person = ?",
            row -> row.number("item"),
            project.name(),
            person,
            project.name(),
            person);
    for (long item : items) {
      unlease(tx, item, person);
    }
    return items.size();
  }

  /// One's own earlier work, or an item that is leased; empty where it is neither.
  public Optional<Assignment> own(String person, long item) {
    return project
        .state()
        .transaction(
            tx -> {
              known(tx, person);
              long mine =
                  tx.number(
                          "select count(*) from labelling.answer where project = ? and item = ? and"
                              + " person = ?",
                          project.name(),
                          item,
                          person)
                      + tx.number(
                          "select count(*) from labelling.lease where project = ? and item = ? and"
                              + " person = ?",
                          project.name(),
                          item,
                          person);
              // Of what was sent back the answer is there.
              return mine > 0 ? assignment(tx, item, person) : Optional.empty();
            });
  }

  /// The numbers of the items that a person answered last, the last first.
  public List<Long> recent(String person, int most) {
    return project
        .state()
        .transaction(
            tx ->
                tx.list(
                    "select item from labelling.answer where project = ? and person = ? order by"
                        + " project, person, at desc limit "
                        + Math.max(1, Math.min(most, 1000)),
                    row -> row.number("item"),
                    project.name(),
                    person));
  }

  private record Own(long revision, String answer, String note, boolean skipped) {}

  private Optional<Assignment> assignment(Transaction tx, long number, String person)
      throws SQLException {
    Optional<Own> own =
        tx.first(
            "select revision, answer, note, skipped from labelling.answer where project = ? and"
                + " item = ? and person = ?",
            row ->
                new Own(
                    row.number("revision"),
                    row.text("answer"),
                    row.text("note"),
                    row.flag("skipped")),
            project.name(),
            number,
            person);
    Optional<String> sentBack =
        tx.first(
            "select why from labelling.sent_back where project = ? and person = ? and item = ?",
            row -> row.text("why"),
            project.name(),
            person,
            number);
    Optional<Leased> leased = leased(tx, number, person);
    return stored(tx, number)
        .map(
            item ->
                assignment(
                    item,
                    person,
                    own,
                    sentBack.orElse(""),
                    leased.isPresent() ? leased.get().suggestion : item.suggestion));
  }

  private record Stored(
      long number,
      AnnotatedItem item,
      String textHash,
      @Nullable String suggestion,
      String by,
      @Nullable Long ppm) {}

  private Optional<Stored> stored(Transaction tx, long number) throws SQLException {
    return tx.first(
        "select id, fields, text_hash, suggestion, suggested_by, suggested_ppm from labelling.item"
            + " where project = ? and number = ?",
        row ->
            new Stored(
                number,
                LabelProject.item(row),
                row.text("text_hash"),
                row.optionalText("suggestion"),
                Objects.requireNonNullElse(row.optionalText("suggested_by"), ""),
                row.optionalNumber("suggested_ppm")),
        project.name(),
        number);
  }

  private Assignment assignment(
      Stored stored,
      String person,
      Optional<Own> own,
      String sentBack,
      @Nullable String suggestion) {
    String text = stored.item.text();
    Long ppm = Objects.equals(stored.suggestion, suggestion) ? stored.ppm : null;
    return new Assignment(
        stored.number,
        stored.item,
        stored.textHash,
        own.map(Own::revision).orElse(0L),
        own.filter(o -> !o.skipped || !sentBack.isEmpty())
            .map(o -> LabelProject.answer(o.answer, text))
            .orElse(null),
        own.map(Own::note).filter(note -> !note.equals(AnswerUndo.UNDONE)).orElse(""),
        sentBack,
        suggestion == null || !suggests(stored.number, person)
            ? null
            : LabelProject.answer(suggestion, text),
        suggestion == null || ppm == null ? Double.NaN : ppm / 1e6);
  }

  /// Whether somebody is shown an item's suggestion: always the same for the same person and item.
  boolean suggests(long number, String person) {
    return crc(number + "/" + person) % 100 >= project.settings().plainPercent();
  }

  private static long crc(String text) {
    var crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
