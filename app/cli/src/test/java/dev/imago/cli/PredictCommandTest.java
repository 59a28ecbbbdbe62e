// Past 400 lines: each task on models that are made once.
package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.BeamSearch;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Predictor;
import dev.imago.model.Architectures;
import dev.imago.model.Calibration;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.serve.Server;
import dev.imago.serve.ServerConfig;
import dev.imago.templates.ChatMessage;
import dev.imago.tensor.Operations.Pooling;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Precision;
import dev.imago.training.TrainableModel;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class PredictCommandTest {
  private static final List<String> LABELS = List.of("bad", "good", "mixed");

  private static final Pattern CALL =
      Pattern.compile(
          "curl http://127\\.0\\.0\\.1:8080(\\S+) -H 'Content-Type: application/json' -d"
              + " '([^']+)'");

  @TempDir Path folder;
  private Path model;
  private String errors = "";

  /// A small model with weights by chance, whose scores are large enough to differ.
  @BeforeEach
  void makeModel() throws Exception {
    model = Files.createDirectory(folder.resolve("model"));
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1),
            List.of("a quiet room and a friendly desk").iterator(),
            TrainingProgress.NONE);
    Files.write(model.resolve("tokenizer.json"), tokenizer.toJson());
    Files.write(model.resolve("tokenizer_config.json"), tokenizer.toConfigJson());
    model(new Output.Classes(LABELS));
    var calibration = new Calibration(0.5, 40, 0.9, 0.8);
    Files.writeString(model.resolve(Calibration.FILE), calibration.json());
  }

  private void model(Output output) throws Exception {
    var shape = Architectures.ofDepth("bert", 1, 300, 32).withOutput(output);
    try (TrainableModel random = TrainableModel.random(shape, 4, 1, Precision.F32)) {
      random.write(model, new Specials(0, List.of(0)));
    }
  }

  private int predict(String... words) {
    var all = new ArrayList<>(List.of("--workspace", folder.resolve("ws").toString(), "predict"));
    all.addAll(List.of(words));
    PrintStream before = System.err;
    var said = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
      return Imago.execute(all.toArray(String[]::new));
    } finally {
      System.setErr(before);
      errors = said.toString(StandardCharsets.UTF_8);
    }
  }

  private List<JsonNode> told(Path input, String... more) throws Exception {
    Path output = folder.resolve("told.jsonl");
    var words =
        new ArrayList<>(
            List.of(model.toString(), "--input", input.toString(), "--output", output.toString()));
    words.addAll(List.of(more));
    assertEquals(0, predict(words.toArray(String[]::new)), errors);
    return Files.readAllLines(output).stream().map(JsonMapper.shared()::readTree).toList();
  }

  @Test
  void each_row_keeps_what_it_had_and_gets_label_and_probabilities() throws Exception {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            """
            {"id": 7, "text": "a quiet room", "label": "good"}
            {"id": 8, "text":
            {"id": 9}
            {"id": 10, "text": "%s"}
            """
                .formatted("desk ".repeat(60)));
    List<JsonNode> told = told(rows);
    assertEquals(2, told.size(), told.toString());
    JsonNode first = told.getFirst();
    assertEquals(7, first.get("id").asInt());
    assertEquals("good", first.get("given_label").asString());
    assertTrue(LABELS.contains(first.get("label").asString()), first.toString());
    double sum = 0;
    for (String label : LABELS) {
      sum += first.get("probabilities").get(label).asDouble();
    }
    assertEquals(1, sum, 1e-12);
    assertEquals(first.get("score"), first.get("probabilities").get(first.get("label").asString()));
    assertEquals(10, told.get(1).get("id").asInt());
    assertTrue(errors.contains("rows.jsonl, line 2: broken"), errors);
    assertTrue(errors.contains("rows.jsonl, line 3: no text in text"), errors);
    assertTrue(errors.contains("longer than the 32 tokens"), errors);
  }

  @Test
  void the_server_tells_the_very_same_numbers() throws Exception {
    var lines = new ArrayList<String>();
    for (int i = 0; i < 40; i++) { // more than are computed together
      lines.add("a quiet room, " + "desk ".repeat(i % 7) + i);
    }
    Path rows = Files.write(folder.resolve("rows.txt"), lines);
    List<JsonNode> told = told(rows);
    var log = new ByteArrayOutputStream();
    try (Predictor predictor = Predictor.open(model, 1);
        Server server = Server.start(onAnyPort(folder.resolve("ratings.jsonl")), predictor, log);
        HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < lines.size(); i += 13) {
        var body = JsonMapper.shared().createObjectNode().put("input", lines.get(i));
        var request =
            HttpRequest.newBuilder(server.address().resolve("/classify"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
        String answer = client.send(request, BodyHandlers.ofString()).body();
        JsonNode served = JsonMapper.shared().readTree(answer).get("data").get(0);
        assertEquals(lines.get(i), told.get(i).get("text").asString());
        assertEquals(served.get("label"), told.get(i).get("label"));
        for (int c = 0; c < LABELS.size(); c++) {
          assertEquals(
              served.get("probs").get(c).asDouble(),
              told.get(i).get("probabilities").get(LABELS.get(c)).asDouble());
        }
      }
    }
  }

  private JsonNode served(String path, ObjectNode body) throws Exception {
    var log = new ByteArrayOutputStream();
    try (Predictor predictor = Predictor.open(model, 1);
        Server server = Server.start(onAnyPort(folder.resolve("ratings.jsonl")), predictor, log);
        HttpClient client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(server.address().resolve(path))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body.toString()))
              .build();
      var response = client.send(request, BodyHandlers.ofString());
      assertEquals(200, response.statusCode(), response.body());
      return JsonMapper.shared().readTree(response.body());
    }
  }

  private static Stream<Arguments> recipes() {
    var ranks = new Output.Classes(List.of("score"), Output.Problem.NUMBER);
    return Stream.of(
        Arguments.of(new Output.Classes(LABELS), "text-classification", "data"),
        Arguments.of(ranks, "text-ranking", "results"),
        Arguments.of(new Output.Tags(List.of("O", "B-LOC")), "token-classification", "data"),
        Arguments.of(new Output.Dependencies(List.of("det", "root"), 8, 4), "parsing", "data"),
        Arguments.of(new Output.Embedding(Pooling.MEAN), "sentence-similarity", "data"),
        Arguments.of(new Output.Span(), "question-answering", "answer"));
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void the_call_that_a_run_prints_is_answered(Output output, String task, String field)
      throws Exception {
    model(output);
    String call = ServerCall.of(output, task, "it's a \"quiet\" room\n");
    Matcher parts = CALL.matcher(call);
    assertTrue(parts.matches(), call);
    JsonNode answer =
        served(parts.group(1), (ObjectNode) JsonMapper.shared().readTree(parts.group(2)));
    assertTrue(answer.has(field), call + " → " + answer);
  }

  @ParameterizedTest
  @EnumSource(Output.Problem.class)
  void every_kind_of_class_is_served_as_it_is_predicted(Output.Problem problem) throws Exception {
    List<String> labels = problem == Output.Problem.NUMBER ? List.of("stars") : LABELS;
    var output = new Output.Classes(labels, problem);
    model(output);
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "{\"text\": \"a quiet room\", \"text_pair\": \"a friendly desk\"}\n");
    JsonNode told = told(rows).getFirst();
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("input", "a quiet room").put("text_pair", "a friendly desk");
    JsonNode answer = served("/classify", body).get("data").get(0);
    switch (problem) {
      case ONE, RANK -> assertEquals(answer.get("label"), told.get("label"));
      case SEVERAL -> assertEquals(answer.get("labels"), told.get("labels"));
      case NUMBER -> assertEquals(answer.get("score"), told.get("score"));
    }
    for (int i = 0; i < labels.size() && problem != Output.Problem.NUMBER; i++) {
      assertEquals(answer.get("probs").get(i), told.get("probabilities").get(labels.get(i)));
    }
    ObjectNode pair = JsonMapper.shared().createObjectNode();
    pair.put("text_1", "a quiet room").put("text_2", "a friendly desk");
    JsonNode score = served("/score", pair).get("data").get(0);
    if (problem == Output.Problem.NUMBER) {
      assertEquals(told.get("score"), score.get("score"));
    } else {
      assertEquals(answer.get("probs"), score.get("probs"));
      assertEquals(answer.get("label"), score.get("label"));
    }
    body.put("text_pair", "another desk");
    JsonNode other = served("/classify", body).get("data").get(0);
    assertFalse(other.get("probs").equals(answer.get("probs")), "the second text is not read");
  }

  @Test
  void answers_in_a_text_are_served_as_they_are_predicted_from_a_pipe() throws Exception {
    model(new Output.Span());
    String context = "a quiet room 😀 " + "and a friendly desk ".repeat(9);
    ObjectNode inputs = JsonMapper.shared().createObjectNode();
    inputs.put("question", "where?").put("context", context);
    Path output = folder.resolve("told.jsonl");
    InputStream before = System.in;
    try {
      String rows = inputs + "\n" + "{\"context\": \"a room\"}\n";
      System.setIn(new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8)));
      assertEquals(0, predict(model.toString(), "--output", output.toString()), errors);
    } finally {
      System.setIn(before);
    }
    assertTrue(errors.contains("standard input, line 2: no question"), errors);
    JsonNode told = JsonMapper.shared().readTree(Files.readAllLines(output).getFirst());
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.set("inputs", inputs);
    JsonNode answer = served("/question-answering", body);
    for (String field : List.of("answer", "score", "start", "end")) {
      assertEquals(answer.get(field), told.get(field), field);
    }
    int[] points = context.codePoints().toArray();
    int from = told.get("start").asInt();
    assertEquals(
        told.get("answer").asString(), new String(points, from, told.get("end").asInt() - from));
    Path lines = Files.writeString(folder.resolve("lines.txt"), "a quiet room\n");
    assertEquals(3, predict(model.toString(), "--input", lines.toString()));
    assertTrue(errors.contains("lines.txt has no row with fields, and"), errors);
    body.putObject("parameters").put("top_k", 3);
    assertEquals(3, served("/question-answering", body).size());
  }

  @Test
  void tags_are_served_as_they_are_predicted() throws Exception {
    model(new Output.Tags(List.of("O", "B-LOC", "I-LOC"), true));
    String text = "a quiet 😀 room, and a friendly desk";
    Path rows = Files.writeString(folder.resolve("rows.txt"), text + "\n");
    JsonNode told = told(rows).getFirst().get("entities");
    ObjectNode body = JsonMapper.shared().createObjectNode().put("input", text);
    assertEquals(served("/tag", body).get("data").get(0).get("entities"), told);
    assertFalse(told.isEmpty(), "no entity to compare");
  }

  @Test
  void trees_are_served_as_they_are_predicted_and_go_out_as_conllu() throws Exception {
    model(new Output.Dependencies(List.of("det", "root"), 8, 4));
    String text = "a quiet 😀 room, and a friendly desk";
    Path rows = Files.writeString(folder.resolve("rows.txt"), text + "\n");
    JsonNode told = told(rows).getFirst().get("dependencies");
    ObjectNode body = JsonMapper.shared().createObjectNode().put("input", text);
    assertEquals(served("/parse", body).get("data").get(0).get("dependencies"), told);
    assertEquals(9, told.size());
    assertEquals(1, told.valueStream().filter(w -> w.get("head").asInt() == 0).count());
    String sentence =
        "1\ta\ta\tDET\tDT\tDefinite=Ind\t2\tdet\t_\t_\n2\troom\troom\tNOUN\tNN\t_\t0\troot\t_\t_\n";
    Path given = Files.writeString(folder.resolve("given.conllu"), sentence + "\n" + sentence);
    Path output = folder.resolve("told.conllu");
    assertEquals(
        0,
        predict(model.toString(), "--input", given.toString(), "--output", output.toString()),
        errors);
    List<String> lines = Files.readAllLines(output);
    assertEquals("# text = a room", lines.getFirst());
    assertTrue(lines.get(1).startsWith("1\ta\ta\tDET\tDT\tDefinite=Ind\t"), lines.get(1));
    assertEquals(10, lines.get(2).split("\t").length);
    assertEquals("", lines.get(3));
    model(new Output.Classes(LABELS));
    assertEquals(
        2, predict(model.toString(), "--input", given.toString(), "--output", output.toString()));
    assertTrue(errors.contains("is for trees, and the model tells classes"), errors);
  }

  @Test
  void a_model_that_writes_answers_rows_and_conversations_in_their_order() throws Exception {
    var shape = Architectures.ofDepth("t5", 1, 300, 64);
    try (TrainableModel random = TrainableModel.random(shape, 4, 1, Precision.F32)) {
      random.write(model, new Specials(0, List.of(0)));
    }
    var lines = new StringBuilder();
    for (int i = 0; i < 20; i++) { // more than are answered together
      lines.append(
          "{\"n\": %d, \"text\": \"a quiet room %d\", \"answer\": \"x\"}\n".formatted(i, i));
    }
    lines.append("{\"n\": 20, \"text\": \"%s\"}\n".formatted("desk ".repeat(90)));
    Path rows = Files.writeString(folder.resolve("rows.jsonl"), lines);
    List<JsonNode> told = told(rows, "--max-tokens", "5");
    assertEquals(20, told.size());
    assertTrue(errors.contains("line 21: "), errors);
    try (LanguageModel opened = LanguageModel.open(model, 1)) {
      for (int i = 0; i < 20; i += 7) {
        assertEquals(i, told.get(i).get("n").asInt());
        assertEquals("x", told.get(i).get("given_answer").asString());
        int[] prompt = opened.prompts().chat(List.of(new ChatMessage("user", "a quiet room " + i)));
        var settings = new BeamSearch.Settings(1, 5, 1);
        int known = opened.prompts().vocabularySize();
        int[] ids = BeamSearch.of(opened, prompt, settings).ids();
        String alone =
            opened.prompts().decode(Arrays.stream(ids).filter(id -> id < known).toArray());
        assertEquals(alone.strip(), told.get(i).get("answer").asString());
      }
    }
    Path chats =
        Files.writeString(
            folder.resolve("chats.jsonl"),
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a quiet room 7\"},"
                + " {\"role\": \"assistant\", \"content\": \"yes\"}]}\n");
    JsonNode chat = told(chats, "--max-tokens", "5").getFirst();
    assertEquals(told.get(7).get("answer"), chat.get("answer"));
    JsonNode searched = told(chats, "--max-tokens", "5", "--beams", "3").getFirst();
    assertTrue(searched.get("score").asDouble() < 0, searched.toString());
    String in = rows.toString();
    assertEquals(2, predict(model.toString(), "--input", in, "--length-penalty", "2"));
    assertTrue(errors.contains("--beams 4"), errors);
    model(new Output.Classes(LABELS));
    assertEquals(2, predict(model.toString(), "--input", in, "--beams", "3"));
    assertTrue(errors.contains("--beams 3 is of models that write"), errors);
  }

  private static ServerConfig onAnyPort(Path ratings) {
    ServerConfig usual = ServerConfig.of("tiny", "tiny", ratings);
    return new ServerConfig(
        ServerConfig.Listening.on("127.0.0.1", 0),
        usual.model(),
        ratings,
        usual.limits(),
        usual.times(),
        "");
  }

  @Test
  void tags_come_as_entities_of_the_text() throws Exception {
    model(new Output.Tags(List.of("O", "B-LOC", "I-LOC")));
    Path rows =
        Files.writeString(
            folder.resolve("rows.csv"), "n,words\n1,a friendly desk in a quiet room\n");
    JsonNode row = told(rows, "--text-field", "words").getFirst();
    assertEquals("1", row.get("n").asString());
    for (JsonNode entity : row.get("entities")) {
      String text = row.get("words").asString();
      assertEquals(
          entity.get("word").asString(),
          text.substring(entity.get("start").asInt(), entity.get("end").asInt()));
    }
    assertFalse(row.has("label"));
  }

  @Test
  void words_that_are_listed_are_tagged_as_they_are() throws Exception {
    model(new Output.Tags(List.of("O", "B-LOC", "I-LOC")));
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            """
            {"words": ["a", "friendly", "desk", "in", "a", "quiet", "room"]}
            """);
    List<JsonNode> told = told(rows);
    Path lines =
        Files.writeString(folder.resolve("lines.txt"), "a friendly desk in a quiet room\n");
    assertEquals(told(lines).getFirst().get("entities"), told.getFirst().get("entities"));
    assertEquals("a friendly desk in a quiet room", told.getFirst().get("text").asString());
    assertFalse(told.getFirst().get("entities").isEmpty(), "no entity to compare");
    Files.writeString(rows, "{\"tokens\": [\"desk-room\", \"北京\", \"很好\", \"a\"]}\n");
    JsonNode second = told(rows).getFirst();
    assertEquals("desk-room北京很好a", second.get("text").asString());
    var bounds = List.of(0, 9, 11, 13, 14);
    for (JsonNode entity : second.get("entities")) {
      assertTrue(bounds.contains(entity.get("start").asInt()), second.toString());
      assertTrue(bounds.contains(entity.get("end").asInt()), second.toString());
    }
  }

  @Test
  void a_question_is_no_text_that_is_asked_of() throws Exception {
    model(new Output.Span());
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"), "{\"question\": \"which room ?\", \"context\": \"\"}\n");
    assertEquals(3, predict(model.toString(), "--input", rows.toString()));
    assertTrue(errors.contains("none of the fields question, context holds text"), errors);
  }

  @Test
  void a_list_of_words_with_another_thing_in_it_is_told_and_passed_over() throws Exception {
    model(new Output.Tags(List.of("O", "B-LOC", "I-LOC")));
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            """
            {"words": ["room", 5, "a"]}
            {"words": ["room", ""]}
            {"words": ["room", null]}
            {"words": ["room", ["a"]]}
            """);
    List<JsonNode> told = told(rows);
    assertEquals(1, told.size());
    assertEquals("room 5 a", told.getFirst().get("text").asString());
    assertTrue(
        errors.contains(
            "rows.jsonl, line 2: its list of words has one that is empty or no text; passed over"),
        errors);
    assertTrue(errors.contains("3 of 4 rows were passed over"), errors);
  }

  @Test
  void trees_are_of_the_words_that_are_listed() throws Exception {
    model(new Output.Dependencies(List.of("det", "root"), 8, 4));
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "{\"text\": \"another\", \"tokens\": [\"desk-room\", \"北京\", \"很好\", \"a\"]}\n");
    JsonNode row = told(rows, "--text-field", "tokens").getFirst();
    assertEquals("desk-room北京很好a", row.get("text").asString());
    assertEquals("another", row.get("given_text").asString());
    assertEquals(
        List.of("desk-room", "北京", "很好", "a"),
        row.get("dependencies").valueStream().map(d -> d.get("word").asString()).toList());
    assertEquals(
        List.of(0, 9, 11, 13),
        row.get("dependencies").valueStream().map(d -> d.get("start").asInt()).toList());
  }

  @Test
  void a_model_that_computes_no_numbers_is_told_and_nothing_of_it_goes_out() throws Exception {
    var shape = Architectures.ofDepth("bert", 1, 300, 32).withOutput(new Output.Classes(LABELS));
    try (TrainableModel broken = TrainableModel.random(shape, 4, 1, Precision.F32)) {
      broken.write(model, new Specials(0, List.of(0)));
    }
    Path file = model.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    java.util.Arrays.fill(bytes, bytes.length - 4096, bytes.length, (byte) 0xff); // NaN
    Files.write(file, bytes);
    Path rows = Files.writeString(folder.resolve("rows.txt"), "a quiet room\n");
    Path output = folder.resolve("no.jsonl");
    assertEquals(
        3, predict(model.toString(), "--input", rows.toString(), "--output", output.toString()));
    assertTrue(errors.contains("the model computed NaN of a text"), errors);
    assertFalse(Files.exists(output));
  }

  @Test
  void what_cannot_be_predicted_is_told_in_a_line() throws Exception {
    Path rows = Files.writeString(folder.resolve("rows.jsonl"), "{\"a\": 1}\n");
    assertEquals(3, predict(model.toString(), "--input", rows.toString()));
    assertTrue(errors.contains("none of the fields a holds text"), errors);
    Path numbers =
        Files.writeString(folder.resolve("n.jsonl"), "{\"n\": [1], \"b\": \"a desk\"}\n");
    Path output = folder.resolve("no.jsonl");
    assertEquals(
        3,
        predict(
            model.toString(),
            "--input",
            numbers.toString(),
            "--text-field",
            "n",
            "--output",
            output.toString()));
    assertTrue(errors.contains("none of 1 row has a text that can be read"), errors);
    assertFalse(Files.exists(output));
    Files.writeString(rows, "a desk\n{\"text\": \n");
    assertEquals(3, predict(model.toString(), "--input", rows.toString()));
    assertTrue(
        errors.contains("rows.jsonl: none of 2 rows is a whole one, the first being line 1: "),
        errors);
    assertTrue(errors.contains("or plain lines in a file called .txt"), errors);
    Files.writeString(
        rows, "{\"text\": \"a desk\"}\n{\"text\": \"\"}\n{\"other\": \"a room\"}\n{\"te\n");
    assertEquals(0, predict(model.toString(), "--input", rows.toString()));
    assertTrue(errors.contains("rows.jsonl, line 2: no t"), errors);
    assertTrue(errors.contains("rows.jsonl, line 3: no text in text; passed over"), errors);
    assertTrue(errors.contains("rows.jsonl, line 4: broken: "), errors);
    assertTrue(errors.contains("3 of 4 rows were passed over"), errors);
    Files.writeString(rows, "");
    assertEquals(0, predict(model.toString(), "--input", rows.toString()));
    assertTrue(errors.contains("rows.jsonl has no rows"), errors);
    assertEquals(2, predict(model.toString(), "--input", folder.resolve("none").toString()));
    assertEquals(2, predict());
    assertTrue(errors.contains("no model of classes or tags"), errors);
    model(new Output.MaskedToken());
    assertEquals(3, predict(model.toString(), "--input", rows.toString()));
    assertTrue(errors.contains("tells masked tokens"), errors);
  }
}
