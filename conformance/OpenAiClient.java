import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Asks a server with OpenAI's own client for Java. `java -cp 'PEERS/*' OpenAiClient.java KIND
/// ADDRESS` prints one JSON object of what came back; KIND is what the server serves: language,
/// vectors or verdicts.
class OpenAiClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final OpenAIClient client;
  private final Map<String, Object> seen = new LinkedHashMap<>();

  private OpenAiClient(String address) {
    this.client =
        OpenAIOkHttpClient.builder()
            .baseUrl(address + "v1")
            .apiKey("none")
            .maxRetries(0)
            .timeout(Duration.ofSeconds(60))
            .build();
  }

  public static void main(String[] args) throws Exception {
    var asking = new OpenAiClient(args[1]);
    switch (args[0]) {
      case "language" -> asking.language();
      case "vectors" -> asking.vectors();
      default -> asking.verdicts();
    }
    System.out.println(JSON.writeValueAsString(asking.seen));
    System.exit(0); // the client's own threads would go on
  }

  private void language() throws Exception {
    seen.put("models", client.models().list().data().stream().map(m -> m.id()).toList());
    seen.put("model", client.models().retrieve("tiny").id());
    ChatCompletion whole = client.chat().completions().create(chat().build());
    seen.put("chat", text(whole));
    seen.put("finish", whole.choices().getFirst().finishReason().asString());
    seen.put("usage", counts(whole.usage().orElseThrow()));
    ChatCompletion streamed =
        streamed(
            chat()
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());
    seen.put("chatStream", text(streamed));
    seen.put("chatStreamFinish", streamed.choices().getFirst().finishReason().asString());
    seen.put("chatStreamUsage", counts(streamed.usage().orElseThrow()));
    texts();
    ChatCompletion two = client.chat().completions().create(chat().n(2).build());
    seen.put(
        "choices",
        two.choices().stream()
            .map(c -> List.of(c.index(), c.message().content().orElse("")))
            .toList());
    seen.put(
        "errors",
        List.of(
            error(() -> client.chat().completions().create(chat().temperature(9).build())),
            error(() -> client.chat().completions().create(chat().model("other").build())),
            error(() -> client.chat().completions().create(chat().maxTokens(100000).build())),
            error(
                () ->
                    client
                        .chat()
                        .completions()
                        .create(
                            chat()
                                .putAdditionalBodyProperty("verbosity", JsonValue.from("low"))
                                .build()))));
    seen.put("loop", loop(false));
    seen.put("loopStream", loop(true));
    responses();
    batches();
  }

  private static ChatCompletionCreateParams.Builder settings() {
    return ChatCompletionCreateParams.builder().model("tiny").temperature(0).seed(1);
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return settings().maxTokens(24).addSystemMessage("Be brief.").addUserMessage("Grüße, 你好 🦋");
  }

  private static String text(ChatCompletion answer) {
    return answer.choices().getFirst().message().content().orElse("");
  }

  private static List<Long> counts(CompletionUsage usage) {
    return List.of(usage.promptTokens(), usage.completionTokens(), usage.totalTokens());
  }

  private ChatCompletion streamed(ChatCompletionCreateParams request) {
    var whole = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(request)) {
      chunks.stream().forEach(whole::accumulate);
    }
    return whole.chatCompletion();
  }

  private void texts() {
    CompletionCreateParams say =
        CompletionCreateParams.builder()
            .model("tiny")
            .prompt("Say")
            .temperature(0)
            .maxTokens(24)
            .seed(1)
            .build();
    seen.put("text", client.completions().create(say).choices().getFirst().text());
    var joined = new StringBuilder();
    try (var chunks = client.completions().createStreaming(say)) {
      chunks.stream().forEach(c -> c.choices().forEach(choice -> joined.append(choice.text())));
    }
    seen.put("textStream", joined.toString());
  }

  private static List<Object> error(Runnable asking) {
    try {
      asking.run();
      return List.of("none");
    } catch (OpenAIServiceException e) {
      return List.of(
          e.getClass().getSimpleName(), e.statusCode(), e.param().orElse(""), e.code().orElse(""));
    }
  }

  private static FunctionDefinition tool(String name, String schema) throws Exception {
    var parameters = FunctionParameters.builder();
    JSON.readTree(schema)
        .properties()
        .forEach(e -> parameters.putAdditionalProperty(e.getKey(), JsonValue.from(e.getValue())));
    return FunctionDefinition.builder().name(name).parameters(parameters.build()).build();
  }

  /// Two tools are called, one after the other; then the model answers.
  private List<Object> loop(boolean stream) throws Exception {
    var steps = new ArrayList<Object>();
    ChatCompletionCreateParams.Builder talk =
        settings()
            .maxTokens(80)
            .addUserMessage("a")
            .addFunctionTool(
                tool(
                    "rain",
                    "{\"type\":\"object\",\"properties\":{\"days\":{\"enum\":[1,2]}},\"required\":[\"days\"],\"additionalProperties\":false}"))
            .addFunctionTool(
                tool(
                    "now",
                    "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}"));
    for (int step = 0; step < 3; step++) {
      switch (step) {
        case 0 -> talk.toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED);
        case 1 ->
            talk.toolChoice(
                ChatCompletionNamedToolChoice.builder()
                    .function(ChatCompletionNamedToolChoice.Function.builder().name("now").build())
                    .build());
        default -> talk.toolChoice(ChatCompletionToolChoiceOption.Auto.NONE);
      }
      ChatCompletionCreateParams request = talk.build();
      ChatCompletion.Choice only =
          (stream ? streamed(request) : client.chat().completions().create(request))
              .choices()
              .getFirst();
      var calls = new ArrayList<Object>();
      talk.addMessage(only.message());
      for (var call : only.message().toolCalls().orElse(List.of())) {
        ChatCompletionMessageFunctionToolCall function = call.asFunction();
        calls.add(
            List.of(function.function().name(), JSON.readTree(function.function().arguments())));
        talk.addMessage(
            ChatCompletionToolMessageParam.builder()
                .toolCallId(function.id())
                .content("1")
                .build());
      }
      steps.add(List.of(only.finishReason().asString(), calls));
    }
    return steps;
  }

  private static ResponseCreateParams.Builder response() {
    return ResponseCreateParams.builder()
        .model("tiny")
        .instructions("Be brief.")
        .input("Grüße, 你好 🦋")
        .temperature(0)
        .maxOutputTokens(24);
  }

  private static String text(Response response) {
    var text = new StringBuilder();
    response.output().stream()
        .flatMap(item -> item.message().stream())
        .flatMap(message -> message.content().stream())
        .flatMap(content -> content.outputText().stream())
        .forEach(part -> text.append(part.text()));
    return text.toString();
  }

  private static String status(Response response) {
    return response.status().orElseThrow().asString();
  }

  private void responses() throws Exception {
    Response whole = client.responses().create(response().build());
    seen.put("response", text(whole));
    seen.put("status", status(whole));
    var joined = new StringBuilder();
    var last = new ArrayList<ResponseStreamEvent>();
    try (var events = client.responses().createStreaming(response().build())) {
      events.stream()
          .forEach(
              event -> {
                event.outputTextDelta().ifPresent(delta -> joined.append(delta.delta()));
                last.add(event);
              });
    }
    seen.put("responseStream", joined.toString());
    seen.put("responseStreamEnd", last.getLast().isIncomplete());
    seen.put("retrieved", text(client.responses().retrieve(whole.id())));
    client.responses().delete(whole.id());
    seen.put("deleted", error(() -> client.responses().retrieve(whole.id())));
    Response queued = client.responses().create(response().background(true).build());
    for (Response at = queued; ; at = client.responses().retrieve(queued.id())) {
      if (!List.of("queued", "in_progress").contains(status(at))) {
        seen.put("background", text(at));
        break;
      }
      Thread.sleep(20);
    }
    Response left =
        client.responses().create(response().background(true).maxOutputTokens(150).build());
    Response cancelled = client.responses().cancel(left.id());
    for (Response at = cancelled; ; at = client.responses().retrieve(left.id())) {
      if (!List.of("queued", "in_progress").contains(status(at))) {
        seen.put("cancelled", status(at));
        break;
      }
      Thread.sleep(20);
    }
  }

  private void batches() throws Exception {
    var lines = new ArrayList<String>();
    for (int i = 0; i < 2; i++) {
      lines.add(
          JSON.writeValueAsString(
              Map.of(
                  "custom_id",
                  "r" + i,
                  "method",
                  "POST",
                  "url",
                  "/v1/completions",
                  "body",
                  Map.of("model", "tiny", "prompt", "Say", "temperature", 0, "max_tokens", 24))));
    }
    Path requests = Files.createTempDirectory("imago-openai").resolve("requests.jsonl");
    Files.writeString(requests, String.join("\n", lines));
    var file =
        client
            .files()
            .create(FileCreateParams.builder().purpose(FilePurpose.BATCH).file(requests).build());
    seen.put("files", client.files().list().data().stream().map(f -> f.filename()).toList());
    seen.put("file", client.files().retrieve(file.id()).bytes() == Files.size(requests));
    Batch batch =
        client
            .batches()
            .create(
                BatchCreateParams.builder()
                    .inputFileId(file.id())
                    .endpoint(BatchCreateParams.Endpoint.V1_COMPLETIONS)
                    .completionWindow(BatchCreateParams.CompletionWindow._24H)
                    .build());
    while (!List.of("completed", "failed").contains(batch.status().asString())) {
      Thread.sleep(20);
      batch = client.batches().retrieve(batch.id());
    }
    seen.put(
        "batch",
        List.of(batch.status().asString(), batch.requestCounts().orElseThrow().completed()));
    var answers = new ArrayList<String>();
    try (var content = client.files().content(batch.outputFileId().orElseThrow())) {
      String all = new String(content.body().readAllBytes(), StandardCharsets.UTF_8);
      for (String line : all.strip().split("\n")) {
        answers.add(JSON.readTree(line).at("/response/body/choices/0/text").asText());
      }
    }
    seen.put("answers", answers);
    seen.put("removed", client.files().delete(file.id()).deleted());
    Files.delete(requests);
    Files.delete(requests.getParent());
  }

  private void vectors() {
    var vectors =
        client
            .embeddings()
            .create(EmbeddingCreateParams.builder().model("tiny").input("the bank").build());
    seen.put("vectors", vectors.data().stream().map(v -> v.embedding()).toList());
    seen.put("tokens", vectors.usage().promptTokens() > 1);
  }

  private void verdicts() {
    var verdicts =
        client
            .moderations()
            .create(ModerationCreateParams.builder().model("tiny").input("the bank").build());
    seen.put("flagged", verdicts.results().stream().map(r -> r.flagged()).toList());
    seen.put("violence", verdicts.results().getFirst().categories().violence());
    seen.put("score", verdicts.results().getFirst().categoryScores().violence());
  }
}
