package dev.imago.labelling;

import dev.imago.accounts.Role;
import dev.imago.annotation.AnswerJson;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.PositionUnit;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.labelling.LabelReview.Act;
import dev.imago.labelling.LabelReview.Case;
import dev.imago.labelling.LabelReview.Said;
import dev.imago.labelling.ProjectAgreement.Doubt;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The page of reviewers and what it calls. Positions are JavaScript's here, too.
final class ReviewPages implements Feature {
  private static final int MOST_DOUBTS = 200;

  /// All answers are read for the list of doubts: no more often than so.
  private static final long DOUBTS_MILLIS = 30_000;

  private final LabelProject project;
  private final LabelReview review;
  private final Doorkeeper doors;
  private final ReentrantLock counting = new ReentrantLock();
  private volatile @Nullable Doubts known;

  private record Doubts(long at, List<Doubt> all) {}

  ReviewPages(LabelProject project, Doorkeeper doors) {
    this.project = project;
    this.review = new LabelReview(project);
    this.doors = doors;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        LabelPages.file("/review", "review.html", "text/html; charset=utf-8"),
        LabelPages.file("/review.js", "review.js", LabelPages.SCRIPT),
        LabelPages.file("/review-words.js", "review-words.js", LabelPages.SCRIPT),
        Route.get("/review/task", Route.Access.KEY, this::task),
        Route.get("/review/status", Route.Access.KEY, this::status),
        Route.get("/review/doubts", Route.Access.KEY, this::doubts),
        Route.post("/review/next", Route.Access.KEY, this::next),
        Route.post("/review/item", Route.Access.KEY, this::item),
        Route.post("/review/act", Route.Access.KEY, this::act));
  }

  /// Whoever reviews, as far as nobody has taken him out.
  private String reviewer(Exchange exchange) {
    String reviewer = doors.member(exchange, Role.REVIEWER).name();
    return asked(() -> review.known(reviewer));
  }

  private void task(Exchange exchange) {
    LabelProject.Member member = doors.member(exchange, Role.REVIEWER);
    if (doors.signsIn()) {
      project.visitor(member);
    }
    exchange.json(LabelPages.task(project, member));
  }

  private void status(Exchange exchange) {
    var _ = reviewer(exchange);
    ProjectStatus status = ProjectStatus.of(project);
    ObjectNode reply = JsonMapper.shared().createObjectNode();
    reply.put("items", status.items());
    reply.put("done", status.done());
    reply.put("differing", status.differing());
    reply.put("reviewed", status.reviewed());
    ArrayNode people = reply.putArray("people");
    for (ProjectStatus.Person person : status.people()) {
      people
          .addObject()
          .put("name", person.name())
          .put("role", person.role().word())
          .put("removed", person.removed())
          .put("answers", person.answers())
          .put("skipped", person.skipped())
          .put("sent_back", person.sentBack())
          .put("gold", person.goldAnswered())
          .put("gold_right", person.goldRight())
          .put("reviewed", person.reviewed())
          .put("upheld", person.upheld());
    }
    exchange.json(reply);
  }

  private void doubts(Exchange exchange) {
    var _ = reviewer(exchange);
    ObjectNode reply = JsonMapper.shared().createObjectNode();
    List<Doubt> all = doubts();
    reply.put("all", all.size());
    ArrayNode list = reply.putArray("doubts");
    for (Doubt doubt : all.subList(0, Math.min(MOST_DOUBTS, all.size()))) {
      list.addObject()
          .put("item", doubt.number())
          .put("id", doubt.id())
          .put("person", doubt.person())
          .put("given", String.join(", ", doubt.given()))
          .put("likely", String.join(", ", doubt.likely()))
          .put("probability", doubt.probability());
    }
    exchange.json(reply);
  }

  private List<Doubt> doubts() {
    counting.lock();
    try {
      long now = System.nanoTime() / 1_000_000;
      Doubts of = known;
      if (of == null || now - of.at > DOUBTS_MILLIS) {
        long answers = ProjectStatus.of(project).answers();
        if (answers > ProjectAgreement.MOST_READ) {
          throw ApiException.of(
              409,
              "too_many_answers",
              "%,d answers are more than the %,d that are read here; `imago annotate agreement %s` lists what is probably wrong"
                  .formatted(answers, ProjectAgreement.MOST_READ, project.name()));
        }
        // Of what is not answered by as many as are wanted nobody sees another's label.
        of =
            new Doubts(
                now,
                ProjectAgreement.of(project).doubts().stream().filter(Doubt::complete).toList());
        known = of;
      }
      return of.all;
    } finally {
      counting.unlock();
    }
  }

  private void next(Exchange exchange) {
    String reviewer = reviewer(exchange);
    JsonFields fields = exchange.fields();
    fields.refuseOthers(List.of("wanted", "after"));
    String wanted = fields.string("wanted").orElse("all");
    if (!wanted.equals("all") && !wanted.equals("differing")) {
      throw ApiException.invalid(
          "wanted", "wanted = %s is neither all nor differing".formatted(wanted));
    }
    long after = fields.integer("after", 0, Long.MAX_VALUE).orElse(-1L);
    reply(
        exchange,
        asked(
            () ->
                review.next(
                    reviewer,
                    wanted.equals("all") ? LabelReview.Wanted.ALL : LabelReview.Wanted.DIFFERING,
                    after)));
  }

  private void item(Exchange exchange) {
    String reviewer = reviewer(exchange);
    long item = LabelPages.item(exchange.fields());
    reply(exchange, asked(() -> review.of(reviewer, item)));
  }

  private interface Asking<T> {
    T ask();
  }

  private static <T> T asked(Asking<T> asking) {
    try {
      return asking.ask();
    } catch (LabelQueue.RemovedException e) {
      throw ApiException.of(403, "no_reviewer", String.valueOf(e.getMessage()));
    }
  }

  private static void reply(Exchange exchange, Optional<Case> found) {
    ObjectNode reply = JsonMapper.shared().createObjectNode();
    found.ifPresent(
        of -> {
          String text = of.item().text();
          reply.put("item", of.number());
          reply.put("id", of.item().id());
          reply.set("fields", of.item().fields());
          reply.put("seen", of.seen());
          ArrayNode said = reply.putArray("said");
          for (Said each : of.said()) {
            ObjectNode one = said.addObject().put("person", each.person()).put("note", each.note());
            one.set("answer", AnswerJson.write(each.answer(), text, PositionUnit.UTF16));
          }
          LabelAnswer decided = of.decided();
          if (decided != null) {
            reply.set("decided", AnswerJson.write(decided, text, PositionUnit.UTF16));
          }
        });
    exchange.json(reply);
  }

  private void act(Exchange exchange) {
    String reviewer = reviewer(exchange);
    JsonFields fields = exchange.fields();
    fields.refuseOthers(List.of("client", "item", "seen", "accept", "answer", "send_back", "note"));
    long item = LabelPages.item(fields);
    String text = project.state().transaction(tx -> project.itemText(tx, item)).orElse("");
    LabelStore.Outcome outcome;
    try {
      Act act = act(fields, text);
      outcome =
          asked(
              () ->
                  review.take(
                      reviewer,
                      new LabelReview.Sent(
                          fields.requiredString("client"),
                          item,
                          fields.requiredString("seen"),
                          act,
                          fields.string("note").orElse(""))));
    } catch (IllegalArgumentException e) {
      outcome = new LabelStore.Outcome.Refused(String.valueOf(e.getMessage()));
    }
    ObjectNode reply = JsonMapper.shared().createObjectNode();
    switch (outcome) {
      case LabelStore.Outcome.Stored _ -> reply.put("stored", item);
      case LabelStore.Outcome.Refused(String why) -> reply.put("refused", why);
      case LabelStore.Outcome.Conflict _ -> throw new IllegalStateException("no review conflicts");
    }
    exchange.json(reply);
  }

  private static Act act(JsonFields fields, String text) {
    JsonNode answer = fields.get("answer");
    List<String> back = fields.strings("send_back", 100);
    Optional<String> accept = fields.string("accept");
    if ((answer == null ? 0 : 1) + (back.isEmpty() ? 0 : 1) + (accept.isEmpty() ? 0 : 1) != 1) {
      throw ApiException.invalid(
          "accept", "give one of accept (whose answer), answer and send_back (whose answers)");
    }
    return accept.isPresent()
        ? new Act.Accept(accept.get())
        : answer != null
            ? new Act.Decide(AnswerJson.parse(answer, text, PositionUnit.UTF16))
            : new Act.SendBack(back);
  }
}
