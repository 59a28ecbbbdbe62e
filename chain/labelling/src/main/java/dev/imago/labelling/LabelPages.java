package dev.imago.labelling;

import dev.imago.accounts.Role;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.AnswerJson;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.PositionUnit;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The page of annotators and what it calls. Who a caller is, his key or session tells; what
/// another answered is told nobody. Positions are JavaScript's here, cut again on arrival.
public final class LabelPages implements Feature {
  static final String SCRIPT = "text/javascript; charset=utf-8";

  private static final Map<String, List<String>> FILES =
      Map.of(
          "/", List.of("label.html", "text/html; charset=utf-8"),
          "/label.css", List.of("label.css", "text/css; charset=utf-8"),
          "/label.js", List.of("label.js", SCRIPT),
          "/spans.js", List.of("spans.js", SCRIPT),
          "/door.js", List.of("door.js", SCRIPT),
          "/outbox.js", List.of("outbox.js", SCRIPT),
          "/label-words.js", List.of("label-words.js", SCRIPT));

  private final LabelProject project;
  private final LabelQueue queue;
  private final LabelStore store;
  private final Doorkeeper doors;

  LabelPages(LabelProject project, Doorkeeper doors) {
    this.project = project;
    this.queue = new LabelQueue(project);
    this.store = new LabelStore(project);
    this.doors = doors;
  }

  @Override
  public List<Route> routes() {
    var routes = new ArrayList<Route>();
    FILES.forEach((path, file) -> routes.add(file(path, file.getFirst(), file.getLast())));
    routes.add(Route.get("/label/door", Route.Access.OPEN, this::door));
    routes.add(Route.post("/label/sign-in", Route.Access.OPEN, this::signIn));
    routes.add(Route.get("/label/task", Route.Access.KEY, this::task));
    routes.add(Route.post("/label/next", Route.Access.KEY, this::next));
    routes.add(Route.post("/label/own", Route.Access.KEY, this::own));
    routes.add(Route.post("/label/save", Route.Access.KEY, this::save));
    routes.add(Route.post("/label/undo", Route.Access.KEY, this::undo));
    return routes;
  }

  /// A file of the page's, the same for everybody.
  static Route file(String path, String resource, String type) {
    byte[] content = resource(resource);
    return Route.get(path, Route.Access.OPEN, exchange -> exchange.page(type, content));
  }

  /// Whether people sign in here.
  private void door(Exchange exchange) {
    exchange.json(JsonMapper.shared().createObjectNode().put("sign_in", doors.signsIn()));
  }

  private void signIn(Exchange exchange) {
    JsonFields fields = exchange.fields();
    fields.refuseOthers(List.of("name", "password"));
    String key =
        doors.signIn(
            fields.requiredString("name"),
            fields.requiredString("password"),
            exchange.caller().address());
    exchange.json(JsonMapper.shared().createObjectNode().put("key", key));
  }

  private static byte[] resource(String name) {
    try (InputStream in = LabelPages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing from the build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String person(Exchange exchange) {
    return doors.member(exchange, Role.ANNOTATOR).name();
  }

  private void task(Exchange exchange) {
    LabelProject.Member member = doors.member(exchange, Role.ANNOTATOR);
    if (doors.signsIn()) {
      project.visitor(member); // who shows a key of the accounts has signed in nowhere
    }
    ObjectNode reply = task(project, member);
    ArrayNode recent = reply.putArray("recent");
    queue.recent(member.name(), 100).forEach(recent::add);
    exchange.json(reply);
  }

  /// What is asked, and of whom.
  static ObjectNode task(LabelProject project, LabelProject.Member member) {
    AnnotationTask task = project.task();
    ObjectNode reply = JsonMapper.shared().createObjectNode();
    reply.put("project", project.name());
    reply.put("person", member.name());
    reply.put("reviews", member.role().covers(Role.REVIEWER));
    reply.put("kind", task.kind().label());
    reply.put("version", project.version());
    reply.put("question", task.question());
    reply.put("guidelines", task.guidelines());
    reply.put("nested", task.nested());
    ArrayNode labels = reply.putArray("labels");
    for (AnnotationTask.Label label : task.labels()) {
      labels
          .addObject()
          .put("name", label.name())
          .put("key", label.key())
          .put("means", label.means());
    }
    task.relations().forEach(reply.putArray("relations")::add);
    return reply;
  }

  private void next(Exchange exchange) {
    try {
      reply(exchange, queue.next(person(exchange)));
    } catch (LabelQueue.RemovedException e) {
      throw ApiException.of(403, "no_annotator", String.valueOf(e.getMessage()));
    }
  }

  private void own(Exchange exchange) {
    long item = item(exchange.fields());
    try {
      reply(exchange, queue.own(person(exchange), item));
    } catch (LabelQueue.RemovedException e) {
      throw ApiException.of(403, "no_annotator", String.valueOf(e.getMessage()));
    }
  }

  static long item(JsonFields fields) {
    return fields
        .integer("item", 0, Long.MAX_VALUE)
        .orElseThrow(() -> ApiException.invalid("item", "item is missing; it is a number"));
  }

  private static void reply(Exchange exchange, Optional<LabelQueue.Assignment> assignment) {
    ObjectNode reply = JsonMapper.shared().createObjectNode();
    assignment.ifPresent(
        of -> {
          String text = of.item().text();
          reply.put("item", of.number());
          reply.set("fields", of.item().fields());
          reply.put("text_hash", of.textHash());
          reply.put("revision", of.revision());
          reply.put("note", of.note());
          if (!of.sentBack().isEmpty()) {
            reply.put("sent_back", of.sentBack());
          }
          if (of.own() != null) {
            reply.set("own", AnswerJson.write(of.own(), text, PositionUnit.UTF16));
          }
          if (of.suggestion() != null) {
            reply.set("suggestion", AnswerJson.write(of.suggestion(), text, PositionUnit.UTF16));
            if (!Double.isNaN(of.probability())) {
              reply.put("probability", of.probability());
            }
          }
        });
    exchange.json(reply);
  }

  private void save(Exchange exchange) {
    String person = person(exchange);
    JsonFields fields = exchange.fields();
    fields.refuseOthers(
        List.of("client", "item", "revision", "text_hash", "answer", "skip", "note"));
    long item = item(fields);
    String text = project.state().transaction(tx -> project.itemText(tx, item)).orElse("");
    JsonNode json = fields.get("answer");
    LabelStore.Outcome outcome;
    try {
      LabelAnswer answer =
          json == null ? LabelAnswer.NONE : AnswerJson.parse(json, text, PositionUnit.UTF16);
      outcome =
          store.save(
              person,
              new LabelStore.Sent(
                  fields.requiredString("client"),
                  item,
                  fields.integer("revision", 0, Long.MAX_VALUE).orElse(0L),
                  fields.requiredString("text_hash"),
                  answer,
                  fields.string("skip").orElse(""),
                  fields.string("note").orElse("")));
    } catch (IllegalArgumentException e) {
      outcome = new LabelStore.Outcome.Refused(String.valueOf(e.getMessage()));
    }
    ObjectNode reply = JsonMapper.shared().createObjectNode();
    switch (outcome) {
      case LabelStore.Outcome.Stored(long revision) -> reply.put("stored", revision);
      case LabelStore.Outcome.Refused(String why) -> reply.put("refused", why);
      case LabelStore.Outcome.Conflict(long revision, String there) -> {
        reply.put("conflict", revision);
        reply.set(
            "there", AnswerJson.write(LabelProject.answer(there, text), text, PositionUnit.UTF16));
      }
    }
    exchange.json(reply);
  }

  private void undo(Exchange exchange) {
    try {
      var item =
          new AnswerUndo(project)
              .last(person(exchange), exchange.fields().requiredString("client"));
      ObjectNode reply = JsonMapper.shared().createObjectNode();
      item.ifPresent(number -> reply.put("item", number));
      exchange.json(reply);
    } catch (LabelQueue.RemovedException e) {
      throw ApiException.of(403, "no_annotator", String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid("client", String.valueOf(e.getMessage()));
    }
  }
}
