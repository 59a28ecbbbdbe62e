package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.suites.ConversationForm;
import dev.imago.suites.Turn;
import dev.imago.templates.ChatTemplate;
import java.util.List;
import java.util.Map;

/// A conversation by a model's chat template, as text.
record TemplateConversation(ChatTemplate template) implements ConversationForm {
  @Override
  public String text(List<Turn> turns, boolean continued) {
    Map<String, Object> variables =
        Map.of(
            "messages",
            turns.stream().map(t -> Map.of("role", t.role(), "content", t.content())).toList(),
            "add_generation_prompt",
            !continued);
    try {
      return continued ? template.renderToContinue(variables) : template.render(variables);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "the model's chat template does not take this task's turns: " + e.getMessage(), e);
    }
  }
}
