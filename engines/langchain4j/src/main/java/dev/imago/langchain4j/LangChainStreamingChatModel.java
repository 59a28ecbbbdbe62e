package dev.imago.langchain4j;

import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.Dialogue;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// LangChain4j's streaming chat model over a model in this process: the handler is told on a
/// virtual thread of the request. Thread-safe; the dialogue stays its opener's to close.
public final class LangChainStreamingChatModel implements StreamingChatModel {
  private final Dialogue dialogue;
  private final LangChainDefaults defaults;

  public LangChainStreamingChatModel(Dialogue dialogue, LangChainDefaults defaults) {
    this.dialogue = dialogue;
    this.defaults = defaults;
  }

  /// A JSON schema is enforced, so that services ask for it instead of describing it.
  @Override
  public Set<Capability> supportedCapabilities() {
    return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return defaults.parameters();
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    Thread.ofVirtual().name("imago-langchain4j").start(() -> answer(request, handler));
  }

  private void answer(ChatRequest request, StreamingChatResponseHandler handler) {
    try {
      var calls = new Calls(handler);
      Dialogue.Reply reply =
          dialogue.ask(LangChainQuestion.of(request, defaults.random()), calls::tell);
      handler.onCompleteResponse(LangChainAnswer.of(reply, calls.ids));
    } catch (RuntimeException e) {
      handler.onError(e);
    }
  }

  /// The calls of one answer so far.
  private final class Calls {
    private final StreamingChatResponseHandler handler;
    private final List<String> ids = new ArrayList<>();
    private final StringBuilder arguments = new StringBuilder();
    private String name = "";

    Calls(StreamingChatResponseHandler handler) {
      this.handler = handler;
    }

    boolean tell(AnswerPart part) {
      switch (part) {
        case AnswerPart.Text(String text) -> handler.onPartialResponse(text);
        case AnswerPart.Reasoning(String text) ->
            handler.onPartialThinking(new PartialThinking(text));
        case AnswerPart.CallBegun(int _, String called) -> {
          ids.add(LangChainAnswer.id(defaults.random()));
          name = called;
          arguments.setLength(0);
        }
        case AnswerPart.Arguments(int call, String json) -> {
          arguments.append(json);
          handler.onPartialToolCall(
              PartialToolCall.builder()
                  .index(call)
                  .id(ids.getLast())
                  .name(name)
                  .partialArguments(json)
                  .build());
        }
        case AnswerPart.CallEnded(int call, String _) ->
            handler.onCompleteToolCall(
                new CompleteToolCall(
                    call, LangChainAnswer.call(ids.getLast(), name, arguments.toString())));
        case AnswerPart.Unread _ -> {}
      }
      return true;
    }
  }
}
