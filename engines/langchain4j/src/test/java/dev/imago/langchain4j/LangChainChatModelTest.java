package dev.imago.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.Dialogue;
import dev.imago.generate.LanguageModel;
import dev.imago.modelfixtures.ToolTalker;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LangChainChatModelTest {
  static final ToolSpecification WEATHER =
      ToolSpecification.builder()
          .name("weather")
          .description("Weather of a place")
          .parameters(
              JsonObjectSchema.builder()
                  .addEnumProperty("place", List.of("Paris", "Rome"))
                  .addEnumProperty("days", List.of("1", "2"))
                  .required("place", "days")
                  .additionalProperties(false)
                  .build())
          .build();

  @TempDir private Path folder;
  private LanguageModel model;
  private Dialogue dialogue;

  @BeforeEach
  void open() throws Exception {
    model = LanguageModel.open(ToolTalker.write(folder), 1);
    dialogue = new Dialogue(model, 2);
  }

  @AfterEach
  void close() {
    dialogue.close();
    model.close();
  }

  private static ChatRequest.Builder request(ChatMessage... messages) {
    return ChatRequest.builder().messages(messages).temperature(0.0).maxOutputTokens(12);
  }

  private ChatResponse ask(ChatRequest request) {
    return new LangChainChatModel(dialogue, LangChainDefaults.usual()).chat(request);
  }

  private ChatResponse stream(ChatRequest request, StringBuilder text) throws Exception {
    var done = new CompletableFuture<ChatResponse>();
    new LangChainStreamingChatModel(dialogue, LangChainDefaults.usual())
        .chat(
            request,
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String partial) {
                text.append(partial);
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                done.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                done.completeExceptionally(error);
              }
            });
    return done.get(300, TimeUnit.SECONDS);
  }

  /// Here nothing in the vocabulary tells where a call begins.
  @Test
  void aStrictToolIsHeldToOrRefusedByName() {
    Map<String, Object> rain = Map.of("name", "rain", "strict", true);
    Dialogue.Question asked =
        Dialogue.Question.of(List.of(Map.of("role", "user", "content", "Rain?")))
            .withTools(List.of(Map.of("type", "function", "function", rain)));
    String why =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> dialogue.ask(asked, _ -> true))
                .getMessage());
    assertTrue(why.contains("strict calls of tools"), why);
  }

  @Test
  void answersWholeAndAsAStreamAlike() throws Exception {
    ChatRequest request =
        request(SystemMessage.from("Be brief."), UserMessage.from("Grüße")).build();
    ChatResponse whole = ask(request);
    assertEquals(FinishReason.LENGTH, whole.finishReason());
    assertEquals(12, whole.tokenUsage().outputTokenCount());
    assertTrue(!whole.aiMessage().text().isEmpty());
    var text = new StringBuilder();
    ChatResponse streamed = stream(request, text);
    assertEquals(whole.aiMessage().text(), text.toString());
    assertEquals(whole.aiMessage(), streamed.aiMessage());
  }

  @Test
  void callsAndTheirResultsGoBackIn() {
    ToolExecutionRequest call =
        ToolExecutionRequest.builder()
            .id("abcdefghi")
            .name("weather")
            .arguments("{\"place\": \"Paris\"}")
            .build();
    ChatResponse answer =
        ask(
            request(
                    UserMessage.from("Rain?"),
                    AiMessage.from(call),
                    ToolExecutionResultMessage.from(call, "none"))
                .toolSpecifications(WEATHER)
                .build());
    assertEquals(12, answer.tokenUsage().outputTokenCount());
  }

  @Test
  void aCallThatIsRequiredFitsItsSchemaWholeAndAsAStream() throws Exception {
    ChatRequest request =
        request(UserMessage.from("Rain?"))
            .toolSpecifications(WEATHER)
            .toolChoice(ToolChoice.REQUIRED)
            .maxOutputTokens(500)
            .build();
    ChatResponse whole = ask(request);
    assertEquals(FinishReason.TOOL_EXECUTION, whole.finishReason());
    ToolExecutionRequest call = whole.aiMessage().toolExecutionRequests().getFirst();
    assertEquals("weather", call.name());
    JsonNode arguments = JsonMapper.shared().readTree(call.arguments());
    assertTrue(List.of("Paris", "Rome").contains(arguments.get("place").asString()));
    assertTrue(List.of("1", "2").contains(arguments.get("days").asString()));
    ChatResponse streamed = stream(request, new StringBuilder());
    assertEquals(
        call.arguments(), streamed.aiMessage().toolExecutionRequests().getFirst().arguments());
  }

  @Test
  void aJsonFormatIsMetWholeAndAsAStream() throws Exception {
    JsonSchema schema =
        JsonSchema.builder()
            .name("trip")
            .rootElement(
                JsonObjectSchema.builder()
                    .addEnumProperty("place", List.of("Paris", "Rome"))
                    .addProperty("stay", JsonReferenceSchema.builder().reference("stay").build())
                    .definitions(
                        Map.of(
                            "stay", JsonEnumSchema.builder().enumValues("short", "long").build()))
                    .required("place", "stay")
                    .additionalProperties(false)
                    .build())
            .build();
    ResponseFormat format =
        ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();
    ChatRequest request =
        request(UserMessage.from("Where?")).responseFormat(format).maxOutputTokens(500).build();
    ChatResponse whole = ask(request);
    assertEquals(FinishReason.STOP, whole.finishReason(), whole.aiMessage().text());
    JsonNode trip = JsonMapper.shared().readTree(whole.aiMessage().text());
    assertEquals(2, trip.size());
    assertTrue(List.of("Paris", "Rome").contains(trip.path("place").asString()), trip.toString());
    assertTrue(List.of("short", "long").contains(trip.path("stay").asString()), trip.toString());
    assertEquals(whole.aiMessage(), stream(request, new StringBuilder()).aiMessage());
    ChatRequest object = request(UserMessage.from("x")).responseFormat(ResponseFormat.JSON).build();
    assertTrue(ask(object).aiMessage().text().startsWith("{"));
  }

  private void refused(String named, ChatRequest request) {
    String why = assertThrows(UnsupportedFeatureException.class, () -> ask(request)).getMessage();
    assertTrue(String.valueOf(why).contains(named), why);
  }

  @Test
  void whatIsNotSupportedIsRefused() {
    refused(
        "responseFormat",
        request(UserMessage.from("x"))
            .responseFormat(ResponseFormat.JSON)
            .toolSpecifications(WEATHER)
            .build());
    refused("modelName", request(UserMessage.from("x")).modelName("other").build());
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> ask(request(UserMessage.from("x".repeat(2000))).build()));
    assertTrue(String.valueOf(error.getMessage()).contains("1024"), error.getMessage());
  }
}
