package dev.imago.langchain4j;

import dev.imago.dialogue.Answer;
import dev.imago.generate.Dialogue;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// An answer as LangChain4j has it.
final class LangChainAnswer {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private LangChainAnswer() {}

  /// An id of a call: nine letters, which every template takes.
  static String id(RandomGenerator random) {
    var id = new StringBuilder();
    for (int i = 0; i < 9; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  /// @param ids of the calls, in their order
  static ChatResponse of(Dialogue.Reply reply, List<String> ids) {
    Answer answer = reply.answer();
    var calls = new ArrayList<ToolExecutionRequest>();
    for (Answer.Call call : answer.calls()) {
      calls.add(call(ids.get(calls.size()), call.name(), call.arguments()));
    }
    AiMessage.Builder message = AiMessage.builder().toolExecutionRequests(calls);
    if (!answer.text().isEmpty() || calls.isEmpty()) {
      message.text(answer.text());
    }
    if (!answer.reasoning().isEmpty()) {
      message.thinking(answer.reasoning());
    }
    return ChatResponse.builder()
        .aiMessage(message.build())
        .tokenUsage(new TokenUsage(reply.promptTokens(), reply.answerTokens()))
        .finishReason(
            switch (reply.reason()) {
              case STOP -> calls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_EXECUTION;
              case LENGTH -> FinishReason.LENGTH;
              case CANCELLED -> FinishReason.OTHER;
            })
        .build();
  }

  static ToolExecutionRequest call(String id, String name, String arguments) {
    return ToolExecutionRequest.builder().id(id).name(name).arguments(arguments).build();
  }
}
