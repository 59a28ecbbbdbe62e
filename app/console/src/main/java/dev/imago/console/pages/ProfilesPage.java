package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.profiles.CallTree;
import dev.imago.console.profiles.FlightRecordings;
import dev.imago.console.profiles.JavaProcesses;
import dev.imago.console.profiles.ProfileSummary;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Our processes, which can be recorded, and the recordings; of each where time and memory went.
public final class ProfilesPage {
  private static final int ROWS = 30;

  private final PageFrame frame;
  private final FlightRecordings recordings;

  public ProfilesPage(PageFrame frame, FlightRecordings recordings) {
    this.frame = frame;
    this.recordings = recordings;
  }

  /// @param problem why something could not be done; empty where all could
  public Element page(Visit visit, List<JavaProcesses.Running> processes, String problem) {
    String title = visit.words().of("nav.profiles");
    List<FlightRecordings.Recording> all = recordings.all();
    return frame.page(
        visit,
        title,
        false,
        Element.of("h1", Content.text(title)),
        SignInPage.problem(problem),
        processes(visit, processes, all),
        list(visit, all));
  }

  private Element processes(
      Visit visit, List<JavaProcesses.Running> processes, List<FlightRecordings.Recording> all) {
    Element section =
        Element.of("section", Element.of("h2", visit.words().text("profile.processes")));
    if (processes.isEmpty()) {
      return section.add(Element.of("p", "empty", visit.words().of("profile.processes.none")));
    }
    Element body = Element.of("tbody");
    for (JavaProcesses.Running process : processes) {
      Element action =
          all.stream()
              .filter(each -> each.pid() == process.pid() && recordings.isRunning(each))
              .findAny()
              .map(
                  each ->
                      visit
                          .change("profiles", each.id(), "stop")
                          .is("inline")
                          .add(
                              Element.of("button", visit.words().text("profile.stop"))
                                  .is("primary")))
              .orElseGet(
                  () ->
                      visit
                          .change("profiles", "start")
                          .is("inline")
                          .add(
                              SignInPage.hidden("pid", Long.toString(process.pid())),
                              Element.of("button", visit.words().text("profile.start"))
                                  .with(
                                      "aria-label",
                                      visit.words().of("profile.start.of", process.command()))));
      body.add(
          Element.of(
              "tr",
              Element.of("th", visit.words().text("profile.name", process.command()))
                  .with("scope", "row"),
              Element.of("td", "number", Long.toString(process.pid())),
              Element.of("td", action)));
    }
    return section.add(
        Snippets.scrolling(
            visit.words().of("profile.processes"),
            Element.of("table", heads(visit, "command", "pid", "actions"), body)),
        Element.of(
            "p", "hint", visit.words().of("profile.how", FlightRecordings.LONGEST.toMinutes())));
  }

  private static Element heads(Visit visit, String... names) {
    Element heads = Element.of("tr");
    for (String name : names) {
      heads.add(
          Element.of("th", visit.words().text("profile." + name))
              .with("scope", "col")
              .when(List.of("pid", "share", "size").contains(name), "class", "number"));
    }
    return Element.of("thead", heads);
  }

  private Content list(Visit visit, List<FlightRecordings.Recording> all) {
    if (all.isEmpty()) {
      return Content.NONE;
    }
    Element body = Element.of("tbody");
    for (FlightRecordings.Recording each : all) {
      boolean there = each.bytes() > 0;
      Element name =
          there
              ? Element.of("a", visit.words().text("profile.name", each.command()))
                  .to(Link.to("profiles", each.id()))
              : Element.of("span", visit.words().text("profile.name", each.command()));
      body.add(
          Element.of(
              "tr",
              Element.of("th", name).with("scope", "row"),
              Element.of("td", "number", Long.toString(each.pid())),
              Element.of("td", Snippets.time(visit, each.started())),
              Element.of(
                  "td",
                  "number",
                  there
                      ? visit.words().bytes(each.bytes())
                      : visit
                          .words()
                          .of(recordings.isRunning(each) ? "profile.running" : "profile.lost")),
              Element.of("td", actions(visit, each, there))));
    }
    return Element.of(
        "section",
        Element.of("h2", visit.words().text("profile.recordings")),
        Snippets.scrolling(
            visit.words().of("profile.recordings"),
            Element.of(
                "table", heads(visit, "command", "pid", "started", "size", "actions"), body)));
  }

  private Content actions(Visit visit, FlightRecordings.Recording each, boolean there) {
    if (recordings.isRunning(each)) {
      return Content.NONE;
    }
    Element remove =
        visit
            .change("profiles", each.id(), "remove")
            .is("inline")
            .add(
                Element.of("button", visit.words().text("profile.remove"))
                    .with("aria-label", visit.words().of("profile.remove.of", each.id())));
    return there
        ? Content.of(
            Stream.of(
                    Element.of("a", visit.words().text("profile.file"))
                        .to(Link.to("profiles", each.id(), "file")),
                    Element.of("span", Content.text(" ")),
                    remove)
                .toList())
        : remove;
  }

  /// @param path of the method with which the graph begins
  public Element recording(
      Visit visit,
      FlightRecordings.Recording recording,
      ProfileSummary profile,
      List<Integer> path) {
    boolean memory = visit.asked().first("of").equals("memory");
    CallTree tree = memory ? profile.allocated() : profile.cpu();
    Link here = Link.to("profiles", recording.id());
    String title = visit.words().of("profile.title", recording.command());
    var facts = new LinkedHashMap<String, Content>();
    facts.put(visit.words().of("profile.started"), Snippets.time(visit, recording.started()));
    facts.put(
        visit.words().of("profile.length"),
        Content.text(visit.words().span(profile.length().toMillis() / 1e3)));
    facts.put(
        visit.words().of("profile.samples"),
        Content.text(visit.words().number(profile.cpu().root().total())));
    facts.put(
        visit.words().of("profile.allocated"),
        Content.text(visit.words().bytes(profile.allocated().root().total())));
    facts.put(
        visit.words().of("profile.pauses"),
        Content.text(visit.words().span(profile.pauses().toMillis() / 1e3)));
    Element kinds =
        Element.of(
                "nav",
                kind(visit, here, "profile.cpu", !memory),
                kind(visit, here.with("of", "memory"), "profile.memory", memory))
            .is("kinds")
            .with("aria-label", title);
    String label = visit.words().of(memory ? "profile.memory" : "profile.cpu");
    Content graph =
        tree.root().total() == 0
            ? Element.of("p", "empty", visit.words().of("profile.empty"))
            : Snippets.scrolling(
                label,
                FlameDrawing.of(
                    visit, tree, memory ? here.with("of", "memory") : here, path, label));
    return frame.page(
        visit,
        title,
        false,
        Element.of(
                "nav",
                Element.of("a", visit.words().text("nav.profiles")).to(Link.to("profiles")),
                Element.of("a", visit.words().text("profile.file"))
                    .to(Link.to("profiles", recording.id(), "file")))
            .is("crumbs")
            .with("aria-label", visit.words().of("frame.crumbs")),
        Element.of("h1", Content.text(title)),
        Snippets.facts(facts),
        kinds,
        Element.of("p", "hint", visit.words().of("profile.look")),
        graph,
        methods(visit, tree, memory),
        memory ? classes(visit, profile.classes()) : Content.NONE);
  }

  private static Element kind(Visit visit, Link to, String text, boolean chosen) {
    return Element.of("a", visit.words().text(text)).to(to).when(chosen, "aria-current", "page");
  }

  private static Element methods(Visit visit, CallTree tree, boolean memory) {
    return table(visit, "profile.self", "method", tree.self(ROWS), tree.root().total(), memory);
  }

  private static Element classes(Visit visit, Map<String, Long> classes) {
    long whole = classes.values().stream().mapToLong(Long::longValue).sum();
    List<Map.Entry<String, Long>> most =
        classes.entrySet().stream()
            .sorted(
                Comparator.comparing((Map.Entry<String, Long> each) -> -each.getValue())
                    .thenComparing(Map.Entry::getKey))
            .limit(ROWS)
            .toList();
    return table(visit, "profile.classes", "class", most, whole, true);
  }

  private static Element table(
      Visit visit,
      String title,
      String what,
      List<Map.Entry<String, Long>> rows,
      long whole,
      boolean memory) {
    Element body = Element.of("tbody");
    for (Map.Entry<String, Long> each : rows) {
      body.add(
          Element.of(
              "tr",
              Element.of("th", Element.of("code", Content.text(each.getKey())))
                  .with("scope", "row"),
              Element.of(
                  "td",
                  "number",
                  visit
                      .words()
                      .of(
                          "profile.percent",
                          Math.round(1000.0 * each.getValue() / Math.max(1, whole)) / 10.0)),
              Element.of(
                  "td",
                  "number",
                  memory
                      ? visit.words().bytes(each.getValue())
                      : visit.words().number(each.getValue()))));
    }
    return Element.of(
        "section",
        Element.of("h2", visit.words().text(title)),
        Snippets.scrolling(
            visit.words().of(title),
            Element.of("table", heads(visit, what, "share", "size"), body)));
  }
}
