package dev.imago.springai;

import dev.imago.dialogue.Answer;
import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.Dialogue;
import dev.imago.generate.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/// Spring AI's chat model over a model in this process, whole answers and streams. It gives calls
/// of tools and does not run them: Spring AI's `ChatClient` does. Thread-safe; the dialogue stays
/// its opener's to close.
public final class SpringChatModel implements ChatModel {
  /// Where an answer's metadata has what the model thought.
  public static final String REASONING = "reasoningContent";

  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private final Dialogue dialogue;
  private final ChatOptions defaults;
  private final RandomGenerator random;

  /// @param defaults what a prompt gets that names nothing; what they leave open is the server's
  ///   default: temperature 0.8, top-p 0.95, an answer as long as fits
  /// @param random draws seeds and the ids of calls, of several threads where several ask: such as
  ///   `new Random()`
  public SpringChatModel(Dialogue dialogue, ChatOptions defaults, RandomGenerator random) {
    this.dialogue = dialogue;
    this.defaults = defaults;
    this.random = random;
  }

  @Override
  public ChatOptions getOptions() {
    return defaults;
  }

  @Override
  public ChatResponse call(Prompt prompt) {
    Dialogue.Reply reply = dialogue.ask(SpringQuestion.of(prompt, defaults, random), _ -> true);
    return response(reply, reply.answer().text());
  }

  /// Text as it comes; thoughts, calls, the counts and the finish reason with the last response.
  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    return Flux.create(
        sink -> Thread.ofVirtual().name("imago-spring-ai").start(() -> answer(prompt, sink)));
  }

  private void answer(Prompt prompt, FluxSink<ChatResponse> sink) {
    try {
      Dialogue.Reply reply =
          dialogue.ask(
              SpringQuestion.of(prompt, defaults, random),
              part -> {
                if (part instanceof AnswerPart.Text(String text)) {
                  sink.next(new ChatResponse(List.of(new Generation(new AssistantMessage(text)))));
                }
                return !sink.isCancelled();
              });
      sink.next(response(reply, ""));
      sink.complete();
    } catch (RuntimeException e) {
      sink.error(e);
    }
  }

  private ChatResponse response(Dialogue.Reply reply, String text) {
    Answer answer = reply.answer();
    var calls = new ArrayList<AssistantMessage.ToolCall>();
    for (Answer.Call call : answer.calls()) {
      calls.add(new AssistantMessage.ToolCall(id(), "function", call.name(), call.arguments()));
    }
    AssistantMessage message =
        AssistantMessage.builder()
            .content(text)
            .properties(
                answer.reasoning().isEmpty() ? Map.of() : Map.of(REASONING, answer.reasoning()))
            .toolCalls(calls)
            .build();
    var generation =
        new Generation(
            message,
            ChatGenerationMetadata.builder()
                .finishReason(reason(reply.reason(), !calls.isEmpty()))
                .build());
    return new ChatResponse(
        List.of(generation),
        ChatResponseMetadata.builder()
            .usage(new DefaultUsage(reply.promptTokens(), reply.answerTokens()))
            .build());
  }

  /// Nine letters, which every template takes.
  private String id() {
    var id = new StringBuilder();
    for (int i = 0; i < 9; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  private static String reason(FinishReason reason, boolean calls) {
    return switch (reason) {
      case STOP -> calls ? "TOOL_CALLS" : "STOP";
      case LENGTH -> "LENGTH";
      case CANCELLED -> "CANCELLED";
    };
  }
}
