package dev.imago.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.EnergySettings;
import dev.imago.data.Document;
import dev.imago.data.KeptAnswers;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Texts that break out of pages elsewhere, in every field that a page shows.
class HostileTextTest {
  private static final List<String> CORPUS =
      List.of(
          "<script>alert(1)</script>",
          "\"><img src=x onerror=alert(1)>",
          "' onmouseover='alert(1)",
          "\" autofocus onfocus=alert(1) x=\"",
          "</title><svg/onload=alert(1)>",
          "</textarea><script>alert(1)</script>",
          "<a href=javascript:alert(1)>x</a>",
          "<style>*{display:none}</style>",
          "<iframe srcdoc='<script>1</script>'>",
          "<b hx-get=/runs hx-trigger=load>x</b>",
          "{{constructor.constructor('alert(1)')()}}",
          "<!--<img src='--><img src=x onerror=alert(1)//'>",
          "<math><mtext></form><form><mglyph><svg><mtext><textarea><a title=\"</textarea><img src"
              + " onerror=alert(1)>\">",
          "\u202Egnirts\u202C \uFEFF\u0000 ]]> &lt;img src=x&gt;",
          "javascript:alert(1)//\\\"<>'`&%0d%0aX: y");

  /// The elements that a page of ours is made of.
  private static final Set<String> OURS =
      Set.of(
          "html",
          "head",
          "body",
          "meta",
          "title",
          "link",
          "script",
          "a",
          "header",
          "nav",
          "ul",
          "ol",
          "li",
          "main",
          "h1",
          "h2",
          "h3",
          "p",
          "section",
          "div",
          "span",
          "form",
          "input",
          "button",
          "label",
          "fieldset",
          "legend",
          "select",
          "option",
          "textarea",
          "details",
          "summary",
          "table",
          "caption",
          "thead",
          "tbody",
          "tr",
          "th",
          "td",
          "dl",
          "dt",
          "dd",
          "footer",
          "dialog",
          "kbd",
          "time",
          "strong",
          "figure",
          "figcaption",
          "svg",
          "g",
          "line",
          "path",
          "text",
          "rect",
          "code",
          "pre",
          "article");

  private static final String HASH = "1".repeat(64);
  private static final JsonMapper JSON = JsonMapper.shared();

  private static void write(WrittenWorkspace files, int i, String text) {
    String id = "run-" + i;
    var config = new LinkedHashMap<String, Object>();
    config.put(text, text);
    config.put("depth", i);
    files.record(
        id,
        Map.of(
            "recipe",
            text,
            "step",
            text,
            "stage",
            text,
            "error",
            text,
            "status",
            "FAILED",
            "config",
            config,
            "inputs",
            Map.of(text, text),
            "outputs",
            Map.of(text, "weights/" + text),
            "started",
            java.time.Instant.now().toString()));
    files.metrics(
        id,
        JSON.writeValueAsString(Map.of("step", 1, "loss", 2.5, text, 1.5)),
        JSON.writeValueAsString(Map.of("step", 2, "prompt", text, "sample", text)),
        JSON.writeValueAsString(Map.of("step", 3, "loss", 2.0, text, 1.0)));
    files.write(files.run(id).resolve("notes.txt"), text + "\n");
    files.write(
        files.run(id).resolve("tables.json"),
        JSON.writeValueAsString(
            List.of(
                Map.of("title", text, "header", List.of(text), "rows", List.of(List.of(text))))));
  }

  private static void check(RunningConsole console, String path) {
    String html = console.get(path).body();
    var page = Jsoup.parse(html);
    for (Element element : page.getAllElements()) {
      String name = element.normalName();
      assertTrue(name.equals("#root") || OURS.contains(name), () -> path + " has <" + name + ">");
      if (name.equals("script")) {
        assertTrue(element.attr("src").startsWith("/assets/") && element.data().isEmpty(), path);
      }
      for (Attribute attribute : element.attributes()) {
        String key = attribute.getKey();
        assertFalse(
            key.startsWith("on")
                || key.equals("style")
                || key.startsWith("hx-on")
                || key.equals("srcdoc"),
            () -> path + " has " + attribute);
        if (Set.of("href", "src", "action", "hx-get", "data-curve").contains(key)) {
          String value = attribute.getValue();
          assertTrue(
              value.matches("#main|/([A-Za-z0-9._~/?&=-]|%[0-9A-F]{2})*")
                  && !value.startsWith("//"),
              () -> path + " leads to " + value);
        }
      }
    }
  }

  @Test
  void staysTextInEveryFieldOfEveryPage(@TempDir Path root) {
    var files = new WrittenWorkspace(root);
    var documents = new ArrayList<Document>();
    var scores = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < CORPUS.size(); i++) {
      String text = CORPUS.get(i);
      write(files, i, text);
      documents.add(
          new Document(text, text, text, Map.of("rule", text, "measured", text, text, text)));
      scores.add(Map.of("name", text, "value", 1, "unit", text));
    }
    files.write(files.run("<img src=x onerror=alert(1)>").resolve("run.json"), "{");
    var ratings = new StringBuilder();
    for (String text : CORPUS) {
      ratings.append(
          JSON.writeValueAsString(
              Map.of(
                  "time",
                  "2026-01-02T03:04:05Z",
                  "completionId",
                  text,
                  "vote",
                  "UP",
                  "comment",
                  text,
                  "messages",
                  List.of(Map.of("role", text, "content", text)),
                  "answer",
                  text,
                  "model",
                  "weights/" + text)));
      ratings.append('\n');
    }
    files.write(root.resolve("ratings.jsonl"), ratings.toString());
    files.write(root.resolve(KeptAnswers.FILE), HostileModels.answers(CORPUS));
    files.write(
        root.resolve(EnergySettings.FILE),
        "watts: [1, 2]\nsource: \"<img src=x onerror=alert(1)>\"\ncarbon: {grams_per_kwh: 1, year:"
            + " 2024, source: '\"><svg/onload=alert(1)>'}\n");
    var silences = new ArrayList<Map<String, Object>>();
    for (String text : CORPUS) {
      silences.add(
          Map.of(
              "id",
              text,
              "matchers",
              List.of("k=" + text),
              "from",
              1,
              "until",
              9e9,
              "by",
              text,
              "comment",
              text));
    }
    files.write(
        root.resolve("silences.json"), JSON.writeValueAsString(Map.of("silences", silences)));
    files.corpus('1', "rejects", documents, List.of());
    files.artifact("weights", '2', Map.of("<img src=x onerror=1>", "x"), List.of("corpus/" + HASH));
    files.artifact(
        "scores",
        '3',
        Map.of("scores.json", JSON.writeValueAsString(Map.of("scores", scores))),
        List.of("weights/" + "2".repeat(64)));
    var alerts = new ArrayList<Map<String, Object>>();
    for (String text : CORPUS) {
      alerts.add(
          Map.of(
              "labels",
              Map.of("alertname", text, "run", text, "k", text),
              "annotations",
              Map.of("summary", text),
              "status",
              "FIRING",
              "since",
              1,
              "until",
              0,
              "value",
              "NaN",
              "told",
              true));
    }
    files.write(
        root.resolve("alerts.json"),
        JSON.writeValueAsString(Map.of("alerts", alerts, "evaluated", 2)));
    try (var console = new RunningConsole(root)) {
      console.measured = HostileModels.of(CORPUS);
      console.server.look();
      String token = console.token();
      var paths =
          new ArrayList<>(
              List.of(
                  "/",
                  "/artifacts",
                  "/models",
                  "/models?for=<b>&by=%22><script>&latency=<b>&hourly=1&cost=%27"
                      .replace("<", "%3C")
                      .replace(">", "%3E"),
                  "/requests",
                  "/alerts",
                  "/playground",
                  "/artifacts/corpus/" + HASH,
                  "/artifacts/scores/" + "3".repeat(64),
                  "/artifacts/weights/" + "2".repeat(64),
                  "/artifacts/corpus/" + HASH + "/documents",
                  "/compare?run=run-0&run=run-1&run=run-2"));
      for (int i = 0; i < CORPUS.size(); i++) {
        String text = CORPUS.get(i);
        String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
        assertEquals(
            303,
            console
                .post(
                    "/runs/run-" + i + "/mark",
                    Map.of("token", token, "tags", text, "note", text, "group", text, "back", text))
                .statusCode());
        paths.add("/runs/run-" + i);
        paths.add(
            "/runs?q="
                + encoded
                + "&sort="
                + encoded
                + "&col="
                + encoded
                + "&col=tags&col=s:"
                + encoded
                + "&col=m:"
                + encoded
                + "&field="
                + encoded
                + "&"
                + encoded
                + "="
                + encoded);
        paths.add("/runs/run-" + i + "?m=" + encoded + "&x=" + encoded + "&smooth=" + encoded);
        paths.add("/artifacts?kind=" + encoded);
        paths.add(
            "/artifacts/corpus/"
                + HASH
                + "/documents?part="
                + encoded
                + "&word="
                + encoded
                + "&source="
                + encoded
                + "&rule="
                + encoded);
        paths.add(
            "/nothing/"
                + encoded
                    .replace("%00", "")
                    .replace("+", "%20")
                    .replace("%2F", "/")
                    .replace("%5C", ""));
      }
      console.server.look();
      paths.forEach(path -> check(console, path));
      for (String path : List.of("/models", "/requests", "/alerts", "/runs/run-1")) {
        leaves(console, path);
      }
      String svg =
          console
              .get(
                  "/curves.svg?run=run-1&m="
                      + URLEncoder.encode(CORPUS.get(1), StandardCharsets.UTF_8))
              .body();
      assertFalse(svg.contains("<img") || svg.contains("<script"), svg);
    }
  }

  /// What leaves a page as a file is no page: a browser keeps it, and opens nothing.
  private static void leaves(RunningConsole console, String path) {
    for (String file : List.of("table=1", "table=1&as=json")) {
      HttpResponse<String> sent = console.get(path + "?" + file);
      assertEquals(200, sent.statusCode(), path + " " + sent.body());
      String type = sent.headers().firstValue("Content-Type").orElse("");
      assertTrue(type.startsWith(file.endsWith("json") ? "application/json" : "text/csv"), type);
    }
  }

  @Test
  void noCellOfATableIsAFormulaOfASpreadsheet() {
    assertEquals(
        "'=HYPERLINK(1),-1.5,\"a,\"\"b\"\"\",'@x\r\n",
        SentFiles.csv(List.of(List.of("=HYPERLINK(1)", "-1.5", "a,\"b\"", "@x"))));
  }
}
