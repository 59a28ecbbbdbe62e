package dev.imago.langchain4j;

import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.Dialogue;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// LangChain4j's chat model over a model in this process. Thread-safe; the dialogue stays its
/// opener's to close.
public final class LangChainChatModel implements ChatModel {
  private final Dialogue dialogue;
  private final LangChainDefaults defaults;

  public LangChainChatModel(Dialogue dialogue, LangChainDefaults defaults) {
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
  public ChatResponse doChat(ChatRequest request) {
    List<String> ids = new ArrayList<>();
    Dialogue.Reply reply =
        dialogue.ask(
            LangChainQuestion.of(request, defaults.random()),
            part -> {
              if (part instanceof AnswerPart.CallBegun) {
                ids.add(LangChainAnswer.id(defaults.random()));
              }
              return true;
            });
    return LangChainAnswer.of(reply, ids);
  }
}
