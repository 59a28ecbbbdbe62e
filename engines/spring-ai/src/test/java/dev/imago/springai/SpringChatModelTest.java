package dev.imago.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.Dialogue;
import dev.imago.generate.LanguageModel;
import dev.imago.modelfixtures.ToolTalker;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SpringChatModelTest {
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

  private SpringChatModel chat() {
    return new SpringChatModel(
        dialogue,
        ChatOptions.builder().temperature(0.0).maxTokens(12).build(),
        new SplittableRandom(1));
  }

  @Test
  void answersWholeAndAsAStreamAlike() {
    var prompt = new Prompt(List.of(new SystemMessage("Be brief."), new UserMessage("Grüße")));
    ChatResponse whole = chat().call(prompt);
    assertEquals("LENGTH", whole.getResult().getMetadata().getFinishReason());
    assertEquals(12, whole.getMetadata().getUsage().getCompletionTokens());
    String text = whole.getResult().getOutput().getText();
    assertFalse(text.isEmpty());
    List<ChatResponse> pieces = chat().stream(prompt).collectList().block();
    var joined = new StringBuilder();
    pieces.forEach(piece -> joined.append(piece.getResult().getOutput().getText()));
    assertEquals(text, joined.toString());
    assertEquals("LENGTH", pieces.getLast().getResult().getMetadata().getFinishReason());
  }

  private static final ToolCallback WEATHER =
      new ToolCallback() {
        @Override
        public ToolDefinition getToolDefinition() {
          return ToolDefinition.builder()
              .name("weather")
              .description("Weather of a place")
              .inputSchema("{\"type\": \"object\", \"properties\": {}}")
              .build();
        }

        @Override
        public String call(String input) {
          throw new AssertionError("the model runs no tools");
        }
      };

  @Test
  void anOutputSchemaIsMetWholeAndAsAStream() {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"place\":{\"enum\":[\"Paris\",\"Rome\"]}},"
            + "\"required\":[\"place\"],\"additionalProperties\":false}";
    ChatOptions options =
        StructuredOutputChatOptions.builder()
            .outputSchema(schema)
            .temperature(0.0)
            .maxTokens(500)
            .build();
    var prompt = new Prompt(List.of(new UserMessage("Where?")), options);
    ChatResponse whole = chat().call(prompt);
    assertEquals("STOP", whole.getResult().getMetadata().getFinishReason());
    String text = whole.getResult().getOutput().getText();
    JsonNode place = JsonMapper.shared().readTree(text);
    assertTrue(List.of("Paris", "Rome").contains(place.path("place").asString()), text);
    var joined = new StringBuilder();
    for (ChatResponse piece : chat().stream(prompt).collectList().block()) {
      joined.append(piece.getResult().getOutput().getText());
    }
    assertEquals(text, joined.toString());
  }

  @Test
  void whatIsNotSupportedIsRefused() {
    ChatOptions other = ChatOptions.builder().model("other").build();
    String why =
        assertThrows(
                IllegalArgumentException.class,
                () -> chat().call(new Prompt(List.of(new UserMessage("x")), other)))
            .getMessage();
    assertTrue(String.valueOf(why).contains("model = «other»"), why);
  }

  @Test
  void toolsCallsAndTheirResultsGoIn() {
    var prompt =
        new Prompt(
            List.of(
                new UserMessage("Rain?"),
                AssistantMessage.builder()
                    .content("")
                    .toolCalls(
                        List.of(
                            new AssistantMessage.ToolCall(
                                "abcdefghi", "function", "weather", "{}")))
                    .build(),
                ToolResponseMessage.builder()
                    .responses(
                        List.of(
                            new ToolResponseMessage.ToolResponse("abcdefghi", "weather", "none")))
                    .build()),
            ToolCallingChatOptions.builder().toolCallbacks(List.of(WEATHER)).build());
    ChatResponse told = chat().call(prompt);
    ChatResponse untold = chat().call(new Prompt(prompt.getInstructions()));
    assertEquals(12, told.getMetadata().getUsage().getCompletionTokens());
    assertFalse(
        told.getMetadata()
            .getUsage()
            .getPromptTokens()
            .equals(untold.getMetadata().getUsage().getPromptTokens()),
        "the model is shown the tools");
  }
}
