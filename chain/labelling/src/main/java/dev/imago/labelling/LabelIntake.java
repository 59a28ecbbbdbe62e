package dev.imago.labelling;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationFormat;
import dev.imago.annotation.AnnotationReader;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.AnswerCheck;
import dev.imago.annotation.LabelAnswer;
import dev.imago.core.Hashing;
import dev.imago.state.Transaction;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Brings items into a project, in batches: as fast into a full one as into an empty one. Answers
/// of people that a file holds come in as theirs, a model's as suggestions.
public final class LabelIntake {
  /// @param taken items that are new
  /// @param known items whose id was there, which stay as they are
  /// @param broken rows that could not be read, and answers that do not fit the task
  /// @param answers of people that came in
  public record Taken(long taken, long known, long broken, long answers, Map<String, Long> lost) {}

  private static final int BATCH = 1_000;

  /// An item beyond it is refused: no page shows it.
  private static final int MOST_CHARS = 12 << 20;

  /// Priorities are 0 … this; the least come first.
  private static final long MOST_PRIORITY = 1_000;

  private static final long PLACES = 1L << 40;

  private final LabelProject project;
  private final AnnotationTask task;
  private final boolean gold;
  private final Consumer<String> notes;
  private final List<AnnotatedItem> batch = new ArrayList<>();
  private final List<Long> lines = new ArrayList<>();
  private final String file;
  private final Set<String> people = new HashSet<>();
  private long taken;
  private long known;
  private long refused;
  private long answers;
  private long unnamed;

  private LabelIntake(LabelProject project, String file, boolean gold, Consumer<String> notes) {
    this.file = file;
    this.project = project;
    this.task = project.task();
    this.gold = gold;
    this.notes = notes;
  }

  /// @param gold whether the file's answers are known to be right: its items are mixed in to
  ///   measure people, and are no labels
  /// @param notes told the first rows that could not be taken, with their lines
  public static Taken take(
      LabelProject project,
      Path file,
      AnnotationFormat format,
      boolean gold,
      Consumer<String> notes) {
    String name = String.valueOf(file.getFileName());
    var intake = new LabelIntake(project, name, gold, notes);
    AnnotationReader.Summary summary =
        AnnotationReader.read(
            file,
            format,
            new AnnotationReader.Visitor() {
              @Override
              public void item(AnnotatedItem item, long line) {
                intake.add(item, line);
              }

              @Override
              public void broken(long line, String why) {
                intake.tell(line, why);
              }
            });
    intake.flush();
    project.state().sync();
    return new Taken(intake.taken, intake.known, intake.refused, intake.answers, summary.lost());
  }

  private void tell(long line, String why) {
    refused++;
    if (refused <= 10) {
      notes.accept("%s, line %,d: %s; left out".formatted(file, line, why));
    } else if (refused == 11) {
      notes.accept("more rows are left out, and counted");
    }
  }

  private void add(AnnotatedItem item, long line) {
    if (item.fields().toString().length() > MOST_CHARS) {
      tell(line, "an item of more than 12 MB of text");
      return;
    }
    if (item.fields().isEmpty()) {
      tell(line, "an item without a field");
      return;
    }
    JsonNode compared = item.fields().path("answers");
    if (task.kind().compares()
        && (compared.size() < 2 || !compared.valueStream().allMatch(JsonNode::isString))) {
      tell(line, "no two answers to compare; give a list of texts named answers");
      return;
    }
    if (gold && people(item).isEmpty()) {
      tell(line, "a gold item without its answer");
      return;
    }
    for (AnnotatedItem.Given given : item.given()) {
      String why = AnswerCheck.fault(task, item, given.answer()).orElse(null);
      if (why != null) {
        tell(line, why);
        return;
      }
    }
    for (AnnotatedItem.Given given : item.given()) {
      String why = LabelProject.nameFault(person(given)).orElse(null);
      if (why != null) {
        tell(line, why);
        return;
      }
    }
    String id = item.id().isEmpty() ? file + "#" + line + "." + ++unnamed : item.id();
    if (id.length() > 400) {
      tell(line, "an id of more than 400 characters");
      return;
    }
    if (!LabelProject.isStorable(id)) {
      tell(line, "an id with U+0000 or half of a character");
      return;
    }
    lines.add(line);
    batch.add(
        new AnnotatedItem(
            id,
            item.fields(),
            item.given().stream()
                .map(
                    g ->
                        new AnnotatedItem.Given(
                            g.by(), g.predicted(), g.probability(), task.ordered(g.answer())))
                .toList()));
    if (batch.size() == BATCH) {
      flush();
    }
  }

  private void flush() {
    if (batch.isEmpty()) {
      return;
    }
    for (AnnotatedItem item : batch) {
      for (AnnotatedItem.Given given : item.given()) {
        if (!given.predicted() && !gold && people.add(person(given))) {
          project.author(person(given));
        }
      }
    }
    Inserted inserted = project.state().transaction(this::insert);
    taken += inserted.taken;
    known += batch.size() - inserted.taken - inserted.changed.size();
    answers += inserted.answers;
    for (int i : inserted.changed) {
      tell(
          lines.get(i),
          "the item «%s» is there with another text, which stays with its labels; give the new text an id of its own"
              .formatted(brief(batch.get(i).id())));
    }
    batch.clear();
    lines.clear();
  }

  private static String person(AnnotatedItem.Given given) {
    return given.by().isEmpty() ? "imported" : given.by();
  }

  /// @param changed places in the batch of items that are there with another text
  private record Inserted(long taken, long answers, List<Integer> changed) {}

  private static String brief(String id) {
    return id.length() <= 60 ? id : id.substring(0, 60) + "…";
  }

  private Inserted insert(Transaction tx) throws SQLException {
    String name = project.name();
    tx.update(
        "update labelling.project set next_item = next_item + ? where name = ?",
        batch.size(),
        name);
    long first =
        tx.number("select next_item from labelling.project where name = ?", name) - batch.size();
    long number = first;
    long least = Long.MAX_VALUE;
    List<@Nullable Object[]> rows = new ArrayList<>(batch.size());
    for (AnnotatedItem item : batch) {
      List<AnnotatedItem.Given> given = people(item);
      long wanted = gold ? Integer.MAX_VALUE : Math.max(task.overlap(), given.size());
      long place = priority(item) * PLACES + number;
      least = Math.min(least, gold ? Long.MAX_VALUE : place);
      rows.add(
          new @Nullable Object[] {
            name,
            number,
            item.id(),
            item.fields().toString(),
            hash(item.text()),
            gold ? json(given.getFirst().answer(), item) : null,
            gold,
            suggestion(item),
            ppm(item),
            place,
            wanted,
            gold ? 0L : (long) given.size(),
            gold ? 0L : (long) given.size(),
            !gold && given.size() < wanted,
            false,
            gold ? 0L : review(given, wanted)
          });
      number++;
    }
    int[] made =
        tx.updateAll(
            "insert into labelling.item (project, number, id, fields, text_hash, gold, is_gold,"
                + " suggestion, suggested_ppm, place, wanted, held, done, is_open, returned,"
                + " review) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do"
                + " nothing",
            rows);
    // Who is past the place of a more urgent item would never come to it.
    tx.update(
        "update labelling.person set place = ? where project = ? and place >= ?",
        least - 1,
        name,
        least);
    long taken = 0;
    List<Integer> changed = new ArrayList<>();
    List<@Nullable Object[]> given = new ArrayList<>();
    long version = project.version(tx);
    for (int i = 0; i < made.length; i++) {
      if (made[i] == 1) {
        taken++;
        answers(given, batch.get(i), first + i, version);
      } else if (!there(tx, batch.get(i)).equals(hash(batch.get(i).text()))) {
        changed.add(i);
      }
    }
    tx.updateAll(
        "insert into labelling.answer (project, item, person, revision, version, answer, skipped,"
            + " note, suggested, at) values (?, ?, ?, 1, ?, ?, false, '', false, ?)",
        given);
    return new Inserted(taken, given.size(), changed);
  }

  private String there(Transaction tx, AnnotatedItem item) throws SQLException {
    return tx.first(
            "select text_hash from labelling.item where project = ? and id = ?",
            row -> row.text("text_hash"),
            project.name(),
            item.id())
        .orElse("");
  }

  /// As [LabelQueue#settle] has it.
  private static long review(List<AnnotatedItem.Given> given, long wanted) {
    return given.size() < wanted
        ? 0
        : given.stream().map(AnnotatedItem.Given::answer).distinct().count() > 1 ? 2 : 1;
  }

  private List<AnnotatedItem.Given> people(AnnotatedItem item) {
    Set<String> seen = new HashSet<>();
    return item.given().stream()
        .filter(g -> !g.predicted() && !g.answer().isEmpty() && seen.add(person(g)))
        .toList();
  }

  private void answers(
      List<@Nullable Object[]> rows, AnnotatedItem item, long number, long version) {
    if (gold) {
      return;
    }
    for (AnnotatedItem.Given given : people(item)) {
      rows.add(
          new @Nullable Object[] {
            project.name(),
            number,
            person(given),
            version,
            json(given.answer(), item),
            project.clock().millis()
          });
    }
  }

  private static @Nullable String suggestion(AnnotatedItem item) {
    return item.given().stream()
        .filter(AnnotatedItem.Given::predicted)
        .findFirst()
        .map(given -> json(given.answer(), item))
        .orElse(null);
  }

  private static @Nullable Long ppm(AnnotatedItem item) {
    return item.given().stream()
        .filter(AnnotatedItem.Given::predicted)
        .findFirst()
        .filter(given -> !Double.isNaN(given.probability()))
        .map(given -> Math.round(given.probability() * 1e6))
        .orElse(null);
  }

  private static String json(LabelAnswer answer, AnnotatedItem item) {
    return LabelProject.json(answer, item.text());
  }

  private static long priority(AnnotatedItem item) {
    JsonNode priority = item.fields().path("priority");
    return priority.isIntegralNumber()
        ? Math.clamp(priority.longValue(), 0, MOST_PRIORITY)
        : MOST_PRIORITY / 2;
  }

  static String hash(String text) {
    return Hashing.of(text).substring(0, 32);
  }
}
